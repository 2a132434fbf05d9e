"""Times on the pages: a participant's own first, the reader's in brackets where the two differ; the zone always stands beside it."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from markupsafe import Markup

from followup_service.console.blueprint import console
from followup_service.console.page_language import shown_language
from followup_service.console.signed_in import access

# Pages say the same few times, days and temperatures again and again, and babel takes its time over each.
KEPT = 10_000


@console.app_template_filter("in_zone")
def in_zone(at: datetime, timezone: str) -> datetime:
    return at.astimezone(ZoneInfo(timezone))


@console.app_template_filter("instant")
def instant(at: datetime, timezone: str) -> Markup:
    """A `<time>` in the participant's or site's zone, and in the reader's own where clocks show another time there."""
    return _instant(at, timezone, access().account.timezone, shown_language())


@console.app_template_filter("moment")
def moment(at: datetime) -> Markup:
    """A `<time>` in the reader's own zone: for what happens on this side, such as a sign-in."""
    return _moment(at, access().account.timezone, shown_language())


@console.app_template_filter("day")
def day(on: date) -> str:
    """A date that no two countries read differently."""
    return _day(on, shown_language())


@console.app_template_filter("weekday")
def weekday(on: date) -> str:
    return _date(on, "EEEE d MMM y", "full", shown_language())


@console.app_template_filter("short_day")
def short_day(on: date) -> str:
    """Day and month, for a chart whose year is plain."""
    return _short_day(on, shown_language())


@console.app_template_filter("clock")
def clock_time(at: datetime) -> str:
    return at.strftime("%H:%M")


@console.app_template_filter("celsius")
def celsius(value: Decimal) -> str:
    """Two places where the second says something: 38.31 is above 38.3."""
    return _decimal(value, shown_language())


@lru_cache(KEPT)
def _instant(at: datetime, timezone: str, own_zone: str, locale: str) -> Markup:
    there, here = in_zone(at, timezone), in_zone(at, own_zone)
    said = _in_words(at, timezone, locale)
    if there.utcoffset() == here.utcoffset():
        return said
    return said + Markup(' <span class="soft">[%s <span class="zone">%s</span>]</span>') % (_short(here, locale), _city(own_zone))


@lru_cache(KEPT)
def _moment(at: datetime, own_zone: str, locale: str) -> Markup:
    return _in_words(at, own_zone, locale)


def _in_words(at: datetime, timezone: str, locale: str) -> Markup:
    time = _short(in_zone(at, timezone), locale)
    return Markup('<time datetime="%s">%s <span class="zone">%s</span></time>') % (at.isoformat(), time, _city(timezone))


@lru_cache(KEPT)
def _date(on: date, in_english: str, elsewhere: str, locale: str) -> str:
    return format_date(on, in_english if locale == "en" else elsewhere, locale=locale)


@lru_cache(KEPT)
def _decimal(value: Decimal, locale: str) -> str:
    return format_decimal(value, "0.0#", locale=locale)


@lru_cache(KEPT)
def _short_day(on: date, locale: str) -> str:
    return format_date(on, "d MMM", locale=locale) if locale == "en" else format_skeleton("MMMd", on, locale=locale)


def _day(on: date, locale: str) -> str:
    return _date(on, "d MMM y", "medium", locale)


def _short(at: datetime, locale: str) -> str:
    return f"{_day(at.date(), locale)} {clock_time(at)}"


def _city(timezone: str) -> str:
    return timezone.rpartition("/")[2].replace("_", " ")
