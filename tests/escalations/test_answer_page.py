"""What a nurse's answer to a page does: it takes the alarm, and whoever was too late is told who has it."""

import pytest

from followup_service.escalations.escalation import EscalationState, Outcome
from followup_service.messaging.purposes import Purpose
from tests.hospital import Hospital, Nurse


@pytest.mark.parametrize("answer", ["1", " 1. ", "１", "1 1", "1 No. 1", "1 #1", "１ １"])
def test_one_takes_the_open_alarm(hospital: Hospital, answer: str) -> None:
    hospital.enrols().texts("39.2")
    hospital.nurse.texts(answer)
    assert hospital.the_escalation().acknowledged_by == "nurse-li"
    assert hospital.nurse.last_text == "No. 1 (PKU-001) is yours. Please call now, by 9:30 AM at the latest, then record the outcome."


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
    hospital.move(minutes=11)
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
    assert hospital.nurse.told()[-1] == "page_taken_until"


def test_two_ends_it_as_sent_to_hospital(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.nurse.texts("2")
    episode = hospital.the_escalation()
    assert (episode.state, episode.outcome, episode.resolved_by) == (EscalationState.RESOLVED, Outcome.SENT_TO_HOSPITAL, "nurse-li")
    assert episode.note == "Answered by text: sent to hospital."
    assert hospital.nurse.told()[-1] == "page_closed"
    hospital.doctor.texts("2 1")
    assert hospital.doctor.last_text == "No. 1 was already closed by nurse-li. Nothing more to do."


def test_three_watches_and_it_comes_back_by_itself(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.nurse.texts("3")
    assert hospital.nurse.last_text == "No. 1 (PKU-001) is yours to watch. It comes back at 11:00 AM, or earlier if it gets worse."
    hospital.move(hours=1, minutes=59)
    assert len(hospital.nurse.pages()) == 1
    hospital.move(minutes=2)
    assert hospital.nurse.pages()[-1].startswith("NOT DONE")
    hospital.nurse.texts("2")
    assert hospital.the_escalation().state is EscalationState.RESOLVED


def test_four_hands_on_at_once(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.nurse.texts("4")
    assert hospital.nurse.told()[-1] == "page_handed_on"
    assert hospital.doctor.was_paged("emergency")
    hospital.move(minutes=30)
    assert len(hospital.nurse.pages()) == 1
    hospital.doctor.texts("1")
    assert hospital.the_escalation().acknowledged_by == "dr-wang"


def test_four_after_one_gives_it_back(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.nurse.texts("1")
    hospital.nurse.texts("4")
    assert (hospital.the_escalation().state, hospital.the_escalation().acknowledged_by) == (EscalationState.OPEN, None)
    assert hospital.doctor.was_paged("emergency")


def test_where_nobody_else_is_there_four_hands_on_to_nobody(hospital: Hospital) -> None:
    hospital.dismisses("dr-wang")
    hospital.enrols().texts("39.2")
    hospital.nurse.texts("4")
    assert hospital.nurse.told()[-1] == "page_nobody_else"
    hospital.move(minutes=11)
    assert len(hospital.nurse.pages()) == 2


def test_where_all_said_that_it_is_not_theirs_all_are_asked_again(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.nurse.texts("4")
    hospital.doctor.texts("4")
    assert hospital.doctor.told()[-1] == "page_nobody_else"
    hospital.move(minutes=30)
    assert len(hospital.doctor.pages()) > 1


@pytest.mark.parametrize("digit", ["2", "3", "4"])
def test_what_another_has_in_hand_a_text_does_not_take_away(hospital: Hospital, digit: str) -> None:
    hospital.enrols().texts("39.2")
    hospital.doctor.texts("1 1")
    hospital.nurse.texts(f"{digit} 1")
    assert hospital.nurse.last_text == "No. 1 was already taken by dr-wang. Nothing more to do."
    assert hospital.the_escalation().acknowledged_by == "dr-wang"


def test_one_of_what_is_theirs_already_says_so(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.nurse.texts("1")
    hospital.nurse.texts("1")
    assert hospital.nurse.told()[-1] == "page_yours_already"


def test_with_several_in_hand_the_digit_needs_the_number(hospital: Hospital) -> None:
    for code, number in (("PKU-001", "+8613800138001"), ("PKU-002", "+8613800138002")):
        hospital.enrols(code, number).texts("39.2")
    hospital.nurse.texts("1 1")
    hospital.nurse.texts("2")
    assert hospital.nurse.last_text == "Several are open: 1, 2. Reply 2 and the number, for example 2 1."
    hospital.nurse.texts("2 1")
    assert [episode.state for episode in hospital.escalations()] == [EscalationState.RESOLVED, EscalationState.OPEN]


def test_a_phone_counts_once_its_owner_texted_the_code(hospital: Hospital) -> None:
    added = hospital.runs("staff", "add", "nurse-new", "--site", "PKU", "--phone", "+8613900000007")
    code = added.output.split(": ")[1][:6]
    hospital.runs("roster", "add", "nurse-new", "--site", "PKU", "--position", "1")
    new = Nurse(hospital, "+8613900000007")
    hospital.enrols().texts("39.2")
    assert new.told() == ["page_phone_code"]
    assert code not in new.received()[0]
    new.replies("1 1")
    assert hospital.escalations()[0].state is EscalationState.OPEN
    new.replies("000000" if code != "000000" else "111111")
    assert new.told()[-1] == "page_phone_wrong_code"
    new.replies(f"{code[:3]} {code[3:]}")
    assert new.told()[-1] == "page_phone_verified"
    new.replies("1 1")
    assert hospital.escalations()[0].acknowledged_by == "nurse-new"


def test_a_code_cannot_be_guessed(hospital: Hospital) -> None:
    added = hospital.runs("staff", "add", "nurse-new", "--site", "PKU", "--phone", "+8613900000007")
    code = added.output.split(": ")[1][:6]
    new = Nurse(hospital, "+8613900000007")
    for guess in range(6):
        new.texts(f"{(int(code) + guess + 1) % 1_000_000:06}")
    new.texts(code)
    assert new.told()[-1] == "page_phone_wrong_code"


def test_what_else_an_unverified_phone_texts_is_a_strangers_text(hospital: Hospital) -> None:
    phone = hospital.employs("nurse-new", "+8613900000007", verified=False)
    phone.texts("I have 39.5 and shaking chills, who is this?")
    assert hospital.the_escalation().participant_id is None
    assert hospital.nurse.was_paged("emergency")
