"""Texts that the provider took and of which it has not said how they ended: whom to ask about, and when again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from followup_service.messaging.outbound_message import Attempt, AttemptState, OutboundMessage

SOON = timedelta(minutes=1)
MOST_AT_ONCE = 100

# Built once: it runs at every tick.
_TO_ASK_ABOUT = (
    select(Attempt.id, Attempt.provider_sid)
    .join(OutboundMessage, OutboundMessage.id == Attempt.outbound_id)
    .where(Attempt.state == AttemptState.ACCEPTED, Attempt.next_look_at <= bindparam("now"), Attempt.gateway == bindparam("gateway"))
    .order_by(OutboundMessage.priority, Attempt.next_look_at)
    .limit(MOST_AT_ONCE)
)


@dataclass(frozen=True, slots=True)
class Awaited:
    """An attempt whose end nobody has told us, and what the provider calls it."""

    attempt_id: UUID
    provider_sid: str


def attempts_to_ask_about(session: Session, gateway: str, now: datetime) -> list[Awaited]:
    """What it is time to ask this provider about, pages first."""
    due = session.execute(_TO_ASK_ABOUT, {"now": now, "gateway": gateway})
    return [Awaited(attempt_id, sid) for attempt_id, sid in due if sid is not None]


def ask_soon(session: Session, attempt_id: UUID, now: datetime) -> None:
    """The provider did not answer."""
    _ask_at(session, attempt_id, now + SOON)


def ask_no_more(session: Session, attempt_id: UUID) -> None:
    """The provider does not have it any more."""
    _ask_at(session, attempt_id, None)


def _ask_at(session: Session, attempt_id: UUID, at: datetime | None) -> None:
    awaited = (Attempt.id == attempt_id, Attempt.state == AttemptState.ACCEPTED, Attempt.next_look_at.is_not(None))
    session.execute(update(Attempt).where(*awaited).values(next_look_at=at).execution_options(synchronize_session=False))
