"""Runs the demo: keys, database, made-up study, web server and worker together, a first rehearsal; then it waits to be stopped."""

import os
import signal
import sys
from threading import Event
from types import FrameType

import click
from flask import Flask
from flask_migrate import upgrade

from followup_service import clock, create_app
from followup_service.clock import MovableClock
from followup_service.config import PROJECT
from followup_service.demo.check_running import DemoFailed, seconds_from_fever_to_page, text_running_server, wait_until_it_answers
from followup_service.demo.coordinator_account import SignIn, open_coordinator_account
from followup_service.demo.environment import HOST, demo_environment, free_port
from followup_service.demo.processes import Processes
from followup_service.demo.seed_study import PARTICIPANTS, seed_study
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.rehearsal.play_script import play_script
from followup_service.rehearsal.read_script import ScriptError, read_script
from followup_service.rehearsal.throwaway_app import throwaway_app
from followup_service.rehearsal.transcript import Transcript

REHEARSAL = PROJECT / "docs" / "rehearsals" / "first_days.yaml"
FIRST_TEXTS = ((PARTICIPANTS[2], "今天37度2，有点累，没有发烧"), (PARTICIPANTS[4], "38.1 this morning, and my shoulder aches a bit"))
SECONDS_BETWEEN_LOOKS = 0.5


@click.command()
@click.option("--once", is_flag=True, help="Show everything, check that a fever reaches the person on call, and end.")
def demo(once: bool) -> None:
    """A small made-up study on this machine. Nothing leaves it: texts go to simulated phones."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        _run(once)
    except KeyboardInterrupt:
        click.echo("")
    except (FollowupError, ScriptError) as error:
        click.echo(f"The demo failed: {error}", err=True)
        sys.exit(1)
    click.echo("Web server and worker are stopped.")


def _run(once: bool) -> None:
    port = free_port()
    address = f"http://{HOST}:{port}"
    environment = demo_environment(address)
    os.environ.clear()
    os.environ.update(environment)
    app = create_app()
    is_new, sign_in = _prepare(app)
    with Processes(port, os.environ) as processes:
        wait_until_it_answers(address, processes.ended)
        if is_new:
            for participant, body in FIRST_TEXTS:
                text_running_server(address, app.extensions["config"], participant[4], body)
        click.echo(f"Web server and worker are running at {address}.\n\nA first rehearsal, on a database of its own:")
        _rehearse()
        if once:
            seconds = seconds_from_fever_to_page(app, address)
            click.echo(f"\nChecked: a fever text to the running server paged the person on call after {seconds:.2f} s.")
        else:
            _say_where_to_look(address, sign_in, processes)
            _wait(processes)


def _prepare(app: Flask) -> tuple[bool, SignIn]:
    """Bring the database to the newest schema and fill it once. Returns whether it was filled now, and who signs in to the console."""
    with app.app_context():
        upgrade()
        is_new = seed_study(db.session, clock.now(), study=app.extensions["study"])
        sign_in = open_coordinator_account(db.session, clock.now())
        db.session.commit()
        return is_new, sign_in


def _rehearse() -> None:
    script = read_script(REHEARSAL)
    moving, tell = MovableClock(script.starts_at), Transcript(script)
    with clock.use(moving), throwaway_app(script.study) as app:
        for item in play_script(app, moving, script):
            for line in tell(item):
                click.echo(line)
    for line in tell.end():
        click.echo(line)


def _say_where_to_look(address: str, sign_in: SignIn, processes: Processes) -> None:
    click.echo(
        f"\nLook at  {address}/console      the console of the coordinators: worklist, participants, roster"
        f"\n           name      {sign_in.name}"
        f"\n           password  {sign_in.password}"
        f"\n           code      {', '.join(sign_in.codes)}"
        f"\n         Each code works once, in place of the app on a phone. All people and data are made up; the next start prints new ones."
        f"\n         {address}/simulator    type as any phone, and see both sides"
        f"\n         {address}/api/v1/docs  the REST API"
        f"\nLogs     {processes.log_of('web server')}, {processes.log_of('worker')}"
        f"\nRehearse your own script:  {sys.executable} -m flask --app wsgi rehearse {REHEARSAL.relative_to(PROJECT)}"
        "\n\nCtrl-C stops all of it."
    )


def _wait(processes: Processes) -> None:
    pause = Event()
    while not pause.wait(SECONDS_BETWEEN_LOOKS):
        problem = processes.ended()
        if problem is not None:
            raise DemoFailed(problem)


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Once: a second Ctrl-C must not interrupt the stopping.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    demo()
