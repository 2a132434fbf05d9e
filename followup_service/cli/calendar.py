"""`flask calendar`: the secret addresses at which a calendar program reads a site's visits."""

from collections.abc import Callable
from typing import TypeVar

import click
from flask import current_app
from flask.cli import AppGroup

from followup_service import clock
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.staff.calendar_feed import make_feed, revoke_feeds
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import find_site
from followup_service.staff.site import Site

ACTOR = "command line"
T = TypeVar("T")
calendar_commands = AppGroup("calendar", help="Feeds of a site's visits for calendar programs.")


@calendar_commands.command("create")
@click.argument("site")
def create(site: str) -> None:
    """Make a feed for SITE and print its address, which is never shown again. Whoever has the address can read the visits."""
    secret = _on(site, lambda found: make_feed(db.session, found, clock.now(), ACTOR))
    click.echo(f"{current_app.extensions['config'].public_base_url}/calendar/{secret}.ics")


@calendar_commands.command("revoke")
@click.argument("site")
def revoke(site: str) -> None:
    """End all feeds of SITE at once."""
    count = _on(site, lambda found: revoke_feeds(db.session, found, clock.now(), ACTOR))
    click.echo(f"{count} feed{'' if count == 1 else 's'} of {site} ended.")


def _on(code: str, work: Callable[[Site], T]) -> T:
    try:
        done = work(find_site(db.session, running_study(db.session).id, code))
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    db.session.commit()
    return done
