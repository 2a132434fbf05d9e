"""STOP, START, HELP and the rest: obeyed in any words, and never instead of an alarm."""

import pytest

from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import OptOutSource
from followup_service.protocol.rule_definitions import Level
from tests.hospital import Hospital


@pytest.mark.parametrize(("word", "language"), [("STOP", "en"), ("stop.", "en"), ("please stop texting me", "en"), ("退订", "zh_Hans")])
def test_stop_ends_the_texts_is_confirmed_once_and_told_to_the_team(hospital: Hospital, word: str, language: str) -> None:
    phone = hospital.enrols(language=language)
    phone.texts(word)
    phone.texts(word)
    participant = hospital.participant()
    assert participant.opted_out_at == hospital.clock.now()
    assert participant.opted_out_by is OptOutSource.PARTICIPANT
    assert phone.told() == ["opted_out"]
    assert (hospital.the_escalation().level, hospital.the_escalation().reasons) == (Level.REVIEW, ["OPTED_OUT"])
    hospital.move(hours=24)
    assert not hospital.nurse.was_paged()
    hospital.move(days=40)
    assert phone.told() == ["opted_out"]


def test_where_the_provider_confirmed_we_do_not(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("STOP", OptOutType="STOP")
    assert hospital.participant().opted_out_by is OptOutSource.PROVIDER
    assert phone.told() == []
    assert hospital.the_escalation().reasons == ["OPTED_OUT"]


def test_stop_and_a_fever_in_one_text_are_both_taken_seriously(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("STOP. 39.5")
    assert hospital.participant().opted_out_at is not None
    episode = hospital.the_escalation()
    assert episode.level is Level.EMERGENCY
    assert {"FEVER", "STOPPED_WHILE_UNWELL"} <= set(episode.reasons)
    assert hospital.nurse.was_paged("emergency")
    assert sorted(phone.told()) == ["emergency_now", "opted_out"]


def test_stop_from_somebody_who_names_a_complaint_pages(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("stop texting me, been throwing up since six")
    assert "STOPPED_WHILE_UNWELL" in hospital.the_escalation().reasons
    assert hospital.nurse.was_paged("urgent")


def test_stop_while_an_alarm_is_open_pages(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("38.1")
    phone.replies("STOP")
    assert "STOPPED_WHILE_UNWELL" in hospital.the_escalation().reasons
    assert hospital.nurse.pages()[-1].startswith("WORSE URGENT PKU-001")
    hospital.move(hours=3)
    assert "question.measure_again" not in phone.told()


def test_after_stop_a_fever_still_pages_and_tells_what_to_do(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("STOP")
    phone.replies("39.5")
    assert hospital.nurse.was_paged("emergency")
    assert phone.told() == ["opted_out", "emergency_now"]


@pytest.mark.parametrize("text", ["we have to stop the bleeding", "the pain will not stop", "thank you", "36.8", "yes", "1"])
def test_other_words_neither_stop_nor_start_the_texts(hospital: Hospital, text: str) -> None:
    phone = hospital.enrols()
    phone.texts(text)
    assert hospital.participant().opted_out_at is None
    phone.replies("STOP", text)
    assert hospital.participant().opted_out_at is not None


def test_start_brings_the_texts_back(hospital: Hospital) -> None:
    phone = hospital.enrols()
    hospital.treats("PKU-001", "rfa", hospital.clock.now().date())
    phone.replies("STOP", "START")
    assert hospital.participant().opted_out_at is None
    assert phone.told() == ["opted_out", "opted_in"]
    hospital.move(days=1, hours=1)
    assert phone.told()[2:] == ["question.temperature"]


def test_stop_ends_an_open_check_in_and_its_reminder(hospital: Hospital) -> None:
    phone = hospital.enrols()
    hospital.treats("PKU-001", "rfa", hospital.clock.now().date())
    hospital.move(hours=26)
    phone.replies("STOP")
    hospital.move(hours=10)
    assert phone.told() == ["question.temperature", "opted_out"]
    assert hospital.checkins("after_rfa")[0].closed_because == "opted_out"
    assert "SILENT" not in hospital.the_escalation().reasons


@pytest.mark.parametrize(("text", "reason", "answer"), [("HELP", "HELP_ASKED", "help"), ("please call me", "CALLBACK_ASKED", "callback")])
def test_who_asks_for_help_or_a_call_reaches_a_person_and_is_told_so(hospital: Hospital, text: str, reason: str, answer: str) -> None:
    phone = hospital.enrols()
    phone.texts(text)
    assert (hospital.the_escalation().level, hospital.the_escalation().reasons) == (Level.URGENT, [reason])
    assert hospital.nurse.was_paged("urgent")
    assert phone.told() == [answer]
    assert "010-88196000" in phone.last_text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I cannot come to the appointment", "VISIT_MOVE_ASKED"),
        ("改约", "VISIT_MOVE_ASKED"),
        ("can I have it in Italian please", "QUESTION_FOR_TEAM"),
    ],
)
def test_what_only_staff_can_do_goes_to_the_team(hospital: Hospital, text: str, reason: str) -> None:
    hospital.enrols().texts(text)
    assert reason in hospital.the_escalation().reasons


def test_every_command_is_in_the_audit_trail_with_its_author(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.replies("STOP", "START")
    assert [(event.actor, event.detail) for event in hospital.events("opted_out")] == [("PKU-001", {"source": "participant"})]
    assert [event.actor for event in hospital.events("opted_in")] == ["PKU-001"]
    assert [row.purpose for row in phone.messages()] == [Purpose.OPT_OUT_CONFIRMATION, Purpose.ANSWER]


def test_who_asks_for_a_language_that_we_write_is_written_to_in_it(hospital: Hospital) -> None:
    participant = hospital.enrols(language="zh_Hans")
    participant.texts("please write in English")
    assert participant.last_text == "From now on we write to you in English."
    assert hospital.participant().language == "en"
    assert hospital.escalations() == []


def test_who_asks_for_a_language_that_we_do_not_write_reaches_a_person(hospital: Hospital) -> None:
    hospital.enrols().texts("write in another language please")
    assert hospital.the_escalation().reasons == ["QUESTION_FOR_TEAM"]
