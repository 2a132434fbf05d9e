"""Finds the planned visit that staff speak of: by its occurrence, or the one whose target is nearest to a day."""

from datetime import date

from followup_service.errors import NotFound, Refused
from followup_service.protocol.definitions import ByStaff, Study
from followup_service.protocol.sentences import said
from followup_service.protocol.visit_schedule import CourseOfCare, PlannedVisit, planned_visits
from followup_service.visits.visit import Visit


def as_planned(visit: Visit) -> PlannedVisit:
    """A visit as the plan had it when the participant was told."""
    return PlannedVisit(visit.item, visit.occurrence, visit.target_on, visit.opens_on, visit.closes_on, ())


def find_planned(study: Study, course: CourseOfCare, item: str, on: date, occurrence: str | None = None) -> PlannedVisit:
    """A visit whose dates the clinic sets has the day of its first booking as its occurrence. Raises NotFound where none is planned."""
    plan = study.visits.get(item)
    if plan is None:
        raise NotFound(f"unknown visit '{item}': write one of {', '.join(study.visits)}")
    if isinstance(plan.when, ByStaff):
        return PlannedVisit(item, occurrence or on.isoformat(), on, on, on, plan.procedures)
    planned = [visit for visit in planned_visits(study, course) if visit.item == item and occurrence in (None, visit.occurrence)]
    if not planned:
        raise NotFound(f"no {item} {occurrence or ''} is planned: record the treatment that it counts from first".replace("  ", " "))
    visit = min(planned, key=lambda visit: abs((visit.target_on - on).days))
    if visit.merged_with is not None:
        host = visit.merged_with
        raise Refused(
            said(
                "%(visit)s %(occurrence)s is done on the same journey as %(other_visit)s %(other_occurrence)s: record that one",
                visit=item,
                occurrence=visit.occurrence,
                other_visit=host.item,
                other_occurrence=host.occurrence,
            )
        )
    return visit
