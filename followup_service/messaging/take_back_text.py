"""Taking back what a person of the team wrote, while it has not left."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.errors import Conflict
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.sentences import said

TAKEN_BACK = "taken_back"


def take_back_text(session: Session, participant: Participant, text_id: UUID, now: datetime, actor: str) -> None:
    """Keep it as not sent. Raises Conflict where it has left, or there is no such text. The caller has locked the participant."""
    waiting = (
        update(OutboundMessage)
        .where(OutboundMessage.id == text_id, OutboundMessage.participant_id == participant.id)
        .where(OutboundMessage.purpose == Purpose.WRITTEN, OutboundMessage.state == OutboundState.CREATED)
        .where(OutboundMessage.attempts == 0)
        .values(state=OutboundState.NOT_SENT, not_sent_reason=TAKEN_BACK, changed_at=now)
    )
    if session.execute(waiting.execution_options(synchronize_session=False)).rowcount != 1:
        raise Conflict(said("it has left already, and can only be corrected by another text"))
    record_event(participant, "text_taken_back", now, actor, text=text_id.hex)
