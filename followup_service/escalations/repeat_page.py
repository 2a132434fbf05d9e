"""Paging again for an episode that nobody took."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.escalations.page_on_call import page_on_call
from followup_service.messaging.texts import UNKNOWN_NUMBER
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study


def repeat_page(session: Session, escalation_id: UUID, now: datetime, *, study: Study) -> None:
    """Page one round more, unless somebody took it meanwhile or another worker was first."""
    episode = session.get_one(Escalation, escalation_id, with_for_update={"key_share": True}, populate_existing=True)
    if episode.state is not EscalationState.OPEN or episode.next_page_at is None or episode.next_page_at > now:
        return
    code = session.scalar(select(Participant.code).where(Participant.id == episode.participant_id)) if episode.participant_id else None
    page_on_call(session, episode, code or UNKNOWN_NUMBER, "page_again", now, study=study)
