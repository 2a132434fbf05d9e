"""Looks at one participant's plan of visits: makes ready what is soon to be announced, and brings what was announced up to date."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.participants.plan_ahead import course_of_care, treatments_of
from followup_service.protocol.definitions import ByStaff, PerTreatment, Study
from followup_service.protocol.visit_schedule import CourseOfCare, PlannedVisit, VisitKey, planned_visits
from followup_service.reminders.move_visit import leaves_the_plan, move_visit
from followup_service.reminders.visit_steps import FOLLOWED, Clockwork, clockwork, first_step, set_step, timed_anew
from followup_service.staff.site import Site
from followup_service.visits.visit import Visit, VisitState

# A visit is made ready so long before its first reminder, so that at that moment there is nothing left to plan.
AHEAD = timedelta(hours=24)
CLOSING = "closing"
_AHEAD = (VisitState.PLANNED, VisitState.ANNOUNCED, VisitState.BOOKED, VisitState.CONFIRMED)


def plan_visits(session: Session, participant: Participant, now: datetime, *, study: Study) -> None:
    """Do it, and note when to look again. The caller has locked the participant.

    1. whoever left the trial has no plan any more
    2. what was announced and has moved in the plan, or left it, is told once; what was not told yet just moves, and all steps follow
       the participant's present clock
    3. what is soon to be announced gets its row; windows that were over before anybody knew of them stay without one
    4. after the end of the study one closing text
    """
    rows = {VisitKey(row.item, row.occurrence): row for row in session.scalars(select(Visit).where(Visit.participant_id == participant.id))}
    participant.next_visit_at = None
    if participant.state not in FOLLOWED:
        for row in rows.values():
            set_step(row, None)
        return
    works = clockwork(study, participant, session.get_one(Site, participant.site_id))
    course = course_of_care(participant, treatments_of(session, participant), rows.values())
    planned = planned_visits(study, course)
    journeys = {visit.key: visit for visit in planned if visit.merged_with is None}
    guests = {visit.key: journeys[visit.merged_with] for visit in planned if visit.merged_with is not None}
    for key, row in rows.items():
        if _is_behind(row, course, study):
            row.question = None
            set_step(row, None)
        elif key in journeys:
            move_visit(session, participant, row, journeys[key], _together_with(planned, key), works, now)
        elif not isinstance(study.visits[row.item].when, ByStaff) if row.item in study.visits else True:
            host = guests.get(key)
            leaves_the_plan(session, participant, row, host, works, now, hosted_by=rows.get(host.key) if host else None)
        if key not in guests and (row.next_step is not None or (row.state in _AHEAD and not _is_behind(row, course, study))):
            set_step(row, timed_anew(row, works, now))
    looks = [_make_ready(session, participant, planned, visit, works, now) for key, visit in journeys.items() if key not in rows]
    looks.append(_close(session, participant, works, now))
    participant.next_visit_at = min((look for look in looks if look is not None), default=None)


def _is_behind(visit: Visit, course: CourseOfCare, study: Study) -> bool:
    """A visit before a treatment that was given: it took place, and nobody asks the participant about it any more."""
    plan = study.visits.get(visit.item)
    if plan is None or not isinstance(plan.when, PerTreatment) or plan.when.months or plan.when.days >= 0:
        return False
    sessions = sorted((one for one in course.treatments if one.kind == plan.when.treatment), key=lambda one: one.on)
    number = visit.occurrence.rpartition("-")[2]
    return number.isdecimal() and int(number) <= len(sessions) and not sessions[int(number) - 1].planned


def _together_with(planned: tuple[PlannedVisit, ...], key: VisitKey) -> list[str]:
    return [guest.item for guest in planned if guest.merged_with == key]


def _make_ready(
    session: Session, participant: Participant, planned: tuple[PlannedVisit, ...], visit: PlannedVisit, works: Clockwork, now: datetime
) -> datetime | None:
    """The row of a visit that is soon to be announced (None), or else when to look again."""
    if visit.closes_on < now.astimezone(works.zone).date():
        return None
    row = Visit(
        participant_id=participant.id,
        item=visit.item,
        occurrence=visit.occurrence,
        state=VisitState.PLANNED,
        target_on=visit.target_on,
        opens_on=visit.opens_on,
        closes_on=visit.closes_on,
        together_with=_together_with(planned, visit.key),
        booked_at=None,
        offers=[],
        protocol_version=works.study.version,
        recorded_at=now,
        version=1,
    )
    step = first_step(row, works, now)
    if step is None:
        return None
    if step.at > now + AHEAD:
        return step.at - AHEAD
    set_step(row, step)
    session.add(row)
    return None


def _close(session: Session, participant: Participant, works: Clockwork, now: datetime) -> datetime | None:
    """One closing text on the morning after the last day of the study; whoever writes afterwards is still read."""
    ends = datetime.combine(works.study.ends_on + timedelta(days=1), time(0), works.zone)
    if now < ends:
        return ends
    key = f"{participant.id.hex}:{CLOSING}"
    told = session.scalar(select(OutboundMessage.id).where(OutboundMessage.dedupe_key == key))
    if told is None and participant.state is ParticipantState.ACTIVE:
        queue_text(session, participant, Purpose.CLOSING, CLOSING, now, study=works.study, dedupe_key=key)
    return None
