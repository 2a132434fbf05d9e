"""Planning anew after a change: the audit trail notes every visit whose target is new, has moved or is gone, and the clock looks again."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.participants.participant import Participant
from followup_service.participants.plan_ahead import course_of, look_at_visits, plan_ahead
from followup_service.protocol.definitions import Study
from followup_service.protocol.visit_schedule import VisitKey, planned_visits

Targets = dict[VisitKey, date]


def targets_of(session: Session, participant: Participant, study: Study) -> Targets:
    """The day of each visit as planned now; one that is done on the journey of another is not listed."""
    course = course_of(session, participant)
    return {visit.key: visit.target_on for visit in planned_visits(study, course) if visit.merged_with is None}


def plan_anew(session: Session, participant: Participant, before: Targets, now: datetime, actor: str, *, study: Study) -> None:
    """After a change, which has been flushed: `before` are the targets from before it."""
    after = targets_of(session, participant, study)
    moved = [
        {"item": key.item, "occurrence": key.occurrence, "from": _said(before.get(key)), "to": _said(after.get(key))}
        for key in sorted(before.keys() | after.keys(), key=lambda key: (after.get(key) or before[key], key))
        if before.get(key) != after.get(key)
    ]
    if moved:
        record_event(participant, "visits_planned", now, actor, visits=moved)
    plan_ahead(session, participant, study, now, also_earlier_today=True)
    look_at_visits(participant, now)


def _said(day: date | None) -> str | None:
    return day.isoformat() if day else None
