"""A check-in as a conversation: answered in part, interrupted, corrected, overtaken by a more important one, held up by an outage."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from followup_service.checkins.checkin import Answer, CheckinState
from followup_service.checkins.report import Report, ReportKind
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.rule_definitions import Level
from tests.hospital import Hospital, Phone

MONDAY = date(2026, 1, 5)
TUESDAY_AT_TEN = datetime(2026, 1, 6, 2, tzinfo=UTC)


def asked(hospital: Hospital, **values: str) -> Phone:
    """On the day after an ablation, with the first question on the phone."""
    phone = hospital.enrols(arm="rfa", **values)
    hospital.treats("PKU-001", "rfa", MONDAY)
    hospital.move(to=TUESDAY_AT_TEN)
    assert phone.told() == ["question.temperature"]
    return phone


def answers(hospital: Hospital) -> list[tuple[str, str]]:
    with hospital.session() as session:
        return [(row.question, row.value) for row in session.scalars(select(Answer).order_by(Answer.answered_at, Answer.id))]


def temperatures(hospital: Hospital) -> list[str]:
    with hospital.session() as session:
        rows = session.scalars(select(Report).where(Report.kind == ReportKind.TEMPERATURE).order_by(Report.reported_at))
        return [f"{row.celsius:.1f}" for row in rows]


def test_what_was_answered_counts_and_a_person_sees_that_the_rest_is_missing(hospital: Hospital) -> None:
    phone = asked(hospital)
    phone.replies("36.8")
    hospital.move(hours=11)
    assert phone.told() == ["question.temperature", "question.worst_pain", "question.worst_pain"]
    assert answers(hospital) == [("temperature", "36.80")]
    assert hospital.checkins()[0].closed_because == "partly_answered"
    assert (hospital.the_escalation().reasons, hospital.the_escalation().level) == (["BROKEN_OFF"], Level.REVIEW)


def test_who_answers_at_the_last_minute_is_still_heard_out(hospital: Hospital) -> None:
    phone = asked(hospital)
    hospital.move(minutes=598)
    phone.replies("36.8")
    hospital.move(minutes=5)
    phone.replies("1", "2")
    assert phone.told()[-1] == "checkin_done"
    assert hospital.checkins()[0].state is CheckinState.COMPLETED


@pytest.mark.parametrize(
    ("aside", "answered"),
    [
        ("can I eat eggs tomorrow?", "question_passed_on"),
        ("please call me back", "callback"),
        ("a little tired today", "received"),
    ],
)
def test_something_else_is_answered_and_then_the_question_comes_back(hospital: Hospital, aside: str, answered: str) -> None:
    phone = asked(hospital)
    phone.replies(aside)
    assert phone.told() == ["question.temperature", answered, "question.temperature"]
    phone.replies("36.8")
    assert phone.told()[-1] == "question.worst_pain"


def test_a_corrected_fever_is_kept_twice_and_the_alarm_stays(hospital: Hospital) -> None:
    phone = asked(hospital)
    phone.replies("38.7")
    phone.replies("sorry I meant 37.8")
    assert answers(hospital) == [("temperature", "38.70"), ("temperature", "37.80")]
    assert temperatures(hospital) == ["38.7", "37.8"]
    assert (hospital.the_escalation().reasons, hospital.the_escalation().level) == (["FEVER"], Level.EMERGENCY)
    assert hospital.the_escalation().resolved_at is None
    assert phone.told() == ["question.temperature", "emergency_now", "corrected"]


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_a_correction_in_the_middle_is_kept_beside_the_first_and_the_question_comes_back(hospital: Hospital, language: str) -> None:
    phone = asked(hospital, language=language)
    phone.replies("36.8", {"en": "sorry I meant 37.8", "zh_Hans": "不好意思，是37.8"}[language])
    assert answers(hospital) == [("temperature", "36.80"), ("temperature", "37.80")]
    assert phone.told()[1:] == ["question.worst_pain", "corrected", "question.worst_pain"]
    phone.replies("1", "2")
    assert phone.told()[-1] == "checkin_done"
    assert hospital.escalations() == []


def test_a_correction_upwards_is_an_alarm(hospital: Hospital) -> None:
    phone = asked(hospital)
    phone.replies("36.8", "sorry, I meant 38.6")
    assert hospital.the_escalation().reasons == ["FEVER"]
    assert hospital.nurse.was_paged("emergency")
    assert answers(hospital) == [("temperature", "36.80"), ("temperature", "38.60")]


def test_a_pain_digit_is_corrected_while_the_next_question_is_open(hospital: Hospital) -> None:
    phone = asked(hospital)
    phone.replies("36.8", "0", "sorry I meant 3")
    assert answers(hospital)[1:] == [("worst_pain", "0"), ("worst_pain", "3")]
    assert "PAIN_SCORE_HIGH" in hospital.the_escalation().reasons
    with hospital.session() as session:
        (kept,) = (text.reading for text in session.scalars(select(InboundMessage)) if text.body == "sorry I meant 3")
    assert '"meaning": "answer", "written": "3", "span": [14, 15]' in kept
    phone.replies("2")
    assert phone.told()[-1] == "checkin_done"


def test_the_same_number_again_is_no_correction(hospital: Hospital) -> None:
    phone = asked(hospital)
    phone.replies("36.8", "36.8")
    assert answers(hospital) == [("temperature", "36.80")]
    assert "corrected" not in phone.told()


def test_the_temperature_before_a_treatment_goes_before_the_questions_of_the_day(hospital: Hospital) -> None:
    phone = asked(hospital)
    hospital.treats("PKU-001", "systemic", MONDAY + timedelta(days=2), state=TreatmentState.PLANNED)
    hospital.move(to=datetime(2026, 1, 6, 9, 57, tzinfo=UTC))
    assert phone.told() == ["question.temperature"] * 2
    phone.replies("36.8")
    hospital.move(minutes=2)
    assert phone.told()[2:] == ["question.worst_pain", "question.temperature"]
    phone.replies("36.9")
    assert phone.told()[-1] == "question.worst_pain"
    assert [checkin.plan for checkin in hospital.checkins() if checkin.state is CheckinState.COMPLETED] == ["before_treatment_evening"]
    phone.replies("1", "2")
    assert phone.told()[-1] == "checkin_done"


def test_a_fever_before_a_treatment_holds_it_also_when_nobody_asked(hospital: Hospital) -> None:
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", MONDAY + timedelta(days=1), state=TreatmentState.PLANNED)
    hospital.move(to=datetime(2026, 1, 5, 23, 30, tzinfo=UTC))  # half past seven on the morning of treatment
    phone.texts("38.6")
    assert hospital.escalations()[-1].reasons == ["FEVER", "HOLD_TREATMENT"]
    assert "hold treatment?" in hospital.nurse.pages()[-1]
    assert phone.told()[-1] == "hold_treatment"


def test_after_an_outage_of_the_provider_a_question_comes_once(hospital: Hospital) -> None:
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", MONDAY)
    hospital.app.extensions["sms_gateway"].down = True
    hospital.move(to=TUESDAY_AT_TEN + timedelta(hours=4))  # the question and its repetition both wait by now
    hospital.app.extensions["sms_gateway"].down = False
    hospital.move(hours=3)
    assert phone.told() == ["question.temperature"]
    with hospital.session():
        kept = [row.not_sent_reason for row in phone.messages(Purpose.QUESTION) if row.state is OutboundState.NOT_SENT]
    assert kept == ["replaced"]


def test_an_emergency_ends_all_questions_that_wait(hospital: Hospital) -> None:
    phone = asked(hospital)
    hospital.treats("PKU-001", "systemic", MONDAY + timedelta(days=2), state=TreatmentState.PLANNED)
    hospital.move(to=datetime(2026, 1, 6, 10, 1, tzinfo=UTC))
    phone.replies("39.2")
    assert {checkin.closed_because for checkin in hospital.checkins()} == {"escalated"}
    phone.replies("2")
    assert phone.told()[-1] == "hold_treatment"
