"""`flask rehearse`: play a script against the real service on a throw-away database, and tell what happens."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from followup_service import clock
from followup_service.clock import MovableClock
from followup_service.errors import FollowupError
from followup_service.rehearsal.collect_events import Event
from followup_service.rehearsal.play_script import play_script
from followup_service.rehearsal.read_script import ScriptError, read_script
from followup_service.rehearsal.script import Script, Step
from followup_service.rehearsal.throwaway_app import throwaway_app
from followup_service.rehearsal.transcript import Transcript


@click.command("rehearse")
@click.argument("path", metavar="SCRIPT.yaml", type=click.Path(path_type=Path))
@click.option("--format", "as_format", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@click.option("--database-url", help="An empty database to play on; a temporary SQLite file where it is left out.")
def rehearse_command(path: Path, as_format: str, database_url: str | None) -> None:
    """Play a script of texts, treatments and days against the service, and show what participants and staff receive."""
    try:
        script = read_script(path)
        for line in _played(script, as_format, database_url):
            click.echo(line)
    except ScriptError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(2)
    except FollowupError as error:
        click.echo(error.detail, err=True)
        sys.exit(2)


def _played(script: Script, as_format: str, database_url: str | None) -> Iterator[str]:
    moving = MovableClock(script.starts_at)
    tell = Transcript(script)
    with clock.use(moving), throwaway_app(script.study, database_url) as app:
        for item in play_script(app, moving, script):
            yield from tell(item) if as_format == "text" else _as_json(item)
    yield from tell.end()


def _as_json(item: Event | Step) -> Iterator[str]:
    if isinstance(item, Event):
        yield item.as_json()
