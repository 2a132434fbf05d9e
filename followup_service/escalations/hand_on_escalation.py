"""Not mine: a person hands an episode on, and the next one is paged at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.errors import Refused
from followup_service.escalations.choose_step import reaches_somebody_else
from followup_service.escalations.escalation import Escalation, EscalationState, EventKind
from followup_service.escalations.keep_step import keep_step
from followup_service.escalations.lock_episode import lock_episode, shown_code
from followup_service.escalations.page_on_call import page_on_call, start_paging
from followup_service.escalations.return_escalation import reopen
from followup_service.escalations.settle_escalation import refuse_if_settled
from followup_service.protocol.definitions import Study
from followup_service.protocol.sentences import said
from followup_service.staff.staff_member import StaffMember


def hand_on_escalation(
    session: Session,
    escalation_id: UUID,
    person: StaffMember,
    now: datetime,
    *,
    study: Study,
    version: int | None = None,
    via: str | None = None,
    note: str | None = None,
) -> Escalation:
    """Page the next one who has not said this. Raises Conflict where somebody else has it, Refused where nobody else is left."""
    episode, participant = lock_episode(session, escalation_id, version)
    refuse_if_settled(episode, but_for=person.handle)
    before = episode.handed_on
    passed = [*before, person.id.hex] if person.id.hex not in before else before
    episode.handed_on = passed
    if not reaches_somebody_else(session, episode, now):
        episode.handed_on = before
        raise Refused(said("nobody else is there to take No. %(number)s: it stays with you and goes on paging", number=episode.number))
    keep_step(session, episode, participant, EventKind.HANDED_ON, now, person.handle, via=via, staff_id=person.id, note=note)
    if episode.state is EscalationState.ACKNOWLEDGED:
        reopen(episode)
        start_paging(session, episode, shown_code(participant), "page", now, study=study, handed_on=passed)
    else:
        episode.version += 1
        page_on_call(session, episode, shown_code(participant), "page", now, study=study)
    return episode
