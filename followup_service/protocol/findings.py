"""What a text can report, in the words the escalation rules use: made by reading a text, judged by `escalation_rules`."""

from decimal import Decimal
from enum import IntEnum, StrEnum
from operator import attrgetter
from typing import NamedTuple

_CELSIUS = attrgetter("celsius")


class TemperatureUnit(StrEnum):
    CELSIUS = "C"
    FAHRENHEIT = "F"


class MeasurementSite(StrEnum):
    ARMPIT = "armpit"
    MOUTH = "mouth"
    EAR = "ear"
    FOREHEAD = "forehead"
    RECTUM = "rectum"


class Severity(IntEnum):
    """How bad, in words. The digits 0-4 of a questionnaire are `Findings.severity_digit`, not this."""

    MILD = 1
    MODERATE = 2
    SEVERE = 3


class ReadsLike(StrEnum):
    """What a text reads like that nobody found the words for; each is a code of the study file."""

    EMERGENCY = "READS_LIKE_EMERGENCY"
    ALARM = "READS_LIKE_ALARM"
    TROUBLE = "READS_LIKE_TROUBLE"


class Temperature(NamedTuple):
    """One body temperature a participant reports now or had earlier; `celsius` is converted exactly, never rounded."""

    written: str
    value: Decimal
    unit: TemperatureUnit
    celsius: Decimal
    site: MeasurementSite | None = None


class Symptom(NamedTuple):
    """One symptom or request a participant has or had (denied ones are not findings).

    `code` is a code of the study file's `symptoms`, e.g. RIGOR, ABDOMINAL_PAIN, FEVER (fever in words);
    `count` is a number that belongs to it, such as loose stools a day.
    """

    code: str
    severity: Severity | None = None
    worse: bool = False
    count: int | None = None  # type: ignore[assignment]  # it hides the method of tuples, which nobody asks a symptom for


class Findings(NamedTuple):
    """All that one text reports. `implausible_temperatures` are numbers offered as a temperature that no body has.

    `reads_like` is a guess from texts like it: it counts only where nothing as bad was found by its words.
    """

    temperatures: tuple[Temperature, ...] = ()
    implausible_temperatures: tuple[Temperature, ...] = ()
    symptoms: tuple[Symptom, ...] = ()
    severity_digit: int | None = None
    unread: bool = False
    reads_like: ReadsLike | None = None

    @property
    def highest(self) -> Temperature | None:
        """The reading that decides: the highest plausible one."""
        return max(self.temperatures, key=_CELSIUS, default=None)

    @property
    def lowest(self) -> Temperature | None:
        return min(self.temperatures, key=_CELSIUS, default=None)
