"""Migrating while others migrate, being killed midway, and the version before going on to write while the tables are new already."""

import signal
import subprocess
import sys

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from followup_service.config import PROJECT, Config
from followup_service.extensions import db
from tests.running_service import environment

UPGRADE = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]


def migrates(config: Config, failpoint: str = "") -> subprocess.Popen[str]:
    variables = environment(config) | {"FAILPOINT": failpoint}
    return subprocess.Popen(UPGRADE, cwd=PROJECT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603


def tables(app: Flask) -> set[str]:
    with app.app_context():
        found = set(inspect(db.engine).get_table_names())
        db.engine.dispose()
    return found


def test_of_two_that_migrate_at_once_both_end_well(unmigrated_app: Flask) -> None:
    both = [migrates(unmigrated_app.extensions["config"]) for _ in range(2)]
    said = [one.communicate(timeout=120)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert set(db.metadata.tables) <= tables(unmigrated_app)
    with unmigrated_app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
        db.session.remove()


@pytest.mark.parametrize("place", ["migrations_begun", "migrations_run"])
def test_one_that_is_killed_midway_leaves_nothing_and_can_be_run_again(unmigrated_app: Flask, place: str) -> None:
    killed = migrates(unmigrated_app.extensions["config"], f"{place}:kill")
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert tables(unmigrated_app) - {"alembic_version"} == set()
    again = migrates(unmigrated_app.extensions["config"])
    said, _ = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert set(db.metadata.tables) <= tables(unmigrated_app)
