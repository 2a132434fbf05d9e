"""Loads the dictionary of event terms and the suggestions over it; a wrong file is refused with all of its problems."""

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from followup_service.protocol.data_file import DataFileError, check_shape, read_yaml
from followup_service.protocol.event_terms import EventTerms, GradedBy, GradeRule, GradeStep, Term
from followup_service.protocol.event_terms_schema import DictionaryBlock, SuggestionsBlock, check_dictionary, check_suggestions
from followup_service.protocol.findings import Severity

DICTIONARIES = Path(__file__).parent / "dictionaries"
CTCAE_V5 = "ctcae_v5"


@cache
def load_event_terms(name: str = CTCAE_V5) -> EventTerms:
    """The dictionary that comes with the service. Raises DataFileError."""
    return event_terms_from_values(read_yaml(DICTIONARIES / f"{name}.yaml"), read_yaml(DICTIONARIES / f"{name}_suggestions.yaml"))


def event_terms_from_values(dictionary_values: object, suggestion_values: object) -> EventTerms:
    """What the values of a dictionary and of a file of suggestions say. Raises DataFileError with
    all problems of shape, or else with all that does not fit together.
    """
    dictionary, problems = check_shape(DictionaryBlock(), dictionary_values)
    problems = problems or list(check_dictionary(dictionary))
    if problems:
        raise DataFileError(tuple(problems))
    suggestions, problems = check_shape(SuggestionsBlock(), suggestion_values)
    problems = problems or list(check_suggestions(suggestions, dictionary))
    if problems:
        raise DataFileError(tuple(problems))
    return _build(dictionary, suggestions)


def _build(dictionary: dict[str, Any], suggestions: dict[str, Any]) -> EventTerms:
    grades = suggestions["severity_grades"]
    return EventTerms(
        name=dictionary["name"],
        version=dictionary["version"],
        suggestions_version=suggestions["version"],
        terms=MappingProxyType(
            {name: Term(name, system, **grade) for system, terms in dictionary["systems"].items() for name, grade in terms.items()}
        ),
        by_code=MappingProxyType({code: tuple(names) for code, names in suggestions["terms"].items()}),
        otherwise=tuple(suggestions["otherwise"]),
        grades=MappingProxyType({name: _rule(rule) for name, rule in suggestions["grades"].items()}),
        graded_by_severity=frozenset(suggestions["graded_by_severity"]),
        severity_grades=MappingProxyType({int(severity): grades[severity.name.lower()] for severity in Severity}),
    )


def _rule(rule: dict[str, Any]) -> GradeRule:
    return GradeRule(GradedBy(rule["by"]), tuple(GradeStep(*step) for step in rule["steps"]))
