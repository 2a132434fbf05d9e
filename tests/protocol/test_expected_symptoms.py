"""A known, stable complaint may be expected: the same or less pages nobody. Worse does, and fever and emergencies always do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_service.protocol.escalation_rules import EscalationDecision, KnownSoFar, decide
from followup_service.protocol.expected_symptoms import Expected, all_expected, may_be_expected
from followup_service.protocol.findings import Findings, Severity, Symptom
from followup_service.protocol.load_study import load_study
from followup_service.protocol.rule_definitions import Level
from followup_service.protocol.symptom_codes import SYMPTOM_CODES
from tests.protocol.test_escalation_rules import celsius

RULES = load_study("NCT06609434").rules
PAIN = Expected("ABDOMINAL_PAIN", Severity.MODERATE, None)


def left(expected: Expected, *symptoms: Symptom, temperature: str | None = None) -> EscalationDecision | None:
    findings = Findings(symptoms=symptoms, temperatures=(celsius(temperature),) if temperature else ())
    decision = decide(findings, KnownSoFar(), RULES)
    assert decision is not None
    return None if all_expected(decision, findings, [expected], RULES) else decision


@pytest.mark.parametrize("symptom", [Symptom("ABDOMINAL_PAIN"), Symptom("ABDOMINAL_PAIN", Severity.MODERATE)])
def test_the_same_or_less_is_told_to_nobody(symptom: Symptom) -> None:
    assert left(PAIN, symptom) is None


@pytest.mark.parametrize(
    "symptom", [Symptom("ABDOMINAL_PAIN", worse=True), Symptom("ABDOMINAL_PAIN", Severity.SEVERE), Symptom("SHOULDER_PAIN")]
)
def test_worse_or_another_is_told(symptom: Symptom) -> None:
    assert left(PAIN, symptom) is not None


def test_with_anything_else_beside_it_all_is_told() -> None:
    decision = left(PAIN, Symptom("ABDOMINAL_PAIN"), Symptom("UNWELL"))
    assert decision is not None
    assert decision.level is Level.URGENT


def test_more_than_was_counted_is_told() -> None:
    four = Expected("DIARRHOEA", Severity.MODERATE, 4)
    assert left(four, Symptom("DIARRHOEA", count=4)) is None
    assert left(four, Symptom("DIARRHOEA", count=5)) is not None
    assert left(PAIN, Symptom("ABDOMINAL_PAIN"), Symptom("DIARRHOEA", count=5)) is not None


def test_with_a_second_complaint_it_is_the_emergency_that_it_always_was() -> None:
    decision = left(PAIN, Symptom("ABDOMINAL_PAIN"), Symptom("JAUNDICE"))
    assert decision is not None
    assert decision.level is Level.EMERGENCY


@pytest.mark.parametrize("code", ["FEVER", "RIGOR", "BORDERLINE_FEVER", "SEVERE_ABDOMINAL_PAIN", "CALLBACK_ASKED", "NOTHING"])
def test_fever_emergencies_and_requests_are_never_expected(code: str) -> None:
    assert not may_be_expected(code, RULES)


@given(st.sampled_from(sorted(SYMPTOM_CODES)), st.sampled_from(Severity), st.lists(st.sampled_from(sorted(SYMPTOM_CODES)), max_size=3))
def test_no_mark_hides_a_fever_or_an_emergency(code: str, severity: Severity, others: list[str]) -> None:
    findings = Findings(symptoms=tuple(Symptom(other) for other in [code, *others]))
    decision = decide(findings, KnownSoFar(), RULES)
    if decision is None:
        return
    if all_expected(decision, findings, [Expected(code, severity, None)], RULES):
        assert {reason.code for reason in decision.reasons} == {code}
        assert decision.level is not Level.EMERGENCY
        assert may_be_expected(code, RULES)
