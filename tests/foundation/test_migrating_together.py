"""Migrating while others migrate, being killed midway, and the version before going on to write while the tables are new already."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from followup_service import create_app
from followup_service.config import PROJECT, Config
from followup_service.extensions import db
from tests.conftest import make_config
from tests.databases import PostgresServer, sqlite_url
from tests.running_service import environment

UPGRADE = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database in which there is nothing yet."""
    if request.param == "sqlite":
        yield create_app(make_config(sqlite_url(tmp_path), tmp_path))
        return
    with PostgresServer() as server:
        app = create_app(make_config(server.create_database(), tmp_path))
        yield app
        with app.app_context():
            db.engine.dispose()


def migrates(config: Config, failpoint: str = "") -> subprocess.Popen[str]:
    variables = environment(config) | {"FAILPOINT": failpoint}
    return subprocess.Popen(UPGRADE, cwd=PROJECT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603


def tables(app: Flask) -> set[str]:
    with app.app_context():
        found = set(inspect(db.engine).get_table_names())
        db.engine.dispose()
    return found


def test_of_two_that_migrate_at_once_both_end_well(empty: Flask) -> None:
    both = [migrates(empty.extensions["config"]) for _ in range(2)]
    said = [one.communicate(timeout=120)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert set(db.metadata.tables) <= tables(empty)
    with empty.app_context():
        assert db.session.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
        db.session.remove()


@pytest.mark.parametrize("place", ["migrations_begun", "migrations_run"])
def test_one_that_is_killed_midway_leaves_nothing_and_can_be_run_again(empty: Flask, place: str) -> None:
    killed = migrates(empty.extensions["config"], f"{place}:kill")
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert tables(empty) - {"alembic_version"} == set()
    again = migrates(empty.extensions["config"])
    said, _ = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert set(db.metadata.tables) <= tables(empty)
