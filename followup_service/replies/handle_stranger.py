"""A text from a number that nobody knows: a relative's phone, a new number, or a mistake. It is read like any other, and a person looks."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.conversation.read_reply import read_reply
from followup_service.escalations.raise_escalation import Sender, raise_escalation
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.messaging.outbox import UnknownSender, queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import KnownSoFar, combine, decide, decide_code
from followup_service.staff.site import StudyRecord


def handle_stranger(
    session: Session, inbound: InboundMessage, sender: UnknownSender, study_id: UUID, now: datetime, *, study: Study
) -> None:
    """Escalate at the level of what was written, at least for review, and answer once a day without telling anything."""
    reading = read_reply(inbound.body, sender.language)
    decision = combine(decide_code("UNKNOWN_SENDER", study.rules), decide(reading.findings, KnownSoFar(now=now), study.rules))
    assert decision is not None  # noqa: S101 - an unknown sender is a reason by itself
    whose = Sender(study_id, sender.site_id, unknown=sender, sender_index=inbound.from_index)
    highest = reading.findings.highest
    record_event(
        session.get_one(StudyRecord, study_id, with_for_update={"key_share": True}),
        "text_from_unknown_number",
        now,
        text=inbound.id.hex,
        level=decision.level.value,
    )
    raise_escalation(session, whose, decision, now, study=study, inbound_id=inbound.id, celsius=highest.celsius if highest else None)
    if not _answered_today(session, inbound, now):
        queue_text(session, sender, Purpose.UNKNOWN_SENDER_ANSWER, "unknown_sender", now, study=study, in_reply_to_id=inbound.id)


def _answered_today(session: Session, inbound: InboundMessage, now: datetime) -> bool:
    answers = (
        select(func.count())
        .select_from(OutboundMessage)
        .join(InboundMessage, InboundMessage.id == OutboundMessage.in_reply_to_id)
        .where(
            OutboundMessage.purpose == Purpose.UNKNOWN_SENDER_ANSWER,
            InboundMessage.from_index == inbound.from_index,
            OutboundMessage.created_at > now - timedelta(hours=24),
        )
    )
    return bool(session.scalar(answers))
