"""The figures of alarms that the team sees: how fast they were paged, taken and ended, what is open, and how many led to action.

What is between the team and its forms (the clock of an adverse event) is counted apart: it says nothing of how alarms are met.
"""

from dataclasses import dataclass
from datetime import date, datetime

from followup_service.escalations.escalation import Outcome
from followup_service.protocol.rule_definitions import Level


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: median and 90th percentile (nearest rank) in seconds; None where it never happened."""

    count: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class OpenFigures:
    """What of one level is not resolved now: waiting for somebody, taken by somebody, and since when the oldest is open."""

    level: Level
    waiting: int
    taken: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """The episodes of one level that were opened in the period. Times count from the arrival of the text that opened it."""

    level: Level
    opened: int
    to_page: Spread
    to_acknowledge: Spread
    to_outcome: Spread


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """One site in one week, which begins on `week`; None for `week` is the whole period, None for `site` all sites together.

    Times and `led_to_action` (of those resolved) are those of alarms; `tasks` are what opened for review. A check-in has an alarm where a
    text that came while it was asked belongs to one.
    """

    site: str | None
    week: date | None
    alarms: int
    tasks: int
    to_page: Spread
    to_acknowledge: Spread
    to_outcome: Spread
    led_to_action: Share
    checkins_with_alarm: Share


@dataclass(frozen=True, slots=True)
class OutcomeFigures:
    """How many alarms and tasks of the period ended with it."""

    outcome: Outcome
    alarms: int
    tasks: int


@dataclass(frozen=True, slots=True)
class PaperworkFigures:
    """The alarms of the team's own forms: those of the period, and what of them is not resolved now, whenever it was opened."""

    opened: int
    waiting: int
    taken: int
    to_acknowledge: Spread
    to_outcome: Spread


@dataclass(frozen=True, slots=True)
class EscalationFigures:
    """All figures. `by_week` ends with the whole period of each site and, where there are several, of all."""

    since: date
    until: date
    open_now: tuple[OpenFigures, ...]
    by_level: tuple[LevelFigures, ...]
    by_week: tuple[WeekFigures, ...]
    by_outcome: tuple[OutcomeFigures, ...]
    paperwork: PaperworkFigures
