"""`flask config check`: which settings are there, and what is wrong with them; never a value."""

import os
import sys

import click

from followup_service.config import VARIABLES
from followup_service.errors import ConfigError
from followup_service.read_config import read_config


@click.group("config")
def config_commands() -> None:
    """The settings of the service."""


@config_commands.command("check")
def check() -> None:
    """Show every setting, whether it is set, and every problem. Values are never shown."""
    width = max(len(variable.name) for variable in VARIABLES)
    for variable in VARIABLES:
        click.echo(f"{variable.name:<{width}}  {_how_set(variable.name, variable.default):<28}  {variable.meaning}")
    try:
        read_config()
    except ConfigError as error:
        for problem in error.problems:
            click.echo(f"\n{problem}", err=True)
        sys.exit(2)
    click.echo("\nAll settings are usable.")


def _how_set(name: str, default: str) -> str:
    if f"{name}_FILE" in os.environ:
        return f"set by {name}_FILE"
    if os.environ.get(name):
        return "set"
    return f"default: {default}" if default else "not set"
