"""`flask worker`: runs what is due and sends the outbox until it is told to stop."""

import click
from flask import current_app
from flask.cli import with_appcontext

from followup_service.extensions import db
from followup_service.jobs.send_outbox import AT_ONCE
from followup_service.jobs.worker import run_worker
from followup_service.messaging.gateways import channels_passed_over
from followup_service.operations.worker_heartbeat import stop_beating, this_worker
from followup_service.staff.running_study import running_study


@click.command("worker")
@click.option("--at-once", default=AT_ONCE, show_default=True, help="How many texts may be on their way to the provider at once.")
@with_appcontext
def worker_command(at_once: int) -> None:
    """Run the clock's jobs and send the outbox. Several workers may run; SIGTERM stops one cleanly."""
    for channel in channels_passed_over(running_study(db.session).protocol):
        click.echo(f"No page goes out by {channel}: it is not configured (flask config check), and the chain passes over it")
    db.session.remove()
    try:
        run_worker(current_app._get_current_object(), at_once=at_once)  # type: ignore[attr-defined]  # noqa: SLF001 - threads need the app itself
    finally:
        # Who ends as told is not missed; whoever is killed is.
        stop_beating(db.session, this_worker())
        db.session.commit()
