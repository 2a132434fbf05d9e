"""A temperature that is not yet an alarm, or an alarm without a number: the service asks on, and silence is not taken for an answer."""

import pytest

from followup_service.messaging.outbound_message import OutboundState
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.rule_definitions import Level
from tests.hospital import Hospital


def level_and_reasons(hospital: Hospital) -> tuple[Level, list[str]]:
    episode = hospital.the_escalation()
    return episode.level, episode.reasons


def test_a_borderline_temperature_is_measured_again_after_an_hour(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("38.1")
    assert level_and_reasons(hospital) == (Level.URGENT, ["BORDERLINE_FEVER"])
    assert phone.told() == ["borderline_now"]
    hospital.move(minutes=59)
    assert phone.told() == ["borderline_now"]
    hospital.move(minutes=1)
    assert phone.told() == ["borderline_now", "question.measure_again"]


@pytest.mark.parametrize("second", ["38.2", "38.0"])
def test_held_for_an_hour_it_is_an_emergency(hospital: Hospital, second: str) -> None:
    phone = hospital.enrols()
    phone.texts("38.1")
    hospital.move(minutes=61)
    phone.replies(second)
    level, reasons = level_and_reasons(hospital)
    assert (level, reasons[0]) == (Level.EMERGENCY, "SUSTAINED_FEVER")
    assert hospital.nurse.was_paged("emergency")
    assert phone.told()[-1] == "emergency_now"


def test_gone_after_an_hour_nothing_more_is_raised_and_the_first_stays_open(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("38.1")
    hospital.nurse.texts("3")
    hospital.move(minutes=61)
    phone.replies("37.4")
    hospital.move(hours=2)
    assert level_and_reasons(hospital) == (Level.URGENT, ["BORDERLINE_FEVER"])
    assert len(hospital.nurse.pages()) == 1
    assert phone.told()[-1] == "checkin_done"


def test_silence_for_ninety_minutes_is_an_emergency(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("38.1")
    hospital.move(minutes=89)
    assert phone.told().count("question.measure_again") == 2
    assert hospital.the_escalation().level is Level.URGENT
    hospital.move(minutes=1)
    level, reasons = level_and_reasons(hospital)
    assert (level, reasons[0]) == (Level.EMERGENCY, "SUSTAINED_FEVER")
    assert hospital.nurse.was_paged("emergency")


def test_in_the_armpit_a_borderline_value_is_a_fever(hospital: Hospital) -> None:
    hospital.enrols().texts("38.1 under the arm")
    assert level_and_reasons(hospital) == (Level.EMERGENCY, ["FEVER"])


@pytest.mark.parametrize(("text", "language"), [("I have a fever", "en"), ("发烧了", "zh_Hans")])
def test_fever_without_a_number_asks_for_it_once(hospital: Hospital, text: str, language: str) -> None:
    phone = hospital.enrols(language=language)
    phone.texts(text)
    assert level_and_reasons(hospital) == (Level.URGENT, ["FEVER_UNMEASURED"])
    assert sorted(phone.told()) == ["fever_number_please", "question.highest_temperature"]
    hospital.move(hours=5)
    phone.texts(text)
    assert phone.told().count("question.highest_temperature") == 2  # and one reminder of the first


def test_the_number_that_follows_is_read_as_an_alarm(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("I have a fever")
    phone.replies("39")
    level, reasons = level_and_reasons(hospital)
    assert (level, reasons[0]) == (Level.EMERGENCY, "FEVER")


def test_a_low_temperature_asks_how_they_feel_and_chills_make_it_an_emergency(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("35.2")
    assert level_and_reasons(hospital) == (Level.URGENT, ["LOW_TEMPERATURE"])
    assert sorted(phone.told()) == ["question.how_do_you_feel", "urgent_now"]
    phone.replies("shivering, I have chills")
    assert hospital.the_escalation().level is Level.EMERGENCY


def test_words_that_answer_how_they_feel_go_to_nobodys_list_of_unread_texts(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("35.2")
    phone.replies("as always on a Tuesday")
    assert level_and_reasons(hospital) == (Level.URGENT, ["LOW_TEMPERATURE"])
    assert phone.told()[-1] == "checkin_done"


def test_a_number_that_no_body_has_is_asked_again_and_reviewed(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("temperature 52.0")
    assert level_and_reasons(hospital) == (Level.REVIEW, ["IMPLAUSIBLE_TEMPERATURE"])
    assert phone.told() == ["question.temperature_again"]


@pytest.mark.parametrize(("day", "level", "reason"), [(7, Level.URGENT, "BORDERLINE_FEVER"), (8, Level.EMERGENCY, "LATE_FEVER")])
def test_thirty_eight_is_an_emergency_after_day_seven_of_an_ablation(hospital: Hospital, day: int, level: Level, reason: str) -> None:
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", hospital.clock.now().date())
    hospital.clock.move(days=day)
    hospital.post_inbound(phone.number, "38.0")
    assert level_and_reasons(hospital) == (level, [reason])


def test_the_more_important_question_is_answered_first_and_then_the_other(hospital: Hospital) -> None:
    phone = hospital.enrols()
    hospital.move(days=31, hours=2)
    assert phone.told() == ["question.temperature"]
    phone.replies("36.8", "38.1 now", "1")
    hospital.move(minutes=61)
    assert phone.told()[-1] == "question.measure_again"
    phone.replies("37.1")
    assert phone.told()[-1] in ("question.worst_pain", "question.red_flags")
    assert hospital.the_escalation().reasons == ["BORDERLINE_FEVER"]


def test_before_an_ablation_a_fever_holds_the_treatment(hospital: Hospital) -> None:
    phone = hospital.enrols(arm="rfa")
    tomorrow = hospital.clock.now().date().replace(day=6)
    hospital.treats("PKU-001", "rfa", tomorrow, state=TreatmentState.PLANNED)
    hospital.move(hours=9)
    assert phone.told()[-1] == "question.temperature"
    phone.replies("38.6")
    assert level_and_reasons(hospital) == (Level.EMERGENCY, ["FEVER", "HOLD_TREATMENT"])
    assert "do not travel" in phone.last_text
    assert "hold treatment?" in hospital.nurse.pages()[0]


def test_no_answer_before_an_ablation_is_told_to_a_person(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", hospital.clock.now().date().replace(day=6), state=TreatmentState.PLANNED)
    hospital.move(hours=12)
    assert level_and_reasons(hospital) == (Level.REVIEW, ["SILENT"])


def test_a_question_by_a_rule_goes_out_at_night(hospital: Hospital) -> None:
    phone = hospital.enrols()
    hospital.move(hours=17)
    phone.texts("38.2")
    hospital.move(minutes=60)
    assert phone.told()[-1] == "question.measure_again"
    assert all(row.state is OutboundState.DELIVERED for row in phone.messages())
