"""Steps of the clock for participants: check-ins, visits, reports. Each row is worked on alone; of one that fails a person hears."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from followup_service import clock
from followup_service.checkins.checkin import Checkin, CheckinState
from followup_service.checkins.start_checkins import WAITING, start_due_checkins
from followup_service.checkins.step_checkin import step_checkin
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.extensions import db
from followup_service.jobs.alone import alone
from followup_service.jobs.find_due import NOW, find_due
from followup_service.participants.change_participant import lock_participant
from followup_service.participants.participant import Participant
from followup_service.protocol.escalation_rules import decide_code
from followup_service.protocol.reminder_schedule import BEFORE
from followup_service.records.adverse_event import AdverseEvent
from followup_service.records.watch_report_clock import watch_report_clock
from followup_service.reminders.plan_visits import plan_visits
from followup_service.reminders.queue_reminders import queue_reminders
from followup_service.reminders.step_visit import step_visit
from followup_service.staff.running_study import running_study
from followup_service.visits.visit import Visit

_CHECKINS_TO_START = select(Participant.id).where(Participant.next_checkin_at <= NOW).order_by(Participant.next_checkin_at)
_CHECKINS_TO_STEP = select(Checkin.id).where(Checkin.state.in_(WAITING), Checkin.next_step_at <= NOW).order_by(Checkin.next_step_at)
_PLANS = select(Participant.id).where(Participant.next_visit_at <= NOW).order_by(Participant.next_visit_at)
_REMINDERS = select(Visit.id).where(Visit.next_step_at <= NOW, Visit.next_step.startswith(f"{BEFORE}-"))
_CHASES = select(Visit.id).where(Visit.next_step_at <= NOW, ~Visit.next_step.startswith(f"{BEFORE}-")).order_by(Visit.next_step_at)
_REPORT_CLOCKS = select(AdverseEvent.id).where(AdverseEvent.report_step_at <= NOW).order_by(AdverseEvent.report_step_at)
REMINDERS_AT_ONCE = 1000
MOST_REMINDERS_A_TICK = 20_000
TRY_AGAIN_AFTER = timedelta(minutes=15)
# What a step works on, and the column that makes it due.
FOUND_BY: dict[str, tuple[Any, str]] = {
    "start_checkins": (Participant, "next_checkin_at"),
    "step_checkins": (Checkin, "next_step_at"),
    "look_at_plans": (Participant, "next_visit_at"),
    "remind_of_visits": (Visit, "next_step_at"),
    "chase_visits": (Visit, "next_step_at"),
    "watch_report_clocks": (AdverseEvent, "report_step_at"),
}


def start_checkins() -> None:
    """Check-ins that fall due, by the participants' own clocks."""
    _each(find_due(_CHECKINS_TO_START), "start_checkins", _start)


def step_checkins() -> None:
    """Started check-ins that are to be asked, reminded or closed."""
    _each(find_due(_CHECKINS_TO_STEP), "step_checkins", _step)


def look_at_plans() -> None:
    """Plans of visits in which something changed, or from which a visit is soon to be announced."""
    _each(find_due(_PLANS), "look_at_plans", _look)


def remind_of_visits() -> None:
    """Reminders that are due: however many, in few statements. Where one of a batch fails, each goes on its own."""
    due = len(find_due(_REMINDERS, MOST_REMINDERS_A_TICK))
    for _ in range(0, due, REMINDERS_AT_ONCE):
        if not alone("remind_of_visits", partial(_remind, REMINDERS_AT_ONCE)):
            _each(find_due(_REMINDERS, REMINDERS_AT_ONCE), "remind_of_visits", lambda visit_id, _now: _remind(1, [visit_id]))


def chase_visits() -> None:
    """Visits that nobody recorded as attended: the participant is asked, and asked again, and then staff are told."""
    _each(find_due(_CHASES), "chase_visits", _chase)


def watch_report_clocks() -> None:
    """Drafts of adverse events whose time to be signed is nearly over, or over."""
    _each(find_due(_REPORT_CLOCKS), "watch_report_clocks", _watch)


def _start(participant_id: UUID, now: datetime) -> UUID:
    participant = lock_participant(db.session, participant_id)
    start_due_checkins(db.session, participant, now, study=running_study(db.session).protocol)
    return participant_id


def _step(checkin_id: UUID, now: datetime) -> UUID:
    participant_id = db.session.scalar(select(Checkin.participant_id).where(Checkin.id == checkin_id))
    assert participant_id is not None  # noqa: S101 - the row was just found
    participant = lock_participant(db.session, participant_id)
    checkin = db.session.get_one(Checkin, checkin_id, populate_existing=True)
    if checkin.state in WAITING and checkin.next_step_at is not None and checkin.next_step_at <= now:
        step_checkin(db.session, participant, checkin, now, study=running_study(db.session).protocol)
    return participant_id


def _look(participant_id: UUID, now: datetime) -> UUID:
    plan_visits(db.session, lock_participant(db.session, participant_id), now, study=running_study(db.session).protocol)
    return participant_id


def _remind(limit: int, visit_ids: Collection[UUID] | None = None) -> None:
    study = running_study(db.session).protocol
    queue_reminders(db.session, clock.now(), _being_asked, study=study, limit=limit, visit_ids=visit_ids)


def _being_asked(participants: Collection[UUID]) -> set[UUID]:
    """Who of these has a question of a check-in before them."""
    asking = select(Checkin.participant_id).where(Checkin.participant_id.in_(participants), Checkin.state == CheckinState.ASKING)
    return set(db.session.scalars(asking))


def _chase(visit_id: UUID, now: datetime) -> UUID:
    participant_id = db.session.scalar(select(Visit.participant_id).where(Visit.id == visit_id))
    assert participant_id is not None  # noqa: S101 - the row was just found
    participant = lock_participant(db.session, participant_id)
    visit = db.session.get_one(Visit, visit_id, populate_existing=True)
    if visit.next_step_at is not None and visit.next_step_at <= now:
        busy = bool(_being_asked({participant_id}))
        step_visit(db.session, participant, visit, now, busy=busy, study=running_study(db.session).protocol)
    return participant_id


def _watch(event_id: UUID, now: datetime) -> UUID:
    watch_report_clock(db.session, event_id, now, study=running_study(db.session).protocol)
    return event_id


def _each(ids: Iterable[UUID], step: str, work: Callable[[UUID, datetime], UUID]) -> None:
    """Each on its own; of one that fails a person hears."""
    for row_id in ids:
        if not alone(step, partial(work, row_id, clock.now())):
            alone(step, partial(_hand_to_a_person, row_id, step))


def _hand_to_a_person(row_id: UUID, step: str) -> None:
    """Whatever failed waits a while, and a person hears of it."""
    now, study = clock.now(), running_study(db.session).protocol
    kind, due_column = FOUND_BY[step]
    row = db.session.get_one(kind, row_id)
    participant = lock_participant(db.session, row_id if kind is Participant else row.participant_id)
    setattr(row, due_column, now + TRY_AGAIN_AFTER)
    raise_escalation(db.session, about(participant), decide_code("HANDLING_FAILED", study.rules), now, study=study)
