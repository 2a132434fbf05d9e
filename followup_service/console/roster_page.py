"""The roster of a site: who is on call in the coming days, when nobody is and who stands in then; and shifts and rotations to be added."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select

from followup_service import clock
from followup_service.console.blueprint import page
from followup_service.console.page_language import gettext as _
from followup_service.console.scope import sites_seen
from followup_service.console.signed_in import access
from followup_service.console.words import ROSTER_FIELDS, in_words
from followup_service.errors import NotFound, Refused
from followup_service.extensions import db
from followup_service.staff.access import May
from followup_service.staff.change_roster import add_rotation, add_shift
from followup_service.staff.find_staff import active_staff_member
from followup_service.staff.roster import load_roster
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember
from followup_service.staff.team import team_of

DAYS = 14
MOST_POSITIONS = 9
LONGEST_TURN_DAYS = 366
LONGEST_REASON = 200


@page("/roster", May.READ_ROSTER)
def roster() -> Any:
    sites = sites_seen(May.READ_ROSTER)
    code = request.args.get("site") or next(iter(sites))
    if code not in sites:
        raise NotFound("no such site")
    site, now = sites[code], clock.now()
    people = select(StaffMember).where(StaffMember.site_id == site.id, StaffMember.active).order_by(StaffMember.handle)
    turns = load_roster(db.session, site, now).turns(now, now + timedelta(days=DAYS))
    return render_template(
        "roster.html",
        site=site,
        sites=list(sites),
        turns=turns,
        gaps=[turn for turn in turns if not turn.people],
        # With nobody of its own a site falls back on the others: their people are not named to it.
        stands_in=[person for person in team_of(db.session, site.id, now).stands_in if person.site_id == site.id],
        people=[(person.handle, person.handle) for person in db.session.scalars(people)],
        positions=[(number, number) for number in range(1, MOST_POSITIONS + 1)],
        days=DAYS,
        may_change=access().may(May.CHANGE_ROSTER, site.id),
    )


@page("/roster/<code:site>/shift", May.CHANGE_ROSTER, methods=("POST",))
def add_to_roster(site: str) -> Any:
    """A shift, or an override in place of whoever else has the position then. Times are the site's own."""
    place = _site(site)
    person = active_staff_member(db.session, place.id, request.form.get("who", ""))
    starts_at = _local("starts_at", place)
    ends_at = _local("ends_at", place) if request.form.get("ends_at") else None
    how = {"overrides": "overrides" in request.form, "reason": request.form.get("reason", "").strip()[:LONGEST_REASON] or None}
    add_shift(db.session, person, _number("position", MOST_POSITIONS), starts_at, ends_at, clock.now(), access().account.actor, **how)
    return _kept(place)


@page("/roster/<code:site>/rotation", May.CHANGE_ROSTER, methods=("POST",))
def add_rotation_to_roster(site: str) -> Any:
    """People who take turns, in the order written; a rotation in the same position ends where this one begins."""
    place = _site(site)
    handles = request.form.get("members", "").replace(",", " ").split()
    members = [active_staff_member(db.session, place.id, handle) for handle in handles]
    position, turn_days = _number("position", MOST_POSITIONS), _number("turn_days", LONGEST_TURN_DAYS)
    hands_over_at = _written("hands_over_at", time.fromisoformat, "08:00")
    starts_on = _written("starts_on", date.fromisoformat, "2026-01-31")
    add_rotation(db.session, place, position, members, turn_days, hands_over_at, starts_on, None, clock.now(), access().account.actor)
    return _kept(place)


def _site(code: str) -> Site:
    sites = sites_seen(May.CHANGE_ROSTER)
    if code not in sites:
        raise NotFound("no such site")
    # As a row of this transaction: a change makes the clock look at the roster anew.
    return db.session.get_one(Site, sites[code].id)


def _kept(site: Site) -> Any:
    db.session.commit()
    flash(_("Recorded."), "good")
    return redirect(url_for("console.roster", site=site.code), code=303)


def _local(name: str, site: Site) -> datetime:
    return _written(name, datetime.fromisoformat, "2026-01-31T08:00").replace(tzinfo=ZoneInfo(site.timezone))


def _number(name: str, most: int) -> int:
    written = request.form.get(name, "")
    number = int(written[:9]) if written.isdecimal() else 0
    if not 1 <= number <= most:
        what = _("write a number from 1 to %(most)s", most=most)
        raise Refused(_("%(field)s: %(what)s", field=in_words(ROSTER_FIELDS, name), what=what))
    return number


def _written(name: str, read: Callable[[str], Any], example: str) -> Any:
    try:
        return read(request.form.get(name, ""))
    except ValueError:
        what = _("write it like %(example)s", example=example)
        raise Refused(_("%(field)s: %(what)s", field=in_words(ROSTER_FIELDS, name), what=what)) from None
