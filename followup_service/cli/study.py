"""`flask study check FILE` says whether a study file is right; `flask study show` prints a study so that a clinician can read it."""

from pathlib import Path

import click

from followup_service.cli.study_tables import study_tables
from followup_service.protocol.load_study import StudyFileError, load_study, read_study_file, study_codes


@click.group("study")
def study_commands() -> None:
    """The trial protocol as data."""


@study_commands.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check FILE; every problem is named with its place in the file. Exit status 2 where there is one."""
    try:
        study = read_study_file(file)
    except StudyFileError as error:
        _refuse(error)
    else:
        click.echo(f"OK {file}: {study.code} version {study.version}. {study.status}")


@study_commands.command("show")
@click.argument("code", default="")
def show(code: str) -> None:
    """Print the study CODE (the only one, if there is one) or, given a path, any study file."""
    chosen = code or study_codes()[0]
    try:
        study = read_study_file(Path(chosen)) if chosen.endswith((".yaml", ".yml")) else load_study(chosen)
    except StudyFileError as error:
        _refuse(error)
    else:
        click.echo(study_tables(study))


def _refuse(error: StudyFileError) -> None:
    for problem in error.problems:
        click.echo(problem, err=True)
    count = len(error.problems)
    click.echo(f"{count} problem{'' if count == 1 else 's'}", err=True)
    raise SystemExit(2)
