"""What every test of the running service stands on: an application on each kind of database, a clock that moves, a small hospital."""

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from coverage import Coverage
from flask import Flask
from flask_migrate import upgrade
from hypothesis import settings
from sqlalchemy import text

from followup_service import clock, create_app, database
from followup_service.clock import MovableClock
from followup_service.config import Config, SmsGateway, simulated_account
from followup_service.conversation.resemblance import load_resemblance
from followup_service.conversation.vocabulary import load_vocabulary
from followup_service.extensions import db
from followup_service.messaging import approvals
from followup_service.messaging.gateways import make_gateway, make_page_gateways
from tests.databases import PostgresServer, sqlite_url
from tests.hospital import Hospital
from tests.outage import CUT

# A busy machine is no failure, and a landing depends on no dice: chance is for the desk.
settings.register_profile("ours", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("ours")

SECRET_KEY = "a secret key of the tests, 0123456789 abcdefghijklmnop"
WALKED_AGAIN = {Path(__file__).parent / folder for folder in ("architecture", "journeys")}
MONDAY_MORNING = datetime.fromisoformat("2026-01-05T09:00+08:00")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Counting lines doubles the time of a test. Not counted are those that pass where others have been: a test that runs again with other
    values or on the other database, made-up cases, whole stories; and those that read the code and do not run it."""
    counted = set[tuple[Path, str]]()
    for item in items:
        test = (item.path, getattr(item, "originalname", item.name))
        if test in counted or item.get_closest_marker("hypothesis") or not WALKED_AGAIN.isdisjoint(item.path.parents):
            item.add_marker(pytest.mark.no_cover)
        counted.add(test)


def pytest_collection_finish() -> None:
    """The lexicons are loaded once, and counted where they are tested; what is loaded by now stays to the end: the garbage collector, left
    to itself, would walk through it all again and again."""
    with _not_counting(Coverage.current()):
        load_vocabulary()
        load_resemblance()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Where a test is not counted, neither is what prepares it."""
    with _not_counting(Coverage.current() if item.get_closest_marker("no_cover") else None):
        return (yield)


@contextmanager
def _not_counting(counting: Coverage | None) -> Iterator[None]:
    if counting is None:
        yield
        return
    counting.stop()
    try:
        yield
    finally:
        counting.start()


def make_config(database_url: str, instance: Path) -> Config:
    account, token, number = simulated_account(SECRET_KEY)
    return Config(
        database_url=database_url,
        sms_gateway=SmsGateway.SIMULATOR,
        twilio_account_sid=account,
        twilio_auth_tokens=(token,),
        twilio_numbers=(number,),
        public_base_url="https://followup.example.org",
        secret_key=SECRET_KEY,
        field_encryption_keys=(bytes(range(32)),),
        phone_index_key=bytes(range(32, 64)),
        study="NCT06609434",
        demo=False,
        instance=instance,
    )


def migrate(instance: Path, database_url: str) -> None:
    app = create_app(make_config(database_url, instance))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer(partial(migrate, tmp_path_factory.mktemp("instance"))) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("template")
    migrate(directory, sqlite_url(directory))
    return directory / "followup.sqlite3"


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Flask]:
    directory = tmp_path_factory.mktemp("sqlite")
    app = create_app(make_config(sqlite_url(directory, migrated_sqlite), directory))
    with pytest.MonkeyPatch.context() as patch:
        # Data of tests need not survive a power cut, so nothing waits for the disk.
        patch.setattr(database, "DURABLY", "OFF")
        patch.setattr(database, "UNHURRIEDLY", "OFF")
        yield app
        let_go(app)


@pytest.fixture(scope="session")
def postgres_app(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer) -> Iterator[Flask]:
    app = create_app(make_config(postgres.create_database(), tmp_path_factory.mktemp("postgres")))
    yield app
    let_go(app)


@pytest.fixture(params=["sqlite", "postgres"])
def app(request: pytest.FixtureRequest, migrated_sqlite: Path) -> Iterator[Flask]:
    """The application, once on SQLite and once on PostgreSQL, with an empty database."""
    app: Flask = request.getfixturevalue(f"{request.param}_app")
    # Passwords are hashed as everywhere, at a fraction of the work.
    app.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=8, argon2__parallelism=1)
    empty(app, migrated_sqlite)
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture(params=["sqlite", "postgres"])
def unmigrated_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database in which there is nothing yet."""
    if request.param == "sqlite":
        yield create_app(make_config(sqlite_url(tmp_path), tmp_path))
        return
    app = create_app(make_config(request.getfixturevalue("postgres").create_database(empty=True), tmp_path))
    yield app
    let_go(app)


@pytest.fixture
def moving_clock() -> Iterator[MovableClock]:
    """Monday 5 January 2026, 09:00 in Beijing; stands still until it is moved."""
    moving = MovableClock(MONDAY_MORNING)
    with clock.use(moving):
        yield moving


@pytest.fixture
def hospital(app: Flask, moving_clock: MovableClock) -> Hospital:
    """A study with one site, two people on call and a moving clock."""
    return Hospital(app, moving_clock)


@pytest.fixture
def strict(hospital: Hospital, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hospital]:
    """The hospital with REQUIRE_APPROVED_TEXTS=1 and nothing approved yet."""
    monkeypatch.setattr(approvals, "TRANSLATIONS", tmp_path)
    config = hospital.app.extensions["config"]
    hospital.app.extensions["config"] = replace(config, require_approved_texts=True)
    yield hospital
    hospital.app.extensions["config"] = config


def empty(app: Flask, migrated_sqlite: Path) -> None:
    """An empty database, a study that nobody has looked up yet, and a gateway that has seen nothing."""
    app.extensions.pop("running_study", None)
    app.extensions["sms_gateway"] = make_gateway(app.extensions["config"])
    app.extensions["page_gateways"] = make_page_gateways(app.extensions["config"])
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            db.engine.dispose()
            path = Path(db.engine.url.database or "")
            for leftover in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
                leftover.unlink(missing_ok=True)
            shutil.copyfile(migrated_sqlite, path)
            return
        # Connections are kept from test to test, for PostgreSQL starts a process for each. Not those that an outage cut.
        if app.extensions.pop(CUT, False):
            db.engine.dispose()
        # Of few rows this takes a tenth of the time of TRUNCATE, which makes every table's files anew.
        emptied = "; ".join(f"DELETE FROM {table}" for table in db.metadata.tables)  # noqa: S608 - our own tables
        with db.engine.begin() as connection:
            # The audit trail refuses this to everybody; a test database owner may.
            connection.execute(text("SET LOCAL session_replication_role = 'replica'"))
            connection.execute(text(emptied))


def let_go(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
