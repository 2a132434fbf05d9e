"""Migrating while others migrate, while somebody has the tables, and being killed midway. For migrating in traffic see tests/chaos."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from followup_service import create_app
from followup_service.config import PROJECT, Config
from followup_service.extensions import db
from tests.conftest import make_config
from tests.databases import PostgresServer
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
    with unmigrated_app.app_context():
        upgrade()
        db.session.remove()
    assert set(db.metadata.tables) <= tables(unmigrated_app)


def test_one_that_waits_for_a_table_gives_up_before_the_service_stands_still(
    postgres: PostgresServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with create_app(make_config(postgres.create_database(), tmp_path)).app_context():
        downgrade(revision="0014")
        db.session.remove()
        with db.engine.begin() as backup:
            backup.execute(text("LOCK TABLE adverse_event_signatures IN ACCESS SHARE MODE"))
            with pytest.raises(SystemExit):
                upgrade()
        assert "a table was in use for more than 3 seconds and nothing was changed: run it again" in caplog.text
        assert "full_name_encrypted" not in {column["name"] for column in inspect(db.engine).get_columns("adverse_event_signatures")}
        upgrade()
        db.session.remove()
        db.engine.dispose()
