"""Times on the pages: a participant's own first, the reader's in brackets where the two differ; the zone always stands beside it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import format_datetime
from markupsafe import Markup

from followup_service.console.blueprint import console
from followup_service.console.signed_in import access


@console.app_template_filter("in_zone")
def in_zone(at: datetime, timezone: str) -> datetime:
    return at.astimezone(ZoneInfo(timezone))


@console.app_template_filter("instant")
def instant(at: datetime, timezone: str) -> Markup:
    """An instant as a <time>: at the participant's or site's zone, and in the reader's own where its clock shows another time."""
    there, here = in_zone(at, timezone), in_zone(at, access().account.timezone)
    said = Markup('<time datetime="{}">{} <span class="zone">{}</span></time>').format(at.isoformat(), _short(there), _city(timezone))
    if there.utcoffset() == here.utcoffset():
        return said
    return said + Markup(' <span class="soft">[{} <span class="zone">{}</span>]</span>').format(
        _short(here), _city(access().account.timezone)
    )


def _short(at: datetime) -> str:
    return str(format_datetime(at, "short", rebase=False))


def _city(timezone: str) -> str:
    return timezone.rpartition("/")[2].replace("_", " ")
