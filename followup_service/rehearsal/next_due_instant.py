"""When the service has something to do next: the clock of a rehearsal jumps there instead of ticking."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Checkin
from followup_service.checkins.start_checkins import WAITING
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.participants.participant import Participant
from followup_service.visits.visit import Visit

DUE = (
    select(func.min(Participant.next_checkin_at)),
    select(func.min(Participant.next_visit_at)),
    select(func.min(Visit.next_step_at)),
    select(func.min(Checkin.next_step_at)).where(Checkin.state.in_(WAITING)),
    select(func.min(Escalation.next_page_at)).where(Escalation.state == EscalationState.OPEN),
    select(func.min(Escalation.returns_at)).where(Escalation.state == EscalationState.ACKNOWLEDGED),
    select(func.min(Escalation.follow_up_at)),
    select(func.min(OutboundMessage.due_at)).where(OutboundMessage.state == OutboundState.CREATED),
    select(func.min(InboundMessage.ask_whose_until)),
    select(func.min(InboundMessage.retry_at)).where(InboundMessage.handled_at.is_(None)),
)
ALL_DUE = select(*(query.scalar_subquery() for query in DUE))


def next_due_instant(session: Session) -> datetime | None:
    """The earliest instant at which something falls due, past ones included; None where nothing ever will."""
    instants = session.execute(ALL_DUE).one()
    return min((instant for instant in instants if instant is not None), default=None)
