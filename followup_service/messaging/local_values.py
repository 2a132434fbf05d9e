"""Values as a language writes them: days and the decimal sign by CLDR, times by a participant's own clock, codes that keep their order."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import DateTimePattern, format_date, format_time, match_skeleton, parse_pattern, tokenize_pattern, untokenize_pattern
from babel.numbers import format_decimal

from followup_service.messaging.texts import DAY_AND_TIME, LATER_AT, TODAY_AT, TOMORROW_AT

DAY = "MMMMEd"
# "3 tháng 3" alone is read as a count of months, and CLDR's capital is one of a line's beginning.
DAY_ELSEWHERE = {"vi": "EEEE, 'ngày' d MMMM"}
_WITHIN_A_LINE = {"vi": ("Thứ", "thứ")}
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


def number_in_words(number: int, language: str) -> str:
    """Such as "10,000" or "10.000"."""
    return format_decimal(number, locale=language).translate(_WIDE_SPACES)


def day_in_words(day: date, language: str) -> str:
    """Such as "Tuesday, March 3" or "3月3日星期二". The year goes without saying: texts speak of the next weeks."""
    words = format_date(day, _day_pattern(language), locale=language).translate(_WIDE_SPACES)
    return words.replace(*_WITHIN_A_LINE[language]) if language in _WITHIN_A_LINE else words


def time_in_words(local: time, language: str) -> str:
    """Such as "2:30 PM" or "14:30"."""
    return format_time(local, "short", locale=language).translate(_WIDE_SPACES)


def instant_in_words(instant: datetime, timezone: str, language: str, translate: Callable[[str], str]) -> str:
    """Such as "Tuesday, March 3, 2:30 PM"."""
    local = instant.astimezone(ZoneInfo(timezone))
    return translate(DAY_AND_TIME) % {"day": day_in_words(local.date(), language), "time": time_in_words(local.time(), language)}


def soon_in_words(instant: datetime, now: datetime, timezone: str, language: str, translate: Callable[[str], str]) -> str:
    """The time first, so that it can follow a "by"; of another day than today also the day: a morning that is promised at night is the
    next one."""
    local, today = instant.astimezone(ZoneInfo(timezone)), now.astimezone(ZoneInfo(timezone)).date()
    text = {today: TODAY_AT, today + timedelta(days=1): TOMORROW_AT}.get(local.date(), LATER_AT)
    return translate(text) % {"day": day_in_words(local.date(), language), "time": time_in_words(local.time(), language)}


@cache
def _day_pattern(language: str) -> DateTimePattern:
    """The nearest of the language's patterns with weekday and month written out: "вт" and "Th 3" are no words. Looked for once: that
    takes a hundred times as long as to use it."""
    if language in DAY_ELSEWHERE:
        return parse_pattern(DAY_ELSEWHERE[language])
    patterns = Locale.parse(language).datetime_skeletons
    nearest = patterns[match_skeleton(DAY, patterns, allow_different_fields=False) or DAY]
    return parse_pattern(untokenize_pattern(map(_written_out, tokenize_pattern(nearest.pattern))))


def _written_out(token: tuple[str, str | tuple[str, int]]) -> tuple[str, str | tuple[str, int]]:
    kind, value = token
    is_a_name = kind == "field" and (value[0] in "Ec" or value == ("M", 3))
    return (kind, (value[0], 4)) if is_a_name else token
