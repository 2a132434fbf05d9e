"""The visits of a site, day by day: what is booked, what was announced, and what the plan says of the weeks ahead."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request
from icalendar.enums import STATUS

from followup_service import clock
from followup_service.console.blueprint import page
from followup_service.console.scope import sites_seen
from followup_service.console.signed_in import access
from followup_service.errors import NotFound
from followup_service.extensions import db
from followup_service.records.site_visits import site_visits
from followup_service.staff.access import May

WEEKS = 4


@page("/calendar", May.READ_PARTICIPANTS)
def calendar() -> Any:
    # Visits tell which treatment was allotted.
    sites = {code: site for code, site in sites_seen().items() if access().may(May.SEE_ARM, site.id)}
    if not sites:
        return render_template("calendar.html", site=None)
    code = request.args.get("site") or next(iter(sites))
    if code not in sites:
        raise NotFound("no such site")
    site, now = sites[code], clock.now()
    today = now.astimezone(ZoneInfo(site.timezone)).date()
    monday = _monday(request.args.get("from", ""), today)
    until = monday + timedelta(weeks=WEEKS)
    visits = site_visits(db.session, site, monday, until - timedelta(days=1), study=access().study.protocol)
    entries = [entry for entry in visits if entry.status is not STATUS.CANCELLED]
    days = [(on, list(group)) for on, group in groupby(entries, key=lambda entry: entry.on)]
    around = (monday - timedelta(weeks=WEEKS), until)
    return render_template("calendar.html", site=site, sites=list(sites), days=days, today=today, first=monday, last=until, around=around)


def _monday(written: str, today: date) -> date:
    """The Monday of the day that was asked for, within what a calendar shows."""
    try:
        day = date.fromisoformat(written) if written else today
    except ValueError:
        day = today
    day = min(max(day, today - timedelta(days=92)), today + timedelta(days=366))
    return day - timedelta(days=day.weekday())
