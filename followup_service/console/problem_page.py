"""What went wrong, as a page: the same for what does not exist and what is somebody else's. What broke inside is only logged."""

from http import HTTPStatus

import structlog
from flask import Response, g, make_response, render_template, request
from flask_babel import LazyString
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from followup_service.console.blueprint import console
from followup_service.console.check_access import here
from followup_service.console.page_language import chosen_language
from followup_service.console.page_language import lazy_gettext as _
from followup_service.console.say import say
from followup_service.console.signed_in import ask_no_more_who_it_is
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.logs import where_it_broke

log = structlog.get_logger()
SENT_IN_VAIN = (HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_ENTITY)
TITLES = {
    400: _("That could not be read"),
    401: _("You are no longer signed in"),
    404: _("There is no such page"),
    405: _("That cannot be done here"),
    409: _("Somebody else was first"),
    412: _("It changed since you read it"),
    413: _("That is too much at once"),
    422: _("That is not possible"),
    429: _("Wait a moment"),
    503: _("The database is away for a moment"),
}


@console.errorhandler(Exception)
def answer_problem(error: Exception) -> Response:
    # Whatever was written before the error goes with it; who it is stays known, for the frame of the page.
    db.session.expunge_all()
    db.session.rollback()
    status, detail = _said(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("page_failed", error=type(error).__name__, where=where_it_broke(error), route=request.endpoint, status=status)
    if "access" not in g:
        g.access = None
    if isinstance(error, OperationalError):
        ask_no_more_who_it_is()
    g.problem = status
    title = TITLES.get(status) or _("Something went wrong here")
    # Whoever sent a form goes back to its page, and has not written in vain.
    back = {"came_from": here(), "kept": request.form.get("note") or request.form.get("typed")} if status in SENT_IN_VAIN else {}
    shown = render_template("problem.html", heading=title, detail=detail, status=status, lang=chosen_language(), **back)
    response = make_response(shown, status)
    if isinstance(error, HTTPException):
        response.headers.extend([(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")])
    return response


def _said(error: Exception) -> tuple[int, str | LazyString]:
    """Status, and a sentence that helps. A refusal that has no translation is English, as everywhere below the pages."""
    if isinstance(error, CSRFError):
        return 400, _("The form was open too long, or in another window. Go back, load the page again and send it once more.")
    if getattr(error, "status", getattr(error, "code", None)) == HTTPStatus.NOT_FOUND:
        return 404, ""
    if isinstance(error, FollowupError) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return error.status, say(error.detail)
    if isinstance(error, IntegrityError):
        return 409, _("Somebody else wrote the same at the same moment. Look at it again, then repeat what is still needed.")
    if isinstance(error, OperationalError):
        return 503, _("Nothing was changed. Try again in a minute.")
    if isinstance(error, HTTPException) and error.code is not None and error.code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return error.code, ""
    return 500, _("The fault is ours, and it is in our log. Nothing was changed.")
