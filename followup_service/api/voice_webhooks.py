"""The provider's webhooks of calls to staff: the key that was pressed, answered in words, and what became of the call."""

from uuid import UUID

import structlog
from flask import Blueprint, Response, abort, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from followup_service import clock
from followup_service.api.keep_receipt import keep_receipt
from followup_service.api.provider_form import attempt_id, plain
from followup_service.api.spooling import SECONDS_TO_STORE, roll_back
from followup_service.api.webhook_signature import is_signed
from followup_service.config import Config
from followup_service.database import PATIENCE
from followup_service.escalations.answer_call import answer_call
from followup_service.extensions import db
from followup_service.messaging.catalogues import SOURCE_LANGUAGE
from followup_service.messaging.delivery import Receipt
from followup_service.messaging.gateways.spoken import VOICES, answer_url, say_and_hang_up, say_and_listen
from followup_service.messaging.render_text import render_text
from followup_service.staff.running_study import running_study

voice_webhooks = Blueprint("voice", __name__, url_prefix="/voice")
log = structlog.get_logger()


@voice_webhooks.post("/answer")
def answer() -> Response:
    """Signature, do what the key says, commit, say so. A repeat does nothing more and is told the same.

    Where the database is away or slow, the call says that nothing was taken, and how else to do it; the chain goes on when it ends.
    """
    attempt = _signed_attempt()
    try:
        db.session.connection(execution_options={PATIENCE: SECONDS_TO_STORE})
        study = running_study(db.session).protocol
        answered = answer_call(db.session, attempt, plain("CallSid", 64), plain("Digits", 8), clock.now(), study=study)
        db.session.commit()
    except SQLAlchemyError as error:
        log.warning("call_not_answered", attempt=attempt.hex, error=type(error).__name__)
        return _not_taken()
    if answered is None:
        abort(403)
    log.info("call_answered", attempt=attempt.hex, outcome=answered.outcome)
    config: Config = current_app.extensions["config"]
    if answered.asks_again:
        return _spoken(say_and_listen(answered.words, answered.language, answer_url(config, attempt, answered.language)))
    return _spoken(say_and_hang_up(answered.words, answered.language))


@voice_webhooks.post("/status")
def status() -> Response:
    """What became of a call, kept and acted on like what becomes of a text."""
    attempt = _signed_attempt()
    return keep_receipt(Receipt(attempt, plain("CallSid", 64), plain("CallStatus", 32).strip().lower(), plain("ErrorCode", 32) or None))


def _not_taken() -> Response:
    roll_back()
    language = request.args.get("language", SOURCE_LANGUAGE)
    language = language if language in VOICES else SOURCE_LANGUAGE
    return _spoken(say_and_hang_up(render_text("page_call_not_taken", {}, language, current_app.extensions["study"]), language))


def _signed_attempt() -> UUID:
    config: Config = current_app.extensions["config"]
    attempt = attempt_id()
    if not is_signed(request, config) or not plain("CallSid", 64) or attempt is None:
        abort(403)
    return attempt


def _spoken(twiml: str) -> Response:
    return Response(twiml, mimetype="text/xml")
