"""What an adverse event may be called, and what a draft of one suggests: the dictionary of terms, and the rules of suggestion."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

SPECIFY = "Other, specify"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the dictionary and its system organ class. Grades outside `lowest` to `highest` are not described for it, as far as we
    know: `checked` says that somebody compared that with the NCI's own table."""

    name: str
    system: str
    lowest: int
    highest: int
    checked: bool = False

    @property
    def must_be_specified(self) -> bool:
        """Whether the term says nothing without words of one's own."""
        return self.name.endswith(SPECIFY)

    def has_grade(self, grade: int) -> bool:
        return self.lowest <= grade <= self.highest


class GradedBy(StrEnum):
    """What of an episode a grade is suggested by."""

    HIGHEST_CELSIUS = "highest_celsius"
    LOWEST_CELSIUS = "lowest_celsius"
    COUNT = "count"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class GradeStep:
    """A bound that a value must reach (`from`), exceed (`above`) or not exceed (`up_to`) for the grade."""

    kind: str
    bound: Decimal
    grade: int

    def holds(self, value: Decimal) -> bool:
        if self.kind == "up_to":
            return value <= self.bound
        return value > self.bound if self.kind == "above" else value >= self.bound


@dataclass(frozen=True, slots=True)
class GradeRule:
    """The last of the steps that holds gives the grade."""

    by: GradedBy
    steps: tuple[GradeStep, ...]


@dataclass(frozen=True, slots=True)
class EventTerms:
    """A dictionary and our suggestions over it. `name` and `version` are the dictionary's; `suggestions_version` is ours.

    `by_code` holds the terms to think of for each rule code, the plainest first; `otherwise` those for every other code.
    `severity_grades` has the grade of a mild (1), moderate (2) and severe (3) one, for the terms in `graded_by_severity`.
    """

    name: str
    version: str
    suggestions_version: str
    terms: Mapping[str, Term]
    by_code: Mapping[str, tuple[str, ...]]
    otherwise: tuple[str, ...]
    grades: Mapping[str, GradeRule]
    graded_by_severity: frozenset[str]
    severity_grades: Mapping[int, int]

    @property
    def title(self) -> str:
        """Such as "CTCAE 5.0": kept with every event."""
        return f"{self.name} {self.version}"
