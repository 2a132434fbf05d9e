"""The cap against mass sending: a mistake that makes thousands of texts due at once stops before the first of them leaves."""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from followup_service.config import SendingCap
from followup_service.messaging.hold_sending import hold_and_tell
from followup_service.messaging.outbound_message import Attempt, OutboundMessage
from followup_service.messaging.outbox import due_now
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.sending_hold import HoldCause, HoldScope, SendingHold
from followup_service.messaging.when_to_send import UNASKED
from followup_service.protocol.definitions import Study


def too_many_at_once(session: Session, cap: SendingCap, now: datetime) -> bool:
    """Whether more unasked texts than the cap left lately or would leave now. What was there when a person last released it is theirs."""
    confirmed_at = session.scalar(select(func.max(SendingHold.released_at)).where(SendingHold.cause == HoldCause.MASS_SENDING))
    texts = select(OutboundMessage.id).where(OutboundMessage.purpose.in_(UNASKED))
    if confirmed_at is not None:
        texts = texts.where(OutboundMessage.created_at > confirmed_at)
    waiting = _count(session, texts.where(due_now(now, frozenset(Purpose) - UNASKED)), cap.texts)
    if waiting == 0:
        return False
    since = now - timedelta(minutes=cap.minutes)
    left = texts.join(Attempt, Attempt.outbound_id == OutboundMessage.id).where(Attempt.started_at > since)
    return waiting + _count(session, left, cap.texts) > cap.texts


def stop_mass_sending(session: Session, cap: SendingCap, now: datetime, *, study: Study) -> None:
    """Hold the unasked texts until a person has looked at them. Pages and answers go on."""
    reason = f"more than {cap.texts} texts that nobody asked for within {cap.minutes} minutes"
    values = {"count": cap.texts, "minutes": cap.minutes}
    hold_and_tell(session, HoldScope.UNASKED, HoldCause.MASS_SENDING, reason, now, study=study, **values)


def _count(session: Session, texts: Select[tuple[object]], most: int) -> int:
    """How many there are, counted no further than one beyond the cap."""
    return session.scalar(select(func.count()).select_from(texts.limit(most + 1).subquery())) or 0
