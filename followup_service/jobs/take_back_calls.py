"""Calls that still ring for an alarm that somebody has: taken back at the provider, with no transaction open."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import bindparam, select

from followup_service import clock
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.escalations.tell_of_delivery import take_delivery_receipt
from followup_service.extensions import db
from followup_service.jobs.alone import alone
from followup_service.messaging.delivery import Receipt
from followup_service.messaging.gateways import page_gateways_of
from followup_service.messaging.outbound_message import Attempt, AttemptState, OutboundMessage, OutboundState
from followup_service.protocol.paging_clock import Channel
from followup_service.staff.running_study import running_study

log = structlog.get_logger()
# Whoever has picked up is told in the call who has it.
NOT_PICKED_UP = (OutboundState.ACCEPTED, OutboundState.QUEUED, OutboundState.SENDING)
LONGEST_RINGING = timedelta(minutes=2)

# Built once: it runs at every tick.
_RINGING = (
    select(Attempt.id, Attempt.provider_sid)
    .join(OutboundMessage, (OutboundMessage.id == Attempt.outbound_id) & (OutboundMessage.lease == Attempt.lease))
    .join(Escalation, Escalation.id == OutboundMessage.escalation_id)
    .where(Attempt.started_at > bindparam("since"), Attempt.state == AttemptState.ACCEPTED)
    .where(OutboundMessage.channel == Channel.VOICE, OutboundMessage.state.in_(NOT_PICKED_UP))
    .where(Escalation.state != EscalationState.OPEN)
)


def take_back_calls() -> None:
    calls = page_gateways_of(current_app).get(Channel.VOICE)
    if calls is None:
        return
    for attempt_id, call_sid in _needless():
        if calls.take_back(call_sid):
            alone("take_back_calls", partial(_keep, attempt_id, call_sid))


def _needless() -> Sequence[tuple[UUID, str]]:
    db.session.connection(execution_options={"read_only": True})
    ringing = db.session.execute(_RINGING, {"since": clock.now() - LONGEST_RINGING})
    found = [(attempt_id, call_sid) for attempt_id, call_sid in ringing if call_sid is not None]
    db.session.rollback()
    return found


def _keep(attempt_id: UUID, call_sid: str) -> None:
    log.info("call_taken_back", attempt=attempt_id.hex)
    receipt = Receipt(attempt_id, call_sid, OutboundState.CANCELED, None)
    take_delivery_receipt(db.session, receipt, clock.now(), study=running_study(db.session).protocol)
