"""Keeping what staff record of a visit: booked, attended or missed; its reminders stop or start anew in the same moment."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.messaging.outbox import queue_text, stop_visit_texts
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import decide_code
from followup_service.protocol.sentences import said
from followup_service.protocol.visit_schedule import PlannedVisit
from followup_service.reminders.visit_steps import Clockwork, clockwork, first_step, set_step, step_after
from followup_service.reminders.visit_text import values_of
from followup_service.staff.site import Site
from followup_service.visits.record_visit import VisitFact, record_visit
from followup_service.visits.visit import Visit, VisitState


def keep_visit(
    session: Session, participant: Participant, planned: PlannedVisit, fact: VisitFact, now: datetime, actor: str, *, study: Study
) -> tuple[Visit, tuple[str, ...]]:
    """Record the fact and return the visit with warnings for staff. The caller has locked the participant.

    Outside the window is a deviation from the protocol: it is kept all the same, and the team has it in its list.
    Raises Refused and IllegalTransition like `record_visit`.
    """
    works = clockwork(study, participant, session.get_one(Site, participant.site_id))
    today = now.astimezone(works.zone).date()
    was_booked_at = _booked_at(session, participant, planned)
    visit = record_visit(session, participant, planned, fact, now, actor, study=study, today=today)
    stop_visit_texts(session, visit.id, participant.id, f"visit_{fact.state}", now)
    visit.question, visit.offers = None, []
    # Whatever the plan has to say to this is said at once.
    participant.next_visit_at = now
    _set_steps(session, participant, visit, was_booked_at, works, now)
    warnings = tuple(_deviations(visit, fact, works))
    if warnings:
        raise_escalation(session, about(participant), decide_code("VISIT_OUTSIDE_WINDOW", study.rules), now, study=study)
    session.flush()
    return visit, warnings


def _booked_at(session: Session, participant: Participant, planned: PlannedVisit) -> datetime | None:
    """The time that the visit is booked for already."""
    return session.scalar(
        select(Visit.booked_at).where(
            Visit.participant_id == participant.id, Visit.item == planned.item, Visit.occurrence == planned.occurrence
        )
    )


def _set_steps(
    session: Session, participant: Participant, visit: Visit, was_booked_at: datetime | None, works: Clockwork, now: datetime
) -> None:
    if visit.state in (VisitState.ATTENDED, VisitState.CANCELLED):
        set_step(visit, None)
    elif visit.state is VisitState.MISSED:
        set_step(visit, step_after(visit, works, now))
    elif visit.announced_at is None:
        set_step(visit, first_step(visit, works, now))
    else:
        set_step(visit, step_after(visit, works, now))
        _tell_of_booking(session, participant, visit, was_booked_at, works, now)


def _tell_of_booking(
    session: Session, participant: Participant, visit: Visit, was_booked_at: datetime | None, works: Clockwork, now: datetime
) -> None:
    """Who was told of another day, or of none, hears of this one."""
    if visit.booked_at is None or visit.booked_at <= now or visit.booked_at == was_booked_at:
        return
    values = values_of(visit) | {"bring": [visit.item, *visit.together_with]}
    links = {"study": works.study, "visit_id": visit.id}
    if was_booked_at is None:
        queue_text(session, participant, Purpose.VISIT_CHANGE, "visit_now_booked", now, values=values, **links)
    else:
        values["was_booked_at"] = was_booked_at.isoformat()
        queue_text(session, participant, Purpose.VISIT_CHANGE, "visit_rebooked", now, values=values, **links)


def _deviations(visit: Visit, fact: VisitFact, works: Clockwork) -> list[str]:
    on: date | None = fact.booked_at.astimezone(works.zone).date() if fact.booked_at else fact.attended_on
    if on is None or visit.opens_on <= on <= visit.closes_on:
        return []
    return [
        said(
            "%(on)s is outside the window of %(visit)s %(occurrence)s, %(opens_on)s to %(closes_on)s: a deviation to document",
            on=on,
            visit=visit.item,
            occurrence=visit.occurrence,
            opens_on=visit.opens_on,
            closes_on=visit.closes_on,
        )
    ]
