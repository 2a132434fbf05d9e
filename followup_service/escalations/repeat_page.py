"""Paging again for an episode that nobody took."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.escalations.lock_episode import shown_code
from followup_service.escalations.page_on_call import page_on_call
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study


def repeat_page(session: Session, escalation_id: UUID, now: datetime, *, study: Study) -> None:
    """Page one step more, unless somebody took it meanwhile or another worker was first."""
    episode = session.get_one(Escalation, escalation_id, with_for_update={"key_share": True}, populate_existing=True)
    if episode.state is not EscalationState.OPEN or episode.next_page_at is None or episode.next_page_at > now:
        return
    code = shown_code(session.get(Participant, episode.participant_id) if episode.participant_id else None)
    if episode.pages == 0:
        # What waited for a working day.
        page_on_call(session, episode, code, "page", now, study=study)
    else:
        page_on_call(session, episode, code, "page_again", now, study=study)
