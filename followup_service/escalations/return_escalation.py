"""Taken is not done: an episode without an outcome in time opens again, and so does one that was put off when its time is over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.escalations.escalation import ESCALATION_TRANSITIONS, Escalation, EscalationEvent, EscalationState, EventKind
from followup_service.escalations.keep_step import keep_step
from followup_service.escalations.lock_episode import lock_episode, shown_code
from followup_service.escalations.page_on_call import start_paging
from followup_service.escalations.promise_call import forget_promise
from followup_service.protocol.definitions import Study
from followup_service.staff.staff_member import StaffMember
from followup_service.staff.team import People
from followup_service.transitions import moved


def return_escalation(session: Session, escalation_id: UUID, now: datetime, *, study: Study) -> None:
    """Page whoever had it and the first on call, and let the chain begin anew; unless it was resolved meanwhile."""
    episode, participant = lock_episode(session, escalation_id)
    if episode.state is not EscalationState.ACKNOWLEDGED or episode.returns_at is None or episode.returns_at > now:
        return
    owner = owner_of(session, episode)
    reopen(episode)
    forget_promise(episode)
    keep_step(session, episode, participant, EventKind.RETURNED, now)
    start_paging(session, episode, shown_code(participant), "page_returned", now, study=study, also=owner)


def reopen(episode: Escalation) -> None:
    """Nobody's again."""
    episode.state = moved(ESCALATION_TRANSITIONS, episode.state, EscalationState.OPEN)
    episode.acknowledged_at = episode.acknowledged_by = episode.returns_at = episode.snoozed_at = None
    episode.version += 1


def owner_of(session: Session, episode: Escalation) -> People:
    """Whoever took it last, where their phone counts."""
    taken_by = (
        select(StaffMember)
        .join(EscalationEvent, EscalationEvent.staff_id == StaffMember.id)
        .where(EscalationEvent.escalation_id == episode.id, EscalationEvent.kind == EventKind.ACKNOWLEDGED)
        .order_by(EscalationEvent.at.desc())
        .limit(1)
    )
    person = session.scalar(taken_by)
    return (person,) if person is not None and person.counts else ()
