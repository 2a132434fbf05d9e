"""`flask backup`: encrypted backups of the database, made while it runs, looked at, and brought back."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade
from sqlalchemy import make_url

from followup_service import clock
from followup_service.audit import record_event
from followup_service.cli.outbox import operator
from followup_service.cli.set_up import commit
from followup_service.encryption import keyring
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.messaging.hold_sending import locked_study
from followup_service.operations.create_backup import create_backup
from followup_service.operations.restore_backup import restore_backup
from followup_service.operations.verify_backup import verify_backup
from followup_service.operations.worker_heartbeat import refuse_while_workers_run

backup_commands = AppGroup("backup", help="Encrypted backups of the database. Keep them apart from the keys.")
file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
existing_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))


@backup_commands.command("create")
@file_argument
def create_command(file: Path) -> None:
    """Write a backup of the database as it is now. The service may go on meanwhile."""
    try:
        size = create_backup(db.engine, file, clock.now(), keyring())
    except (FollowupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{file}: {size / 1e6:.1f} MB. Look at it with: flask backup verify {file}")


@backup_commands.command("verify")
@existing_file
def verify_command(file: Path) -> None:
    """Restore a backup into a throw-away database and look whether it is whole; exit 1 where it is not."""
    try:
        problems = verify_backup(file, keyring(), make_url(current_app.extensions["config"].database_url))
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(1)
    click.echo("Whole: every piece is proven, the tables are sound, every audit chain and seal holds, the keys are the right ones.")


@backup_commands.command("restore")
@existing_file
@click.option("--replace", is_flag=True, help="Give up what is in the database now.")
@click.option("--although-workers-run", is_flag=True, help="Do not wait for workers that were alive a moment ago.")
def restore_command(file: Path, replace: bool, although_workers_run: bool) -> None:
    """Bring the database back to a backup. Nothing is sent afterwards before flask outbox reconcile and release."""
    now = clock.now()
    try:
        if not although_workers_run:
            refuse_while_workers_run(db.engine, now)
        about = restore_backup(db.engine, file, now, keyring(), operator(), replace=replace)
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    upgrade()
    commit(
        lambda: record_event(
            locked_study(db.session, current_app.extensions["study"]), "database_restored", now, operator(), as_of=about.made_at.isoformat()
        )
    )
    click.echo(
        f"Restored: the database is what it was on {about.made_at:%Y-%m-%d %H:%M} UTC, and nothing leaves it.\n"
        "Next: start the worker, so that what was due since then is planned again; flask outbox reconcile; flask outbox release"
    )
