"""Noting in the audit trail what a change did to a participant's plan of visits: every target that is new, has moved, or is gone."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.participants.participant import Participant
from followup_service.participants.plan_ahead import course_of
from followup_service.protocol.definitions import Study
from followup_service.protocol.visit_schedule import VisitKey, planned_visits

Targets = dict[VisitKey, date]


def targets_of(session: Session, participant: Participant, study: Study) -> Targets:
    """The day of each visit as planned now; one that is done on the journey of another is not listed."""
    course = course_of(session, participant)
    return {visit.key: visit.target_on for visit in planned_visits(study, course) if visit.merged_with is None}


def note_plan(session: Session, participant: Participant, before: Targets, now: datetime, actor: str, *, study: Study) -> None:
    """Compare with the targets from before the change, which has been flushed."""
    after = targets_of(session, participant, study)
    moved = [
        {"item": key.item, "occurrence": key.occurrence, "from": _said(before.get(key)), "to": _said(after.get(key))}
        for key in sorted(before.keys() | after.keys(), key=lambda key: (after.get(key) or before[key], key))
        if before.get(key) != after.get(key)
    ]
    if moved:
        record_event(participant, "visits_planned", now, actor, visits=moved)


def _said(day: date | None) -> str | None:
    return day.isoformat() if day else None
