"""Claiming: the due texts of the outbox, most important first, each with a lease and a committed attempt before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import Integer, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from followup_service.columns import UtcDateTime
from followup_service.encryption import keyring
from followup_service.messaging.delivery import FIRST_LOOK
from followup_service.messaging.further_phones import copy_to_phones
from followup_service.messaging.outbound_message import OUTBOUND_TRANSITIONS, Attempt, AttemptState, OutboundMessage, OutboundState
from followup_service.messaging.outbox import due_now
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.put_into_words import NO_WORDS, Known, address_of, keep_words, look_up, words_for
from followup_service.messaging.sender import UNPACED, Pace
from followup_service.messaging.sending_hold import held_purposes
from followup_service.messaging.when_to_send import UNASKED, departure, unasked_today, useful_for, why_not
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import Channel
from followup_service.staff.staff_member import StaffMember
from followup_service.transitions import moved
from followup_service.visits.visit import Visit, VisitState

LEASE = timedelta(seconds=60)
NOT_WORDED = "cannot_be_worded"

# Built once: it runs at every tick.
_LEASES_OVER = (
    select(OutboundMessage)
    .where(OutboundMessage.state == OutboundState.CLAIMED, OutboundMessage.claimed_until < bindparam("now"))
    .with_for_update(skip_locked=True)
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One attempt, ready for the provider. Until `claimed_until` it is ours to send; after that it is not."""

    attempt_id: UUID
    participant_id: UUID | None
    purpose: Purpose
    to: str
    body: str
    channel: Channel
    language: str
    claimed_until: datetime
    useful_for: timedelta


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim made ready to send, the texts that have no words (a person must hear of those), and how many it looked at."""

    envelopes: list[Envelope]
    not_worded: list[OutboundMessage]
    count: int = 0


def claim_due(session: Session, study: Study, gateways: Mapping[Channel, str], now: datetime, limit: int, pace: Pace = UNPACED) -> Claimed:
    """Claim due texts, most important first; render each and write its attempt. The caller commits before anything is sent.

    What is on hold stays where it is, and no more is claimed than may leave at this pace. A text that may no longer go out is kept as
    `not_sent` with its reason.
    """
    limit = pace.texts_now(session, now, limit)
    if limit == 0:
        return Claimed([], [])
    rows = session.scalars(_claim(held_purposes(session)), {"now": now, "most": limit, "lease_ends": now + LEASE})
    claimed = sorted(rows, key=lambda row: (row.priority, row.due_at, row.id))
    known = look_up(session, claimed)
    known.unasked_today.update(unasked_today(session, claimed, known.people, now))
    envelopes = [_prepare(session, row, known, study, gateways, now) for row in claimed]
    pace.took(session, sum(row.parts or 0 for row, envelope in zip(claimed, envelopes, strict=True) if envelope), now)
    return Claimed(
        envelopes=[envelope for envelope in envelopes if envelope is not None],
        not_worded=[row for row in claimed if row.not_sent_reason == NOT_WORDED],
        count=len(claimed),
    )


def give_up_leases(session: Session, now: datetime) -> list[UUID]:
    """Attempts whose worker died during the call: whether the text left is `unknown`, so it is not sent again blindly."""
    lost = []
    for row in session.scalars(_LEASES_OVER, {"now": now}):
        attempt = session.scalar(select(Attempt).where(Attempt.outbound_id == row.id, Attempt.lease == row.lease))
        if attempt is not None and attempt.state is AttemptState.STARTED:
            attempt.state, attempt.finished_at, attempt.next_look_at = AttemptState.UNKNOWN, now, now + FIRST_LOOK
        row.state, row.changed_at = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.UNKNOWN), now
        lost.append(row.id)
    return lost


@cache
def _claim(held: frozenset[Purpose]) -> ReturningUpdate[tuple[OutboundMessage]]:
    """Built once for what is on hold: it runs whenever something is due."""
    now = bindparam("now", type_=UtcDateTime)
    due = (
        select(OutboundMessage.id)
        .where(due_now(now, held))
        .order_by(OutboundMessage.priority, OutboundMessage.due_at, OutboundMessage.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
        # PostgreSQL may ask a subquery again for every row that it joins, each time for another `most` texts; a WITH it asks once.
        .cte("due")
    )
    return (
        update(OutboundMessage)
        .where(OutboundMessage.id.in_(select(due.c.id)))
        .values(
            state=OutboundState.CLAIMED,
            claimed_until=bindparam("lease_ends"),
            lease=OutboundMessage.lease + 1,
            attempts=OutboundMessage.attempts + 1,
            changed_at=now,
        )
        .returning(OutboundMessage)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


def _prepare(
    session: Session, row: OutboundMessage, known: Known, study: Study, gateways: Mapping[Channel, str], now: datetime
) -> Envelope | None:
    recipient, phone, visit = known.recipient(row), known.phone(row), known.visit(row)
    leaves = departure(row, recipient, study, now, known.unasked_today)
    reason = why_not(row, recipient, phone, leaves, now) or _why_not_remind(row, visit) or _why_not_by(row, recipient, gateways)
    if reason is not None:
        row.state, row.not_sent_reason = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.NOT_SENT), reason
        return None
    if leaves.at > now:
        row.state, row.due_at, row.claimed_until = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.CREATED), leaves.at, None
        return None
    number = address_of(row, known)
    try:
        if not _may_have_left(session, row):
            keep_words(row, words_for(row, known, now, study), study)
    except NO_WORDS:
        # One text that cannot be put into words must not hold up all the others, pages among them.
        row.state, row.not_sent_reason = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.NOT_SENT), NOT_WORDED
        return None
    row.to_index = keyring().index(number)
    name = gateways[row.channel]
    attempt = Attempt(outbound_id=row.id, number=row.attempts, lease=row.lease, state=AttemptState.STARTED, gateway=name, started_at=now)
    attempt.to_phone = number
    session.add(attempt)
    if row.participant_id is not None:
        known.unasked_today[row.participant_id] += row.purpose in UNASKED and row.phone_id is None
        copy_to_phones(session, row, known.phones.values(), now)
    assert row.claimed_until is not None  # noqa: S101 - the claim above set it
    assert row.body is not None  # noqa: S101 - it was put into words, now or before
    use = useful_for(row, recipient, study, now)
    return Envelope(attempt.id, row.participant_id, row.purpose, number, row.body, row.channel, row.language, row.claimed_until, use)


def _why_not_remind(row: OutboundMessage, visit: Visit | None) -> str | None:
    """A visit that took place, or will not, is not reminded: also not by a text that was on its way when staff recorded it."""
    if row.purpose is Purpose.REMINDER and visit is not None and visit.state in (VisitState.ATTENDED, VisitState.CANCELLED):
        return f"visit_{visit.state}"
    return None


def _why_not_by(row: OutboundMessage, recipient: Participant | StaffMember | None, gateways: Mapping[Channel, str]) -> str | None:
    """What was queued by a channel that is configured no more, or to an address that was taken away meanwhile."""
    if row.channel not in gateways:
        return "channel_not_configured"
    return "no_address" if row.channel is Channel.EMAIL and not getattr(recipient, "email", None) else None


def _may_have_left(session: Session, row: OutboundMessage) -> bool:
    """Whether words of this text are perhaps on a phone already: then another attempt says the same, and the row keeps what was sent."""
    never_sent = (AttemptState.NEVER_LEFT, AttemptState.REFUSED)
    earlier = select(Attempt.id).where(Attempt.outbound_id == row.id, Attempt.state.not_in(never_sent)).limit(1)
    return row.attempts > 1 and row.body is not None and session.scalar(earlier) is not None
