"""Whoever wrote of an alarm hears until when a nurse calls, has that call, and is asked the next morning how they are."""

from datetime import datetime, timedelta

import pytest

from followup_service.errors import Conflict
from followup_service.escalations.escalation import EscalationState, EventKind, Outcome
from followup_service.escalations.settle_escalation import record_call, resolve_escalation
from followup_service.participants.participant import ParticipantState
from followup_service.protocol.rule_definitions import Level
from tests.hospital import Hospital, Phone

NEXT_MORNING = datetime.fromisoformat("2026-01-06T09:00+08:00")


def at(hospital: Hospital, local: str) -> None:
    hospital.move(to=datetime.fromisoformat(f"{local}+08:00"))


def calls(hospital: Hospital, reached: bool, by: str = "nurse-li") -> None:
    with hospital.session() as session:
        now, study = hospital.clock.now(), hospital.app.extensions["study"]
        record_call(session, hospital.escalations()[0].id, by, now, study=study, reached=reached, note="drinks, no chills")
        session.commit()
    hospital.run_due()


def resolves(hospital: Hospital, outcome: Outcome = Outcome.ADVISED) -> None:
    with hospital.session() as session:
        now, study = hospital.clock.now(), hospital.app.extensions["study"]
        resolve_escalation(session, hospital.escalations()[-1].id, "nurse-li", outcome, "called", now, study=study)
        session.commit()
    hospital.run_due()


def feverish(hospital: Hospital, body: str = "39.2", **values: str) -> Phone:
    phone = hospital.enrols(**values)
    phone.texts(body)
    return phone


@pytest.mark.parametrize(
    ("timezone", "body", "promise"),
    [
        ("Asia/Shanghai", "39.2", "9:30 AM"),
        ("Asia/Kathmandu", "39.2", "7:15 AM"),
        ("Europe/London", "39.2", "1:30 AM"),
        ("Asia/Shanghai", "shoulder pain", "11:00 AM"),
        ("Europe/London", "shoulder pain", "10:00 AM"),
    ],
)
def test_the_participant_is_told_by_their_own_clock_until_when_a_nurse_calls(
    hospital: Hospital, timezone: str, body: str, promise: str
) -> None:
    phone = feverish(hospital, body, timezone=timezone)
    hospital.nurse.texts("1")
    number = "999" if timezone == "Europe/London" else "102" if timezone == "Asia/Kathmandu" else "120"
    expected = f"A nurse has read your message and will call you by {promise}. If it gets worse, do not wait: call {number}."
    assert phone.last_text == expected


def test_without_a_call_by_then_it_returns_and_the_next_promise_is_told(hospital: Hospital) -> None:
    phone = feverish(hospital)
    hospital.nurse.texts("1")
    hospital.move(minutes=29)
    assert hospital.the_escalation().state is EscalationState.ACKNOWLEDGED
    hospital.move(minutes=1)
    assert hospital.the_escalation().state is EscalationState.OPEN
    assert hospital.nurse.pages()[-1].startswith("NOT DONE EMERGENCY PKU-001")
    hospital.move(minutes=10)
    hospital.doctor.texts("1")
    assert "by 10:15 AM." in phone.last_text
    assert phone.told().count("nurse_will_call") == 2


def test_a_participant_who_was_reached_has_had_their_call_and_the_outcome_is_still_due(hospital: Hospital) -> None:
    feverish(hospital)
    hospital.nurse.texts("1")
    hospital.move(minutes=5)
    calls(hospital, reached=True)
    hospital.move(minutes=114)
    assert hospital.the_escalation().state is EscalationState.ACKNOWLEDGED
    hospital.move(minutes=1)
    assert hospital.the_escalation().state is EscalationState.OPEN
    called = next(step for step in hospital.steps() if step.kind is EventKind.CALLED)
    assert (called.actor, called.note) == ("nurse-li", "drinks, no chills")


def test_a_call_that_nobody_answered_keeps_no_promise(hospital: Hospital) -> None:
    feverish(hospital)
    hospital.nurse.texts("1")
    calls(hospital, reached=False)
    hospital.move(minutes=30)
    assert hospital.nurse.pages()[-1].startswith("NOT DONE")


def test_only_whoever_has_it_calls(hospital: Hospital) -> None:
    feverish(hospital)
    with pytest.raises(Conflict, match="take it first"):
        calls(hospital, reached=True)
    hospital.nurse.texts("1")
    with pytest.raises(Conflict, match="already taken by nurse-li"):
        calls(hospital, reached=True, by="dr-wang")


def test_three_after_one_says_that_the_call_was_made(hospital: Hospital) -> None:
    phone = feverish(hospital)
    hospital.nurse.replies("1", "3")
    hospital.move(minutes=118)
    assert hospital.the_escalation().state is EscalationState.ACKNOWLEDGED
    assert phone.told().count("nurse_will_call") == 1


def test_who_only_watches_promises_no_call(hospital: Hospital) -> None:
    phone = feverish(hospital)
    hospital.nurse.texts("3")
    assert phone.told()[-1] == "nurse_has_read"


def test_the_promise_binds_whoever_it_is_handed_on_to(hospital: Hospital) -> None:
    phone = feverish(hospital)
    hospital.nurse.replies("1", "4")
    hospital.doctor.replies("1")
    assert phone.told().count("nurse_will_call") == 1
    hospital.move(minutes=43)
    assert hospital.doctor.pages()[-1].startswith("NOT DONE")


def test_worse_news_need_a_new_promise(hospital: Hospital) -> None:
    phone = feverish(hospital, "38.5")
    hospital.nurse.texts("1")
    hospital.move(minutes=20)
    phone.texts("39.4")
    hospital.nurse.texts("1")
    assert "by 10:00" in phone.last_text


@pytest.mark.parametrize("digit", ["1", "2"])
def test_the_next_morning_the_participant_is_asked_how_they_are(hospital: Hospital, digit: str) -> None:
    phone = feverish(hospital)
    hospital.nurse.texts(digit)
    if digit == "1":
        resolves(hospital)
    hospital.move(to=NEXT_MORNING)
    assert phone.told()[-1] == "question.how_are_you_today"
    phone.replies("better, thank you")
    assert phone.told()[-1] == "question.temperature"
    phone.replies("36.9")
    assert phone.told()[-1] == "checkin_done"
    hospital.move(days=2)
    assert len(hospital.escalations()) == 1
    assert phone.told().count("question.how_are_you_today") == 1


def test_an_alarm_at_night_is_followed_up_the_same_morning(hospital: Hospital) -> None:
    at(hospital, "2026-01-06T02:00")
    phone = feverish(hospital)
    hospital.nurse.texts("2")
    hospital.move(to=NEXT_MORNING)
    assert phone.told()[-1] == "question.how_are_you_today"


def test_no_answer_after_an_emergency_is_an_alarm_of_its_own(hospital: Hospital) -> None:
    phone = feverish(hospital)
    hospital.nurse.texts("2")
    hospital.move(to=NEXT_MORNING + timedelta(hours=2, minutes=59))
    assert phone.told().count("question.how_are_you_today") == 2
    assert len(hospital.escalations()) == 1
    hospital.move(minutes=1)
    silent = hospital.escalations()[-1]
    assert (silent.reasons, silent.level, silent.follows) == (["NO_ANSWER_AFTER_ALARM"], Level.URGENT, 1)
    assert "no answer after an emergency" in hospital.nurse.pages()[-1]


def test_any_words_are_an_answer_and_bad_ones_are_an_alarm(hospital: Hospital) -> None:
    phone = feverish(hospital)
    hospital.nurse.texts("2")
    hospital.move(to=NEXT_MORNING)
    phone.texts("shaking chills again all night")
    assert hospital.escalations()[-1].level is Level.EMERGENCY
    assert hospital.nurse.pages()[-1].startswith("BACK EMERGENCY")


def test_silence_after_an_urgent_alarm_is_none(hospital: Hospital) -> None:
    feverish(hospital, "shoulder pain")
    hospital.nurse.texts("2")
    hospital.move(to=NEXT_MORNING + timedelta(hours=12))
    assert [checkin.closed_because for checkin in hospital.checkins("after_urgent")] == ["not_answered"]
    assert len(hospital.escalations()) == 1


def test_after_a_false_alarm_nobody_asks(hospital: Hospital) -> None:
    phone = feverish(hospital)
    hospital.nurse.texts("1")
    resolves(hospital, Outcome.FALSE_ALARM)
    hospital.move(to=NEXT_MORNING + timedelta(hours=1))
    assert "question.how_are_you_today" not in phone.told()


def test_two_alarms_of_one_day_are_one_question(hospital: Hospital) -> None:
    phone = feverish(hospital, "shoulder pain")
    resolves(hospital)
    hospital.move(hours=1)
    phone.texts("39.5")
    resolves(hospital)
    hospital.move(to=NEXT_MORNING + timedelta(minutes=1))
    assert [checkin.plan for checkin in hospital.checkins()] == ["after_emergency"]
    assert phone.told().count("question.how_are_you_today") == 1


def test_after_a_death_nobody_asks(hospital: Hospital) -> None:
    phone = feverish(hospital)
    hospital.nurse.texts("2")
    hospital.ends("PKU-001", ParticipantState.DECEASED)
    before = phone.told()
    hospital.move(to=NEXT_MORNING + timedelta(days=1))
    assert phone.told() == before
