"""What the clock does for a visit that is not recorded as attended: ask the participant, ask again, then tell staff."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant, why_no_text
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import decide_code
from followup_service.protocol.reminder_schedule import TASK, kind_of
from followup_service.reminders.visit_steps import clockwork, set_step, step_after
from followup_service.reminders.visit_text import CAME, chaser_of, values_of
from followup_service.staff.site import Site
from followup_service.transitions import moved
from followup_service.visits.visit import VISIT_TRANSITIONS, Visit, VisitState

ASK_LATER = timedelta(hours=2)


def step_visit(session: Session, participant: Participant, visit: Visit, now: datetime, *, busy: bool, study: Study) -> None:
    """Do what is due for one visit. The caller has locked the participant; `busy` says that something else is being asked just now."""
    assert visit.next_step is not None and visit.next_step_at is not None  # noqa: S101, PT018 - the caller found it due
    if kind_of(visit.next_step) == TASK or why_no_text(participant) is not None:
        # Nobody answered, or nobody can be asked.
        _mark_missed(participant, visit, now)
        set_step(visit, None)
        raise_escalation(session, about(participant), decide_code("VISIT_MISSED", study.rules), now, study=study)
        return
    if busy:
        visit.next_step_at = now + ASK_LATER
        return
    _mark_missed(participant, visit, now)
    works = clockwork(study, participant, session.get_one(Site, participant.site_id))
    values = values_of(visit) | {"asks": CAME}
    queue_text(
        session,
        participant,
        Purpose.REMINDER,
        chaser_of(visit, visit.question),
        now,
        study=study,
        values=values,
        visit_id=visit.id,
    )
    visit.question, visit.asked_at, visit.offers = CAME, now, []
    set_step(visit, step_after(visit, works, visit.next_step_at))


def _mark_missed(participant: Participant, visit: Visit, now: datetime) -> None:
    if visit.state is VisitState.MISSED:
        return
    visit.state, visit.version = moved(VISIT_TRANSITIONS, visit.state, VisitState.MISSED), visit.version + 1
    booked = {"booked_at": visit.booked_at.isoformat()} if visit.booked_at else {}
    dates = {"target_on": visit.target_on.isoformat(), **booked}
    record_event(participant, "visit_missed", now, item=visit.item, occurrence=visit.occurrence, **dates)
