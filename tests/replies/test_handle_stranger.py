"""A text from a number that nobody knows: perhaps the daughter's phone. Somebody looks, and the answer gives nothing away."""

from followup_service.escalations.escalation import EscalationState
from followup_service.protocol.rule_definitions import Level
from tests.hospital import Hospital


def test_a_fever_from_an_unknown_number_pages_without_the_number(hospital: Hospital) -> None:
    stranger = hospital.stranger()
    stranger.texts("我爸发烧39度5，打寒战")
    episode = hospital.the_escalation()
    assert episode.level is Level.EMERGENCY
    assert {"UNKNOWN_SENDER", "FEVER", "RIGOR"} <= set(episode.reasons)
    (page,) = hospital.nurse.pages()
    assert page.startswith("EMERGENCY unknown number: 39.5 C")
    assert "137" not in page
    hospital.nurse.texts("1")
    assert hospital.the_escalation().state is EscalationState.ACKNOWLEDGED


def test_the_answer_is_in_their_language_names_no_study_and_comes_once_a_day(hospital: Hospital) -> None:
    stranger = hospital.stranger()
    for _ in range(5):
        stranger.texts("我爸发烧了")
    assert stranger.told() == ["unknown_sender"]
    assert "120" in stranger.last_text
    assert "PKU" not in stranger.last_text
    assert any("\u4e00" <= character <= "\u9fff" for character in stranger.last_text)
    hospital.nurse.texts("1")
    hospital.move(hours=25)
    stranger.texts("我爸发烧了")
    assert len(stranger.told()) == 2


def test_a_greeting_from_an_unknown_number_is_only_reviewed(hospital: Hospital) -> None:
    hospital.stranger().texts("hello, who is this?")
    assert hospital.the_escalation().level is Level.REVIEW
    assert "UNKNOWN_SENDER" in hospital.the_escalation().reasons
    assert not hospital.nurse.was_paged()


def test_each_unknown_number_has_an_episode_of_its_own(hospital: Hospital) -> None:
    for number in ("+8613700000001", "+8613700000002", "+8613700000001"):
        hospital.stranger(number).texts("39.5")
    assert [episode.number for episode in hospital.escalations()] == [1, 2]
    assert len(hospital.nurse.pages()) == 2


def test_stop_from_an_unknown_number_stops_nobody(hospital: Hospital) -> None:
    hospital.enrols()
    hospital.stranger().texts("STOP")
    assert hospital.participant().opted_out_at is None
