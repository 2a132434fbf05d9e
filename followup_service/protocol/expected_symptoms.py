"""Whether an alarm was to be expected: a stable complaint that staff marked, the same or less. Never fever or an emergency."""

from collections.abc import Iterable
from dataclasses import dataclass

from followup_service.protocol.escalation_rules import EscalationDecision
from followup_service.protocol.findings import Findings, Severity, Symptom
from followup_service.protocol.rule_definitions import EscalationRules, Level
from followup_service.protocol.symptom_codes import SYMPTOM_CODES


@dataclass(frozen=True, slots=True)
class Expected:
    """The most of one symptom that is expected; `count` None where none is counted."""

    code: str
    severity: Severity
    count: int | None


def may_be_expected(code: str, rules: EscalationRules) -> bool:
    """Only what participants report as a complaint, that alone is no emergency and no fever."""
    rule = rules.codes.get(code)
    if rule is None or code not in SYMPTOM_CODES or code == rules.temperature.in_words.symptom:
        return False
    return rule.is_symptom and rule.level is not Level.EMERGENCY


def all_expected(decision: EscalationDecision, findings: Findings, expected: Iterable[Expected], rules: EscalationRules) -> bool:
    """Whether all that this decision would tell was to be expected. With anything else beside it ("I feel worse") all is told."""
    marks = {mark.code: mark for mark in expected if may_be_expected(mark.code, rules)}
    return all(
        reason.level is not Level.EMERGENCY and reason.code in marks and _all_as_marked(reason.code, marks[reason.code], findings)
        for reason in decision.reasons
    )


def _all_as_marked(code: str, mark: Expected, findings: Findings) -> bool:
    """Whether this symptom is in the findings at all, and each mention of it is the same or less."""
    mentions = [symptom for symptom in findings.symptoms if symptom.code == code]
    return bool(mentions) and all(_same_or_less(symptom, mark) for symptom in mentions)


def _same_or_less(symptom: Symptom, mark: Expected) -> bool:
    """Without a word for how bad it is, a symptom counts as moderate; a count that nobody expected is more."""
    if symptom.worse or (symptom.severity or Severity.MODERATE) > mark.severity:
        return False
    return symptom.count is None or (mark.count is not None and symptom.count <= mark.count)
