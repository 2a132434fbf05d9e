"""The `flask` commands. Those that need no database and no keys are there even when the service is not configured."""

from typing import Any

import click
from flask import Flask, abort
from flask.cli import AppGroup
from flask_migrate.cli import db as db_commands

from followup_service.cli.accounts import accounts_commands
from followup_service.cli.adverse_events import adverse_events_commands
from followup_service.cli.audit import audit_commands
from followup_service.cli.backup import backup_commands
from followup_service.cli.calendar import calendar_commands
from followup_service.cli.config import config_commands
from followup_service.cli.drill import drill_commands
from followup_service.cli.escalations import escalations_commands
from followup_service.cli.keys import keys_commands
from followup_service.cli.move import move_command
from followup_service.cli.outbox import outbox_commands
from followup_service.cli.participants import participants_commands
from followup_service.cli.read_reply import read_reply_command
from followup_service.cli.rehearse import rehearse_command
from followup_service.cli.replay import study_replay_command
from followup_service.cli.roster import roster_commands
from followup_service.cli.set_up import sites_commands, staff_commands, study_open_command
from followup_service.cli.study import study_commands
from followup_service.cli.texts import texts_commands
from followup_service.cli.tokens import tokens_commands
from followup_service.cli.visits import visits_commands
from followup_service.cli.when_configured import PROBLEM
from followup_service.cli.worker import worker_command
from followup_service.errors import ConfigError

WITHOUT_SERVICE: tuple[click.Command, ...] = (config_commands, study_commands, texts_commands, read_reply_command, rehearse_command)
WITH_SERVICE: tuple[click.Command, ...] = (
    worker_command,
    participants_commands,
    sites_commands,
    staff_commands,
    accounts_commands,
    roster_commands,
    tokens_commands,
    escalations_commands,
    adverse_events_commands,
    visits_commands,
    calendar_commands,
    drill_commands,
    outbox_commands,
    backup_commands,
    audit_commands,
    keys_commands,
)
study_commands.add_command(study_open_command)
study_commands.add_command(study_replay_command)
db_commands.add_command(move_command)


class _OnlyWithoutService(AppGroup):
    """The commands of a service that is not configured: the rest say what is missing."""

    problem: ConfigError

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        command = super().get_command(ctx, name)
        if command is None:
            raise click.ClickException(str(self.problem))
        return command


def register(app: Flask) -> None:
    for command in WITHOUT_SERVICE + WITH_SERVICE:
        app.cli.add_command(command)


def app_without_service(problem: ConfigError) -> Flask:
    """For the `flask` command an app with the commands that work all the same; for a web server the refusal itself."""
    if click.get_current_context(silent=True) is None:
        raise problem
    app = Flask(__name__)
    app.extensions[PROBLEM] = problem
    commands = _OnlyWithoutService()
    commands.problem = problem
    for command in WITHOUT_SERVICE:
        commands.add_command(command)
    app.cli = commands

    @app.before_request
    def refuse() -> Any:
        abort(503, str(problem))

    return app
