"""`flask roster`: who is on call when, where nobody is, and how to change it. Times are those of the site."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy import select

from followup_service import clock
from followup_service.cli.set_up import ACTOR, commit
from followup_service.errors import FollowupError, Refused
from followup_service.extensions import db
from followup_service.staff.change_roster import add_rotation, add_shift, swap_turns
from followup_service.staff.roster import OnCallTurn, load_roster
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import find_site, find_staff_member
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember
from followup_service.staff.team import team_of
from followup_service.staff.working_days import holiday_name

roster_commands = AppGroup("roster", help="Who is on call.")
COLUMNS = ("handle", "position", "starts", "ends")
INSTANT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M%z"])
DAY = click.DateTime(["%Y-%m-%d"])
site_option = click.option("--site", "code", required=True)
position_option = click.option("--position", required=True, type=click.IntRange(1, 99), help="1 is paged first.")


@roster_commands.command("show")
@site_option
@click.option("--days", default=14, show_default=True, type=click.IntRange(1, 366))
def show_command(code: str, days: int) -> None:
    """Print who is on call, with gaps and public holidays."""
    site, now = commit(lambda: _site(code)), clock.now()
    for turn in load_roster(db.session, site, now).turns(now, now + timedelta(days=days)):
        click.echo(_line(turn, site))
    others = ", ".join(person.handle for person in team_of(db.session, site.id, now).stands_in)
    click.echo(f"Where nobody is on call: {others or 'NOBODY. Add staff, and let them text their code.'}")
    staff = db.session.scalars(select(StaffMember).where(StaffMember.site_id == site.id, StaffMember.active).order_by(StaffMember.handle))
    for person in staff:
        if not person.counts:
            click.echo(f"No page goes to {person.handle} until they text their code: flask staff verify {person.handle} --site {code}")


@roster_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@site_option
def import_command(file: Path, code: str) -> None:
    """Add the shifts of a CSV file: handle, position, starts, ends, as 2026-01-05T08:00. All or nothing; every bad line is named."""

    def add_all() -> int:
        site = _site(code)
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise Refused(f"line 1: write the columns {','.join(COLUMNS)}")
            numbered = list(enumerate(rows, 2))
        problems = [problem for number, row in numbered for problem in _add_row(site, number, row)]
        if problems:
            raise Refused("\n".join(problems))
        return len(numbered)

    click.echo(f"{commit(add_all)} shifts added. Next: flask roster show --site {code}")


@roster_commands.command("add")
@click.argument("handle")
@site_option
@position_option
@click.option("--from", "starts", type=INSTANT, help="2026-01-05T08:00; now where it is left out.")
@click.option("--until", "ends", type=INSTANT, help="No end where it is left out.")
@click.option("--override", is_flag=True, help="In place of whoever else has this position then.")
@click.option("--reason", help="Why, for an override.")
def add_command(
    handle: str, code: str, position: int, starts: datetime | None, ends: datetime | None, override: bool, reason: str | None
) -> None:
    """Put a person on call."""

    def add() -> None:
        site = _site(code)
        person, now = find_staff_member(db.session, site, handle), clock.now()
        since, until = _at(starts, site) if starts else now, _at(ends, site) if ends else None
        add_shift(db.session, person, position, since, until, now, ACTOR, overrides=override, reason=reason)

    commit(add)
    click.echo(f"{handle} is on call at {code}, position {position}.")


@roster_commands.command("rotate")
@click.argument("handles", nargs=-1, required=True)
@site_option
@position_option
@click.option("--days", required=True, type=click.IntRange(1, 366), help="How long a turn is.")
@click.option("--from", "starts", required=True, type=DAY, help="The first day of the first turn.")
@click.option("--until", "ends", type=DAY, help="No end where it is left out.")
@click.option("--at", "hands_over_at", default="08:00", show_default=True, type=click.DateTime(["%H:%M"]), help="When a turn begins.")
def rotate_command(
    handles: tuple[str, ...], code: str, position: int, days: int, starts: datetime, ends: datetime | None, hands_over_at: datetime
) -> None:
    """Let people take turns, in the order given."""

    def add() -> None:
        site = _site(code)
        members = [find_staff_member(db.session, site, handle) for handle in handles]
        last = ends.date() if ends else None
        add_rotation(db.session, site, position, members, days, hands_over_at.time(), starts.date(), last, clock.now(), ACTOR)

    commit(add)
    click.echo(f"{', '.join(handles)} take turns of {days} days at {code}, position {position}.")


@roster_commands.command("swap")
@click.argument("handle")
@click.argument("other")
@site_option
@click.option("--turn", nargs=2, required=True, type=INSTANT, help="From when to when OTHER covers HANDLE.")
@click.option("--for", "in_return", nargs=2, required=True, type=INSTANT, help="From when to when HANDLE covers OTHER.")
def swap_command(handle: str, other: str, code: str, turn: tuple[datetime, datetime], in_return: tuple[datetime, datetime]) -> None:
    """Let two people swap turns."""

    def swap() -> None:
        site = _site(code)
        one, another = (find_staff_member(db.session, site, name) for name in (handle, other))
        ones, others = ((_at(span[0], site), _at(span[1], site)) for span in (turn, in_return))
        swap_turns(db.session, one, ones, another, others, clock.now(), ACTOR)

    commit(swap)
    click.echo(f"{other} covers {handle}, and {handle} covers {other}.")


def _site(code: str) -> Site:
    return find_site(db.session, running_study(db.session).id, code)


def _line(turn: OnCallTurn, site: Site) -> str:
    zone = ZoneInfo(site.timezone)
    starts, ends = turn.starts_at.astimezone(zone), turn.ends_at.astimezone(zone)
    who = ", ".join(person.handle for person in turn.people) or "GAP: nobody"
    days = [(starts + timedelta(days=day)).date() for day in range((ends.date() - starts.date()).days + 1)]
    named = [f"{day} {name}" for day in days if (name := holiday_name(site.country, day))]
    return f"{starts:%a %Y-%m-%d %H:%M}  {ends:%a %Y-%m-%d %H:%M}  {who}" + (f"  ({'; '.join(named)})" if named else "")


def _add_row(site: Site, number: int, row: dict[str, str]) -> Iterator[str]:
    """Adds the shift of one line; what is wrong with it is yielded instead."""
    try:
        position, starts = int(row["position"]), _at(datetime.fromisoformat(row["starts"]), site)
        ends = _at(datetime.fromisoformat(row["ends"]), site) if row["ends"] else None
    except (TypeError, ValueError):
        yield f"line {number}: write a position such as 1, and times such as 2026-01-05T08:00"
        return
    try:
        add_shift(db.session, find_staff_member(db.session, site, row["handle"]), position, starts, ends, clock.now(), ACTOR)
    except FollowupError as error:
        yield f"line {number}: {error.detail}"


def _at(written: datetime, site: Site) -> datetime:
    """A time without an offset is the site's."""
    return written if written.tzinfo else written.replace(tzinfo=ZoneInfo(site.timezone))
