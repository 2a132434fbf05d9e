"""Whether and when a claimed text may go out: by its use, the participant's state and phones, contact hours and the daily limit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import HANDLING, WAITS_FOR_CONVERSATION, Purpose
from followup_service.participants.contact_hours import closing_at, hours_of, in_contact_hours, next_contact, next_opening
from followup_service.participants.participant import MAY_BE_SENT, Participant, TextKind
from followup_service.participants.participant_phone import ParticipantPhone
from followup_service.protocol.definitions import Study
from followup_service.staff.staff_member import StaffMember

UNASKED = frozenset(purpose for purpose, handling in HANDLING.items() if not handling.asked_for)
# Whoever writes of an alarm is told what to do, once, in direct answer, also after STOP; so is STOP itself confirmed once.
SAID_ALSO_AFTER_STOP = frozenset({Purpose.ALARM_ANSWER, Purpose.OPT_OUT_CONFIRMATION})
# A text waits three days at most, so what went out today was queued since then.
LONGEST_WAIT = timedelta(days=4)
SHORTEST_USE = timedelta(minutes=1)

Person = Participant | StaffMember | None


def kind_of(purpose: Purpose) -> TextKind:
    if purpose is Purpose.CLOSING:
        return TextKind.CLOSING
    if purpose is Purpose.WRITTEN:
        return TextKind.WRITTEN
    return TextKind.UNASKED if purpose in UNASKED else TextKind.ANSWER


class Departure(NamedTuple):
    """When a text may go out, and why not now (None: now)."""

    at: datetime
    waits_for: str | None = None


def departure(row: OutboundMessage, recipient: Person, study: Study, now: datetime, unasked_today: Mapping[UUID, int]) -> Departure:
    """Now, but what nobody asked for not at night, even if it was held up until then, nor too often on one day, nor into a conversation."""
    if row.purpose not in UNASKED or not isinstance(recipient, Participant):
        return Departure(now)
    zone, hours = ZoneInfo(recipient.timezone), hours_of(recipient, study)
    if row.purpose in WAITS_FOR_CONVERSATION and (until := in_conversation(recipient, now)):
        return Departure(next_contact(until, zone, hours), "in_conversation")
    if not in_contact_hours(now, zone, hours):
        return Departure(next_contact(now, zone, hours), "outside_contact_hours")
    if _is_one_too_many(row, recipient, study, unasked_today):
        return Departure(next_opening(now, zone, hours), "daily_limit")
    return Departure(now)


def in_conversation(participant: Participant, now: datetime) -> datetime | None:
    """Until when a person of the team writes with the participant; None where nobody does."""
    until = participant.in_conversation_until
    return until if until is not None and until > now else None


def why_not(row: OutboundMessage, recipient: Person, phone: ParticipantPhone | None, leaves: Departure, now: datetime) -> str | None:
    """Why a claimed text must not go out, neither now nor when it could leave; None where it may."""
    if now > row.useful_until:
        return "too_late"
    if isinstance(recipient, StaffMember):
        return None if recipient.active else "staff_inactive"
    if not isinstance(recipient, Participant):
        return None
    return _why_not_to(row, recipient, phone) or (leaves.waits_for if leaves.at > row.useful_until else None)


def unasked_today(session: Session, rows: Sequence[OutboundMessage], people: Mapping[UUID, Person], now: datetime) -> Counter[UUID]:
    """How many unasked texts each of these participants was sent on the present day of their own calendar, these rows left out."""
    whose = {row.participant_id for row in rows if row.purpose in UNASKED and row.participant_id is not None}
    counts: Counter[UUID] = Counter()
    if not whose:
        return counts
    sent = select(OutboundMessage.participant_id, OutboundMessage.due_at).where(
        OutboundMessage.participant_id.in_(whose),
        OutboundMessage.created_at > now - LONGEST_WAIT,
        OutboundMessage.purpose.in_(UNASKED),
        OutboundMessage.phone_id.is_(None),
        OutboundMessage.state.not_in((OutboundState.CREATED, OutboundState.NOT_SENT)),
        OutboundMessage.id.not_in({row.id for row in rows}),
    )
    for participant_id, due_at in session.execute(sent):
        person = people.get(participant_id)
        if isinstance(person, Participant) and _is_same_day(due_at, now, ZoneInfo(person.timezone)):
            counts[participant_id] += 1
    return counts


def useful_for(row: OutboundMessage, recipient: Person, study: Study, now: datetime) -> timedelta:
    """How long the provider may go on trying: an unasked text that it cannot deliver today must not arrive at night."""
    until = row.useful_until
    if row.purpose in UNASKED and isinstance(recipient, Participant):
        until = min(until, closing_at(now, ZoneInfo(recipient.timezone), hours_of(recipient, study)))
    return max(until - now, SHORTEST_USE)


def _is_one_too_many(row: OutboundMessage, recipient: Participant, study: Study, unasked_today: Mapping[UUID, int]) -> bool:
    """A closing text is the last one, and a copy for a caregiver is not the participant's."""
    counts = row.purpose is not Purpose.CLOSING and row.phone_id is None
    return counts and unasked_today.get(recipient.id, 0) >= study.unasked_texts_a_day


def _why_not_to(row: OutboundMessage, recipient: Participant, phone: ParticipantPhone | None) -> str | None:
    if recipient.is_synthetic:
        return "drill"
    if kind_of(row.purpose) not in MAY_BE_SENT[recipient.state]:
        return str(recipient.state)
    if row.phone_id is not None:
        return "phone_removed" if phone is None else None
    if recipient.phone_encrypted is None:
        return "no_phone"
    if recipient.phone_wrong_since is not None:
        return "wrong_number"
    return "opted_out" if recipient.opted_out_at is not None and row.purpose not in SAID_ALSO_AFTER_STOP else None


def _is_same_day(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    return one.astimezone(zone).date() == other.astimezone(zone).date()
