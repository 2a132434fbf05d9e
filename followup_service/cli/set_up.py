"""Setting a study up: open it, add its sites, its staff and who is on call."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from followup_service import clock
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.messaging.catalogues import check_language
from followup_service.participants.enrol_participant import check_timezone
from followup_service.participants.phone_numbers import read_phone
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import add_shift, add_site, add_staff_member, find_site, find_staff_member, open_study

ACTOR = "command line"
sites_commands = AppGroup("sites", help="The hospitals of the study.")
staff_commands = AppGroup("staff", help="The people who can be paged.")
roster_commands = AppGroup("roster", help="Who is on call.")


@click.command("open")
@with_appcontext
def study_open_command() -> None:
    """Open the configured study in this database."""
    _commit(lambda: open_study(db.session, current_app.extensions["study"], clock.now(), ACTOR))
    click.echo(f"{current_app.extensions['study'].code} is open. Next: flask sites add")


@sites_commands.command("add")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--country", required=True, help="Two letters, for example CN.")
@click.option("--timezone", required=True, help="For example Asia/Shanghai.")
@click.option("--clinic-phone", required=True, help="The number participants are told to call.")
@click.option("--emergency-number", required=True, help="For example 120.")
@click.option("--visit-place", help="Where to come, as reminders say it. Names no illness.")
@click.option("--takes-unknown-senders", is_flag=True, help="Its team looks at texts from numbers that nobody knows.")
def add_site_command(
    code: str,
    name: str,
    country: str,
    timezone: str,
    clinic_phone: str,
    emergency_number: str,
    visit_place: str | None,
    takes_unknown_senders: bool,
) -> None:
    """Add a hospital."""

    def add() -> None:
        add_site(
            db.session,
            running_study(db.session).id,
            clock.now(),
            ACTOR,
            code=code,
            name=name,
            country=country.upper(),
            timezone=check_timezone(timezone, f"site {code}"),
            clinic_phone=clinic_phone,
            emergency_number=emergency_number,
            visit_place=visit_place,
            takes_unknown_senders=takes_unknown_senders,
        )

    _commit(add)
    click.echo(f"Site {code} added. Next: flask staff add")


@staff_commands.command("add")
@click.argument("handle")
@click.option("--site", required=True)
@click.option("--phone", required=True)
@click.option("--language", default="en", show_default=True)
@click.option("--role", default="nurse", show_default=True, type=click.Choice(["nurse", "coordinator", "investigator"]))
def add_staff_command(handle: str, site: str, phone: str, language: str, role: str) -> None:
    """Add a person who can be paged."""

    def add() -> None:
        at = find_site(db.session, running_study(db.session).id, site)
        add_staff_member(
            db.session,
            at,
            clock.now(),
            ACTOR,
            handle=handle,
            phone=read_phone(phone, at.country),
            language=check_language(language, handle),
            role=role,
        )

    _commit(add)
    click.echo(f"{handle} added. Next: flask roster add {handle} --site {site} --position 1")


@roster_commands.command("add")
@click.argument("handle")
@click.option("--site", required=True)
@click.option("--position", required=True, type=click.IntRange(1, 99), help="1 is paged first.")
@click.option("--from", "starts", type=click.DateTime(["%Y-%m-%dT%H:%M%z"]), help="2026-01-05T08:00+0800; now where it is left out.")
@click.option("--until", "ends", type=click.DateTime(["%Y-%m-%dT%H:%M%z"]), help="No end where it is left out.")
def add_shift_command(handle: str, site: str, position: int, starts: datetime | None, ends: datetime | None) -> None:
    """Put a person on call."""

    def add() -> None:
        at = find_site(db.session, running_study(db.session).id, site)
        person = find_staff_member(db.session, at, handle)
        add_shift(db.session, person, position, starts or clock.now(), ends, clock.now(), ACTOR)

    _commit(add)
    click.echo(f"{handle} is on call at {site}, position {position}.")


def _commit(work: object) -> None:
    try:
        work()  # type: ignore[operator]
    except FollowupError as error:
        db.session.rollback()
        raise click.ClickException(error.detail) from error
    db.session.commit()
