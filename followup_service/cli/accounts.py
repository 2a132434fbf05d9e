"""`flask accounts`: make, list, disable and reset the accounts with which people sign in to the web pages."""

from datetime import datetime
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from followup_service import clock
from followup_service.cli.set_up import commit
from followup_service.cli.table import table
from followup_service.config import Config
from followup_service.extensions import db
from followup_service.participants.enrol_participant import check_timezone
from followup_service.staff.account import Account, AccountRole, Role
from followup_service.staff.manage_account import Grant, create_account, disable_account, enable_account, find_account, reset_account
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import find_site, find_staff_member
from followup_service.staff.site import Site

ACTOR = "command line"
ROLES = [role.value for role in Role]
accounts_commands = AppGroup("accounts", help="Who signs in to the web pages.")


@accounts_commands.command("create")
@click.argument("name")
@click.option("--full-name", required=True, help="As signatures show it.")
@click.option(
    "--role", "roles", required=True, multiple=True, type=click.Choice([role.value for role in Role]), help="May be given several times."
)
@click.option("--site", help="At this site only.")
@click.option("--study-wide", is_flag=True, help="At every site of the study.")
@click.option("--blinded", is_flag=True, help="Never sees the arm.")
@click.option("--staff", help="The member of staff of this site who is paged under another name, such as nurse-li.")
@click.option("--timezone", help="Where the person is; the site's unless given.")
def create(
    name: str,
    full_name: str,
    roles: tuple[str, ...],
    site: str | None,
    study_wide: bool,
    blinded: bool,
    staff: str | None,
    timezone: str | None,
) -> None:
    """Make an account and print its set-up link. The first one is an administrator's: it makes the others."""
    if study_wide == (site is not None):
        raise click.UsageError("write either --study-wide or --site CODE")
    if staff and site is None:
        raise click.UsageError("write --site CODE with --staff: a person belongs to a site")

    def make() -> str:
        study_id = running_study(db.session).id
        place = find_site(db.session, study_id, site) if site else None
        _, secret = create_account(
            db.session,
            study_id,
            name=name,
            full_name=full_name,
            grants=[Grant(Role(role), place.id if place else None, blinded) for role in roles],
            timezone=check_timezone(timezone, name) if timezone else place.timezone if place else "UTC",
            now=clock.now(),
            actor=ACTOR,
            staff=find_staff_member(db.session, place, staff) if place and staff else None,
        )
        return secret

    _say_link(name, commit(make))


@accounts_commands.command("list")
def list_command() -> None:
    """List the accounts with their roles."""
    study_id = running_study(db.session).id
    sites = {site.id: site.code for site in db.session.scalars(select(Site).where(Site.study_id == study_id))}
    roles: dict[UUID, list[str]] = {}
    for role in db.session.scalars(select(AccountRole).where(AccountRole.study_id == study_id).order_by(AccountRole.role)):
        place = sites[role.site_id] if role.site_id else "study-wide"
        roles.setdefault(role.account_id, []).append(f"{role.role} {place}{' blinded' if role.blinded else ''}")
    rows = [
        (account.name, _state(account), _day(account.last_signed_in_at), ", ".join(roles.get(account.id, [])))
        for account in db.session.scalars(select(Account).order_by(Account.name))
    ]
    for line in table(("NAME", "STATE", "LAST SIGNED IN", "ROLES"), rows):
        click.echo(line)


@accounts_commands.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Sign somebody out everywhere and let them in no more."""
    commit(lambda: disable_account(db.session, find_account(db.session, name), clock.now(), ACTOR))
    click.echo(f"{name} is disabled and signed out everywhere.")


@accounts_commands.command("enable")
@click.argument("name")
def enable(name: str) -> None:
    """Let somebody in again."""
    commit(lambda: enable_account(find_account(db.session, name), clock.now(), ACTOR))
    click.echo(f"{name} can sign in again.")


@accounts_commands.command("reset")
@click.argument("name")
def reset(name: str) -> None:
    """Take away password and second factor of whoever lost them, and print a new set-up link."""
    _say_link(name, commit(lambda: reset_account(db.session, find_account(db.session, name), clock.now(), ACTOR)))


def _state(account: Account) -> str:
    return "disabled" if not account.active else "works" if account.password else "not set up"


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"


def _say_link(name: str, secret: str) -> None:
    config: Config = current_app.extensions["config"]
    click.echo(f"Give {name} this link over a channel that only they read. It works once, for 48 hours:")
    click.echo(f"{config.public_base_url}/console/set-up/{secret}")
