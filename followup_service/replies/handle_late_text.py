"""A text that comes after something newer: what it reports counts as ever, what it would change no longer does."""

from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from followup_service.audit import AuditEvent
from followup_service.conversation.reading import Command, Reading
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.participants.participant import Participant

AT_ONCE = timedelta(seconds=10)
# What a later step of the participant's took back.
_TAKEN_BACK_BY = {Command.STOP: "opted_in", Command.START: "opted_out", Command.LANGUAGE: "contact_changed"}


def is_overtaken(session: Session, participant: Participant, inbound: InboundMessage, now: datetime) -> bool:
    """Whether a newer text was handled already, or something was asked only after this one was written: then it answers nothing."""
    if inbound.written_at >= now - AT_ONCE:
        return False
    newer = exists().where(
        InboundMessage.participant_id == participant.id,
        InboundMessage.handled_at.is_not(None),
        func.coalesce(InboundMessage.texted_at, InboundMessage.received_at) > inbound.written_at,
    )
    asked_later = exists().where(
        OutboundMessage.participant_id == participant.id,
        OutboundMessage.created_at > inbound.written_at,
        or_(OutboundMessage.checkin_id.is_not(None), OutboundMessage.visit_id.is_not(None)),
    )
    return bool(session.scalar(select(or_(newer, asked_later))))


def without_what_was_taken_back(session: Session, participant: Participant, inbound: InboundMessage, reading: Reading) -> Reading:
    """The reading without a command that something newer undid: yesterday's STOP does not end what today's START began."""
    action = _TAKEN_BACK_BY.get(reading.command) if reading.command else None
    if action is None:
        return reading
    later = exists().where(AuditEvent.subject_id == participant.id, AuditEvent.action == action, AuditEvent.at > inbound.written_at)
    return reading.without_command() if session.scalar(select(later)) else reading
