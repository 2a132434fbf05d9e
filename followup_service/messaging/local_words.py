"""Days and times in words, in a language and on a participant's own clock; without the narrow spaces that would double a text's size."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from followup_service.messaging.texts import DAY_AND_TIME

DAY = "MMMMEEEEd"
_WIDE_SPACES = str.maketrans({"\u202f": " ", "\u00a0": " "})


def day_in_words(day: date, language: str) -> str:
    """Such as "Tuesday, March 3" or "3月3日星期二". The year goes without saying: texts speak of the next weeks."""
    return str(format_skeleton(DAY, day, locale=language)).translate(_WIDE_SPACES)


def instant_in_words(instant: datetime, timezone: str, language: str, translate: Callable[[str], str]) -> str:
    """Such as "Tuesday, March 3, 10:00"."""
    local = instant.astimezone(ZoneInfo(timezone))
    return translate(DAY_AND_TIME) % {"day": day_in_words(local.date(), language), "time": f"{local:%H:%M}"}
