"""Ending a conversation early: the service's own texts go out again."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.errors import Conflict
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import WAITS_FOR_CONVERSATION
from followup_service.messaging.when_to_send import in_conversation
from followup_service.participants.contact_hours import hours_of, next_contact
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.sentences import said


def end_conversation(session: Session, participant: Participant, now: datetime, actor: str, *, study: Study) -> None:
    """What waited for it is looked at again now. Raises Conflict where none is under way. The caller has locked the participant."""
    until = in_conversation(participant, now)
    if until is None:
        raise Conflict(said("nothing waits: the service's own texts go out"))
    put_off_until = next_contact(until, ZoneInfo(participant.timezone), hours_of(participant, study))
    waited = (
        update(OutboundMessage)
        .where(OutboundMessage.participant_id == participant.id, OutboundMessage.state == OutboundState.CREATED)
        .where(OutboundMessage.purpose.in_(WAITS_FOR_CONVERSATION), OutboundMessage.due_at == put_off_until)
        .values(due_at=now, changed_at=now)
    )
    session.execute(waited.execution_options(synchronize_session=False))
    participant.in_conversation_until = None
    record_event(participant, "conversation_ended", now, actor)
