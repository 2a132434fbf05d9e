"""Setting a study up: open it, add its sites and its staff, verify their phones."""

from collections.abc import Callable
from typing import TypeVar

import click
from flask import current_app
from flask.cli import AppGroup

from followup_service import clock
from followup_service.cli.when_configured import when_configured
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.messaging.catalogues import check_language
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.enrol_participant import check_timezone
from followup_service.participants.phone_numbers import read_phone
from followup_service.staff.change_roster import keep_running, lead_the_site, stand_in
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import add_site, add_staff_member, check_lengths, find_site, find_staff_member, open_study, set_email
from followup_service.staff.staff_member import StaffMember
from followup_service.staff.verify_phone import new_phone_code

ACTOR = "command line"
sites_commands = AppGroup("sites", help="The hospitals of the study.")
staff_commands = AppGroup("staff", help="The people who can be paged.")
T = TypeVar("T")


@click.command("open")
@when_configured
def study_open_command() -> None:
    """Open the configured study in this database."""
    commit(lambda: open_study(db.session, current_app.extensions["study"], clock.now(), ACTOR))
    click.echo(f"{current_app.extensions['study'].code} is open. Next: flask sites add")


@sites_commands.command("add")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--country", required=True, help="Two letters, for example CN.")
@click.option("--timezone", required=True, help="For example Asia/Shanghai.")
@click.option("--clinic-phone", required=True, help="The number participants are told to call.")
@click.option("--emergency-number", required=True, help="For example 120.")
@click.option("--visit-place", help="Where to come, as reminders say it, in 50 characters at most. Names no illness.")
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
        check_lengths(code, code=code, clinic_phone=clinic_phone, emergency_number=emergency_number, visit_place=visit_place)
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

    commit(add)
    click.echo(f"Site {code} added. Next: flask staff add")


@staff_commands.command("add")
@click.argument("handle")
@click.option("--site", required=True)
@click.option("--phone", required=True)
@click.option("--language", default="en", show_default=True)
@click.option("--email", default="", help="Where pages by e-mail go.")
@click.option("--role", default="nurse", show_default=True, type=click.Choice(["nurse", "coordinator", "investigator"]))
def add_staff_command(handle: str, site: str, phone: str, language: str, email: str, role: str) -> None:
    """Add a person who can be paged once they have texted their code."""

    def add() -> str:
        at = find_site(db.session, running_study(db.session).id, site)
        person = add_staff_member(
            db.session,
            at,
            clock.now(),
            ACTOR,
            handle=handle,
            phone=read_phone(phone, at.country),
            language=check_language(language, handle),
            role=role,
            email=email,
        )
        return _ask_for_code(person)

    code = commit(add)
    click.echo(f"{handle} added. Give them this code in person, to be texted from their phone: {code}")
    click.echo(f"Until then no page goes there. Next: flask roster add {handle} --site {site} --position 1")


@staff_commands.command("verify")
@click.argument("handle")
@click.option("--site", required=True)
def verify_staff_command(handle: str, site: str) -> None:
    """Make a new code for a phone. Until the person texts it, the phone counts no more."""
    code = commit(lambda: _ask_for_code(find_staff_member(db.session, find_site(db.session, running_study(db.session).id, site), handle)))
    click.echo(f"Give {handle} this code in person, to be texted from their phone: {code}")


@staff_commands.command("email")
@click.argument("handle")
@click.argument("address")
@click.option("--site", required=True)
def staff_email_command(handle: str, address: str, site: str) -> None:
    """Say where pages by e-mail go; none takes the address away. They say no more than code and level."""
    email = "" if address == "none" else address

    def change() -> None:
        person = find_staff_member(db.session, find_site(db.session, running_study(db.session).id, site), handle)
        set_email(person, email, clock.now(), ACTOR)

    commit(change)
    click.echo(f"Pages by e-mail go to {email}." if email else f"No page by e-mail goes to {handle}.")


@staff_commands.command("mark")
@click.argument("handle")
@click.option("--site", required=True)
@click.option("--fallback", is_flag=True, help="Is paged where nobody of the site is on call.")
@click.option("--principal-investigator", is_flag=True, help="Is paged at the end of the chain.")
@click.option("--operator", is_flag=True, help="Keeps the service running: hears when texts are on hold. There may be several.")
def mark_staff_command(handle: str, site: str, fallback: bool, principal_investigator: bool, operator: bool) -> None:
    """Say who stands in, who leads the site (each is one person; whoever was it before is it no more), and who is an operator."""

    def mark() -> None:
        person = find_staff_member(db.session, find_site(db.session, running_study(db.session).id, site), handle)
        if fallback:
            stand_in(db.session, person, clock.now(), ACTOR)
        if principal_investigator:
            lead_the_site(db.session, person, clock.now(), ACTOR)
        if operator:
            keep_running(person, clock.now(), ACTOR)

    if not (fallback or principal_investigator or operator):
        raise click.UsageError("write --fallback, --principal-investigator, --operator or several of them")
    commit(mark)
    click.echo(f"{handle} is marked.")


def _ask_for_code(person: StaffMember) -> str:
    """The code is told to the team, never to the phone: whoever has a mistyped number cannot know it."""
    code = new_phone_code(person, clock.now(), ACTOR)
    study = current_app.extensions["study"]
    queue_text(db.session, person, Purpose.STAFF_ANSWER, "page_phone_code", clock.now(), study=study)
    return code


def commit(work: Callable[[], T]) -> T:
    """Do it and commit; what is refused is told as the command's error."""
    try:
        done = work()
    except FollowupError as error:
        db.session.rollback()
        raise click.ClickException(error.detail) from error
    db.session.commit()
    return done
