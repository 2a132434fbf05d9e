"""Why was no text sent? Each reason that there is, by what brings it about."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from followup_service.jobs.send_outbox import send_all_due
from followup_service.messaging.hold_sending import discard_waiting, hold_sending
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.sending_hold import HoldCause, HoldScope
from followup_service.messaging.take_back_text import take_back_text
from followup_service.messaging.write_text import write_text
from followup_service.participants.add_phone import BY_STAFF, add_phone, remove_phone
from followup_service.participants.participant import ParticipantState
from followup_service.participants.participant_phone import PhoneKind, Told
from followup_service.participants.plan_ahead import treatments_of
from followup_service.participants.record_treatment import cancel_treatment
from followup_service.participants.treatment import TreatmentState
from followup_service.records.explain_day import explain_day
from followup_service.records.reasons_in_words import WORDS
from tests.hospital import Hospital, Phone
from tests.participants.test_move_treatment import moves
from tests.records.test_explain_day import MONDAY, TUESDAY, ablated
from tests.sending import LOST, Desk

BEIJING = ZoneInfo("Asia/Shanghai")
FIRST_REMINDER = date(2026, 3, 22)
CHECK_UP = "quarterly month-3"


class Asked(NamedTuple):
    on: date
    about: str | None


Scene = Callable[[Hospital], Asked]
SCENES: dict[str, Scene] = {}


def scene(code: str) -> Callable[[Scene], Scene]:
    def keep(play: Scene) -> Scene:
        SCENES[code] = play
        return play

    return keep


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def to_be_checked_up(hospital: Hospital) -> Phone:
    """Of somebody whose check-up is reminded for the first time on 22 March at nine; it is the evening before."""
    hospital.clock.move(to=at("2026-03-21T20:30"))
    phone = hospital.enrols()
    hospital.treats("PKU-001", "systemic", MONDAY)
    hospital.run_due()
    return phone


def cannot_send(hospital: Hospital, until: str) -> None:
    hospital.app.extensions["sms_gateway"].down = True
    hospital.move(to=at(until))


def said(hospital: Hospital, on: date) -> list[tuple[str, str | None, str]]:
    with hospital.session() as session:
        study = hospital.app.extensions["study"]
        day = explain_day(session, hospital.participant(), on, hospital.clock.now(), study=study)
    return [(reason.code, reason.about, reason.words) for reason in day.reasons]


def waits_for_the_provider(hospital: Hospital) -> tuple[Phone, Asked]:
    """A reminder that could not leave yet."""
    phone = to_be_checked_up(hospital)
    cannot_send(hospital, "2026-03-22T09:00")
    return phone, Asked(FIRST_REMINDER, "visit_due")


@scene("not_enrolled")
def _(hospital: Hospital) -> Asked:
    hospital.enrols()
    return Asked(date(2026, 1, 1), None)


@scene("study_over")
def _(hospital: Hospital) -> Asked:
    hospital.enrols()
    return Asked(date(2027, 1, 1), None)


@scene("invited")
def _(hospital: Hospital) -> Asked:
    hospital.enrols(consented_on=None, consent_version=None)
    return Asked(MONDAY, None)


def ended(state: ParticipantState) -> Scene:
    def play(hospital: Hospital) -> Asked:
        ablated(hospital)
        hospital.ends("PKU-001", state)
        return Asked(TUESDAY, None)

    return play


SCENES |= {state.value: ended(state) for state in ParticipantState if state not in (ParticipantState.INVITED, ParticipantState.ACTIVE)}


@scene("opted_out")
def _(hospital: Hospital) -> Asked:
    ablated(hospital).texts("STOP")
    return Asked(TUESDAY, None)


@scene("wrong_number")
def _(hospital: Hospital) -> Asked:
    ablated(hospital).texts("wrong number")
    return Asked(TUESDAY, None)


@scene("no_phone")
def _(hospital: Hospital) -> Asked:
    ablated(hospital)
    with hospital.changing() as (_, participant):
        participant.phone = participant.phone_index = None
    return Asked(TUESDAY, None)


@scene("too_late")
def _(hospital: Hospital) -> Asked:
    phone = waits_for_the_provider(hospital)[0]
    hospital.clock.move(to=at("2026-03-24T09:00"))
    hospital.app.extensions["sms_gateway"].down = False
    hospital.run_due()
    assert phone.told() == []
    return Asked(date(2026, 3, 24), "visit_due")


@scene("outside_contact_hours")
def _(hospital: Hospital) -> Asked:
    hospital.enrols()
    hospital.clock.move(to=at("2026-01-05T20:30"))
    desk = Desk(hospital)
    desk.queues(Purpose.QUESTION, "question.temperature")
    send_all_due(hospital.app)
    return Asked(MONDAY, "question.temperature")


@scene("daily_limit")
def _(hospital: Hospital) -> Asked:
    hospital.enrols()
    desk = Desk(hospital)
    for _ in range(7):
        desk.queues(Purpose.QUESTION, "question.temperature")
    send_all_due(hospital.app)
    return Asked(MONDAY, "question.temperature")


@scene("replaced")
def _(hospital: Hospital) -> Asked:
    ablated(hospital)
    cannot_send(hospital, "2026-01-06T13:30")
    return Asked(TUESDAY, "question.temperature")


@scene("checkin_closed")
def _(hospital: Hospital) -> Asked:
    phone = ablated(hospital)
    cannot_send(hospital, "2026-01-06T10:00")
    phone.texts("39.2")
    return Asked(TUESDAY, "question.temperature")


@scene("phone_removed")
def _(hospital: Hospital) -> Asked:
    to_be_checked_up(hospital)
    with hospital.changing() as (session, participant):
        number, told = "+8613900139001", [Told.VISITS]
        phone = add_phone(session, participant, number, PhoneKind.CAREGIVER, told, hospital.clock.now(), "tests", country="CN")
        phone_id = phone.id
    hospital.move(to=at("2026-03-22T08:59"))
    Desk(hospital).queues(Purpose.REMINDER, "visit_due", phone_id=phone_id, due_at=at("2026-03-22T10:00"))
    with hospital.changing() as (session, participant):
        remove_phone(session, participant, session.get_one(type(phone), phone_id), BY_STAFF, hospital.clock.now(), "tests")
    hospital.move(to=at("2026-03-22T10:00"))
    return Asked(FIRST_REMINDER, "visit_due")


@scene("cannot_be_worded")
def _(hospital: Hospital) -> Asked:
    hospital.enrols()
    Desk(hospital).queues(Purpose.QUESTION, "question.of_a_version_that_is_gone")
    send_all_due(hospital.app)
    return Asked(MONDAY, "question.of_a_version_that_is_gone")


@scene("discarded")
def _(hospital: Hospital) -> Asked:
    asked = waits_for_the_provider(hospital)[1]
    with hospital.session() as session:
        session.query(OutboundMessage).update({"due_at": hospital.clock.now()})
        discard_waiting(session, Purpose.REMINDER, hospital.clock.now(), "nurse-li", study=hospital.app.extensions["study"])
        session.commit()
    return asked


@scene("left_before_restore")
def _(hospital: Hospital) -> Asked:
    asked = waits_for_the_provider(hospital)[1]
    with hospital.session() as session:
        session.query(OutboundMessage).update({"state": OutboundState.NOT_SENT, "not_sent_reason": "left_before_restore"})
        session.commit()
    return asked


@scene("on_hold")
def _(hospital: Hospital) -> Asked:
    asked = waits_for_the_provider(hospital)[1]
    with hospital.session() as session:
        scope, cause = HoldScope.ALL_BUT_ALARMS, HoldCause.OPERATOR
        hold_sending(session, scope, cause, "a mistake", hospital.clock.now(), "nurse-li", study=hospital.app.extensions["study"])
        session.commit()
    return asked


@scene("undeliverable")
def _(hospital: Hospital) -> Asked:
    phone = ablated(hospital)
    hospital.app.extensions["sms_gateway"].fails_next[phone.number] = "30005"
    hospital.move(to=at("2026-01-06T10:00"))
    return Asked(TUESDAY, "question.temperature")


@scene("unknown_whether_sent")
def _(hospital: Hospital) -> Asked:
    hospital.enrols()
    Desk(hospital, LOST).queues(Purpose.QUESTION, "question.temperature")
    send_all_due(hospital.app)
    return Asked(MONDAY, "question.temperature")


@scene("waits")
def _(hospital: Hospital) -> Asked:
    hospital.enrols()
    Desk(hospital).queues(Purpose.QUESTION, "question.temperature", due_at=hospital.clock.now() + timedelta(hours=1))
    return Asked(MONDAY, "question.temperature")


@scene("being_sent")
def _(hospital: Hospital) -> Asked:
    hospital.enrols()
    Desk(hospital).queues(Purpose.QUESTION, "question.temperature")
    return Asked(MONDAY, "question.temperature")


def written(hospital: Hospital) -> OutboundMessage:
    """What a nurse wrote a moment ago."""
    with hospital.changing() as (session, participant):
        return write_text(session, participant, "write_read", "", hospital.clock.now(), "nurse-li", study=hospital.app.extensions["study"])


@scene("in_conversation")
def _(hospital: Hospital) -> Asked:
    hospital.enrols()
    written(hospital)
    Desk(hospital).queues(Purpose.QUESTION, "question.temperature", useful_until=hospital.clock.now() + timedelta(hours=1))
    hospital.run_due()
    return Asked(MONDAY, "question.temperature")


@scene("taken_back")
def _(hospital: Hospital) -> Asked:
    hospital.enrols()
    row = written(hospital)
    with hospital.changing() as (session, participant):
        take_back_text(session, participant, row.id, hospital.clock.now(), "nurse-li")
    return Asked(MONDAY, "write_read")


@scene("not_yet_due")
def _(hospital: Hospital) -> Asked:
    ablated(hospital)
    return Asked(TUESDAY, "after_rfa")


@scene("not_started")
def _(hospital: Hospital) -> Asked:
    phone = ablated(hospital)
    phone.texts("STOP")
    hospital.move(days=2)
    return Asked(TUESDAY, "after_rfa")


@scene("not_started_in_time")
def _(hospital: Hospital) -> Asked:
    ablated(hospital)
    hospital.clock.move(to=at("2026-01-07T09:00"))
    hospital.run_due()
    return Asked(TUESDAY, "after_rfa")


@scene("waits_for_another")
def _(hospital: Hospital) -> Asked:
    ablated(hospital)
    hospital.treats("PKU-001", "systemic", TUESDAY, TreatmentState.PLANNED)
    with hospital.changing() as (_, participant):
        participant.contact_opens, participant.contact_closes = time(10), time(20)  # both are due at ten
    hospital.move(to=at("2026-01-06T10:00"))
    return Asked(TUESDAY, "after_rfa")


@scene("not_answered")
def _(hospital: Hospital) -> Asked:
    ablated(hospital)
    hospital.move(days=2)
    return Asked(TUESDAY, "after_rfa")


@scene("partly_answered")
def _(hospital: Hospital) -> Asked:
    phone = ablated(hospital)
    hospital.move(to=at("2026-01-06T10:00"))
    phone.replies("36.8")
    hospital.move(days=1)
    return Asked(TUESDAY, "after_rfa")


@scene("escalated")
def _(hospital: Hospital) -> Asked:
    phone = ablated(hospital)
    hospital.move(to=at("2026-01-06T10:00"))
    phone.replies("39.2")
    return Asked(TUESDAY, "after_rfa")


@scene("already_confirmed")
def _(hospital: Hospital) -> Asked:
    phone = to_be_checked_up(hospital)
    hospital.move(to=at("2026-03-22T09:00"))
    phone.replies("1")
    return Asked(date(2026, 3, 29), CHECK_UP)


@scene("told_just_before")
def _(hospital: Hospital) -> Asked:
    to_be_checked_up(hospital)
    hospital.move(to=at("2026-03-30T15:00"))
    hospital.books("quarterly", at("2026-04-07T10:00"))  # told at once, and not again the next morning
    hospital.move(to=at("2026-03-31T12:00"))
    return Asked(date(2026, 3, 31), CHECK_UP)


@scene("visit_attended")
def _(hospital: Hospital) -> Asked:
    to_be_checked_up(hospital)
    hospital.move(to=at("2026-03-23T12:00"))
    hospital.attends("quarterly", date(2026, 3, 23))
    return Asked(date(2026, 3, 29), CHECK_UP)


@scene("visit_missed")
def _(hospital: Hospital) -> Asked:
    phone = to_be_checked_up(hospital)
    hospital.books("quarterly", at("2026-04-07T10:00"))
    hospital.move(to=at("2026-04-08T09:30"))
    phone.replies("1")  # came: staff record it, and nobody asks again
    return Asked(date(2026, 4, 14), CHECK_UP)


@scene("visit_cancelled")
def _(hospital: Hospital) -> Asked:
    hospital.clock.move(to=at("2026-03-10T12:00"))
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 3, 23), TreatmentState.PLANNED)
    hospital.move(minutes=1)
    with hospital.changing() as (session, participant):
        [planned] = treatments_of(session, participant)
        cancel_treatment(session, participant, planned, hospital.clock.now(), "tests", study=hospital.app.extensions["study"])
    hospital.move(minutes=1)
    return Asked(date(2026, 3, 13), "pre_rfa_bloods rfa-1")


@scene("visit_booked")
def _(hospital: Hospital) -> Asked:
    asked = waits_for_the_provider(hospital)[1]
    hospital.books("quarterly", at("2026-04-07T10:00"))
    return asked


@scene("visit_confirmed")
def _(hospital: Hospital) -> Asked:
    phone, asked = waits_for_the_provider(hospital)
    phone.texts("Yes, I will come to the appointment")
    return asked


@scene("another_day_asked")
def _(hospital: Hospital) -> Asked:
    phone, asked = waits_for_the_provider(hospital)
    hospital.opens_slots(at("2026-04-08T09:00"))
    phone.texts("I can't come to the appointment, can we move it?")
    return asked


@scene("superseded")
def _(hospital: Hospital) -> Asked:
    hospital.clock.move(to=at("2026-03-10T12:00"))
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 3, 23), TreatmentState.PLANNED)
    cannot_send(hospital, "2026-03-10T12:01")
    moves(hospital, date(2026, 3, 23), date(2026, 3, 30))
    hospital.run_due()
    return Asked(date(2026, 3, 10), "visit_due")


@scene("no_reminder")
def _(hospital: Hospital) -> Asked:
    to_be_checked_up(hospital)
    hospital.clock.move(to=at("2026-03-30T12:00"))  # down over the second reminder, of 29 March
    hospital.run_due()
    return Asked(date(2026, 3, 29), CHECK_UP)


@scene("nothing_planned")
def _(hospital: Hospital) -> Asked:
    hospital.enrols()
    return Asked(date(2026, 1, 20), None)


@pytest.mark.parametrize("code", SCENES)
def test_it_is_told_in_words(hospital: Hospital, code: str) -> None:
    on, about = SCENES[code](hospital)
    reasons = said(hospital, on)
    [words] = {words for one, of, words in reasons if (one, of) == (code, about)} or [f"only {reasons}"]
    assert words.startswith(WORDS[code].partition("%(")[0])
    assert "%(" not in words


def test_no_reason_that_a_participant_can_have_is_left_out() -> None:
    assert SCENES.keys() == WORDS.keys() - {"staff_inactive"}
