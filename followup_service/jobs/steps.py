"""STEPS: what the clock does, in order. Each finds what is due by an index and works through it, one transaction for each."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import Select, or_, select

from followup_service import clock
from followup_service.audit import seal_chains
from followup_service.checkins.checkin import Checkin, CheckinState
from followup_service.checkins.follow_up_alarm import follow_up_alarm
from followup_service.checkins.start_checkins import WAITING, start_due_checkins
from followup_service.checkins.step_checkin import step_checkin
from followup_service.config import Config
from followup_service.escalations.drill import Drill
from followup_service.escalations.end_drill import answer_within, fail_drill, running_drills
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.escalations.lock_episode import lock_episode
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.escalations.repeat_page import repeat_page
from followup_service.escalations.return_escalation import return_escalation
from followup_service.escalations.warn_of_gaps import warn_of_gaps
from followup_service.extensions import db
from followup_service.failpoints import reached
from followup_service.jobs.alone import alone
from followup_service.jobs.ask_provider import look_for_unknown, take_in_missed
from followup_service.jobs.hold_drill import hold_weekly_drill
from followup_service.logs import where_it_broke
from followup_service.messaging.claim_due import give_up_leases
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.spool import Spool, Spooled
from followup_service.operations.worker_heartbeat import beat, this_worker
from followup_service.participants.change_participant import lock_participant
from followup_service.participants.participant import Participant
from followup_service.protocol.escalation_rules import decide_code
from followup_service.protocol.reminder_schedule import BEFORE
from followup_service.records.adverse_event import AdverseEvent
from followup_service.records.watch_report_clock import watch_report_clock
from followup_service.reminders.plan_visits import plan_visits
from followup_service.reminders.queue_reminders import queue_reminders
from followup_service.reminders.step_visit import step_visit
from followup_service.replies.handle_reply import handle_reply
from followup_service.replies.handle_shared_phone import give_up_asking
from followup_service.replies.identify_sender import identify_sender
from followup_service.replies.retry_reply import note_failure, unhandled
from followup_service.replies.take_from_spool import take_from_spool
from followup_service.staff.drill_study import not_of_drills
from followup_service.staff.running_study import running_study
from followup_service.staff.site import Site, StudyRecord
from followup_service.staff.take_up_version import take_up_version
from followup_service.visits.visit import Visit

log = structlog.get_logger()
MOST_A_TICK = 500
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


def give_sign_of_life() -> None:
    """This worker is alive, and comes as far as its work."""
    beat(db.session, this_worker(), clock.now())
    db.session.commit()


def empty_spool() -> None:
    """Texts that came while the database was away, oldest first."""
    spool: Spool = current_app.extensions["spool"]
    if not spool.is_empty():
        spool.empty(_take_from_spool)


def retry_replies() -> None:
    """Texts that were stored and not handled: a crash, a failure, a restart. The third failure of a text pages a person."""
    for inbound_id in unhandled(db.session, clock.now()):
        if not alone("retry_replies", partial(_handle, inbound_id)):
            alone("retry_replies", partial(_note_failure, inbound_id))


def ask_whose() -> None:
    """Texts from shared phones of which nobody said whose they are: a person finds out."""
    waiting = select(InboundMessage.id).where(InboundMessage.ask_whose_until <= clock.now())
    for inbound_id in _due(waiting.order_by(InboundMessage.ask_whose_until)):
        alone("ask_whose", partial(_give_up_asking, inbound_id))


def page_again() -> None:
    """Pages that nobody took."""
    due = select(Escalation.id).where(Escalation.next_page_at <= clock.now(), Escalation.state == EscalationState.OPEN)
    for escalation_id in _due(due.order_by(Escalation.next_page_at)):
        alone("page_again", partial(_page, escalation_id))


def end_drills() -> None:
    """Drills that nobody answered in time."""
    study = running_study(db.session).protocol
    db.session.rollback()
    for drill_id in _due(running_drills().with_only_columns(Drill.id).where(Drill.started_at <= clock.now() - answer_within(study))):
        alone("end_drills", partial(_fail, drill_id))


def begin_drills() -> None:
    """The weekly drill of each site."""
    weekly = current_app.extensions["config"].weekly_drill
    if weekly is None:
        return
    soon = or_(Site.next_drill_at.is_(None), Site.next_drill_at <= clock.now())
    for site_id in _due(select(Site.id).where(soon, not_of_drills(Site.study_id))):
        alone("begin_drills", partial(hold_weekly_drill, site_id, weekly))


def return_unfinished() -> None:
    """What somebody took, and has no outcome in time; and what was put off until now."""
    due = select(Escalation.id).where(Escalation.returns_at <= clock.now(), Escalation.state == EscalationState.ACKNOWLEDGED)
    for escalation_id in _due(due.order_by(Escalation.returns_at)):
        alone("return_unfinished", partial(_return, escalation_id))


def follow_up_alarms() -> None:
    """The morning after alarms that somebody took or ended: how is the participant?"""
    # An emergency before what is merely urgent, as the words stand in the alphabet: of two alarms of a participant the worse one asks.
    due = select(Escalation.id).where(Escalation.follow_up_at <= clock.now()).order_by(Escalation.level, Escalation.follow_up_at)
    for escalation_id in _due(due):
        alone("follow_up_alarms", partial(_follow_up, escalation_id))


def look_over_rosters() -> None:
    """Gaps in the rosters of the days to come, once a day and after every change."""
    soon = or_(Site.next_roster_check_at.is_(None), Site.next_roster_check_at <= clock.now())
    due = select(Site.id).where(soon, not_of_drills(Site.study_id))
    for site_id in _due(due):
        alone("look_over_rosters", partial(_look_over, site_id))


def watch_report_clocks() -> None:
    """Drafts of adverse events whose time to be signed is nearly over, or over."""
    due = select(AdverseEvent.id).where(AdverseEvent.report_step_at <= clock.now()).order_by(AdverseEvent.report_step_at)
    _each(_due(due), "watch_report_clocks", _watch)


def take_back_leases() -> None:
    """Texts whose worker died."""
    give_up_leases(db.session, clock.now())
    reached("leases_given_up")
    db.session.commit()


def start_checkins() -> None:
    """Check-ins that fall due, by the participants' own clocks."""
    due = select(Participant.id).where(Participant.next_checkin_at <= clock.now()).order_by(Participant.next_checkin_at)
    _each(_due(due), "start_checkins", _start)


def step_checkins() -> None:
    """Started check-ins that are to be asked, reminded or closed."""
    due = select(Checkin.id).where(Checkin.state.in_(WAITING), Checkin.next_step_at <= clock.now()).order_by(Checkin.next_step_at)
    _each(_due(due), "step_checkins", _step)


def take_up_amendment() -> None:
    """A new version of the protocol file: every plan is looked at once under it. What was made under the old one keeps its version."""
    study = running_study(db.session)
    db.session.rollback()
    if _due(select(StudyRecord.id).where(StudyRecord.id == study.id, StudyRecord.protocol_version != study.protocol.version)):
        alone("take_up_amendment", partial(take_up_version, db.session, study.id, clock.now(), study=study.protocol))


def look_at_plans() -> None:
    """Plans of visits in which something changed, or from which a visit is soon to be announced."""
    due = select(Participant.id).where(Participant.next_visit_at <= clock.now()).order_by(Participant.next_visit_at)
    _each(_due(due), "look_at_plans", _look)


def remind_of_visits() -> None:
    """Reminders that are due: however many, in few statements. Where one of a batch fails, each goes on its own."""
    reminders = select(Visit.id).where(Visit.next_step_at <= clock.now(), Visit.next_step.startswith(f"{BEFORE}-"))
    due = len(_due(reminders, MOST_REMINDERS_A_TICK))
    for _ in range(0, due, REMINDERS_AT_ONCE):
        if not alone("remind_of_visits", partial(_remind, REMINDERS_AT_ONCE)):
            _each(_due(reminders, REMINDERS_AT_ONCE), "remind_of_visits", lambda visit_id, _now: _remind(1, [visit_id]))


def chase_visits() -> None:
    """Visits that nobody recorded as attended: the participant is asked, and asked again, and then staff are told."""
    chases = select(Visit.id).where(Visit.next_step_at <= clock.now(), ~Visit.next_step.startswith(f"{BEFORE}-"))
    _each(_due(chases.order_by(Visit.next_step_at)), "chase_visits", _chase)


def seal_audit() -> None:
    """Yesterday's audit chains, sealed once a day."""
    seal = seal_chains(db.session, clock.now().date(), clock.now())
    db.session.commit()
    if seal is not None:
        log.info("audit_sealed", seal=seal.hash.hex(), count=seal.number)


STEPS: tuple[Callable[[], None], ...] = (
    give_sign_of_life,
    empty_spool,
    retry_replies,
    ask_whose,
    end_drills,
    page_again,
    return_unfinished,
    follow_up_alarms,
    watch_report_clocks,
    take_back_leases,
    take_up_amendment,
    step_checkins,
    start_checkins,
    look_at_plans,
    remind_of_visits,
    chase_visits,
    look_over_rosters,
    begin_drills,
    seal_audit,
)
# These wait for the provider: the worker gives them a thread of their own.
PROVIDER_STEPS: tuple[Callable[[], None], ...] = (take_in_missed, look_for_unknown)


def run_steps(steps: Sequence[Callable[[], None]] = (*PROVIDER_STEPS, *STEPS)) -> None:
    """Run every step once, in order. A step that fails does not keep the next from its work; it is tried again at the next tick."""
    for step in steps:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - what is due stays due: the next tick tries again, and health turns red with its age
            log.error("step_failed", step=step.__name__, error=type(error).__name__, where=where_it_broke(error))
        finally:
            db.session.rollback()


def _due(query: Select[tuple[UUID]], most: int = MOST_A_TICK) -> list[UUID]:
    """A look that takes no write lock: most of the time nothing is due."""
    connection = db.session.connection(execution_options={"read_only": True})
    ids = list(connection.scalars(query.limit(most)))
    db.session.rollback()
    return ids


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


def _take_from_spool(spooled: Spooled) -> None:
    config: Config = current_app.extensions["config"]
    study = running_study(db.session).protocol
    db.session.rollback()
    take_from_spool(db.session, spooled, config.twilio_numbers, clock.now(), study=study)
    db.session.commit()
    reached("spooled_text_committed")


def _handle(inbound_id: UUID) -> None:
    """Of several workers the first one handles it; the others go on to the next."""
    study = running_study(db.session)
    mine = select(InboundMessage).where(InboundMessage.id == inbound_id).with_for_update(skip_locked=True)
    inbound = db.session.scalar(mine.execution_options(populate_existing=True))
    if inbound is None or inbound.handled_at is not None:
        return
    handle_reply(db.session, inbound, study.id, clock.now(), study=study.protocol)


def _note_failure(inbound_id: UUID) -> None:
    study = running_study(db.session)
    note_failure(db.session, inbound_id, study.id, clock.now(), study=study.protocol)


def _give_up_asking(inbound_id: UUID) -> None:
    study = running_study(db.session)
    inbound = db.session.get_one(InboundMessage, inbound_id, populate_existing=True)
    if inbound.ask_whose_until is not None:
        sender = identify_sender(db.session, inbound, study.id)
        people = sender.sharing or ((sender.participant,) if sender.participant else ())
        give_up_asking(db.session, inbound, people, clock.now(), study=study.protocol)


def _page(escalation_id: UUID) -> None:
    repeat_page(db.session, escalation_id, clock.now(), study=running_study(db.session).protocol)


def _return(escalation_id: UUID) -> None:
    return_escalation(db.session, escalation_id, clock.now(), study=running_study(db.session).protocol)


def _fail(drill_id: UUID) -> None:
    drill = db.session.get_one(Drill, drill_id, with_for_update=True, populate_existing=True)
    if drill.proven_at is None and drill.failed_at is None:
        fail_drill(db.session, drill, clock.now(), study=running_study(db.session).protocol)


def _follow_up(escalation_id: UUID) -> None:
    episode, participant = lock_episode(db.session, escalation_id)
    if participant is not None and episode.follow_up_at is not None and episode.follow_up_at <= clock.now():
        follow_up_alarm(db.session, participant, episode, clock.now(), study=running_study(db.session).protocol)


def _watch(event_id: UUID, now: datetime) -> UUID:
    watch_report_clock(db.session, event_id, now, study=running_study(db.session).protocol)
    return event_id


def _look_over(site_id: UUID) -> None:
    warn_of_gaps(db.session, site_id, clock.now(), study=running_study(db.session).protocol)


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
