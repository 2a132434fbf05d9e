"""Values as a language writes them: days and the decimal sign by CLDR, times by a participant's own clock, codes that keep their order."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import DateTimePattern, format_date, match_skeleton
from babel.numbers import format_decimal

from followup_service.messaging.texts import DAY_AND_TIME

DAY = "MMMMEEEEd"
# Narrow spaces would double a text's size.
_WIDE_SPACES = str.maketrans({"\u202f": " ", "\u00a0": " "})

# Older than isolates, so that plain phones know them too.
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"


def celsius_in_words(celsius: str, language: str) -> str:
    """A temperature such as "38.5" the language's own way: "38,5" in French. Digits are 0 to 9 everywhere, as thermometers show them."""
    return format_decimal(Decimal(celsius), format="0.0##", locale=language)


def left_to_right(value: str, language: str) -> str:
    """A code or a phone number. Without the marks, Arabic shows the groups of "+86 10 8819 6000" in reverse order."""
    if Locale.parse(language).text_direction == "ltr":
        return value
    return f"{LEFT_TO_RIGHT_MARK}{value}{RIGHT_TO_LEFT_MARK}"


def day_in_words(day: date, language: str) -> str:
    """Such as "Tuesday, March 3" or "3月3日星期二". The year goes without saying: texts speak of the next weeks."""
    return format_date(day, _day_pattern(language), locale=language).translate(_WIDE_SPACES)


def instant_in_words(instant: datetime, timezone: str, language: str, translate: Callable[[str], str]) -> str:
    """Such as "Tuesday, March 3, 10:00"."""
    local = instant.astimezone(ZoneInfo(timezone))
    return translate(DAY_AND_TIME) % {"day": day_in_words(local.date(), language), "time": f"{local:%H:%M}"}


@cache
def _day_pattern(language: str) -> DateTimePattern:
    """Looked for once: to find the nearest of a language's patterns takes a hundred times as long as to use it."""
    patterns = Locale.parse(language).datetime_skeletons
    return patterns[match_skeleton(DAY, patterns, allow_different_fields=False) or DAY]
