"""What the escalation rules of a study file can say: levels, the temperature ladder, rule codes and combinations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

_RANKS = {"emergency": 3, "urgent": 2, "review": 1}


class Level(StrEnum):
    """How fast a person must act. What only has a place in the notes of the next visit has no level (None)."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    REVIEW = "review"

    @property
    def rank(self) -> int:
        """3 for an emergency down to 1: compare ranks, never the words."""
        return _RANKS[self]

    @staticmethod
    def worst(*levels: "Level | None") -> "Level | None":
        """The highest of these levels; None where none of them is one."""
        worst: Level | None = None
        highest = 0
        for level in levels:
            if level is not None and _RANKS[level] > highest:
                worst, highest = level, _RANKS[level]
        return worst


@dataclass(frozen=True, slots=True)
class TemperatureStep:
    """One step of the ladder in degrees Celsius; `code` None means that a value here is kept and nothing else."""

    lowest: Decimal
    includes_lowest: bool
    highest: Decimal
    includes_highest: bool
    code: str | None

    def holds(self, celsius: Decimal) -> bool:
        """Compared exactly: 38.3 is not above 38.3."""
        if celsius > self.highest or celsius < self.lowest:
            return False
        return (self.includes_lowest or celsius != self.lowest) and (self.includes_highest or celsius != self.highest)


@dataclass(frozen=True, slots=True)
class ArmpitRule:
    """Armpit readings from this value on count as this code, because the armpit reads low."""

    from_celsius: Decimal
    code: str


@dataclass(frozen=True, slots=True)
class FeverInWords:
    """Fever named in words is `code`, unless a temperature in the text of `explained_from` or more says it better."""

    symptom: str
    code: str
    explained_from: Decimal


@dataclass(frozen=True, slots=True)
class SustainedRule:
    """A value from `from_celsius` on, after another such value between `after_minutes` and `within_minutes` ago.

    `twice_in_one_text`: two borderline values in one text, whose times are not known, are taken as such a pair.
    """

    code: str
    from_celsius: Decimal
    after_minutes: int
    within_minutes: int
    twice_in_one_text: bool


@dataclass(frozen=True, slots=True)
class LateFeverRule:
    """A value from `from_celsius` on, later than `after_day` after an RFA session (the session is day 0)."""

    code: str
    from_celsius: Decimal
    after_day: int


@dataclass(frozen=True, slots=True)
class TemperatureRules:
    """What a body temperature means. Steps are ordered, without gap or overlap; outside them a value is implausible.

    `replaced_code` is the step's code that gives way to a temperature code that is an emergency.
    """

    steps: tuple[TemperatureStep, ...]
    implausible_code: str
    replaced_code: str
    in_words: FeverInWords
    armpit: ArmpitRule | None
    sustained: SustainedRule
    late: LateFeverRule


@dataclass(frozen=True, slots=True)
class CountStep:
    """From so many on (such as loose stools a day above usual) the symptom has this level."""

    at_least: int
    level: Level | None


@dataclass(frozen=True, slots=True)
class CodeRule:
    """One rule code and its levels (None: noted, no escalation on its own).

    `severe_is` is the code a severe one is reported as. `is_symptom` is False for requests and facts, which never make a pair.
    `same_as` are codes of the same complaint, itself among them. `ask` is a check-in to start, `tell` a text for the participant.
    What is `paperwork` is between the team and its forms, and no concern of the participant.
    """

    code: str
    name: str
    order: int
    level: Level | None
    when_mild: Level | None
    when_severe: Level | None
    when_worse: Level | None
    severe_is: str | None
    counts: tuple[CountStep, ...]
    is_symptom: bool
    same_as: frozenset[str]
    ask: str | None
    tell: str | None
    paperwork: bool


@dataclass(frozen=True, slots=True)
class Combination:
    """`code` together with any of `with_codes`, in one text or one day, has this level."""

    code: str
    with_codes: frozenset[str]
    level: Level


@dataclass(frozen=True, slots=True)
class PainScoreRules:
    """A digit of the 0-4 question from `high_from` on, or so many points above the last one; from `severe_from` on, the digit says of a
    pain named beside it that it is severe.
    """

    high_code: str
    high_from: int
    severe_from: int
    risen_code: str
    risen_by: int


@dataclass(frozen=True, slots=True)
class BeforeTreatmentRule:
    """Before a treatment, `code` pages `page` to the team as well, and tells the participant `tell` in place of what it tells otherwise."""

    code: str
    page: str
    tell: str


@dataclass(frozen=True, slots=True)
class EscalationRules:
    """Everything `decide` needs. `codes` holds every rule code, in the order of the file.

    `two_different` is the level of two urgent codes of different complaints in one text or one day. `tell_by_level` is what a
    participant is told where a code has no text of its own. `unknown_code` stands in for a code that the file does not know.
    """

    temperature: TemperatureRules
    codes: Mapping[str, CodeRule]
    combinations: tuple[Combination, ...]
    two_different: Level
    pain_score: PainScoreRules
    before_treatment: BeforeTreatmentRule
    tell_by_level: Mapping[Level, str | None]
    unreadable_code: str
    unknown_code: str

    def are_paperwork(self, codes: Iterable[str]) -> bool:
        """Whether none of these reasons has to do with how the participant is. A code that the file no longer has does."""
        return all(code in self.codes and self.codes[code].paperwork for code in codes)
