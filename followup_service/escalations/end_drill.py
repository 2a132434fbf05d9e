"""How a drill ends: proven, once whoever was paged has answered; or failed, when the time in which a real alarm must be taken is over."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from followup_service.audit import SYSTEM
from followup_service.escalations.drill import Drill
from followup_service.escalations.escalation import Escalation, EscalationState, Outcome
from followup_service.escalations.settle_escalation import resolve_escalation
from followup_service.messaging.hold_sending import operators
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.drill_study import hospital_of
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember

NOTE = "A drill."


def prove_drill(session: Session, episode: Escalation, person: StaffMember, now: datetime, *, study: Study) -> None:
    """Somebody who was paged answered: the whole way works. Raises Conflict where the drill is over."""
    resolve_escalation(session, episode.id, person.handle, Outcome.ADMINISTRATIVE, NOTE, now, study=study, staff_id=person.id)
    site_id = hospital_of(session, episode.site_id)
    for drill in session.scalars(running_drills().where(Drill.site_id == site_id)):
        drill.proven_at, drill.proven_by = now, person.handle


def fail_drill(session: Session, drill: Drill, now: datetime, *, study: Study) -> None:
    """Nobody answered in time: the operators hear of it, and health stays red until a drill is proven."""
    drill.failed_at = now
    site = session.get_one(Site, drill.site_id)
    for episode_id in _unresolved(session, site):
        resolve_escalation(session, episode_id, SYSTEM, Outcome.NOT_REACHED, NOTE, now, study=study)
    values = {"site": site.code, "minutes": int(answer_within(study).total_seconds() // 60)}
    for person in operators(session):
        queue_text(session, person, Purpose.PAGE, "page_drill_failed", now, study=study, values=values)


def running_drills() -> Select[tuple[Drill]]:
    return select(Drill).where(Drill.proven_at.is_(None), Drill.failed_at.is_(None)).order_by(Drill.started_at)


def answer_within(study: Study) -> timedelta:
    """A drill is an emergency, and must be taken as one."""
    return timedelta(minutes=study.paging[Level.EMERGENCY].acknowledge_within_minutes or 15)


def _unresolved(session: Session, site: Site) -> list[UUID]:
    """The episodes of the made-up participant of this hospital."""
    of_drills = select(Escalation.id).join(Participant, Participant.id == Escalation.participant_id)
    return list(
        session.scalars(
            of_drills.where(Participant.is_synthetic, Participant.code == site.code, Escalation.state != EscalationState.RESOLVED)
        )
    )
