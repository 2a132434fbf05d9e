"""The provider's two webhooks: an inbound text is stored and committed before anything clever happens; then it is handled."""

from uuid import UUID

import structlog
from flask import Blueprint, Response, abort, current_app, request

from followup_service import clock, database
from followup_service.api.webhook_signature import is_signed
from followup_service.config import Config, SmsGateway
from followup_service.escalations.tell_of_delivery import take_delivery_receipt
from followup_service.extensions import db
from followup_service.logs import where_it_broke
from followup_service.messaging.delivery import Receipt
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.inbox import ReceivedText, store_inbound
from followup_service.replies.handle_reply import handle_reply
from followup_service.replies.retry_reply import note_failure
from followup_service.staff.running_study import running_study

webhooks = Blueprint("sms", __name__, url_prefix="/sms")
log = structlog.get_logger()

NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
# The provider itself ends a conversation on these words, and confirms it: https://help.twilio.com/articles/223134027
PROVIDER_STOPS = frozenset(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"])


@webhooks.post("/inbound")
def inbound() -> Response:
    """Signature, store and commit in one statement, handle, commit, empty answer. A repeat is answered alike and ignored."""
    config: Config = current_app.extensions["config"]
    if not is_signed(request, config) or request.form.get("To") not in config.twilio_numbers or not _plain("MessageSid", 64):
        abort(403)
    with database.autocommitting(db.engine) as connection:
        message = store_inbound(connection, _received(config), clock.now())
    if message is None:
        return _no_answer()
    db.session.add(message)
    if request.form.get("From") in config.twilio_numbers:
        # Our own number writing to us is a loop: kept, and never answered.
        message.handled_at = message.received_at
        db.session.commit()
        return _no_answer()
    _handle(message)
    return _no_answer()


@webhooks.post("/status")
def status() -> Response:
    config: Config = current_app.extensions["config"]
    if not is_signed(request, config) or not _plain("MessageSid", 64):
        abort(403)
    receipt = Receipt(
        attempt_id=_attempt_id(request.args.get("attempt", "")),
        provider_sid=_plain("MessageSid", 64),
        status=_plain("MessageStatus", 32).strip().lower(),
        error_code=_plain("ErrorCode", 32) or None,
    )
    take_delivery_receipt(db.session, receipt, clock.now(), study=running_study(db.session).protocol)
    db.session.commit()
    return _no_answer()


def _handle(message: InboundMessage) -> None:
    study, inbound_id = running_study(db.session), message.id
    try:
        handle_reply(db.session, message, study.id, clock.now(), study=study.protocol)
        db.session.commit()
    except Exception as error:  # noqa: BLE001 - the text is stored: it is tried again, and the third failure pages a person
        db.session.rollback()
        log.error("inbound_not_handled", inbound=inbound_id.hex, error=type(error).__name__, where=where_it_broke(error))
        note_failure(db.session, inbound_id, study.id, clock.now(), study=study.protocol)
        db.session.commit()


def _received(config: Config) -> ReceivedText:
    form = request.form
    body = form.get("Body", "")
    keyword = config.sms_gateway is SmsGateway.TWILIO and body.strip().upper() in PROVIDER_STOPS
    return ReceivedText(
        account_sid=form["AccountSid"],
        provider_sid=_plain("MessageSid", 64),
        from_phone=form.get("From", "")[:64],
        body=body,
        raw=request.get_data().decode("latin-1"),
        media_count=_count(form.get("NumMedia", "0")),
        opted_out=keyword or form.get("OptOutType", "").upper() == "STOP",
    )


def _plain(field: str, longest: int) -> str:
    """A field for a column that is not encrypted: without control characters, of which PostgreSQL refuses one."""
    return "".join(filter(str.isprintable, request.form.get(field, "")))[:longest]


def _count(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 4 else 0


def _attempt_id(written: str) -> UUID | None:
    try:
        return UUID(hex=written)
    except ValueError:
        return None


def _no_answer() -> Response:
    # Never the reply itself: a repeat would send it twice, outside the outbox.
    return Response(NO_ANSWER, mimetype="text/xml")
