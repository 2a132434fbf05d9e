"""A page by call or e-mail: it rings where a text was not answered, moves on where it fails, and never does nothing."""

import pytest

from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.paging_clock import Channel
from followup_service.staff.change_roster import lead_the_site
from tests.hospital import Hospital, Nurse


@pytest.fixture
def professor(hospital: Hospital) -> Nurse:
    """The principal investigator, who reads e-mail and Chinese."""
    nurse = hospital.employs("prof-zhou", "+8613900000008", language="zh_Hans", email="zhou@hospital.example")
    with hospital.staff("prof-zhou") as (session, person):
        lead_the_site(session, person, hospital.clock.now(), "tests")
    return nurse


def emails(hospital: Hospital, address: str = "zhou@hospital.example") -> list[OutboundMessage]:
    return Nurse(hospital, address).messages(Purpose.PAGE)


def test_five_minutes_after_a_text_that_nobody_answered_the_phone_rings_and_says_no_name(hospital: Hospital) -> None:
    hospital.enrols(name="Zhang Wei").texts("39.2, Zhang Wei here, shaking chills")
    hospital.move(minutes=5)
    (call,) = hospital.nurse.calls()
    assert call.body == (
        "This is the follow-up service. EMERGENCY, participant P K U 0 0 1: 39.2 C, fever, shaking chills. Number 1. "
        "To take it, press 1. To pass it on, press 2."
    )


def test_a_text_that_fails_becomes_a_call_at_once(hospital: Hospital) -> None:
    hospital.app.extensions["sms_gateway"].fails_next[hospital.nurse.number] = "30003"
    hospital.enrols().texts("39.2")
    hospital.move(seconds=2)
    assert len(hospital.nurse.calls()) == 1
    assert not hospital.doctor.was_paged()


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_a_call_that_fails_brings_the_next_person_at_once(hospital: Hospital, status: str) -> None:
    hospital.enrols().texts("39.2")
    hospital.nurse.does_not_answer(status)
    hospital.move(minutes=5, seconds=2)
    assert len(hospital.nurse.calls()) == 1
    assert hospital.doctor.was_paged("emergency")


def test_dead_phones_are_rung_once_through_the_chain_and_then_at_its_own_pace(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    for _ in range(4):
        for who in (hospital.nurse, hospital.doctor):
            who.does_not_answer("no-answer")
        hospital.move(minutes=15)
    calls = len(hospital.nurse.calls()) + len(hospital.doctor.calls())
    assert 8 <= calls <= 16


def test_a_call_that_could_not_be_made_is_not_made_once_somebody_has_it(hospital: Hospital) -> None:
    calls = hospital.app.extensions["page_gateways"][Channel.VOICE]
    hospital.enrols().texts("39.2")
    calls.down = True
    hospital.move(minutes=5, seconds=2)
    assert hospital.doctor.was_paged("emergency")
    hospital.doctor.texts("1")
    calls.down = False
    hospital.move(minutes=10)
    (call,) = hospital.nurse.calls()
    assert (call.state, call.not_sent_reason) == (OutboundState.NOT_SENT, "taken")


def test_without_calls_and_e_mail_the_next_text_goes_in_their_place(hospital: Hospital, professor: Nurse) -> None:
    hospital.has_only_texts()
    hospital.enrols().texts("39.2")
    hospital.move(minutes=5, seconds=2)
    assert [len(who.pages()) for who in (hospital.nurse, hospital.doctor)] == [2, 1]
    hospital.move(minutes=11)
    assert len(professor.pages()) > 1
    assert hospital.nurse.calls() == emails(hospital) == []


def test_an_e_mail_says_code_level_and_number_and_nothing_of_what_is_the_matter(hospital: Hospital, professor: Nurse) -> None:
    hospital.enrols(name="Zhang Wei").texts("39.2, shaking chills")
    hospital.move(minutes=22, seconds=2)
    (email,) = emails(hospital)
    assert email.body == "危急 PKU-001，编号1。请查看手机上的呼叫短信，并在手机上回复。"
    # Who has no address is not forgotten in a step by e-mail.
    assert len(hospital.nurse.pages()) == 4


def test_a_drill_does_not_ring(hospital: Hospital) -> None:
    assert hospital.runs("drill", "now", "--site", "PKU").exit_code == 0
    hospital.move(minutes=11)
    assert len(hospital.nurse.pages()) > 1
    assert hospital.nurse.calls() == []


def test_an_e_mail_that_is_refused_moves_the_chain_at_once(hospital: Hospital, professor: Nurse) -> None:
    for handle in ("nurse-li", "dr-wang"):
        hospital.dismisses(handle)
    mail = hospital.app.extensions["page_gateways"][Channel.EMAIL]
    mail.fails_next["zhou@hospital.example"] = "failed"
    hospital.enrols().texts("39.2")
    hospital.move(minutes=10)
    before = len(professor.calls())
    while not emails(hospital):
        hospital.move(minutes=1)
    hospital.move(seconds=2)
    assert emails(hospital)[0].state is OutboundState.FAILED
    assert len(professor.calls()) > before


def test_an_address_is_said_and_taken_away(hospital: Hospital) -> None:
    said = hospital.runs("staff", "email", "nurse-li", "li@hospital.example", "--site", "PKU")
    assert "Pages by e-mail go to li@hospital.example." in said.output
    with hospital.staff("nurse-li") as (_, nurse):
        assert nurse.email == "li@hospital.example"
        assert b"hospital.example" not in nurse.email_encrypted
    refused = hospital.runs("staff", "email", "nurse-li", "li@hospital", "--site", "PKU")
    assert refused.exit_code == 1
    assert "write it like nurse@example.org" in refused.output
    hospital.runs("staff", "email", "nurse-li", "none", "--site", "PKU")
    with hospital.staff("nurse-li") as (_, nurse):
        assert nurse.email_encrypted is None
    actions = [event.action for event in hospital.events()]
    assert [action for action in actions if action.startswith("staff_email")] == ["staff_email_set", "staff_email_removed"]
