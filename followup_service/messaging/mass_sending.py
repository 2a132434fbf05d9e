"""The cap against mass sending: a mistake that makes thousands of texts due at once stops before the first of them leaves."""

from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import Session

from followup_service.columns import UtcDateTime
from followup_service.config import SendingCap
from followup_service.messaging.hold_sending import hold_and_tell
from followup_service.messaging.outbound_message import Attempt, OutboundMessage
from followup_service.messaging.outbox import due_now
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.sending_hold import HoldCause, HoldScope, SendingHold
from followup_service.messaging.when_to_send import UNASKED
from followup_service.protocol.definitions import Study

_CONFIRMED_AT = select(func.max(SendingHold.released_at)).where(SendingHold.cause == HoldCause.MASS_SENDING)


class _Counts(NamedTuple):
    waiting: Select[tuple[int]]
    left: Select[tuple[int]]


def too_many_at_once(session: Session, cap: SendingCap, now: datetime) -> bool:
    """Whether more unasked texts than the cap left lately or would leave now. What was there when a person last released it is theirs."""
    confirmed_at = session.scalar(_CONFIRMED_AT)
    values = {"confirmed_at": confirmed_at, "now": now, "most": cap.texts + 1, "since": now - timedelta(minutes=cap.minutes)}
    counts = _counts(confirmed=confirmed_at is not None)
    waiting: int = session.scalars(counts.waiting, values).one()
    return waiting > 0 and waiting + session.scalars(counts.left, values).one() > cap.texts


def stop_mass_sending(session: Session, cap: SendingCap, now: datetime, *, study: Study) -> None:
    """Hold the unasked texts until a person has looked at them. Pages and answers go on."""
    reason = f"more than {cap.texts} texts that nobody asked for within {cap.minutes} minutes"
    values = {"count": cap.texts, "minutes": cap.minutes}
    hold_and_tell(session, HoldScope.UNASKED, HoldCause.MASS_SENDING, reason, now, study=study, **values)


@cache
def _counts(*, confirmed: bool) -> _Counts:
    """Built once: they run whenever something is due."""
    texts = select(OutboundMessage.id).where(OutboundMessage.purpose.in_(UNASKED))
    if confirmed:
        texts = texts.where(OutboundMessage.created_at > bindparam("confirmed_at"))
    waiting = texts.where(due_now(bindparam("now", type_=UtcDateTime), frozenset(Purpose) - UNASKED))
    left = texts.join(Attempt, Attempt.outbound_id == OutboundMessage.id).where(Attempt.started_at > bindparam("since"))
    return _Counts(_count(waiting), _count(left))


def _count(texts: Select[tuple[UUID]]) -> Select[tuple[int]]:
    """How many there are, counted no further than one beyond the cap."""
    return select(func.count()).select_from(texts.limit(bindparam("most", type_=Integer)).subquery())
