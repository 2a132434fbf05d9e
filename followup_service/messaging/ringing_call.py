"""The call that a simulated phone of staff is in: picked up, and no key pressed yet."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.messaging.outbound_message import Attempt, OutboundMessage, OutboundState
from followup_service.protocol.paging_clock import Channel


def ringing_call(session: Session, staff_id: UUID) -> Attempt | None:
    """The newest one."""
    calls = (
        select(Attempt)
        .join(OutboundMessage, (OutboundMessage.id == Attempt.outbound_id) & (OutboundMessage.lease == Attempt.lease))
        .where(OutboundMessage.staff_id == staff_id, OutboundMessage.channel == Channel.VOICE, OutboundMessage.state == OutboundState.SENT)
    )
    return session.scalar(calls.order_by(Attempt.started_at.desc()).limit(1))
