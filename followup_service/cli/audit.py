"""`flask audit`: verify the chains, and show the seals."""

import sys

import click
from flask.cli import AppGroup
from sqlalchemy import select

from followup_service import clock
from followup_service.audit import AuditSeal, seal_chains, verify_chains
from followup_service.extensions import db

audit_commands = AppGroup("audit", help="The record of who did what.")


@audit_commands.command("verify")
def verify() -> None:
    """Walk every chain and seal; name the first bad row of each broken chain and exit 1."""
    broken = list(verify_chains(db.session))
    for row in broken:
        click.echo(f"{row.subject_kind} {row.subject_id} event {row.sequence}: {row.problem}")
    if broken:
        sys.exit(1)
    click.echo("Every chain and every seal holds.")


@audit_commands.command("seal")
def seal() -> None:
    """Seal all chain heads now, unless today's seal is there."""
    made = seal_chains(db.session, clock.now().date(), clock.now())
    db.session.commit()
    click.echo(f"Seal {made.number}: {made.hash.hex()}" if made else "Today's seal is there already.")


@audit_commands.command("seals")
def seals() -> None:
    """List the seals: keep them elsewhere too, and a cut tail shows."""
    for row in db.session.scalars(select(AuditSeal).order_by(AuditSeal.number)):
        click.echo(f"{row.number:>6}  {row.sealed_on}  {row.hash.hex()}")
