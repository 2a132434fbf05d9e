"""The days after an ablation: asked in the morning of the participant's own clock, question by question, and never at night."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from followup_service.checkins.checkin import CheckinState
from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import ParticipantState
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.rule_definitions import Level
from tests.hospital import Hospital, Phone

MONDAY = date(2026, 1, 5)
QUESTIONS = ["question.temperature", "question.worst_pain", "question.red_flags"]


def ablated(hospital: Hospital, **values: str) -> Phone:
    phone = hospital.enrols(arm="rfa", **values)
    hospital.treats("PKU-001", "rfa", MONDAY)
    return phone


@pytest.mark.parametrize(
    ("zone", "ablated_on", "asked_at"),
    [
        ("Asia/Shanghai", date(2026, 1, 5), "2026-01-06T10:00+08:00"),
        ("Europe/London", date(2026, 1, 5), "2026-01-06T10:00+00:00"),
        ("America/New_York", date(2026, 1, 5), "2026-01-06T10:00-05:00"),
        ("Europe/London", date(2026, 3, 28), "2026-03-29T10:00+01:00"),  # the clocks went forward that night
        ("America/New_York", date(2026, 3, 7), "2026-03-08T10:00-04:00"),
        ("America/New_York", date(2026, 10, 31), "2026-11-01T10:00-05:00"),  # and back that night
    ],
)
def test_the_first_check_in_comes_the_next_morning_by_the_participants_own_clock(
    hospital: Hospital, zone: str, ablated_on: date, asked_at: str
) -> None:
    hospital.clock.move(to=datetime.combine(ablated_on, time(15), ZoneInfo(zone)))
    phone = hospital.enrols(arm="rfa", timezone=zone)
    hospital.treats("PKU-001", "rfa", ablated_on)
    due = datetime.fromisoformat(asked_at)
    hospital.move(to=due - timedelta(seconds=1))
    assert phone.told() == []
    hospital.move(to=due)
    assert phone.told() == ["question.temperature"]


def test_by_digit_the_questions_follow_each_other_and_end_with_thanks(hospital: Hospital) -> None:
    phone = ablated(hospital)
    hospital.move(to=datetime(2026, 1, 6, 2, 30, tzinfo=UTC))
    phone.replies("36.8", "1", "2")
    assert phone.told() == [*QUESTIONS, "checkin_done"]
    assert hospital.checkins()[0].state is CheckinState.COMPLETED
    assert hospital.escalations() == []
    hospital.move(to=datetime(2026, 1, 6, 23, tzinfo=UTC))
    assert len(phone.told()) == 4


@pytest.mark.parametrize(
    ("language", "answers"),
    [("en", ("it is 36.9 now", "just mild", "No, nothing")), ("zh_Hans", ("体温36度8", "轻微", "没有"))],
)
def test_in_words_the_same(hospital: Hospital, language: str, answers: tuple[str, ...]) -> None:
    phone = ablated(hospital, language=language)
    hospital.move(to=datetime(2026, 1, 6, 2, 30, tzinfo=UTC))
    phone.replies(*answers)
    assert phone.told() == [*QUESTIONS, "checkin_done"]
    assert hospital.escalations() == []


def test_a_chinese_participant_is_asked_in_chinese(hospital: Hospital) -> None:
    phone = ablated(hospital, language="zh_Hans")
    hospital.move(to=datetime(2026, 1, 6, 2, tzinfo=UTC))
    assert "体温" in phone.last_text


def test_on_day_three_the_skin_is_asked_about_too(hospital: Hospital) -> None:
    phone = ablated(hospital)
    hospital.clock.move(to=datetime(2026, 1, 8, 1, 59, tzinfo=UTC))
    hospital.move(minutes=1)
    phone.replies("36.8", "0", "2")
    assert phone.told()[-1] == "question.burns_or_wound"
    phone.replies("1")
    assert hospital.escalations()[-1].reasons == ["BURN"]


def test_who_does_not_answer_is_reminded_once_and_then_a_person_looks(hospital: Hospital) -> None:
    phone = ablated(hospital)
    hospital.move(to=datetime(2026, 1, 6, 11, 59, tzinfo=UTC))
    assert phone.told() == ["question.temperature"] * 2
    assert hospital.escalations() == []
    hospital.move(minutes=1)
    assert len(phone.told()) == 2
    assert (hospital.the_escalation().reasons, hospital.the_escalation().level) == (["SILENT"], Level.REVIEW)
    assert not hospital.nurse.was_paged()


def test_silence_on_the_monthly_check_in_troubles_nobody(hospital: Hospital) -> None:
    phone = hospital.enrols()
    hospital.move(to=datetime(2026, 2, 8, tzinfo=UTC))
    assert phone.told() == ["question.temperature"] * 2
    assert [checkin.closed_because for checkin in hospital.checkins("monthly")] == ["not_answered"]
    assert hospital.escalations() == []


def test_a_yes_to_the_red_flags_is_an_emergency_and_ends_the_questions(hospital: Hospital) -> None:
    phone = ablated(hospital)
    hospital.move(to=datetime(2026, 1, 6, 2, tzinfo=UTC))
    phone.replies("36.8", "0", "1")
    assert hospital.the_escalation().reasons == ["RED_FLAG_REPORTED"]
    assert hospital.nurse.was_paged("emergency")
    assert phone.told()[-1] == "emergency_now"
    assert hospital.checkins()[0].closed_because == "escalated"


@pytest.mark.parametrize("answer", ["1", "thanks, all good but yes", "no, sorry, yes", "good morning, yes"])
def test_a_yes_to_the_red_flags_is_one_whatever_stands_before_it(hospital: Hospital, answer: str) -> None:
    phone = ablated(hospital)
    hospital.move(to=datetime(2026, 1, 6, 2, tzinfo=UTC))
    phone.replies("36.8", "0", answer)
    assert hospital.the_escalation().reasons == ["RED_FLAG_REPORTED"]


@pytest.mark.parametrize("answer", ["ok", "same as yesterday", "not sure"])
def test_an_answer_to_the_red_flags_that_is_neither_yes_nor_no_is_asked_again_and_read_by_a_person(hospital: Hospital, answer: str) -> None:
    phone = ablated(hospital)
    hospital.move(to=datetime(2026, 1, 6, 2, tzinfo=UTC))
    phone.replies("36.8", "0", answer)
    assert phone.told()[-1] == "question.red_flags"
    assert (hospital.the_escalation().reasons, hospital.the_escalation().level) == (["UNREADABLE"], Level.REVIEW)


def test_severe_pain_is_urgent_and_the_questions_go_on(hospital: Hospital) -> None:
    phone = ablated(hospital)
    hospital.move(to=datetime(2026, 1, 6, 2, tzinfo=UTC))
    phone.replies("36.8", "3")
    assert (hospital.the_escalation().reasons, hospital.the_escalation().level) == (["PAIN_SCORE_HIGH"], Level.URGENT)
    assert hospital.nurse.was_paged("urgent")
    assert phone.told()[-2:] == ["urgent_now", "question.red_flags"]


def test_pain_two_points_worse_than_last_time_is_urgent(hospital: Hospital) -> None:
    phone = ablated(hospital)
    for day, pain in ((6, "0"), (7, "2")):
        hospital.move(to=datetime(2026, 1, day, 2, tzinfo=UTC))
        phone.replies("36.8", pain, "2")
    assert hospital.the_escalation().reasons == ["PAIN_SCORE_RISEN"]


def test_other_words_in_the_middle_are_read_and_the_question_comes_back_once(hospital: Hospital) -> None:
    phone = ablated(hospital)
    hospital.move(to=datetime(2026, 1, 6, 2, tzinfo=UTC))
    phone.replies("my shoulder hurts")
    assert hospital.the_escalation().reasons == ["SHOULDER_PAIN"]
    assert phone.told() == ["question.temperature", "urgent_now", "question.temperature"]
    phone.replies("what is for dinner at the canteen")
    assert phone.told().count("question.temperature") == 2
    phone.replies("36.6")
    assert phone.told()[-1] == "question.worst_pain"


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_nothing_is_asked_at_night_in_four_weeks(hospital: Hospital, zone: str) -> None:
    phone = hospital.enrols(arm="rfa", timezone=zone)
    hospital.treats("PKU-001", "rfa", hospital.clock.now().astimezone(ZoneInfo(zone)).date())
    hospital.treats("PKU-001", "systemic", MONDAY - timedelta(days=10))
    hospital.move(days=28)
    hours = [row.changed_at.astimezone(ZoneInfo(zone)).time() for row in phone.messages(Purpose.QUESTION)]
    assert len(hours) >= 18
    assert all(time(8) <= hour < time(20) for hour in hours)


def test_after_three_hours_of_standstill_it_is_asked_once(hospital: Hospital) -> None:
    phone = ablated(hospital)
    hospital.clock.move(to=datetime(2026, 1, 6, 5, tzinfo=UTC))
    for _ in range(3):
        hospital.run_due()
    assert phone.told() == ["question.temperature"]


def test_yesterdays_question_is_not_asked_today_and_a_person_hears_that_nobody_asked(hospital: Hospital) -> None:
    phone = ablated(hospital)
    hospital.clock.move(to=datetime(2026, 1, 7, 1, tzinfo=UTC))
    hospital.run_due()
    assert phone.told() == []
    missed = hospital.checkins("after_rfa")[0]
    assert (missed.occurrence, missed.closed_because) == ("2026-01-06", "not_started_in_time")
    assert hospital.the_escalation().reasons == ["SILENT"]
    hospital.move(to=datetime(2026, 1, 7, 2, tzinfo=UTC))
    assert phone.told() == ["question.temperature"]


def test_a_question_that_could_not_leave_by_evening_is_not_asked_at_night(hospital: Hospital) -> None:
    phone = hospital.enrols()
    hospital.treats("PKU-001", "rfa", MONDAY + timedelta(days=1), state=TreatmentState.PLANNED)
    hospital.app.extensions["sms_gateway"].down = True
    hospital.move(to=datetime(2026, 1, 5, 13, tzinfo=UTC))
    hospital.app.extensions["sms_gateway"].down = False
    hospital.move(hours=2)
    assert phone.told() == []
    assert {row.state for row in phone.messages(Purpose.QUESTION)} == {OutboundState.NOT_SENT}


def test_a_closing_text_asked_for_at_night_goes_out_in_the_morning(hospital: Hospital) -> None:
    phone = hospital.enrols(timezone="America/New_York")
    hospital.move(to=datetime(2026, 1, 6, 7, tzinfo=UTC))  # two at night in New York, mid-afternoon in Beijing
    hospital.ends("PKU-001", ParticipantState.WITHDRAWN)
    hospital.move(to=datetime(2026, 1, 6, 12, 59, tzinfo=UTC))
    assert phone.told() == []
    hospital.move(minutes=1)
    assert phone.told() == ["withdrawn"]
