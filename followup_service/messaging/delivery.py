"""What became of a text: the answer to our call and the provider's callbacks, each moving it only forward."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from followup_service.messaging.error_classes import ErrorClass, error_class
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.outbound_message import (
    ATTEMPT_TRANSITIONS,
    OUTBOUND_TRANSITIONS,
    Attempt,
    AttemptState,
    DeliveryReceipt,
    OutboundMessage,
    OutboundState,
)
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.paging_clock import Channel
from followup_service.transitions import moved

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
PAGE_RETRY = timedelta(minutes=1)
DOUBLINGS_TO_LONGEST_RETRY = 10
CONFIGURATION_RETRY = timedelta(minutes=1)
PASSING_RETRY = timedelta(minutes=2)
MOST_ATTEMPTS_AFTER_ACCEPTANCE = 3
FAILURES = frozenset({OutboundState.UNDELIVERED, OutboundState.FAILED, OutboundState.CANCELED})
FIRST_LOOK = timedelta(seconds=90)
# So long after it took a text the provider is asked what became of it, if its callback does not say: it calls but once. The last time, also
# what may wait longest at the provider has ended there.
ASK_AFTER = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=11))
AWAITED = frozenset({OutboundState.UNKNOWN, OutboundState.ACCEPTED, OutboundState.QUEUED, OutboundState.SENDING, OutboundState.SENT})
_OUR_WORDS = frozenset({OutboundState.CREATED, OutboundState.CLAIMED, OutboundState.UNKNOWN, OutboundState.NOT_SENT})
# A call has reached somebody once they pressed a key that says what they do. One that ends without has not, whoever or whatever
# picked it up: an answering machine listens as well.
KEY = "key-"
_CALL_WORDS = {
    f"{KEY}1": OutboundState.DELIVERED,
    f"{KEY}2": OutboundState.DELIVERED,
    "initiated": OutboundState.SENDING,
    "ringing": OutboundState.SENDING,
    "in-progress": OutboundState.SENT,
    "completed": OutboundState.UNDELIVERED,
    "busy": OutboundState.UNDELIVERED,
    "no-answer": OutboundState.UNDELIVERED,
}
_PROVIDER_WORDS = {state.value: state for state in OutboundState if state not in _OUR_WORDS} | _CALL_WORDS


@dataclass(frozen=True, slots=True)
class Receipt:
    """A status callback: about which attempt (from the URL), which message, what."""

    attempt_id: UUID | None
    provider_sid: str
    status: str
    error_code: str | None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A text that will not arrive, or not while our settings stay as they are: somebody has to hear of it."""

    message: OutboundMessage
    why: ErrorClass
    code: str | None = None


def record_result(session: Session, attempt_id: UUID, result: SendResult, now: datetime) -> Undelivered | None:
    """Keep what the call answered. Returns what a person must hear of, if anything."""
    found = lock_attempt(session, Attempt.id == attempt_id)
    if found is None:
        return None
    attempt, message = found
    if attempt.state in (AttemptState.STARTED, AttemptState.UNKNOWN) and attempt.state is not result.outcome:
        _note_if_it_left(attempt, message, result.outcome, now)
        attempt.state = moved(ATTEMPT_TRANSITIONS, attempt.state, result.outcome)
        attempt.provider_sid = attempt.provider_sid or result.provider_sid
        attempt.error_code, attempt.finished_at, attempt.next_look_at = result.error_code, now, None
    if message.lease != attempt.lease or attempt.state is not result.outcome:
        # A later claim owns the text now, or callbacks came before and know better: this answer decides nothing.
        return None
    if result.outcome is AttemptState.NEVER_LEFT:
        try_again(message, now, _retry_after(message, now))
        # Whoever is to be called does not wait until calls can be made again: the next one is paged. A text has no better way to go.
        return None if message.channel is Channel.TEXT else Undelivered(message, ErrorClass.PASSING)
    if result.outcome is AttemptState.UNKNOWN:
        attempt.next_look_at = now + FIRST_LOOK
        if message.state is not OutboundState.NOT_SENT:
            _move(message, OutboundState.UNKNOWN, now)
        return None
    if result.outcome is AttemptState.REFUSED and _why(message, result.error_code) is ErrorClass.CONFIGURATION:
        return _wait_for_the_operator(message, result.error_code, now)
    status = "failed" if result.outcome is AttemptState.REFUSED else result.status or "accepted"
    undelivered = _apply(message, status, result.error_code, now)
    ask_later(attempt, message, now)
    return undelivered


def take_receipt(session: Session, receipt: Receipt, now: datetime) -> Undelivered | None:
    """Keep a callback and move the text forward by it. A repeat, a late or an unknown word changes nothing and is kept all the same.

    It is about the attempt that has the provider's id, and only where none has it, about the one that it names: of two texts with the same
    words the other one may have been found in the provider's list as this one.
    """
    holder = session.scalar(select(Attempt.id).where(Attempt.provider_sid == receipt.provider_sid))
    found = lock_attempt(session, Attempt.id == (holder or receipt.attempt_id))
    row = DeliveryReceipt(provider_sid=receipt.provider_sid, status=receipt.status[:32], error_code=receipt.error_code, received_at=now)
    row.applied = False
    session.add(row)
    if found is None:
        return None
    attempt, message = found
    row.attempt_id = attempt.id
    if attempt.provider_sid not in (None, receipt.provider_sid):
        return None
    attempt.provider_sid = receipt.provider_sid
    if attempt.state in (AttemptState.STARTED, AttemptState.UNKNOWN):
        _note_if_it_left(attempt, message, AttemptState.ACCEPTED, now)
        attempt.state, attempt.finished_at = moved(ATTEMPT_TRANSITIONS, attempt.state, AttemptState.ACCEPTED), now
        attempt.next_look_at = None
    if message.lease != attempt.lease:
        return None
    before = message.state
    undelivered = _apply(message, receipt.status, receipt.error_code, now)
    row.applied = message.state is not before
    ask_later(attempt, message, now)
    return undelivered


def ask_later(attempt: Attempt, message: OutboundMessage, now: datetime) -> None:
    """When to ask the provider what became of a text that it took: never where we know. Of calls the chain of pages asks by itself."""
    attempt.next_look_at = None
    if attempt.state is AttemptState.ACCEPTED and message.state in AWAITED and message.channel is Channel.TEXT:
        since = attempt.finished_at or attempt.started_at
        attempt.next_look_at = next((since + wait for wait in ASK_AFTER if since + wait > now), None)


_NOT_TAKEN = select(Attempt.outbound_id).where(
    Attempt.lease == OutboundMessage.lease, Attempt.state.in_((AttemptState.NEVER_LEFT, AttemptState.REFUSED))
)
# Built once: it runs whenever something was taken.
_BRING_FORWARD = (
    update(OutboundMessage)
    .where(OutboundMessage.state == OutboundState.CREATED, OutboundMessage.due_at > bindparam("now"), OutboundMessage.attempts > 0)
    .where(OutboundMessage.channel.in_(bindparam("channels", expanding=True)))
    .where(OutboundMessage.id.in_(_NOT_TAKEN))
    .values(due_at=bindparam("now"))
    .execution_options(synchronize_session=False)
)


def bring_forward(session: Session, channels: Collection[Channel], now: datetime) -> None:
    """Whoever takes texts, calls or e-mails takes them again: what waits because they did not, goes now."""
    session.execute(_BRING_FORWARD, {"now": now, "channels": list(channels)})


def _note_if_it_left(attempt: Attempt, message: OutboundMessage, outcome: AttemptState, now: datetime) -> None:
    """What was thought not to have left, and waits to go again or was given up, has left: now we know, and it goes no more."""
    if attempt.state is not AttemptState.UNKNOWN or outcome is not AttemptState.ACCEPTED or message.lease != attempt.lease:
        return
    if message.state is OutboundState.NOT_SENT:
        # Somebody decided against it: also where it failed on its way, it is not tried again.
        message.useful_until = min(message.useful_until, now)
    if message.state in (OutboundState.CREATED, OutboundState.NOT_SENT):
        _move(message, OutboundState.UNKNOWN, now)


def _apply(message: OutboundMessage, status: str, error_code: str | None, now: datetime) -> Undelivered | None:
    state = _PROVIDER_WORDS.get(status)
    if state is None or state not in OUTBOUND_TRANSITIONS[message.state]:
        return None
    _move(message, state, now)
    message.not_sent_reason = None
    if state not in FAILURES:
        return None
    why = _why(message, error_code)
    if why is ErrorClass.CONFIGURATION and now < message.useful_until:
        return _wait_for_the_operator(message, error_code, now)
    if why is ErrorClass.PASSING and message.attempts < MOST_ATTEMPTS_AFTER_ACCEPTANCE and now < message.useful_until:
        # The provider is done with this attempt and says that the phone did not get it: a new attempt is not a second copy.
        try_again(message, now, PASSING_RETRY)
        # Whoever has the phone off may turn it on; with a page the next person does not wait for that.
        return Undelivered(message, why) if message.purpose is Purpose.PAGE else None
    return Undelivered(message, why)


def _why(message: OutboundMessage, error_code: str | None) -> ErrorClass:
    """A call or an e-mail that failed is not tried again and holds nothing up: the chain goes on to the next page instead."""
    return error_class(error_code) if message.channel is Channel.TEXT else ErrorClass.A_PERSON_LOOKS


def _wait_for_the_operator(message: OutboundMessage, code: str | None, now: datetime) -> Undelivered:
    """Our own settings are at fault and the phone did not get it: it is tried again, and the caller puts the outbox on hold."""
    try_again(message, now, max(CONFIGURATION_RETRY, _retry_after(message, now)))
    return Undelivered(message, ErrorClass.CONFIGURATION, code)


def try_again(message: OutboundMessage, now: datetime, after: timedelta) -> None:
    _move(message, OutboundState.CREATED, now)
    message.claimed_until, message.due_at = None, now + after


def _move(message: OutboundMessage, to: OutboundState, now: datetime) -> None:
    if message.state is not to and to in OUTBOUND_TRANSITIONS[message.state]:
        message.state, message.changed_at = moved(OUTBOUND_TRANSITIONS, message.state, to), now


def _retry_after(message: OutboundMessage, now: datetime) -> timedelta:
    """Doubling from one try to the next, and spread by the row's id: texts that failed together do not all come back together.

    A page comes back within a twentieth of the time it has waited: nobody waits an hour for it because the outage took three.
    """
    longest = LONGEST_RETRY
    if message.purpose is Purpose.PAGE:
        longest = min(longest, max(PAGE_RETRY, (now - message.created_at) / 20))
    doublings = min(message.attempts - 1, DOUBLINGS_TO_LONGEST_RETRY)
    return min(FIRST_RETRY * 2**doublings, longest) * (1 - message.id.int % 100 / 200)


def lock_attempt(session: Session, wanted: object) -> tuple[Attempt, OutboundMessage] | None:
    row = session.execute(
        select(Attempt, OutboundMessage).join(OutboundMessage, OutboundMessage.id == Attempt.outbound_id).where(wanted).with_for_update()
    ).one_or_none()
    return None if row is None else (row[0], row[1])
