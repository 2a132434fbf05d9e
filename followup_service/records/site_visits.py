"""All visits of a site for its calendar: what was booked or announced, and what the plan says of the months ahead."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from followup_service.participants.participant import Participant, ParticipantState
from followup_service.participants.plan_ahead import course_of_care
from followup_service.participants.treatment import TreatmentRecord
from followup_service.protocol.definitions import Study
from followup_service.protocol.visit_schedule import PlannedVisit, planned_visits
from followup_service.records.write_calendar import CalendarEntry
from followup_service.staff.site import Site
from followup_service.visits.visit import Visit, VisitState

BACK, AHEAD = timedelta(days=92), timedelta(days=366)
_FOLLOWED = (ParticipantState.ACTIVE, ParticipantState.PAUSED)
_STATUS = {VisitState.CANCELLED: "CANCELLED", VisitState.PLANNED: "TENTATIVE", VisitState.ANNOUNCED: "TENTATIVE"}


def site_visits(session: Session, site: Site, now: datetime, *, study: Study) -> list[CalendarEntry]:
    """By day, from three months ago to a year ahead. Who left the trial has no visits to come, and none to show."""
    followed = select(Participant).where(Participant.site_id == site.id, Participant.state.in_(_FOLLOWED))
    participants = list(session.scalars(followed.order_by(Participant.code)))
    facts: dict[UUID, list[Visit]] = defaultdict(list)
    for visit in session.scalars(_of_site(select(Visit), Visit.participant_id, site)):
        facts[visit.participant_id].append(visit)
    treatments: dict[UUID, list[TreatmentRecord]] = defaultdict(list)
    for row in session.scalars(_of_site(select(TreatmentRecord), TreatmentRecord.participant_id, site)):
        treatments[row.participant_id].append(row)
    entries = [
        entry
        for participant in participants
        for entry in _entries(participant, facts[participant.id], treatments[participant.id], study)
        if (now - BACK).date() <= entry.target_on <= (now + AHEAD).date()
    ]
    return sorted(entries, key=lambda entry: (entry.target_on, entry.code, entry.item))


def _of_site(query: Select[Any], participant_id: InstrumentedAttribute[UUID], site: Site) -> Select[Any]:
    return query.join(Participant, Participant.id == participant_id).where(Participant.site_id == site.id)


def _entries(participant: Participant, facts: list[Visit], treatments: list[TreatmentRecord], study: Study) -> Iterator[CalendarEntry]:
    known = {(visit.item, visit.occurrence) for visit in facts}
    for visit in facts:
        status = _STATUS.get(visit.state, "CONFIRMED")
        yield _entry(participant, visit, visit.booked_at, status, visit.version)
    for planned in planned_visits(study, course_of_care(participant, treatments, facts)):
        if planned.key not in known and planned.merged_with is None:
            yield _entry(participant, planned, None, "TENTATIVE", 0)


def _entry(participant: Participant, visit: Visit | PlannedVisit, booked_at: datetime | None, status: str, changes: int) -> CalendarEntry:
    return CalendarEntry(
        participant_id=participant.id,
        code=participant.code,
        item=visit.item,
        occurrence=visit.occurrence,
        booked_at=booked_at,
        target_on=visit.target_on,
        opens_on=visit.opens_on,
        closes_on=visit.closes_on,
        status=status,
        changes=changes,
    )
