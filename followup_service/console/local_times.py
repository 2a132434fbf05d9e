"""Times on the pages: a participant's own first, the reader's in brackets where the two differ; the zone always stands beside it."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_decimal, get_locale
from markupsafe import Markup

from followup_service.console.blueprint import console
from followup_service.console.signed_in import access


@console.app_template_filter("in_zone")
def in_zone(at: datetime, timezone: str) -> datetime:
    return at.astimezone(ZoneInfo(timezone))


@console.app_template_filter("instant")
def instant(at: datetime, timezone: str) -> Markup:
    """A `<time>` in the participant's or site's zone, and in the reader's own where clocks show another time there."""
    there, here = in_zone(at, timezone), in_zone(at, access().account.timezone)
    said = Markup('<time datetime="{}">{} <span class="zone">{}</span></time>').format(at.isoformat(), _short(there), _city(timezone))
    if there.utcoffset() == here.utcoffset():
        return said
    return said + Markup(' <span class="soft">[{} <span class="zone">{}</span>]</span>').format(
        _short(here), _city(access().account.timezone)
    )


@console.app_template_filter("moment")
def moment(at: datetime) -> Markup:
    """A `<time>` in the reader's own zone: for what happens on this side, such as a sign-in."""
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), _short(in_zone(at, access().account.timezone)))


@console.app_template_filter("day")
def day(on: date) -> str:
    """A date that no two countries read differently."""
    return str(format_date(on, "d MMM y" if get_locale().language == "en" else "medium"))


@console.app_template_filter("weekday")
def weekday(on: date) -> str:
    return str(format_date(on, "EEEE d MMM y" if get_locale().language == "en" else "full"))


@console.app_template_filter("clock")
def clock_time(at: datetime) -> str:
    return at.strftime("%H:%M")


@console.app_template_filter("celsius")
def celsius(value: Decimal) -> str:
    """Two places where the second says something: 38.31 is above 38.3."""
    return str(format_decimal(value, "0.0#"))


def _short(at: datetime) -> str:
    return f"{day(at.date())} {clock_time(at)}"


def _city(timezone: str) -> str:
    return timezone.rpartition("/")[2].replace("_", " ")
