"""Gaps in a roster are found ahead and told to the coordinators of the site: once when they come into sight, and once on the day before."""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.definitions import Study
from followup_service.staff.roster import OnCallTurn, load_roster
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember, StaffRole
from followup_service.staff.team import People, Team, team_of

LOOK_AHEAD = timedelta(days=7)
SOON = timedelta(hours=24)
CHECKED_AT = time(9)


def warn_of_gaps(session: Session, site_id: UUID, now: datetime, *, study: Study) -> None:
    """Look over the roster of the coming week and tell of its gaps; then set when to look again."""
    site = session.get_one(Site, site_id, with_for_update={"key_share": True}, populate_existing=True)
    roster = load_roster(session, site, now)
    local = now.astimezone(roster.zone)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), CHECKED_AT, roster.zone)
    site.next_roster_check_at = tomorrow
    for gap in roster.gaps(now, now + LOOK_AHEAD):
        _tell(session, site, gap, now, study)


def _tell(session: Session, site: Site, gap: OnCallTurn, now: datetime, study: Study) -> None:
    """A gap that is there already is told again each day."""
    zone = load_roster(session, site, now).zone
    when = now.astimezone(zone).date() if gap.starts_at == now else gap.starts_at.astimezone(zone).isoformat()
    soon = "soon" if gap.starts_at < now + SOON else "ahead"
    team = team_of(session, site.id, now)
    values = {
        "site": site.code,
        "starts": gap.starts_at.isoformat(),
        "ends": gap.ends_at.isoformat(),
        "timezone": site.timezone,
        "stands_in": _first_of(team.stands_in),
    }
    for person in _to_be_told(session, site, team):
        key = f"roster_gap {site.id.hex} {person.id.hex} {when} {soon}"
        if session.scalar(select(OutboundMessage.id).where(OutboundMessage.dedupe_key == key)) is None:
            queue_text(session, person, Purpose.STAFF_ANSWER, "page_roster_gap", now, study=study, values=values, dedupe_key=key)


def _first_of(people: People) -> str:
    """One by name: where a whole team stands in, its names would fill the text."""
    if not people:
        return "-"
    return people[0].handle + (f", +{len(people) - 1}" if len(people) > 1 else "")


def _to_be_told(session: Session, site: Site, team: Team) -> People:
    """The coordinators; where there is none, whoever would be paged in the gap."""
    coordinators = select(StaffMember).where(
        StaffMember.site_id == site.id,
        StaffMember.role == StaffRole.COORDINATOR,
        StaffMember.active,
        StaffMember.phone_verified_at.is_not(None),
    )
    return tuple(session.scalars(coordinators)) or team.stands_in
