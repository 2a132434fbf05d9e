"""When a participant's next check-in falls due, from the protocol and what happened so far; kept on the row so that the clock finds it."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from followup_service.participants.contact_hours import due_at, hours_of
from followup_service.participants.participant import Participant, why_no_text
from followup_service.participants.treatment import TreatmentRecord, TreatmentState
from followup_service.protocol.checkin_schedule import next_checkin, planned_checkins
from followup_service.protocol.definitions import Study
from followup_service.protocol.visit_schedule import Appointment, CourseOfCare, Treatment
from followup_service.visits.list_visits import visits_of
from followup_service.visits.visit import Visit, VisitState


def course_of(session: Session, participant: Participant) -> CourseOfCare:
    """The dated facts that the protocol's plan of visits counts from."""
    return course_of_care(participant, treatments_of(session, participant), visits_of(session, participant.id))


def course_of_care(participant: Participant, treatments: Iterable[TreatmentRecord], visits: Iterable[Visit] = ()) -> CourseOfCare:
    """The same from rows that were read before; check-ins count from treatments alone."""
    zone = ZoneInfo(participant.timezone)
    return CourseOfCare(
        arm=participant.arm,
        enrolled_on=participant.enrolled_on,
        treatments=given(treatments),
        ended_on=participant.treatment_ended_on,
        appointments=tuple(Appointment(row.item, row.occurrence, day) for row in visits if (day := _day_of(row, zone)) is not None),
    )


def _day_of(visit: Visit, zone: ZoneInfo) -> date | None:
    """The day of a visit that has one. One that was missed keeps it: whoever is asked about it is asked about the whole journey."""
    if visit.state is VisitState.ATTENDED:
        return visit.attended_on
    return visit.booked_at.astimezone(zone).date() if visit.booked_at and visit.state is not VisitState.CANCELLED else None


def given(treatments: Iterable[TreatmentRecord]) -> tuple[Treatment, ...]:
    """The treatments that count: planned or done, and not cancelled."""
    return tuple(
        Treatment(row.kind, row.treated_on, row.state is TreatmentState.PLANNED)
        for row in treatments
        if row.state is not TreatmentState.CANCELLED
    )


_TREATMENTS = (
    select(TreatmentRecord).where(TreatmentRecord.participant_id == bindparam("participant_id")).order_by(TreatmentRecord.treated_on)
)


def treatments_of(session: Session, participant: Participant) -> list[TreatmentRecord]:
    return list(session.scalars(_TREATMENTS, {"participant_id": participant.id}))


def look_at_visits(participant: Participant, now: datetime) -> None:
    """Something changed that the plan of visits may follow: the clock looks at it anew, at once."""
    participant.next_visit_at = now


def plan_ahead(session: Session, participant: Participant, study: Study, now: datetime, *, also_earlier_today: bool = False) -> None:
    """Set when the next check-in falls due; None where none will, or where no unasked text may go out.

    `also_earlier_today` is for a change: what is due since this morning, by it or still, is due at once, unless it was asked already.
    After the day's contact hours it is not: nobody was silent about a question that nobody could be asked.
    """
    participant.next_checkin_at = None
    if why_no_text(participant) is not None:
        return
    course = course_of_care(participant, treatments_of(session, participant))
    zone, hours = ZoneInfo(participant.timezone), hours_of(participant, study)
    today = now.astimezone(zone).date()
    later_today = [due_at(planned.on, planned.at, zone, hours) for planned in planned_checkins(study, course, today, today)]
    may_still_ask = also_earlier_today and now.astimezone(zone).time() < hours.closes
    waiting = [instant for instant in later_today if may_still_ask or instant > now]
    if waiting:
        participant.next_checkin_at = min(waiting)
        return
    following = next_checkin(study, course, after=today)
    if following is not None:
        participant.next_checkin_at = due_at(following.on, following.at, zone, hours)
