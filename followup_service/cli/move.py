"""`flask db move`: everything to another database, for the day on which SQLite is outgrown."""

from dataclasses import replace

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from followup_service import clock
from followup_service.cli.outbox import operator
from followup_service.config import Config, known_database_url
from followup_service.database import engine_options, prepare
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.messaging.hold_sending import hold_sending
from followup_service.messaging.sending_hold import HoldCause, HoldScope
from followup_service.operations.move_database import move_database
from followup_service.operations.worker_heartbeat import refuse_while_workers_run


@click.command("move")
@click.option("--to", "url", required=True, help="An empty database: postgresql://user:password@host/name")
@click.option("--although-workers-run", is_flag=True, help="Do not wait for workers that were alive a moment ago.")
@with_appcontext
def move_command(url: str, although_workers_run: bool) -> None:
    """Copy every row into an empty database, compare all of them, and walk every audit chain there.

    Stop the workers and the web server first, and start them with the new DATABASE_URL. The old database is left with its outbox on hold.
    """
    config: Config = current_app.extensions["config"]
    target = known_database_url(url)
    if target is None:
        raise click.UsageError("write --to postgresql://user:password@host/name, or sqlite:////path/to/file")
    try:
        if not although_workers_run:
            refuse_while_workers_run(db.engine, clock.now())
        _move(replace(config, database_url=target))
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    except (OperationalError, ArgumentError) as error:
        # Its own words hold the address, and perhaps the password.
        raise click.ClickException(f"the database to move to cannot be opened ({type(error).__name__}): check --to") from None
    hold_sending(
        db.session,
        HoldScope.EVERYTHING,
        HoldCause.MOVE,
        f"moved to {make_url(target).render_as_string()}"[:200],
        clock.now(),
        operator(),
        study=current_app.extensions["study"],
    )
    db.session.commit()
    click.echo("Every row is there, and every audit chain holds. Now write the new address into DATABASE_URL and start the service.")
    click.echo("The old database is left as it was, but nothing leaves it any more: its outbox is on hold.")


def _move(to: Config) -> None:
    engine = create_engine(to.database_url, **engine_options(to))
    prepare(engine)
    try:
        # On SQLite whoever opens a transaction keeps all others from writing until its end: nothing is added behind our back.
        with db.engine.connect() as source, engine.begin() as target:
            for table in move_database(source, target):
                click.echo(f"{table.name:<28} {table.rows:>9} rows  {table.digest[:16]}")
    finally:
        engine.dispose()
