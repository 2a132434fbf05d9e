"""A small hospital for tests: people who text, people who are paged, and a clock that moves from one due instant to the next."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, Table, func, select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from followup_service.audit import AuditEvent
from followup_service.checkins.checkin import Checkin
from followup_service.checkins.stop_followup import stop_followup
from followup_service.clock import MovableClock
from followup_service.escalations.drill import Drill
from followup_service.escalations.end_drill import answer_within, running_drills
from followup_service.escalations.escalation import Escalation, EscalationEvent
from followup_service.extensions import db
from followup_service.jobs.send_outbox import send_all_due
from followup_service.jobs.steps import run_steps
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.sending_hold import held_purposes
from followup_service.participants.change_participant import lock_participant
from followup_service.participants.enrol_participant import Enrolment, enrol_participant
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.participants.plan_ahead import course_of
from followup_service.participants.record_treatment import record_treatment
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.paging_clock import Channel
from followup_service.records.adverse_event import AdverseEvent
from followup_service.reminders.keep_visit import keep_visit
from followup_service.staff.change_roster import add_shift
from followup_service.staff.roster import OnCallShift
from followup_service.staff.set_up import add_site, add_staff_member, open_study
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember
from followup_service.visits.find_planned import find_planned
from followup_service.visits.open_slot import OpenSlot
from followup_service.visits.record_visit import VisitFact
from followup_service.visits.take_slot import open_slot
from followup_service.visits.visit import Visit, VisitState

FORM = "application/x-www-form-urlencoded"
SECONDS_TO_COME_BACK = 20
NURSE, DOCTOR = "+8613900000001", "+8613900000002"
KEPT = "tests: a hospital"


class Phone:
    """Somebody's phone: what it sends goes through the signed webhook, what it got is what the gateway delivered."""

    def __init__(self, hospital: "Hospital", number: str) -> None:
        self.hospital, self.number = hospital, number

    def texts(self, body: str, **form: str) -> None:
        response = self.hospital.post_inbound(self.number, body, **form)
        assert response.status_code == 200
        self.hospital.run_due()

    def replies(self, *bodies: str) -> None:
        """Texts one after another, each a minute after what came before it."""
        for body in bodies:
            self.hospital.move(minutes=1)
            self.texts(body)

    def received(self, purpose: Purpose | None = None) -> list[str]:
        """The bodies that arrived on this phone, oldest first."""
        return [row.body for row in self.messages(purpose) if row.state is OutboundState.DELIVERED]

    def messages(self, purpose: Purpose | None = None) -> list[OutboundMessage]:
        index = self.hospital.app.extensions["keyring"].index(self.number)
        with self.hospital.session() as session:
            query = (
                select(OutboundMessage)
                .where(OutboundMessage.to_index == index)
                .order_by(OutboundMessage.changed_at, OutboundMessage.priority, OutboundMessage.id)
            )
            rows = list(session.scalars(query))
        return [row for row in rows if purpose is None or row.purpose is purpose]

    def told(self) -> list[str]:
        """The same by the keys of their texts, such as question.temperature, whatever the language."""
        return [row.message for row in self.messages() if row.state is OutboundState.DELIVERED]

    @property
    def last_text(self) -> str:
        texts = self.received()
        assert texts, "nothing arrived on this phone"
        return texts[-1]


class Nurse(Phone):
    def was_paged(self, level: str | None = None) -> bool:
        words = {"emergency": "EMERGENCY", "urgent": "URGENT", None: ""}
        return any(words[level] in body for body in self.received(Purpose.PAGE))

    def pages(self) -> list[str]:
        """The pages that came as texts."""
        return self.received(Purpose.PAGE)

    def calls(self) -> list[OutboundMessage]:
        """The pages that rang, oldest first."""
        return [row for row in self.messages(Purpose.PAGE) if row.channel is Channel.VOICE]

    def is_off(self, code: str = "30003") -> None:
        """The next text does not reach this phone, and the next call is not answered."""
        self.hospital.app.extensions["sms_gateway"].fails_next[self.number] = code
        self.does_not_answer("no-answer")

    def does_not_answer(self, status: str) -> None:
        """What becomes of the next call to this phone, by the provider's word for it."""
        self.hospital.app.extensions["page_gateways"][Channel.VOICE].fails_next[self.number] = status


class Kept(NamedTuple):
    """The rows of a hospital as it is opened: opening it costs a test more than all else that it needs, and the next one writes these."""

    made_at: datetime
    study_id: UUID
    site_id: UUID
    rows: dict[Table, list[dict[str, Any]]]


class Hospital:
    def __init__(self, app: Flask, clock: MovableClock) -> None:
        self.app, self.clock = app, clock
        self.client: FlaskClient = app.test_client()
        kept: Kept | None = app.extensions.get(KEPT)
        if kept is None or kept.made_at != clock.now():
            self._opens()
            app.extensions[KEPT] = self._keeps()
        else:
            self._opens_as(kept)
        self.nurse, self.doctor = Nurse(self, NURSE), Nurse(self, DOCTOR)

    def _opens(self) -> None:
        clock = self.clock
        with self.session() as session:
            study = open_study(session, self.app.extensions["study"], clock.now(), "tests")
            session.flush()
            site = add_site(
                session,
                study.id,
                clock.now(),
                "tests",
                code="PKU",
                name="Beijing Cancer Hospital",
                timezone="Asia/Shanghai",
                country="CN",
                clinic_phone="010-88196000",
                emergency_number="120",
                takes_unknown_senders=True,
            )
            self.site_id, self.study_id = site.id, study.id
            session.commit()
        self.employs("nurse-li", NURSE, position=1)
        self.employs("dr-wang", DOCTOR, position=2)

    def _keeps(self) -> "Kept":
        with self.session() as session:
            rows = {table: [dict(row) for row in session.execute(select(table)).mappings()] for table in db.metadata.sorted_tables}
        return Kept(self.clock.now(), self.study_id, self.site_id, {table: written for table, written in rows.items() if written})

    def _opens_as(self, kept: "Kept") -> None:
        self.study_id, self.site_id = kept.study_id, kept.site_id
        with self.app.app_context(), db.engine.begin() as connection:
            for table, rows in kept.rows.items():
                connection.execute(table.insert(), rows)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """The service's own session. What it holds afterwards is read anew next time."""
        with self.app.app_context():
            yield db.session
            db.session.expunge_all()
            db.session.rollback()

    def employs(self, handle: str, number: str, position: int | None = None, **values: Any) -> Nurse:
        """Somebody of the site; a nurse who reads English and whose phone is verified, unless said otherwise."""
        person_is = {"language": "en", "role": "nurse", "verified": True} | values
        with self.session() as session:
            site = session.get_one(Site, self.site_id)
            person = add_staff_member(session, site, self.clock.now(), "tests", handle=handle, phone=number, **person_is)
            if position is not None:
                add_shift(session, person, position, self.clock.now() - timedelta(days=1), None, self.clock.now(), "tests")
            session.commit()
        return Nurse(self, number)

    def employs_elsewhere(self, handle: str, number: str) -> Nurse:
        """Somebody of another site, SHX, which is made for them."""
        with self.session() as session:
            values = {"name": "Xi'an", "timezone": "Asia/Shanghai", "country": "CN", "clinic_phone": "029-1", "emergency_number": "120"}
            site = add_site(session, self.study_id, self.clock.now(), "tests", code="SHX", **values)
            values = {"handle": handle, "phone": number, "language": "en", "role": "nurse", "verified": True}
            add_staff_member(session, site, self.clock.now(), "tests", **values)
            session.commit()
        return Nurse(self, number)

    @contextmanager
    def staff(self, handle: str) -> Iterator[tuple[Session, StaffMember]]:
        """A member of staff, in a session that is committed at the end."""
        with self.session() as session:
            yield session, session.scalars(select(StaffMember).where(StaffMember.handle == handle)).one()
            session.commit()

    def has_only_texts(self) -> None:
        """Neither calls nor e-mails: the chain passes over them."""
        self.app.extensions["page_gateways"] = {}

    def dismisses(self, handle: str) -> None:
        with self.session() as session:
            session.scalars(select(StaffMember).where(StaffMember.handle == handle)).one().active = False
            session.commit()

    def ends_all_shifts(self) -> None:
        with self.session() as session:
            for shift in session.scalars(select(OnCallShift)):
                shift.ends_at = self.clock.now()
            session.commit()

    def enrols(self, code: str = "PKU-001", number: str = "+8613800138000", measures_in: str | None = "mouth", **values: Any) -> Phone:
        """Enrol a participant (English, control arm unless said otherwise), who has said where they measure, and return the phone."""
        enrolment = {
            "arm": "control",
            "language": "en",
            "timezone": "Asia/Shanghai",
            "country": "CN",
            "consented_on": self.clock.now().date() - timedelta(days=1),
            "consent_version": "1.0",
        } | values
        with self.session() as session:
            participant = enrol_participant(
                session,
                self.study_id,
                self.site_id,
                Enrolment(code=code, phone=number, **enrolment),
                self.clock.now(),
                "tests",
                study=self.app.extensions["study"],
            )
            participant.usual_site = measures_in
            session.commit()
        return Phone(self, number)

    def treats(self, code: str, kind: str, on: date, state: TreatmentState = TreatmentState.DONE) -> tuple[str, ...]:
        with self.session() as session:
            participant = lock_participant(session, self.participant(code).id)
            _, warnings = record_treatment(
                session, participant, kind, on, state, self.clock.now(), "tests", study=self.app.extensions["study"]
            )
            session.commit()
        return warnings

    def books(self, item: str, booked_at: datetime, code: str = "PKU-001", preparation: str | None = None) -> tuple[str, ...]:
        """Staff book a planned visit; the warnings that they get."""
        fact = VisitFact(VisitState.BOOKED, booked_at, preparation=preparation)
        return self._records_visit(item, booked_at.astimezone(ZoneInfo("Asia/Shanghai")).date(), fact, code)

    def attends(self, item: str, on: date, code: str = "PKU-001") -> tuple[str, ...]:
        return self._records_visit(item, on, VisitFact(VisitState.ATTENDED, attended_on=on), code)

    def _records_visit(self, item: str, on: date, fact: VisitFact, code: str) -> tuple[str, ...]:
        study = self.app.extensions["study"]
        with self.changing(code) as (session, participant):
            planned = find_planned(study, course_of(session, participant), item, on)
            _, warnings = keep_visit(session, participant, planned, fact, self.clock.now(), "tests", study=study)
        return warnings

    def opens_slots(self, *instants: datetime) -> None:
        with self.session() as session:
            for starts_at in instants:
                open_slot(session, self.site_id, starts_at, 1, (), self.clock.now(), "tests")
            session.commit()

    def slots(self) -> list[OpenSlot]:
        with self.session() as session:
            return list(session.scalars(select(OpenSlot).order_by(OpenSlot.starts_at)))

    def visits(self, code: str = "PKU-001") -> list[Visit]:
        with self.session() as session:
            of_participant = select(Visit).join(Participant, Participant.id == Visit.participant_id).where(Participant.code == code)
            return list(session.scalars(of_participant.order_by(Visit.target_on)))

    def the_visit(self) -> Visit:
        visits = self.visits()
        assert len(visits) == 1, f"{len(visits)} visits"
        return visits[0]

    def texts_of_visits(self) -> list[OutboundMessage]:
        with self.session() as session:
            return list(
                session.scalars(select(OutboundMessage).where(OutboundMessage.visit_id.is_not(None)).order_by(OutboundMessage.due_at))
            )

    def outbox(self, purpose: Purpose) -> list[OutboundMessage]:
        """Every text of this purpose, also those that wait or were not sent, oldest first."""
        with self.session() as session:
            texts = select(OutboundMessage).where(OutboundMessage.purpose == purpose)
            return list(session.scalars(texts.order_by(OutboundMessage.created_at, OutboundMessage.id)))

    @contextmanager
    def changing(self, code: str = "PKU-001") -> Iterator[tuple[Session, Participant]]:
        """The participant, locked, in a session that is committed at the end: what the doors of the service do."""
        with self.session() as session:
            yield session, lock_participant(session, self.participant(code).id)
            session.commit()

    def ends(self, code: str, state: ParticipantState, reason: str = "told by the ward") -> None:
        """Pause, withdraw, complete, or mark as deceased."""
        with self.changing(code) as (session, participant):
            stop_followup(session, participant, state, self.clock.now(), "tests", reason, study=self.app.extensions["study"])

    def events(self, action: str | None = None) -> list[AuditEvent]:
        """The audit trail, oldest first."""
        with self.session() as session:
            query = select(AuditEvent).order_by(AuditEvent.at, AuditEvent.subject_id, AuditEvent.sequence)
            return [event for event in session.scalars(query) if action in (None, event.action)]

    def checkins(self, plan: str | None = None) -> list[Checkin]:
        with self.session() as session:
            rows = session.scalars(select(Checkin).order_by(Checkin.occurrence, Checkin.importance))
            return [checkin for checkin in rows if plan in (None, checkin.plan)]

    def participant(self, code: str = "PKU-001") -> Participant:
        with self.session() as session:
            return session.scalars(select(Participant).where(Participant.code == code)).one()

    def escalations(self) -> list[Escalation]:
        with self.session() as session:
            return list(session.scalars(select(Escalation).order_by(Escalation.number)))

    def inbound(self) -> list[InboundMessage]:
        with self.session() as session:
            return list(session.scalars(select(InboundMessage).order_by(InboundMessage.received_at, InboundMessage.id)))

    def steps(self) -> list[EscalationEvent]:
        """The steps of all episodes, oldest first."""
        with self.session() as session:
            return list(session.scalars(select(EscalationEvent).order_by(EscalationEvent.at)))

    def the_escalation(self) -> Escalation:
        escalations = self.escalations()
        assert len(escalations) == 1, f"{len(escalations)} escalations"
        return escalations[0]

    def stranger(self, number: str = "+8613700000000") -> Phone:
        return Phone(self, number)

    def post_inbound(self, number: str, body: str, **form: str) -> Any:
        config = self.app.extensions["config"]
        values = {
            "AccountSid": config.twilio_account_sid,
            "MessageSid": f"SM{uuid4().hex}",
            "From": number,
            "To": config.twilio_numbers[0],
            "Body": body,
            "NumMedia": "0",
        } | form
        return self.post_signed("/sms/inbound", values)

    def post_signed(self, path: str, values: dict[str, str]) -> Any:
        config = self.app.extensions["config"]
        signature = RequestValidator(config.twilio_auth_tokens[0]).compute_signature(config.public_base_url + path, values)
        # In a context of its own, as in a server: the request shares no database session with the test.
        return Context().run(self.client.post, path, data=values, headers={"X-Twilio-Signature": signature})

    def runs(self, *arguments: str) -> Any:
        """A `flask` command, in a session of its own."""
        result = self.app.test_cli_runner().invoke(args=arguments)
        db.session.remove()
        return result

    def wait_for_spool(self) -> None:
        """What found the database busy or away, and went to the spool, comes back by the thread of the web server."""
        until = time.monotonic() + SECONDS_TO_COME_BACK
        while self.app.extensions["spooling"].is_under_way:
            assert time.monotonic() < until, "the spool is not emptied"
            time.sleep(0.01)

    def run_due(self) -> None:
        """Let the clock's jobs run and the outbox be sent, now."""
        with self.app.app_context():
            run_steps()
        send_all_due(self.app)

    def move(self, to: datetime | None = None, **by: float) -> None:
        """Move the clock from one due instant to the next until the time is reached, working at each.

        The daily look at the rosters waits for whatever comes next: most journeys are months long, and it is not what they are about.
        """
        until = to or self.clock.now() + timedelta(**by)
        while (due := self._next_due()) is not None and due <= until:
            if due > self.clock.now():
                self.clock.move(to=due)
            else:
                self.clock.move(seconds=1)
            self.run_due()
        if self.clock.now() < until:
            self.clock.move(to=until)
        self.run_due()

    def _next_due(self) -> datetime | None:
        with self.session() as session:
            *instants, began, departure = session.execute(_next_instants(held_purposes(session))).one()
        if began is not None:
            instants.append(began + answer_within(self.app.extensions["study"]))
        return min((instant for instant in (*instants, departure) if instant is not None), default=None)


@cache
def _next_instants(held: frozenset[Purpose]) -> Select[Any]:
    """When each thing is due next. When the next text leaves comes last: what is on hold is not waited for."""
    waits = (OutboundMessage.state == OutboundState.CREATED, OutboundMessage.purpose.not_in(held))
    looks = (
        select(func.min(Participant.next_checkin_at)),
        select(func.min(Participant.next_visit_at)),
        select(func.min(Visit.next_step_at)),
        select(func.min(Checkin.next_step_at)).where(Checkin.ended_at.is_(None)),
        select(func.min(Escalation.next_page_at)),
        select(func.min(InboundMessage.ask_whose_until)),
        select(func.min(Escalation.returns_at)),
        select(func.min(Escalation.follow_up_at)),
        select(func.min(AdverseEvent.report_step_at)),
        select(func.min(Site.next_drill_at)),
        running_drills().with_only_columns(Drill.started_at).limit(1),
        select(func.min(OutboundMessage.due_at)).where(*waits),
    )
    return select(*(look.scalar_subquery() for look in looks))
