"""Oxygen and blood pressure from people's own devices."""

import pytest

from followup_service.conversation.read_reply import read_reply


def _codes(text: str, language: str) -> set[str]:
    return {symptom.code for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "SpO2 85"), ("en", "sats 91 on my oximeter"), ("zh_Hans", "血氧 88"), ("es", "saturación 89"), ("ru", "сатурация 90"),
     ("hi", "oxygen level 87"), ("ar", "الاكسجين 88"), ("vi", "spo2 89"), ("fr", "je sature à 90"), ("pt", "saturando 88")],
)  # fmt: skip
def test_low_oxygen_is_trouble_breathing(language: str, text: str) -> None:
    assert _codes(text, language) == {"BREATHLESSNESS"}


@pytest.mark.parametrize("text", ["spo2 92", "sats 98", "oxygen 5 litres", "platelets 85", "85 kg, sats 97"])
def test_other_values_are_not(text: str) -> None:
    assert "BREATHLESSNESS" not in _codes(text, "en")


@pytest.mark.parametrize("text", ["bp 185/115", "bp 190/95", "blood pressure 165/112"])
def test_a_very_high_blood_pressure_is_looked_at(text: str) -> None:
    assert _codes(text, "en") == {"UNWELL"}


@pytest.mark.parametrize("text", ["bp 140/80", "bp 165/102", "pain 3/10", "on 29/11", "200/5"])
def test_any_other_pair_of_numbers_is_not(text: str) -> None:
    assert "UNWELL" not in _codes(text, "en")
