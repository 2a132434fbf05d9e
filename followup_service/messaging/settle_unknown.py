"""Texts of which nobody knows whether they left: they are looked for in the provider's list, and what is not found is decided by rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from followup_service.messaging.delivery import Undelivered, lock_attempt, record_result, try_again
from followup_service.messaging.error_classes import ErrorClass
from followup_service.messaging.gateways.gateway import SendResult, SentText
from followup_service.messaging.outbound_message import OUTBOUND_TRANSITIONS, Attempt, AttemptState, OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.paging_clock import Channel
from followup_service.transitions import moved

LAST_LOOK = timedelta(minutes=10)
LOOK_AGAIN = timedelta(minutes=1)
ENOUGH_LOOKS = 2
# A worker that was stopped just before its call, and goes on after those looks, calls all the same.
SECOND_THOUGHT = timedelta(minutes=20)
# The provider's clock and ours may differ by a change of summer time and somebody's mistake; its list has whole seconds.
CLOCKS_DIFFER_BY = timedelta(hours=3)
MOST_AT_ONCE = 100

# Built once: it runs at every tick.
_TO_LOOK_FOR = (
    select(Attempt, OutboundMessage.channel)
    .join(OutboundMessage, OutboundMessage.id == Attempt.outbound_id)
    .where(Attempt.state == AttemptState.UNKNOWN, Attempt.next_look_at <= bindparam("now"))
    .order_by(OutboundMessage.priority, Attempt.next_look_at)
    .limit(MOST_AT_ONCE)
)


@dataclass(frozen=True, slots=True)
class Sought:
    """An attempt to look for among what the provider took for a number; no number where there is no such list: for calls and e-mails,
    and for what was made by a version that did not keep it."""

    attempt_id: UUID
    to: str | None


def attempts_to_look_for(session: Session, now: datetime) -> list[Sought]:
    """What it is time to look for, pages first."""
    due = session.execute(_TO_LOOK_FOR, {"now": now})
    return [Sought(attempt.id, attempt.to_phone if channel is Channel.TEXT else None) for attempt, channel in due]


def settle_unknown(session: Session, attempt_id: UUID, taken: Sequence[SentText] | None, now: datetime) -> Undelivered | None:
    """Decide by what the provider took for this number (None: it could not be asked). Returns what a person must hear of.

    1. what is in the list was taken, with the status that it has there. Where the same words were on their way to the same phone more than
       once, the list does not say which is which: none is given away while another call may still answer, then each gets one, first come
       first served, and last whoever was looked for before in vain. So many as left count as sent, the others go again.
    2. until ten minutes are over and two looks found nothing, it is looked for again
    3. then it certainly did not leave: it goes again while it is of use, and where it is not, a person hears of it
    4. after all that it is looked for once more: what is there now left late, and our books are corrected
    A page does not wait for a provider that cannot be asked: twice is harmless, silence is not.
    """
    found = lock_attempt(session, Attempt.id == attempt_id)
    if found is None:
        return None
    attempt, message = found
    looked_meanwhile = attempt.next_look_at is None or attempt.next_look_at > now
    if attempt.state is not AttemptState.UNKNOWN or looked_meanwhile:
        return None
    free = _alike(session, attempt, message, taken or ())
    rivals = _with_the_same_words(session, attempt, message) if free else []
    if any(rival.state is AttemptState.STARTED for rival in rivals):
        attempt.next_look_at = now + LOOK_AGAIN
        return None
    is_open = message.state is OutboundState.UNKNOWN and message.lease == attempt.lease
    before = sum(_turn(rival) < _turn(attempt) for rival in rivals) if is_open else len(rivals)
    if before < len(free):
        text = free[before]
        return record_result(session, attempt_id, SendResult(AttemptState.ACCEPTED, text.sid, text.status, text.error_code), now)
    if not is_open:
        attempt.next_look_at = None if taken is not None else now + LOOK_AGAIN
        return None
    attempt.looks += taken is not None
    last_look_at = (attempt.finished_at or attempt.started_at) + LAST_LOOK
    is_over = now >= max(last_look_at, message.useful_until)
    if is_over or (now >= last_look_at and (attempt.looks >= ENOUGH_LOOKS or message.purpose is Purpose.PAGE)):
        is_listed = message.channel is Channel.TEXT and attempt.to_phone is not None
        attempt.next_look_at = now + SECOND_THOUGHT if is_listed else None
        if is_over:
            return _give_up(message, now)
        try_again(message, now, timedelta(0))
        return None
    attempt.next_look_at = max(now + LOOK_AGAIN, last_look_at) if attempt.looks else now + LOOK_AGAIN
    return None


def _turn(attempt: Attempt) -> tuple[bool, datetime, UUID]:
    """Who of several gets a text first. What was not there at an earlier look, and is now, is rather another's that started since."""
    return attempt.looks > 0, attempt.started_at, attempt.id


def _alike(session: Session, attempt: Attempt, message: OutboundMessage, taken: Sequence[SentText]) -> list[SentText]:
    """The texts in the list that can be this one: the same words, made about then, and no other attempt's; first come first."""
    alike = [text for text in taken if text.body == message.body and abs(text.created_at - attempt.started_at) <= CLOCKS_DIFFER_BY]
    if not alike:
        return []
    others = set(session.scalars(select(Attempt.provider_sid).where(Attempt.provider_sid.in_({text.sid for text in alike}))))
    return sorted((text for text in alike if text.sid not in others), key=lambda text: text.created_at)


def _with_the_same_words(session: Session, attempt: Attempt, message: OutboundMessage) -> list[Attempt]:
    """Other attempts to the same phone, of which nobody knows yet either."""
    open_ones = session.execute(
        select(Attempt, OutboundMessage)
        .join(OutboundMessage, and_(Attempt.outbound_id == OutboundMessage.id, Attempt.lease == OutboundMessage.lease))
        .where(OutboundMessage.state.in_((OutboundState.CLAIMED, OutboundState.UNKNOWN)), Attempt.id != attempt.id)
        .where(Attempt.state.in_((AttemptState.STARTED, AttemptState.UNKNOWN)), Attempt.provider_sid.is_(None))
        .where(OutboundMessage.participant_id.is_not_distinct_from(message.participant_id))
        .where(OutboundMessage.staff_id.is_not_distinct_from(message.staff_id))
    )
    return [other for other, text in open_ones if text.body == message.body and other.to_phone == attempt.to_phone]


def _give_up(message: OutboundMessage, now: datetime) -> Undelivered:
    message.state, message.changed_at = moved(OUTBOUND_TRANSITIONS, message.state, OutboundState.NOT_SENT), now
    message.not_sent_reason = "unknown_whether_sent"
    return Undelivered(message, ErrorClass.A_PERSON_LOOKS)
