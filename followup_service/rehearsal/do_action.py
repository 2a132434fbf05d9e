"""Doing one step of a script, through the same door or function as in the running service."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.checkins.stop_followup import resume_followup, stop_followup
from followup_service.errors import NotFound
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.escalations.settle_escalation import resolve_escalation
from followup_service.extensions import db
from followup_service.messaging.gateways import gateway_of, page_gateways_of
from followup_service.messaging.gateways.simulated_phone import press_key, text_from
from followup_service.messaging.gateways.simulator import SimulatedPages, SimulatorGateway
from followup_service.messaging.ringing_call import ringing_call
from followup_service.participants.change_participant import change_contact, lock_participant, set_contact_hours
from followup_service.participants.move_treatment import move_treatment
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.participants.plan_ahead import course_of, treatments_of
from followup_service.participants.record_treatment import end_treatment, record_treatment
from followup_service.participants.treatment import TreatmentRecord, TreatmentState
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import Channel
from followup_service.rehearsal.script import (
    Action,
    Changes,
    ChangesState,
    EndsTreatment,
    Enrols,
    GatewayFails,
    GatewayIs,
    MovesTreatment,
    Presses,
    RecordsTreatment,
    RecordsVisit,
    Resolves,
    Script,
    Texts,
)
from followup_service.rehearsal.set_the_stage import ACTOR, enrol
from followup_service.reminders.keep_visit import keep_visit
from followup_service.staff.running_study import running_study
from followup_service.staff.staff_member import StaffMember
from followup_service.visits.find_planned import find_planned
from followup_service.visits.record_visit import VisitFact
from followup_service.visits.visit import VisitState


def do_action(app: Flask, script: Script, action: Action, now: datetime) -> None:
    """Do it and commit. Raises FollowupError for what the service refuses."""
    if isinstance(action, Texts):
        with app.app_context():
            phone = _phone_now(db.session, action)
        text_from(app, phone, action.body)
    elif isinstance(action, Presses):
        with app.app_context():
            attempt_id, call_sid = _call_of(db.session, action)
        press_key(app, attempt_id, call_sid, action.key)
    elif isinstance(action, GatewayIs | GatewayFails):
        _set_gateway(app, action)
    else:
        with app.app_context():
            _act(db.session, script, action, now, running_study(db.session).protocol)
            db.session.commit()


def _act(session: Session, script: Script, action: Action, now: datetime, study: Study) -> None:
    match action:
        case RecordsTreatment() | MovesTreatment():
            _record_treatment(session, action, now, study)
        case EndsTreatment():
            end_treatment(session, _participant(session, action.participant), action.on, now, ACTOR, study=study)
        case RecordsVisit():
            _record_visit(session, action, now, study)
        case Resolves():
            _resolve(session, action, now, study)
        case Changes():
            participant = _participant(session, action.participant)
            country = next(line.country for line in script.participants if line.code == action.participant)
            values = {"phone": action.phone, "language": action.language, "timezone": action.timezone, "tag": action.tag}
            change_contact(session, participant, now, ACTOR, study=study, country=country, **values)
            if action.contact_hours is not None:
                set_contact_hours(session, participant, *action.contact_hours, now, ACTOR, study=study)
        case ChangesState():
            participant = _participant(session, action.participant)
            if action.state is ParticipantState.ACTIVE:
                resume_followup(session, participant, now, ACTOR, action.reason, study=study)
            else:
                stop_followup(session, participant, action.state, now, ACTOR, action.reason, study=study)
        case Enrols():
            enrol(session, next(line for line in script.participants if line.code == action.participant), now, study=study)


def _record_treatment(session: Session, action: RecordsTreatment | MovesTreatment, now: datetime, study: Study) -> None:
    participant = _participant(session, action.participant)
    if isinstance(action, MovesTreatment):
        move_treatment(session, participant, _treatment(session, participant, action), action.on, now, ACTOR, study=study)
        return
    has_come = action.on <= now.astimezone(ZoneInfo(participant.timezone)).date()
    state = action.state or (TreatmentState.DONE if has_come else TreatmentState.PLANNED)
    record_treatment(session, participant, action.treatment, action.on, state, now, ACTOR, study=study)


def _treatment(session: Session, participant: Participant, action: MovesTreatment) -> TreatmentRecord:
    rows = treatments_of(session, participant)
    found = [
        row for row in rows if (row.kind, row.treated_on) == (action.treatment, action.was_on) and row.state is not TreatmentState.CANCELLED
    ]
    if not found:
        raise NotFound(f"{participant.code} has no {action.treatment} recorded for {action.was_on}; write the day that it was recorded for")
    return found[0]


def _record_visit(session: Session, action: RecordsVisit, now: datetime, study: Study) -> None:
    participant = _participant(session, action.participant)
    zone = ZoneInfo(participant.timezone)
    if action.booked_at is not None:
        on, fact = action.booked_at.astimezone(zone).date(), VisitFact(VisitState.BOOKED, booked_at=action.booked_at)
    else:
        assert action.attended_on is not None  # noqa: S101 - the script's schema holds it
        on, fact = action.attended_on, VisitFact(VisitState.ATTENDED, attended_on=action.attended_on)
    planned = find_planned(study, course_of(session, participant), action.visit, on)
    keep_visit(session, participant, planned, fact, now, ACTOR, study=study)


def _resolve(session: Session, action: Resolves, now: datetime, study: Study) -> None:
    unresolved = select(Escalation.id).where(Escalation.state != EscalationState.RESOLVED)
    if action.whose.isdigit():
        wanted = unresolved.where(Escalation.number == int(action.whose))
    else:
        wanted = unresolved.join(Participant, Participant.id == Escalation.participant_id).where(Participant.code == action.whose)
    escalation_id = session.scalar(wanted.order_by(Escalation.is_alarm.desc(), Escalation.number).limit(1))
    if escalation_id is None:
        raise NotFound(f"{action.whose} has no open escalation at this time; move the step, or remove it")
    staff_id = session.scalar(select(StaffMember.id).where(StaffMember.handle == action.staff))
    resolve_escalation(session, escalation_id, action.staff, action.outcome, action.note, now, study=study, staff_id=staff_id)


def _set_gateway(app: Flask, action: GatewayIs | GatewayFails) -> None:
    texts, calls = gateway_of(app), page_gateways_of(app)[Channel.VOICE]
    assert isinstance(texts, SimulatorGateway)  # noqa: S101 - the throw-away service has no other
    assert isinstance(calls, SimulatedPages)  # noqa: S101 - as above
    if isinstance(action, GatewayIs):
        texts.down = calls.down = action.down
        return
    with app.app_context():
        member = db.session.scalar(select(StaffMember).where(StaffMember.handle == action.to))
        phone = (member or _participant(db.session, action.to)).phone
    texts.fails_next[phone] = action.error_code
    if member is not None:
        # A phone that gets no text is not picked up either.
        calls.fails_next[phone] = "no-answer"


def _phone_now(session: Session, action: Texts) -> str:
    """A participant's number may have changed since the script's first lines."""
    participant = session.scalar(select(Participant).where(Participant.code == action.sender))
    return participant.phone if participant is not None else action.phone


def _call_of(session: Session, action: Presses) -> tuple[UUID, str]:
    staff_id = session.scalars(select(StaffMember.id).where(StaffMember.handle == action.staff)).one()
    attempt = ringing_call(session, staff_id)
    if attempt is None or attempt.provider_sid is None:
        raise NotFound(f"{action.staff} is in no call at this time; move the step to after a page by voice, or remove it")
    return attempt.id, attempt.provider_sid


def _participant(session: Session, code: str) -> Participant:
    participant_id: UUID | None = session.scalar(select(Participant.id).where(Participant.code == code))
    if participant_id is None:
        raise NotFound(f"{code} is not enrolled yet at this time; move the step after its enrolment")
    return lock_participant(session, participant_id)
