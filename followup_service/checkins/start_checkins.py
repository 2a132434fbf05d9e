"""Starting check-ins: the planned ones that fall due, and those that an escalation rule asks for."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.checkins.ask_question import ask_question
from followup_service.checkins.checkin import CHECKIN_TRANSITIONS, Checkin, CheckinState
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.participants.contact_hours import due_at, hours_of, in_contact_hours
from followup_service.participants.participant import Participant, why_no_text
from followup_service.participants.plan_ahead import course_of_care, plan_ahead, treatments_of
from followup_service.protocol.checkin_schedule import PlannedCheckin, planned_checkins
from followup_service.protocol.definitions import AskedByRules, CheckinPlan, Study
from followup_service.protocol.escalation_rules import decide_code
from followup_service.transitions import moved

WAITING = (CheckinState.PLANNED, CheckinState.ASKING)

# Built once: it runs for every text.
OPEN_CHECKIN = (
    select(Checkin)
    .where(Checkin.participant_id == bindparam("participant_id"), Checkin.state == CheckinState.ASKING)
    .order_by(Checkin.importance, Checkin.started_at)
    .limit(1)
)


def start_due_checkins(session: Session, participant: Participant, now: datetime, *, study: Study) -> None:
    """Start what is due for this participant, whose row the caller has locked, and plan ahead.

    What fell due on an earlier day (the service was down) is kept as closed: a question of yesterday is not asked today.
    Outside contact hours it waits for the next opening of the same day, if there is one.
    """
    zone = ZoneInfo(participant.timezone)
    if participant.next_checkin_at is None or why_no_text(participant) is not None:
        plan_ahead(session, participant, study, now)
        return
    today = now.astimezone(zone).date()
    since = participant.next_checkin_at.astimezone(zone).date()
    course = course_of_care(participant, treatments_of(session, participant))
    hours = hours_of(participant, study)
    may_ask = in_contact_hours(now, zone, hours)
    for planned in planned_checkins(study, course, since, today):
        due = due_at(planned.on, planned.at, zone, hours)
        if due > now or _exists(session, participant, planned):
            continue
        if planned.on == today and may_ask:
            _start_planned(session, participant, planned, now, study)
        elif planned.on < today or now.astimezone(zone).time() >= hours.closes:
            _keep_as_missed(session, participant, planned, now, study)
    plan_ahead(session, participant, study, now)


def start_by_rule(session: Session, participant: Participant, plan: CheckinPlan, occurrence: str, now: datetime, *, study: Study) -> bool:
    """Start a check-in that a rule asks for: at once, or planned for some minutes later. A repeat of the same occurrence is ignored.

    Returns whether its question was put now.
    """
    assert isinstance(plan.when, AskedByRules)  # noqa: S101 - the study file's schema holds it
    if _waiting_of_plan(session, participant, plan.code) is not None or _row(session, participant, plan.code, occurrence) is not None:
        return False
    if plan.when.after_minutes == 0:
        return start_now(session, participant, plan, occurrence, now, study=study)
    due = now + timedelta(minutes=plan.when.after_minutes)
    checkin = _new(participant, plan.code, occurrence, _questions(plan), plan, due, study)
    checkin.state, checkin.next_step_at = CheckinState.PLANNED, due
    session.add(checkin)
    return False


def start_now(session: Session, participant: Participant, plan: CheckinPlan, occurrence: str, now: datetime, *, study: Study) -> bool:
    """Start a check-in that no schedule has. Returns whether its question was put now."""
    checkin = _new(participant, plan.code, occurrence, _questions(plan), plan, now, study)
    session.add(checkin)
    return begin_asking(session, participant, checkin, now, study=study)


def begin_asking(session: Session, participant: Participant, checkin: Checkin, now: datetime, *, study: Study) -> bool:
    """Put the first question (True), unless a more important questionnaire is being asked: then this one comes after it (False)."""
    if checkin.state is CheckinState.PLANNED:
        checkin.state = moved(CHECKIN_TRANSITIONS, checkin.state, CheckinState.ASKING)
    checkin.started_at = now
    checkin.question = checkin.questions[0]
    record_event(participant, "checkin_started", now, plan=checkin.plan, occurrence=checkin.occurrence)
    session.flush()
    current = open_checkin(session, participant)
    if current is None or current.id == checkin.id:
        ask_question(session, participant, checkin, checkin.question, now, study=study)
        return True
    checkin.next_step_at = checkin.closes_at
    return False


def open_checkin(session: Session, participant: Participant) -> Checkin | None:
    """The check-in whose question the participant is answering: the most important of those being asked."""
    return session.scalar(OPEN_CHECKIN, {"participant_id": participant.id})


def _start_planned(session: Session, participant: Participant, planned: PlannedCheckin, now: datetime, study: Study) -> None:
    checkin = _new(participant, planned.plan, planned.occurrence, planned.questions, study.checkins[planned.plan], now, study)
    session.add(checkin)
    begin_asking(session, participant, checkin, now, study=study)


def _keep_as_missed(session: Session, participant: Participant, planned: PlannedCheckin, now: datetime, study: Study) -> None:
    plan = study.checkins[planned.plan]
    checkin = _new(participant, planned.plan, planned.occurrence, planned.questions, plan, now, study)
    checkin.state, checkin.closed_because, checkin.ended_at = CheckinState.CLOSED, "not_started_in_time", now
    checkin.next_step_at = None
    session.add(checkin)
    if plan.silence is not None:
        # Nobody asked, where silence would have mattered: a person must know.
        raise_escalation(session, about(participant), decide_code(plan.silence, study.rules), now, study=study)


def _questions(plan: CheckinPlan) -> tuple[str, ...]:
    return tuple(question.code for question in plan.questions)


def _new(
    participant: Participant, plan_code: str, occurrence: str, questions: tuple[str, ...], plan: CheckinPlan, due: datetime, study: Study
) -> Checkin:
    closes_at = due + timedelta(minutes=plan.closes_after_minutes)
    return Checkin(
        participant_id=participant.id,
        plan=plan_code,
        occurrence=occurrence,
        state=CheckinState.ASKING,
        importance=plan.importance,
        questions=list(questions),
        asked_again=False,
        closes_at=closes_at,
        next_step_at=closes_at,
        protocol_version=study.version,
    )


def _exists(session: Session, participant: Participant, planned: PlannedCheckin) -> bool:
    return _row(session, participant, planned.plan, planned.occurrence) is not None


def _row(session: Session, participant: Participant, plan: str, occurrence: str) -> Checkin | None:
    return session.scalar(
        select(Checkin).where(Checkin.participant_id == participant.id, Checkin.plan == plan, Checkin.occurrence == occurrence)
    )


def _waiting_of_plan(session: Session, participant: Participant, plan: str) -> Checkin | None:
    return session.scalar(
        select(Checkin).where(Checkin.participant_id == participant.id, Checkin.plan == plan, Checkin.state.in_(WAITING)).limit(1)
    )
