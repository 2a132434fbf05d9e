"""The armpit reads low: the service asks once where the temperature is measured, and judges by it from then on."""

from tests.hospital import Hospital


def test_it_is_asked_once_and_an_armpit_reading_of_38_is_an_emergency_from_then_on(hospital: Hospital) -> None:
    participant = hospital.enrols(measures_in=None)
    participant.texts("36.9")
    assert "1 armpit" in participant.last_text
    participant.texts("１")
    participant.texts("37.0")
    assert sum("1 armpit" in text for text in participant.received()) == 1
    assert not hospital.nurse.was_paged()
    participant.texts("38.0")
    assert hospital.the_escalation().reasons == ["FEVER"]
    assert hospital.nurse.was_paged("emergency")


def test_an_alarm_is_answered_before_anything_is_asked(hospital: Hospital) -> None:
    participant = hospital.enrols(measures_in=None)
    participant.texts("38.9")
    assert not any("1 armpit" in text for text in participant.received())


def test_who_says_it_with_the_number_is_not_asked(hospital: Hospital) -> None:
    participant = hospital.enrols(measures_in=None)
    participant.texts("37.2 under the arm")
    assert not any("1 armpit" in text for text in participant.received())
