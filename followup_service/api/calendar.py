"""The calendar feed: a site's visits at a secret address, for calendar programs that can carry no token."""

from datetime import timedelta

from flask import Blueprint, Response, current_app

from followup_service import clock
from followup_service.errors import NotFound
from followup_service.extensions import db
from followup_service.records.site_visits import site_visits
from followup_service.records.write_calendar import write_calendar
from followup_service.staff.calendar_feed import find_feed
from followup_service.staff.site import Site

# What a calendar program is told of: three months back, a year ahead.
BACK, AHEAD = timedelta(days=92), timedelta(days=366)

calendar_feeds = Blueprint("calendar_feeds", __name__)


@calendar_feeds.get("/calendar/<secret>.ics")
def feed(secret: str) -> Response:
    """Whoever has the address may read it; an unknown one and a revoked one answer alike."""
    db.session.connection(execution_options={"read_only": True})
    found = find_feed(db.session, secret)
    if found is None:
        raise NotFound("no such calendar")
    site, now = db.session.get_one(Site, found.site_id), clock.now()
    visits = site_visits(db.session, site, (now - BACK).date(), (now + AHEAD).date(), study=current_app.extensions["study"])
    text = write_calendar(visits, site.code, now)
    response = Response(text, content_type="text/calendar; charset=utf-8")
    # The address is the secret: no cache keeps what it shows, and no page that links on learns it.
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
