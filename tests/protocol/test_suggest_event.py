"""What a draft suggests: the plain term of what was reported first, and a grade only where a rule of the criteria gives one."""

from decimal import Decimal

import pytest

from followup_service.protocol.load_event_terms import load_event_terms
from followup_service.protocol.suggest_event import EpisodeFacts, GradeReason, suggest_events, suggest_grade

TERMS = load_event_terms()
OTHER = "General disorders and administration site conditions - Other, specify"


@pytest.mark.parametrize(
    ("celsius", "grade"),
    [("37.9", None), ("38.0", 1), ("39.0", 1), ("39.01", 2), ("40.0", 2), ("40.1", 3), ("42.5", 3)],
)
def test_a_fever_is_graded_by_its_highest_value(celsius: str, grade: int | None) -> None:
    assert suggest_grade("Fever", EpisodeFacts(("FEVER",), highest_celsius=Decimal(celsius)), TERMS).grade == grade


def test_the_rule_that_suggests_a_grade_is_named() -> None:
    fever = suggest_grade("Fever", EpisodeFacts(("FEVER",), highest_celsius=Decimal("39.5")), TERMS)
    assert fever.rule == "Fever by highest_celsius: 39.5 is above 39.0"
    assert suggest_grade("Hepatic infection", EpisodeFacts(("LATE_FEVER",), highest_celsius=Decimal("39.5")), TERMS).rule is None


@pytest.mark.parametrize(("stools", "grade"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (20, 3)])
def test_diarrhoea_is_graded_by_stools_above_usual(stools: int, grade: int) -> None:
    assert suggest_grade("Diarrhea", EpisodeFacts(("DIARRHOEA",), counts={"DIARRHOEA": stools}), TERMS).grade == grade


def test_pain_is_graded_by_the_participants_words() -> None:
    facts = EpisodeFacts(("SEVERE_ABDOMINAL_PAIN",), severities={"ABDOMINAL_PAIN": 3, "HEADACHE": 1})
    assert suggest_grade("Abdominal pain", facts, TERMS).rule == "Abdominal pain by severity: severe"
    assert suggest_grade("Abdominal pain", facts, TERMS).grade == 3
    assert suggest_grade("Headache", facts, TERMS).grade == 1
    assert suggest_grade("Fatigue", facts, TERMS).grade is None


@pytest.mark.parametrize(("celsius", "grade"), [("35.5", None), ("35.0", 2), ("34", 2)])
def test_a_low_temperature(celsius: str, grade: int | None) -> None:
    assert suggest_grade("Hypothermia", EpisodeFacts(("LOW_TEMPERATURE",), lowest_celsius=Decimal(celsius)), TERMS).grade == grade


def test_fainting_is_grade_3_where_it_was_reported() -> None:
    assert suggest_grade("Syncope", EpisodeFacts(("COLLAPSE",)), TERMS).grade == 3
    assert suggest_grade("Syncope", EpisodeFacts(("FEVER",)), TERMS).grade is None


def test_what_was_reported_stands_before_what_may_be_behind_it() -> None:
    found = [event.term for event in suggest_events(EpisodeFacts(("FEVER", "RIGOR")), TERMS)]
    assert found[:3] == ["Fever", "Chills", "Febrile neutropenia"]
    assert found[-1] == OTHER
    assert len(found) == len(set(found))


@pytest.mark.parametrize("codes", [(), ("RED_FLAG_REPORTED",), ("NOT_KNOWN",)])
def test_there_is_always_something_to_begin_with(codes: tuple[str, ...]) -> None:
    assert [event.term for event in suggest_events(EpisodeFacts(codes), TERMS)] == [OTHER]


def test_why_a_grade_was_suggested_can_be_read_from_what_is_kept() -> None:
    facts = EpisodeFacts(("FEVER", "COLLAPSE", "DIARRHOEA", "PAIN"), Decimal("39.5"), Decimal("34"), {"DIARRHOEA": 5}, {"PAIN": 3})
    kept = [suggest_grade(term, facts, TERMS).rule or "" for term in ("Fever", "Hypothermia", "Diarrhea", "Syncope", "Pain")]
    assert [GradeReason.of(rule) for rule in kept] == [
        GradeReason("Fever", "highest_celsius", "39.5", "above", "39.0"),
        GradeReason("Hypothermia", "lowest_celsius", "34", "up to", "35.0"),
        GradeReason("Diarrhea", "count", "5", "at least", "4"),
        GradeReason("Syncope", "report", "1", "at least", "1"),
        GradeReason("Pain", "severity", "severe"),
    ]
    assert GradeReason.of("as an investigator said") is None
