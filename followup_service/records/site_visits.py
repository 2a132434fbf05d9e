"""The visits of a site for its calendar: what was booked or announced, and what the plan says of the weeks ahead."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar.enums import STATUS
from sqlalchemy import ColumnElement, Select, false, func, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from followup_service.participants.participant import Participant, ParticipantState
from followup_service.participants.plan_ahead import course_of_care
from followup_service.participants.treatment import TreatmentRecord
from followup_service.protocol.definitions import Study
from followup_service.protocol.visit_schedule import PlannedVisit, VisitKey, days_counted_from, planned_visits
from followup_service.records.write_calendar import CalendarEntry
from followup_service.staff.site import Site
from followup_service.visits.visit import Visit, VisitState

Row = TypeVar("Row", Visit, TreatmentRecord)
_FOLLOWED = (ParticipantState.ACTIVE, ParticipantState.PAUSED)
_STATUS = {
    VisitState.CANCELLED: STATUS.CANCELLED,
    VisitState.PLANNED: STATUS.TENTATIVE,
    VisitState.ANNOUNCED: STATUS.TENTATIVE,
}


def site_visits(session: Session, site: Site, first: date, last: date, *, study: Study) -> list[CalendarEntry]:
    """By day, between two days. Who left the trial has no visits to come, and none to show."""
    followed = (Participant.site_id == site.id, Participant.state.in_(_FOLLOWED), _may_have_a_visit(session, first, last, study))
    participants = list(session.scalars(select(Participant).where(*followed).order_by(Participant.code)))
    theirs = select(Participant.id).where(*followed)
    facts, treatments = _of_each(session, Visit, theirs), _of_each(session, TreatmentRecord, theirs)
    entries = [
        entry
        for participant in participants
        for entry in _entries(participant, facts[participant.id], treatments[participant.id], study)
        if first <= entry.on <= last
    ]
    return sorted(entries, key=lambda entry: (entry.on, entry.code, entry.item))


def _may_have_a_visit(session: Session, first: date, last: date, study: Study) -> ColumnElement[bool]:
    """Of thousands few have one in these days, and to work out the plans of all takes seconds."""
    ever = [session.scalar(select(func.min(day))) for day in (TreatmentRecord.treated_on, Participant.treatment_ended_on)]
    spans = days_counted_from(study, first, last, min((day for day in ever if day is not None), default=first))

    def within(day: InstrumentedAttribute[date] | InstrumentedAttribute[date | None]) -> ColumnElement[bool]:
        return or_(false(), *(day.between(*span) for span in spans))

    # Each is found by an index of its own, which a choice of one or the other would not use.
    return Participant.id.in_(
        union(
            select(Participant.id).where(within(Participant.treatment_ended_on)).correlate(None),
            select(TreatmentRecord.participant_id).where(within(TreatmentRecord.treated_on)),
            select(Visit.participant_id).where(Visit.attended_on.between(first, last)),
            select(Visit.participant_id).where(Visit.target_on.between(first, last), Visit.attended_on.is_(None)),
        )
    )


def _of_each(session: Session, kind: type[Row], theirs: Select[tuple[UUID]]) -> dict[UUID, list[Row]]:
    rows: dict[UUID, list[Row]] = defaultdict(list)
    for row in session.scalars(select(kind).where(kind.participant_id.in_(theirs))):
        rows[row.participant_id].append(row)
    return rows


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
