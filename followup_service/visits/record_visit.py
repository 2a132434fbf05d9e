"""Recording what happened to a planned visit: booked for a time, attended on a day, or missed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import AuditSubject, record_event
from followup_service.errors import Refused
from followup_service.protocol.definitions import ByStaff, Study
from followup_service.protocol.sentences import said
from followup_service.protocol.visit_schedule import PlannedVisit
from followup_service.transitions import moved
from followup_service.visits.take_slot import give_back_slot
from followup_service.visits.visit import VISIT_CORRECTIONS, VISIT_TRANSITIONS, Visit, VisitState


@dataclass(frozen=True, slots=True)
class VisitFact:
    """One of: booked at an instant, attended on a local day, missed. `preparation` is what to do before, as staff say it.

    `correction` says why what was recorded before was wrong; with it also a visit that took place is recorded anew.
    """

    state: VisitState
    booked_at: datetime | None = None
    attended_on: date | None = None
    preparation: str | None = None
    correction: str | None = None


def record_visit(
    session: Session,
    participant: AuditSubject,
    planned: PlannedVisit,
    fact: VisitFact,
    now: datetime,
    actor: str,
    *,
    study: Study,
    today: date,
) -> Visit:
    """Keep the fact. The caller has locked the participant; `today` is the participant's own date.

    Raises Refused for what has not happened yet, IllegalTransition for what cannot follow the visit's present state.
    """
    _check_past(planned, fact, today)
    visit = _row(session, participant.id, planned)
    corrected = _corrected(visit, fact)
    if visit is None:
        visit = _new(participant.id, planned, fact.state, now, study)
        session.add(visit)
    else:
        visit.state, visit.version = (
            moved(VISIT_CORRECTIONS if fact.correction else VISIT_TRANSITIONS, visit.state, fact.state),
            visit.version + 1,
        )
        if _is_of_the_clinics_date(planned, study) and fact.state is not VisitState.MISSED:
            visit.target_on, visit.opens_on, visit.closes_on = planned.target_on, planned.opens_on, planned.closes_on
    if visit.slot_id is not None and fact.state in (VisitState.BOOKED, VisitState.CANCELLED):
        give_back_slot(session, visit.slot_id)
        visit.slot_id = None
    visit.booked_at = fact.booked_at.astimezone(UTC) if fact.booked_at else visit.booked_at
    if fact.state is VisitState.BOOKED:
        visit.preparation, visit.confirmed_at = fact.preparation, None
    visit.attended_on, visit.recorded_at = fact.attended_on, now
    details = {"booked_at": visit.booked_at.isoformat()} if fact.booked_at and visit.booked_at else {}
    details |= {"attended_on": fact.attended_on.isoformat()} if fact.attended_on else {}
    named = {"item": planned.item, "occurrence": planned.occurrence}
    record_event(participant, f"visit_{fact.state}", now, actor, **named, **details, **corrected)
    session.flush()
    return visit


def _corrected(visit: Visit | None, fact: VisitFact) -> dict[str, str]:
    """What stood there before, and why it was wrong."""
    if visit is None or fact.correction is None:
        return {}
    was_on = {"was_attended_on": visit.attended_on.isoformat()} if visit.attended_on else {}
    return {"was": str(visit.state), **was_on, "reason": fact.correction}


def _check_past(planned: PlannedVisit, fact: VisitFact, today: date) -> None:
    if fact.attended_on is not None and fact.attended_on > today:
        problem = said(
            "%(visit)s %(occurrence)s cannot have been attended on %(on)s: today is %(today)s",
            **_named(planned),
            on=fact.attended_on,
            today=today,
        )
        raise Refused(problem, {"on": [said("write a day that has come")]})
    if fact.state is VisitState.MISSED and planned.opens_on > today:
        raise Refused(
            said("%(visit)s %(occurrence)s cannot be missed yet: its window opens on %(on)s", **_named(planned), on=planned.opens_on)
        )


def _named(planned: PlannedVisit) -> dict[str, str]:
    return {"visit": planned.item, "occurrence": planned.occurrence}


def _is_of_the_clinics_date(planned: PlannedVisit, study: Study) -> bool:
    plan = study.visits.get(planned.item)
    return plan is not None and isinstance(plan.when, ByStaff)


def _row(session: Session, participant_id: UUID, planned: PlannedVisit) -> Visit | None:
    return session.scalar(
        select(Visit).where(Visit.participant_id == participant_id, Visit.item == planned.item, Visit.occurrence == planned.occurrence)
    )


def _new(participant_id: UUID, planned: PlannedVisit, state: VisitState, now: datetime, study: Study) -> Visit:
    return Visit(
        participant_id=participant_id,
        item=planned.item,
        occurrence=planned.occurrence,
        state=state,
        target_on=planned.target_on,
        opens_on=planned.opens_on,
        closes_on=planned.closes_on,
        protocol_version=study.version,
        together_with=[],
        offers=[],
        recorded_at=now,
        version=1,
    )
