"""The provider's two webhooks: an inbound text is stored and committed before anything clever happens; then it is handled."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from flask import Blueprint, Response, abort, current_app, request
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from followup_service import clock
from followup_service.api.keep_receipt import keep_receipt
from followup_service.api.provider_form import attempt_id, no_answer, plain
from followup_service.api.spooling import SECONDS_TO_STORE, SpoolFirst, let_the_spool_go_first, spooling, to_the_spool
from followup_service.api.webhook_signature import is_signed
from followup_service.config import Config, SmsGateway
from followup_service.database import PATIENCE, REPEATABLE, autocommitting
from followup_service.extensions import db
from followup_service.failpoints import reached
from followup_service.logs import where_it_broke
from followup_service.messaging.delivery import Receipt
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.inbox import ReceivedText, is_provider_stop, store_inbound
from followup_service.messaging.spool import DATABASE_AWAY
from followup_service.replies.handle_reply import handle_reply
from followup_service.replies.retry_reply import note_failure
from followup_service.replies.take_from_spool import spooled_text
from followup_service.staff.running_study import running_study

webhooks = Blueprint("sms", __name__, url_prefix="/sms")
log = structlog.get_logger()

SECONDS_TO_HANDLE = SECONDS_TO_STORE


@webhooks.before_request
def look_for_leftovers() -> None:
    """Once, before the first webhook of this process: an earlier one may have left some in the spool."""
    if "looked_for_leftovers" not in current_app.extensions:
        current_app.extensions["looked_for_leftovers"] = True
        spooling().wake_for_leftovers()


@webhooks.post("/inbound")
def inbound() -> Response:
    """Signature, store, commit, handle, commit, empty answer. A repeat is answered alike and ignored.

    Where the database is away or slow, the text goes to the spool; the answer is 503 only where that fails too.
    """
    config: Config = current_app.extensions["config"]
    if not is_signed(request, config) or request.form.get("To") not in config.twilio_numbers or not plain("MessageSid", 64):
        abort(403)
    text, now = _received(config), clock.now()
    try:
        message = _store(text, now, config)
    except (SQLAlchemyError, SpoolFirst):
        return to_the_spool(spooled_text(text, now))
    if message is not None and message.handled_at is None:
        _handle(message)
    return no_answer()


@webhooks.post("/status")
def status() -> Response:
    config: Config = current_app.extensions["config"]
    if not is_signed(request, config) or not plain("MessageSid", 64):
        abort(403)
    receipt = Receipt(
        attempt_id=attempt_id(),
        provider_sid=plain("MessageSid", 64),
        status=plain("MessageStatus", 32).strip().lower(),
        error_code=plain("ErrorCode", 32) or None,
    )
    return keep_receipt(receipt)


def _store(text: ReceivedText, now: datetime, config: Config) -> InboundMessage | None:
    """One statement that is a transaction of its own: when it returns, the text is on disk."""
    let_the_spool_go_first()
    reached("text_received")
    with autocommitting(db.engine, patience=SECONDS_TO_STORE) as connection:
        message = store_inbound(connection, text, now, config.twilio_numbers)
        connection.commit()
    reached("text_committed")
    if message is not None:
        db.session.add(message)
    return message


def _handle(message: InboundMessage) -> None:
    """Whoever cannot be had within a second is left to the job. A failure of the text itself is counted."""
    inbound_id = message.id
    # Not the one that looks for its thread's session at each word.
    session = db.session()
    try:
        session.connection(execution_options={PATIENCE: SECONDS_TO_HANDLE, REPEATABLE: True})
        study = running_study(session)
        handle_reply(session, message, study.id, clock.now(), study=study.protocol)
        reached("text_handled")
        session.commit()
        reached("handling_committed")
    except DATABASE_AWAY as error:
        _leave(inbound_id, error, partial(_retry_now, inbound_id))
    except Exception as error:  # noqa: BLE001 - the text is stored: it is tried again, and the third failure pages a person
        _leave(inbound_id, error, partial(_note_failure, inbound_id))


def _leave(inbound_id: UUID, why: Exception, note: Callable[[], None]) -> None:
    """The text is kept and the job handles it, soon or, where not even that can be noted, within half a minute."""
    try:
        db.session.rollback()
        log.error("inbound_not_handled", inbound=inbound_id.hex, error=type(why).__name__, where=where_it_broke(why))
        note()
        db.session.commit()
    except Exception as error:  # noqa: BLE001 - neither this nor what came before is the provider's business
        db.session.rollback()
        log.error("inbound_left", inbound=inbound_id.hex, error=type(error).__name__)


def _retry_now(inbound_id: UUID) -> None:
    db.session.connection(execution_options={PATIENCE: SECONDS_TO_STORE})
    db.session.execute(update(InboundMessage).where(InboundMessage.id == inbound_id).values(retry_at=clock.now()))


def _note_failure(inbound_id: UUID) -> None:
    study = running_study(db.session)
    note_failure(db.session, inbound_id, study.id, clock.now(), study=study.protocol)


def _received(config: Config) -> ReceivedText:
    form = request.form
    body = form.get("Body", "")
    keyword = config.sms_gateway is SmsGateway.TWILIO and is_provider_stop(body)
    return ReceivedText(
        account_sid=form["AccountSid"],
        provider_sid=plain("MessageSid", 64),
        from_phone=form.get("From", "")[:64],
        body=body,
        raw=request.get_data().decode("latin-1"),
        media_count=_count(form.get("NumMedia", "0")),
        opted_out=keyword or form.get("OptOutType", "").upper() == "STOP",
    )


def _count(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 4 else 0
