"""What a nurse's answer to a page does: it takes the alarm, and whoever was too late is told who has it."""

import pytest

from followup_service.escalations.escalation import EscalationState
from followup_service.messaging.purposes import Purpose
from tests.hospital import Hospital


@pytest.mark.parametrize("answer", ["1", " 1. ", "１", "1 1", "1 No. 1", "1 #1", "１ １"])
def test_one_takes_the_open_alarm(hospital: Hospital, answer: str) -> None:
    hospital.enrols().texts("39.2")
    hospital.nurse.texts(answer)
    assert hospital.the_escalation().acknowledged_by == "nurse-li"
    assert hospital.nurse.last_text == "No. 1 (PKU-001) is yours. Please call now, then record the outcome."


@pytest.mark.parametrize("answer", ["5", "11", "ok", "on my way", "not 1", ""])
def test_anything_else_takes_nothing_and_is_told_how(hospital: Hospital, answer: str) -> None:
    hospital.enrols().texts("39.2")
    hospital.nurse.texts(answer)
    assert hospital.the_escalation().state is EscalationState.OPEN
    assert hospital.nurse.told()[-1] == "page_not_understood"


def test_with_several_open_the_nurse_says_which(hospital: Hospital) -> None:
    for code, number in (("PKU-001", "+8613800138001"), ("PKU-002", "+8613800138002")):
        hospital.enrols(code, number).texts("39.2")
    hospital.nurse.texts("1")
    assert hospital.nurse.last_text == "Several are open: 1, 2. Reply 1 and the number, for example 1 1."
    hospital.nurse.texts("1 2")
    assert [episode.acknowledged_by for episode in hospital.escalations()] == [None, "nurse-li"]
    hospital.nurse.texts("1")
    assert [episode.acknowledged_by for episode in hospital.escalations()] == ["nurse-li", "nurse-li"]


def test_who_comes_second_is_told_who_has_it(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.move(minutes=6)
    hospital.doctor.texts("1")
    for late in ("1", "1 1"):
        hospital.nurse.texts(late)
        assert hospital.nurse.last_text == "No. 1 was already taken by dr-wang. Nothing more to do."
    assert hospital.the_escalation().acknowledged_by == "dr-wang"


def test_one_with_nothing_open_takes_nothing(hospital: Hospital) -> None:
    hospital.nurse.texts("1")
    assert hospital.nurse.told() == ["page_none"]
    hospital.nurse.texts("1 7")
    assert hospital.nurse.told() == ["page_none"] * 2


def test_a_colleague_of_the_same_site_may_take_an_alarm_by_its_number_before_being_paged(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.doctor.texts("1")
    assert hospital.the_escalation().state is EscalationState.OPEN
    hospital.doctor.texts("1 1")
    assert hospital.the_escalation().acknowledged_by == "dr-wang"


def test_another_site_can_neither_take_nor_see_an_alarm(hospital: Hospital) -> None:
    stranger = hospital.employs_elsewhere("nurse-zhao", "+8613900000009")
    hospital.enrols().texts("39.2")
    stranger.texts("1 1")
    assert stranger.told()[-1] == "page_none"
    assert hospital.the_escalation().state is EscalationState.OPEN


def test_somebody_who_left_the_team_takes_nothing(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.dismisses("nurse-li")
    hospital.nurse.texts("1")
    assert hospital.escalations()[0].state is EscalationState.OPEN


def test_a_phone_that_answers_by_itself_is_not_answered_for_ever(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    for _ in range(30):
        hospital.post_inbound(hospital.nurse.number, "I am driving and will answer later")
    hospital.run_due()
    assert len(hospital.nurse.received(Purpose.STAFF_ANSWER)) <= 3
    hospital.nurse.replies("1")
    assert hospital.the_escalation().acknowledged_by == "nurse-li"
    assert hospital.nurse.told()[-1] == "page_taken"
