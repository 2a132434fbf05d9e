"""`flask drill`: prove now that a fever reaches whoever is on call, and see when that was last proven."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy import select

from followup_service import clock
from followup_service.cli.set_up import commit
from followup_service.cli.table import table
from followup_service.errors import FollowupError
from followup_service.escalations.drill import Drill
from followup_service.extensions import db
from followup_service.jobs.hold_drill import hold_drill
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import find_site
from followup_service.staff.site import Site

drill_commands = AppGroup("drill", help="A made-up fever that goes the whole way to the phone of whoever is on call.")
SHOWN = 20


@drill_commands.command("now")
@click.option("--site", "code", required=True)
def now_command(code: str) -> None:
    """Begin a drill at a site. A worker must run; whoever gets the page answers 1."""
    site_id = commit(lambda: find_site(db.session, running_study(db.session).id, code).id)
    try:
        hold_drill(site_id)
    except FollowupError as error:
        db.session.rollback()
        raise click.ClickException(error.detail) from error
    click.echo("The fever is in, and its page is on its way. Once somebody answered, flask drill show says so.")


@drill_commands.command("show")
def show_command() -> None:
    """Print the last drills."""
    for line in table(("site", "began", "ended"), _lines()):
        click.echo(line)


def _lines() -> Iterator[tuple[str, str, str]]:
    rows = select(Drill, Site).join(Site, Site.id == Drill.site_id).order_by(Drill.started_at.desc()).limit(SHOWN)
    for drill, site in db.session.execute(rows):
        began = f"{drill.started_at.astimezone(ZoneInfo(site.timezone)):%Y-%m-%d %H:%M}"
        yield site.code, began, _ended(drill)


def _ended(drill: Drill) -> str:
    if drill.proven_at is not None:
        return f"proven after {(drill.proven_at - drill.started_at).total_seconds() / 60:.0f} min by {drill.proven_by}"
    if drill.failed_at is not None:
        return "FAILED: nobody answered"
    return f"waits for an answer since {(clock.now() - drill.started_at).total_seconds() / 60:.0f} min"
