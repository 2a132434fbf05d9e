"""For a command of a group that needs no service, which itself needs one: without it the command says what is missing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

PROBLEM = "config_problem"


def when_configured(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the application's context. Fails with the settings that are missing where the service is not configured."""

    @with_appcontext
    @wraps(command)
    def checked(*args: Any, **values: Any) -> None:
        if PROBLEM in current_app.extensions:
            raise click.ClickException(str(current_app.extensions[PROBLEM]))
        command(*args, **values)

    return checked
