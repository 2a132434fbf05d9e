"""Suggests the term and the grade of an adverse event from what was reported in an episode. An investigator decides, not this."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from followup_service.protocol.event_terms import EventTerms, GradedBy, GradeStep

_SHOWN = {"from": "at least", "above": "above", "up_to": "up to"}
_SEVERITIES = ("mild", "moderate", "severe")
_REASON = re.compile(r"(?P<term>.+) by (?P<by>\w+): (?P<value>[\w.]+)(?: is (?P<step>at least|above|up to) (?P<bound>[\d.]+))?")


@dataclass(frozen=True, slots=True)
class EpisodeFacts:
    """What an episode's texts reported: rule codes (the worst first), temperatures in Celsius, and by code counts and severities (1-3)."""

    codes: tuple[str, ...]
    highest_celsius: Decimal | None = None
    lowest_celsius: Decimal | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    severities: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SuggestedEvent:
    """A term, and the grade where a rule suggests one; `rule` says which rule it was and what it looked at."""

    term: str
    grade: int | None
    rule: str | None


@dataclass(frozen=True, slots=True)
class GradeReason:
    """Which rule suggested a grade, what it looked at, and the step that held, where it has steps. As words it is kept with the draft."""

    term: str
    by: str
    value: str
    step: str | None = None
    bound: str | None = None

    def __str__(self) -> str:
        held = f" is {self.step} {self.bound}" if self.step else ""
        return f"{self.term} by {self.by}: {self.value}{held}"

    @classmethod
    def of(cls, kept: str) -> "GradeReason | None":
        """The reason that was kept as these words; None for other words."""
        found = _REASON.fullmatch(kept)
        return cls(**found.groupdict()) if found else None


def suggest_events(facts: EpisodeFacts, terms: EventTerms) -> tuple[SuggestedEvent, ...]:
    """What to think of, the plainest terms of the worst codes first. Never empty."""
    lists = [terms.by_code.get(code, terms.otherwise) for code in facts.codes] or [terms.otherwise]
    # What was reported stands before what may be behind it: the first term of every code, then all others.
    names = [*(found[0] for found in lists), *(name for found in lists for name in found[1:])]
    known = [name for name in dict.fromkeys(names) if name not in terms.otherwise]
    return tuple(suggest_grade(name, facts, terms) for name in [*known, *terms.otherwise])


def suggest_grade(term: str, facts: EpisodeFacts, terms: EventTerms) -> SuggestedEvent:
    """The grade that the facts suggest for one term."""
    of_term = [code for code, names in terms.by_code.items() if term in names]
    if term in terms.graded_by_severity:
        worst = _largest(facts.severities, of_term)
        if worst is None:
            return SuggestedEvent(term, None, None)
        return SuggestedEvent(term, terms.severity_grades[worst], str(GradeReason(term, "severity", _SEVERITIES[worst - 1])))
    rule = terms.grades.get(term)
    value = _value(rule.by, facts, of_term) if rule is not None else None
    if rule is None or value is None:
        return SuggestedEvent(term, None, None)
    step = _last_that_holds(rule.steps, value)
    if step is None:
        return SuggestedEvent(term, None, None)
    return SuggestedEvent(term, step.grade, str(GradeReason(term, rule.by, str(value), _SHOWN[step.kind], str(step.bound))))


def _value(by: GradedBy, facts: EpisodeFacts, codes: Iterable[str]) -> Decimal | None:
    if by is GradedBy.HIGHEST_CELSIUS:
        return facts.highest_celsius
    if by is GradedBy.LOWEST_CELSIUS:
        return facts.lowest_celsius
    if by is GradedBy.COUNT:
        count = _largest(facts.counts, codes)
        return None if count is None else Decimal(count)
    return Decimal(sum(code in codes for code in facts.codes)) or None


def _largest(values: Mapping[str, int], codes: Iterable[str]) -> int | None:
    return max((values[code] for code in codes if code in values), default=None)


def _last_that_holds(steps: Iterable[GradeStep], value: Decimal) -> GradeStep | None:
    held = [step for step in steps if step.holds(value)]
    return held[-1] if held else None
