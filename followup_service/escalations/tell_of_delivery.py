"""When a text will not arrive, somebody hears of it: the next step of the chain for a page, the study team for a participant's text."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.messaging.delivery import FAILURES, Receipt, Undelivered, take_receipt
from followup_service.messaging.error_classes import ErrorClass
from followup_service.messaging.hold_sending import hold_for_configuration
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.change_participant import lock_participant, opt_out
from followup_service.participants.participant import OptOutSource
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import decide_code

_FAILED = FAILURES | {OutboundState.NOT_SENT}


def take_delivery_receipt(session: Session, receipt: Receipt, now: datetime, *, study: Study) -> None:
    """Keep what the provider says of a text, and tell a person where it failed."""
    undelivered = take_receipt(session, receipt, now)
    if undelivered is not None:
        tell_of_delivery(session, undelivered, now, study=study)


def tell_of_delivery(session: Session, undelivered: Undelivered, now: datetime, *, study: Study) -> None:
    message = undelivered.message
    if undelivered.why is ErrorClass.CONFIGURATION:
        hold_for_configuration(session, undelivered.code, now, study=study)
    if message.purpose is Purpose.PAGE and message.escalation_id is not None:
        _move_on(session, message, message.escalation_id, now, study)
    elif message.participant_id is not None and undelivered.why is not ErrorClass.CONFIGURATION:
        participant = lock_participant(session, message.participant_id)
        code = "UNDELIVERABLE"
        if undelivered.why is ErrorClass.OPTED_OUT:
            code = "OPTED_OUT"
            opt_out(participant, OptOutSource.PROVIDER, now, "provider")
        raise_escalation(session, about(participant), decide_code(code, study.rules), now, study=study)


def _move_on(session: Session, failed: OutboundMessage, escalation_id: UUID, now: datetime, study: Study) -> None:
    """A page that failed moves the chain at once, where no other page of its step is under way; but once through it, not for ever."""
    episode = session.get_one(Escalation, escalation_id, with_for_update={"key_share": True}, populate_existing=True)
    chain_is_over = episode.chain_step >= len(study.paging[episode.level].chain)
    if episode.state is not EscalationState.OPEN or episode.next_page_at is None or chain_is_over:
        return
    if not _another_may_arrive(session, failed):
        episode.next_page_at = min(episode.next_page_at, now)


def _another_may_arrive(session: Session, failed: OutboundMessage) -> bool:
    """Whether a page of the same step or a later one has not failed (yet)."""
    others = select(OutboundMessage.state, OutboundMessage.attempts).where(
        OutboundMessage.escalation_id == failed.escalation_id,
        OutboundMessage.purpose == Purpose.PAGE,
        OutboundMessage.created_at >= failed.created_at,
        OutboundMessage.id != failed.id,
    )
    return any(state not in _FAILED and not (state is OutboundState.CREATED and attempts) for state, attempts in session.execute(others))
