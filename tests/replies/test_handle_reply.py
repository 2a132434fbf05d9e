"""Any text at any time is read, kept, and answered so often and no more; what cannot be read goes to a person."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from followup_service.checkins.report import Report, ReportKind
from followup_service.conversation import read_reply
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.participants.participant import ParticipantState
from followup_service.protocol.rule_definitions import Level
from tests.conversation.test_resemblance import resemblance_of
from tests.hospital import Hospital, Phone


def reports(hospital: Hospital) -> list[Report]:
    with hospital.session() as session:
        return list(session.scalars(select(Report)))


def test_a_temperature_is_kept_as_written_and_exactly(hospital: Hospital) -> None:
    hospital.enrols().texts("this morning 101.4 F under my tongue")
    (kept,) = [report for report in reports(hospital) if report.kind is ReportKind.TEMPERATURE]
    assert (kept.celsius, kept.value, kept.unit, kept.measured_at) == (Decimal("38.5556"), "101.4", "F", "mouth")
    with hospital.session() as session:
        assert "101.4" in session.scalars(select(Report)).one().written


def test_with_the_text_is_kept_how_it_was_read(hospital: Hospital) -> None:
    hospital.enrols().texts("38.9, no chills")
    with hospital.session() as session:
        reading = session.scalars(select(InboundMessage)).one().reading
    assert '"38.9"' in reading
    assert "RIGOR" in reading


@pytest.mark.parametrize(
    ("text", "kept"), [("Hello. STOP", '"meaning": "command", "written": "STOP", "span": [7, 11]'), ("asdf jkl", '"meaning": "unread"')]
)
def test_the_words_of_a_command_and_those_that_nobody_understood_are_kept(hospital: Hospital, text: str, kept: str) -> None:
    hospital.enrols().texts(text)
    with hospital.session() as session:
        assert kept in session.scalars(select(InboundMessage)).one().reading


@pytest.mark.parametrize("text", ["asdf jkl", "🌵", "...", "", "   "])
def test_what_cannot_be_read_goes_to_a_person(hospital: Hospital, text: str) -> None:
    hospital.enrols().texts(text)
    assert (hospital.the_escalation().level, hospital.the_escalation().reasons) == (Level.REVIEW, ["UNREADABLE"])


def test_what_reads_like_an_emergency_in_words_that_nobody_taught_us_pages_a_nurse(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_reply, "load_resemblance", lambda: resemblance_of(emergencies=["brzzk"]))
    phone = hospital.enrols()
    phone.texts("dad is all brzzk")
    assert hospital.nurse.was_paged(level="emergency")
    assert hospital.the_escalation().reasons == ["READS_LIKE_EMERGENCY", "UNREADABLE"]
    assert "telling a nurse" in phone.last_text


def test_a_picture_without_words_goes_to_a_person(hospital: Hospital) -> None:
    hospital.enrols().texts("", NumMedia="1", MediaUrl0="https://api.twilio.com/photo")
    assert hospital.the_escalation().reasons == ["UNREADABLE"]


@pytest.mark.parametrize("text", ["thanks", "ok", "谢谢"])
def test_courtesies_trouble_nobody(hospital: Hospital, text: str) -> None:
    hospital.enrols().texts(text)
    assert hospital.escalations() == []


@pytest.mark.parametrize(
    ("text", "times"),
    [("I am out of the office until Monday", 100), ("39.2", 20), ("HELP", 20), ("36.8", 20), ("STOP", 20), ("38.1", 20)],
)
def test_a_machine_that_answers_without_end_is_not_answered_without_end(hospital: Hospital, text: str, times: int) -> None:
    phone = hospital.enrols()
    for _ in range(times):
        hospital.clock.move(seconds=5)
        hospital.post_inbound(phone.number, text)
    hospital.run_due()
    assert len(phone.received()) <= 4
    assert len(hospital.nurse.pages()) <= 3
    assert len(hospital.escalations()) <= 1


def ended(hospital: Hospital, state: ParticipantState) -> Phone:
    phone = hospital.enrols()
    hospital.ends("PKU-001", state)
    hospital.move(minutes=1)
    return phone


def test_after_withdrawal_a_fever_still_pages_but_is_no_study_data(hospital: Hospital) -> None:
    phone = ended(hospital, ParticipantState.WITHDRAWN)
    phone.texts("39.2")
    assert hospital.nurse.was_paged("emergency")
    assert phone.told() == ["withdrawn", "emergency_now"]
    assert reports(hospital) == []


def test_after_a_death_a_text_reaches_a_person_and_is_not_answered(hospital: Hospital) -> None:
    phone = ended(hospital, ParticipantState.DECEASED)
    phone.texts("my father died on Monday, thank you all")
    assert hospital.the_escalation().reasons == ["QUESTION_FOR_TEAM"]
    phone.texts("39.2")
    assert hospital.nurse.was_paged("emergency")
    assert phone.told() == []


@pytest.mark.parametrize("state", [ParticipantState.PAUSED, ParticipantState.COMPLETED, ParticipantState.LOST])
def test_whatever_the_state_a_fever_pages_and_is_answered(hospital: Hospital, state: ParticipantState) -> None:
    phone = ended(hospital, state)
    phone.texts("39.2")
    assert hospital.nurse.was_paged("emergency")
    assert phone.told()[-1] == "emergency_now"


def test_two_urgent_complaints_on_one_day_are_an_emergency(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("my eyes are yellow")
    assert hospital.the_escalation().level is Level.URGENT
    hospital.move(hours=5)
    phone.texts("and now my leg is swollen")
    assert hospital.the_escalation().level is Level.EMERGENCY


def test_a_number_passed_on_belongs_to_who_has_it_now(hospital: Hospital) -> None:
    ended(hospital, ParticipantState.WITHDRAWN)
    hospital.enrols("PKU-002")
    hospital.post_inbound("+8613800138000", "39.2")
    assert hospital.the_escalation().participant_id == hospital.participant("PKU-002").id
