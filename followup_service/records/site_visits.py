"""All visits of a site for its calendar: what was booked or announced, and what the plan says of the months ahead."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar.enums import STATUS
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from followup_service.participants.participant import Participant, ParticipantState
from followup_service.participants.plan_ahead import course_of_care
from followup_service.participants.treatment import TreatmentRecord
from followup_service.protocol.definitions import Study
from followup_service.protocol.visit_schedule import PlannedVisit, VisitKey, planned_visits
from followup_service.records.write_calendar import CalendarEntry
from followup_service.staff.site import Site
from followup_service.visits.visit import Visit, VisitState

BACK, AHEAD = timedelta(days=92), timedelta(days=366)
_FOLLOWED = (ParticipantState.ACTIVE, ParticipantState.PAUSED)
_STATUS = {
    VisitState.CANCELLED: STATUS.CANCELLED,
    VisitState.PLANNED: STATUS.TENTATIVE,
    VisitState.ANNOUNCED: STATUS.TENTATIVE,
}


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
        if (now - BACK).date() <= entry.on <= (now + AHEAD).date()
    ]
    return sorted(entries, key=lambda entry: (entry.on, entry.code, entry.item))


def _of_site(query: Select[Any], participant_id: InstrumentedAttribute[UUID], site: Site) -> Select[Any]:
    return query.join(Participant, Participant.id == participant_id).where(Participant.site_id == site.id)


def _entries(participant: Participant, facts: list[Visit], treatments: list[TreatmentRecord], study: Study) -> Iterator[CalendarEntry]:
    planned = planned_visits(study, course_of_care(participant, treatments, facts))
    guests = {visit.key: visit.merged_with for visit in planned if visit.merged_with is not None}
    together: dict[VisitKey, tuple[str, ...]] = defaultdict(tuple)
    for guest, host in guests.items():
        together[host] += (f"{guest.item} {guest.occurrence}",)
    # Grows with whatever a plan counts from, so that a calendar program takes the newer day for the newer one.
    changes = participant.version + sum(row.version for row in treatments)
    known = {VisitKey(visit.item, visit.occurrence): visit for visit in facts}
    for key, visit in known.items():
        # Two visits on one journey are one entry: the other's, which may have been shown before, is taken back.
        status = STATUS.CANCELLED if key in guests else _STATUS.get(visit.state, STATUS.CONFIRMED)
        yield _entry(participant, visit, _booked_at(participant, visit), status, changes + visit.version, together[key], _remark(visit))
    for plan in planned:
        if plan.key not in known and plan.merged_with is None:
            yield _entry(participant, plan, None, STATUS.TENTATIVE, changes, together[plan.key])


def _booked_at(participant: Participant, visit: Visit) -> datetime | None:
    """None where the participant came on another day than the booked one."""
    if visit.booked_at is None or visit.attended_on is None:
        return visit.booked_at
    return visit.booked_at if visit.booked_at.astimezone(ZoneInfo(participant.timezone)).date() == visit.attended_on else None


def _remark(visit: Visit) -> str | None:
    if visit.attended_on is not None:
        return f"attended {visit.attended_on}"
    return visit.state.value if visit.state in (VisitState.MISSED, VisitState.CONFIRMED) else None


def _entry(
    participant: Participant,
    visit: Visit | PlannedVisit,
    booked_at: datetime | None,
    status: STATUS,
    changes: int,
    together_with: tuple[str, ...],
    remark: str | None = None,
) -> CalendarEntry:
    return CalendarEntry(
        participant_id=participant.id,
        code=participant.code,
        item=visit.item,
        occurrence=visit.occurrence,
        booked_at=booked_at,
        on=(visit.attended_on if isinstance(visit, Visit) else None) or visit.target_on,
        opens_on=visit.opens_on,
        closes_on=visit.closes_on,
        status=status,
        changes=changes,
        together_with=together_with,
        remark=remark,
    )
