"""`flask tokens`: make, list and revoke the tokens with which programs call the API."""

from datetime import timedelta

import click
from flask.cli import AppGroup

from followup_service import clock
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.staff.access_token import TokenScope, list_tokens, make_token, revoke_token
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import find_site, find_staff_member

ACTOR = "command line"
tokens_commands = AppGroup("tokens", help="What programs call the API with.")


@tokens_commands.command("create")
@click.option("--name", required=True, help="Whose it is, for example export-robot; shown in the audit trail.")
@click.option("--study-wide", is_flag=True, help="For every site of the study.")
@click.option("--site", help="For this site only.")
@click.option("--scope", required=True, type=click.Choice([scope.value for scope in TokenScope]))
@click.option("--days", required=True, type=click.IntRange(1, 366), help="How long it works.")
@click.option("--held-by", help="The member of staff of this site whose own token it is; an investigator's signs adverse events.")
def create(name: str, study_wide: bool, site: str | None, scope: str, days: int, held_by: str | None) -> None:
    """Make a token and print it: it is never shown again."""
    if study_wide == (site is not None):
        raise click.UsageError("write either --study-wide or --site CODE")
    if held_by and site is None:
        raise click.UsageError("write --site CODE with --held-by: a person belongs to a site")
    now = clock.now()
    try:
        study_id = running_study(db.session).id
        place = find_site(db.session, study_id, site) if site else None
        secret = make_token(
            db.session,
            name=name,
            study_id=study_id,
            site_id=place.id if place else None,
            scope=TokenScope(scope),
            now=now,
            expires_at=now + timedelta(days=days),
            actor=ACTOR,
            staff_id=find_staff_member(db.session, place, held_by).id if place and held_by else None,
        )
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    db.session.commit()
    click.echo(secret)


@tokens_commands.command("list")
def list_command() -> None:
    """List the tokens by name, without their secrets."""
    now = clock.now()
    for token, site in list_tokens(db.session, running_study(db.session).id):
        state = "revoked" if token.revoked_at else "expired" if token.expires_at <= now else "works"
        click.echo(f"{token.name}\t{token.scope}\t{site or 'study-wide'}\tuntil {token.expires_at:%Y-%m-%d %H:%M} UTC\t{state}")


@tokens_commands.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """End a token at once."""
    try:
        revoke_token(db.session, running_study(db.session).id, name, clock.now(), ACTOR)
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    db.session.commit()
    click.echo(f"{name} no longer works.")
