"""The shape of the two files of event terms, and what must fit together in and between them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from followup_service.protocol.event_terms import GradedBy
from followup_service.protocol.study_fields import (
    Block,
    Day,
    Name,
    OneOf,
    StudyField,
    Switch,
    Text,
    Threshold,
    WholeNumber,
    block,
    closest,
    listed,
    named,
)

STEP_KINDS = ("from", "above", "up_to")
Problems = Iterator[str]


class Grade(WholeNumber):
    example = "a grade from 1 to 5"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        grade: int = super()._deserialize(value, attr, data, **options)
        if not 1 <= grade <= 5:
            raise ValidationError(f"{grade} is no grade; write {self.example}")
        return grade


class Step(StudyField):
    """`{from: "38.0", grade: 1}`: exactly one bound, and the grade."""

    example = 'one bound and a grade, such as {from: "38.0", grade: 1}'

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> tuple[str, Decimal, int]:
        kinds = [kind for kind in STEP_KINDS if isinstance(value, dict) and kind in value]
        if len(kinds) != 1 or set(value) != {kinds[0], "grade"}:
            raise ValidationError(f"is not a step; write {self.example}")
        return kinds[0], Threshold().deserialize(value[kinds[0]]), Grade().deserialize(value["grade"])


class TermBlock(Block):
    lowest = Grade(load_default=1)
    highest = Grade(load_default=5)
    checked = Switch(load_default=False)


class DictionaryBlock(Block):
    name = Name(required=True)
    version = Text(required=True)
    published_on = Day(required=True)
    status = Text(required=True)
    systems = named(named(block(TermBlock), Text()), Text())


class OfDictionaryBlock(Block):
    name = Name(required=True)
    version = Text(required=True)


class GradeRuleBlock(Block):
    by = OneOf(*GradedBy, required=True)
    steps = listed(Step(), required=True)


class SeverityGradesBlock(Block):
    mild = Grade(required=True)
    moderate = Grade(required=True)
    severe = Grade(required=True)


class SuggestionsBlock(Block):
    version = Text(required=True)
    status = Text(required=True)
    dictionary = block(OfDictionaryBlock, required=True)
    terms = named(listed(Text()))
    otherwise = listed(Text(), required=True)
    grades = named(block(GradeRuleBlock), Text())
    severity_grades = block(SeverityGradesBlock, required=True)
    graded_by_severity = listed(Text(), required=True)


def check_dictionary(data: dict[str, Any]) -> Problems:
    """A term stands once, and has a grade at all."""
    seen: dict[str, str] = {}
    for system, terms in data.get("systems", {}).items():
        for name, term in terms.items():
            if name in seen:
                yield f"systems.{system}.{name}: stands under {seen[name]} already; write it once"
            seen[name] = system
            if term["lowest"] > term["highest"]:
                yield f"systems.{system}.{name}: lowest is above highest; exchange them"


def check_suggestions(data: dict[str, Any], dictionary: dict[str, Any]) -> Problems:
    """Only terms and grades of the dictionary are suggested, and of the version that the suggestions were made for."""
    made_for = data.get("dictionary", {})
    for field in ("name", "version"):
        if field in made_for and made_for[field] != dictionary["name" if field == "name" else "version"]:
            yield f"dictionary.{field}: {made_for[field]} is not the dictionary's; look at every term anew, then write {dictionary[field]}"
    terms = {name: term for system in dictionary["systems"].values() for name, term in system.items()}
    for place, name in _named_terms(data):
        if name not in terms:
            yield f'{place}: "{name}" is not in the dictionary; write {closest(name, list(terms))}'
    for name, grade in _suggested_grades(data):
        if name in terms and not terms[name]["lowest"] <= grade <= terms[name]["highest"]:
            yield f'grades: "{name}" has no grade {grade}; write {terms[name]["lowest"]} to {terms[name]["highest"]}'
    for name in set(data.get("graded_by_severity", [])) & set(data.get("grades", {})):
        yield f'graded_by_severity: "{name}" has a rule in grades already; write it in one place'


def _named_terms(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for code, names in data.get("terms", {}).items():
        yield from ((f"terms.{code}", name) for name in names)
    for section in ("otherwise", "grades", "graded_by_severity"):
        yield from ((section, name) for name in data.get(section, ()))


def _suggested_grades(data: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for name, rule in data.get("grades", {}).items():
        yield from ((name, grade) for _, _, grade in rule["steps"])
    for name in data.get("graded_by_severity", []):
        yield from ((name, grade) for grade in data.get("severity_grades", {}).values())
