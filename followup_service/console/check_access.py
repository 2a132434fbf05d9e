"""Every request for a page: who is it, may they, is the form ours; then it is answered. Deny by default, and 404 for what is not theirs."""

from urllib.parse import urlsplit

from flask import Response, redirect, request, session, url_for
from werkzeug.exceptions import BadRequest, Unauthorized

from followup_service import clock
from followup_service.console.blueprint import READING, RULES, STATIC, Open, console, page
from followup_service.console.csrf import csrf
from followup_service.console.live import is_live
from followup_service.console.signed_in import account_session, look_who_it_is, only_read
from followup_service.errors import NotFound
from followup_service.extensions import db
from followup_service.staff.account_session import SEEN_EVERY, see_session


@console.before_request
def check_access() -> Response | None:
    if request.endpoint == STATIC:
        return None
    _refuse_what_no_keyboard_writes()
    rule = RULES[str(request.endpoint)]
    only_read()
    known = look_who_it_is()
    if rule.needs is not Open.TO_ALL:
        if known is None:
            return _ask_to_sign_in()
        if not isinstance(rule.needs, Open) and not known.may(rule.needs):
            raise NotFound("no such page")
        _note_presence()
    if request.method not in READING:
        csrf.protect()
    if rule.fresh and not account_session().is_fresh(clock.now()):
        return _to(url_for("console.confirm", next=here()))
    if request.method not in READING:
        _begin_to_write()
    return None


@page("/<path:anything>", Open.TO_ACCOUNTS, methods=("GET", "POST"))
def nowhere(anything: str) -> Response:
    raise NotFound("no such page")


def safe_next(written: str | None) -> str:
    """Where to go afterwards: a page of the console, whatever was written. Browsers read a backslash as a slash, and drop line breaks."""
    home = url_for("console.home")
    if not written or not written.startswith("/console/") or "\\" in written or any(ord(letter) < 33 for letter in written):
        return home
    parts = urlsplit(written)
    return home if parts.scheme or parts.netloc or ".." in parts.path else written


def _refuse_what_no_keyboard_writes() -> None:
    """PostgreSQL keeps no NUL, and no field has a use for one."""
    if any("\0" in written for written in (request.path, *request.values.values())):
        raise BadRequest("a NUL character")


def _ask_to_sign_in() -> Response:
    # What is left in a cookie of a session that has ended is of no more use.
    session.pop("_user_id", None)
    if request.method not in READING or "HX-Request" in request.headers:
        raise Unauthorized("you are no longer signed in")
    return _to(url_for("console.sign_in", next=here()))


def here() -> str | None:
    """The page itself, where it can be asked for again."""
    if request.method != "GET":
        return safe_next(urlsplit(request.referrer or "").path)
    return request.full_path.rstrip("?") if request.path != url_for("console.home") else None


def _note_presence() -> None:
    """What an open page asks by itself keeps no session alive that nobody looks at."""
    now = clock.now()
    if is_live() or now < account_session().last_seen_at + SEEN_EVERY:
        return
    _begin_to_write()
    see_session(db.session, account_session(), now)
    db.session.commit()
    only_read()


def _begin_to_write() -> None:
    """End the reading transaction. What was read of the account stays as it was read."""
    db.session.expunge_all()
    db.session.rollback()


def _to(address: str) -> Response:
    answer = redirect(address, code=303)
    assert isinstance(answer, Response)  # noqa: S101 - werkzeug names a wider type
    return answer
