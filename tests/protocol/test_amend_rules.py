"""Fever that begins at another temperature: the ladder stays whole, and no other rule moves."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_service.protocol.amend_rules import with_fever_above
from followup_service.protocol.escalation_rules import KnownSoFar, decide
from followup_service.protocol.findings import Findings, Temperature, TemperatureUnit
from followup_service.protocol.load_study import load_study

STUDY = load_study("NCT06609434")
TENTHS = st.decimals("34", "43", places=1)


def codes(celsius: str | Decimal, above: str | Decimal) -> list[str]:
    value = Decimal(celsius)
    findings = Findings(temperatures=(Temperature(str(value), value, TemperatureUnit.CELSIUS, value),))
    decision = decide(findings, KnownSoFar(), with_fever_above(STUDY, Decimal(above)).rules)
    return [reason.code for reason in decision.reasons] if decision else []


@pytest.mark.parametrize(
    ("celsius", "above", "expected"),
    [
        ("38.0", "38.0", ["BORDERLINE_FEVER"]),
        ("38.01", "38.0", ["FEVER"]),
        ("37.5", "37.5", []),
        ("37.6", "37.5", ["FEVER"]),
        ("38.5", "38.5", ["BORDERLINE_FEVER"]),
        ("38.6", "38.5", ["FEVER"]),
        ("37.9", "38.5", []),
        ("35.9", "36.0", ["LOW_TEMPERATURE"]),
        ("36.0", "36.0", []),
    ],
)
def test_fever_begins_strictly_above_it(celsius: str, above: str, expected: list[str]) -> None:
    assert codes(celsius, above) == expected


@given(celsius=TENTHS, above=st.decimals("34", "42.9", places=1))
def test_no_value_falls_between_two_steps(celsius: Decimal, above: Decimal) -> None:
    steps = with_fever_above(STUDY, above).rules.temperature.steps
    assert sum(step.holds(celsius) for step in steps) == 1
    assert ("FEVER" in codes(celsius, above)) is (celsius > above)


def test_the_threshold_of_the_file_changes_nothing() -> None:
    assert with_fever_above(STUDY, Decimal("38.3")) == STUDY


@pytest.mark.parametrize("above", ["33.9", "43", "101"])
def test_a_threshold_that_no_body_has_is_refused(above: str) -> None:
    with pytest.raises(ValueError, match="is not on the ladder; write a temperature from 34 to below 43"):
        with_fever_above(STUDY, Decimal(above))
