"""Who cannot afford to wait for the database does not: neither for a lock nor for a server that says nothing at all."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError

from followup_service import create_app, database
from followup_service.audit import AuditEvent, record_event, verify_chains
from followup_service.columns import new_id
from followup_service.database import PATIENCE, PatientConnection, autocommitting
from followup_service.extensions import db, insert_unless_there
from followup_service.operations.worker_heartbeat import WorkerHeartbeat
from followup_service.participants.change_participant import lock_participant
from tests.conftest import MONDAY_MORNING, make_config
from tests.databases import PostgresServer
from tests.hospital import Hospital


@contextmanager
def frozen(process_id: int) -> Iterator[None]:
    os.kill(process_id, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process_id, signal.SIGCONT)


def backend() -> int:
    """The server's process behind the connection that the pool gives next."""
    process_id: int = db.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    db.session.rollback()
    return process_id


def seconds_until_it_gives_up(statement: str, patience: float) -> float:
    began = time.monotonic()
    with pytest.raises(OperationalError):
        db.session.connection(execution_options={PATIENCE: patience}).execute(text(statement))
    db.session.rollback()
    return time.monotonic() - began


@pytest.fixture
def on_postgres(postgres_app: Flask) -> Iterator[None]:
    """With one connection: the pool gives the same again."""
    with postgres_app.app_context():
        db.engine.dispose()
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("on_postgres")
def test_a_statement_that_takes_too_long_is_given_up_and_the_next_one_works() -> None:
    assert seconds_until_it_gives_up("SELECT pg_sleep(10)", 0.3) < 2
    assert db.session.execute(text("SELECT 1")).scalar_one() == 1


@pytest.mark.usefixtures("on_postgres")
def test_a_server_that_is_frozen_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SECONDS_TRUSTED", 0)
    with frozen(backend()):
        # The pool asks whether the connection still lives, gives it up and opens another one.
        began = time.monotonic()
        assert db.session.connection(execution_options={PATIENCE: 0.3}).execute(text("SELECT 1")).scalar_one() == 1
        assert time.monotonic() - began < 2
        db.session.rollback()


@pytest.mark.usefixtures("on_postgres")
def test_where_a_frozen_server_does_not_say_whether_it_lives_nobody_in_a_hurry_asks_for_another_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database, "SECONDS_TRUSTED", 0)
    process_id, opened = backend(), []
    event.listen(db.engine, "do_connect", note := lambda *_: opened.append(1))
    began = time.monotonic()
    with frozen(process_id), pytest.raises(OperationalError):
        autocommitting(db.engine, patience=0.3)
    event.remove(db.engine, "do_connect", note)
    assert opened == []
    assert time.monotonic() - began < 2


@pytest.mark.usefixtures("on_postgres")
def test_whoever_has_time_waits() -> None:
    assert seconds_until_it_gives_up("SELECT pg_sleep(10)", 0.2) < 2
    db.session.execute(text("SELECT pg_sleep(0.7)"))
    db.session.rollback()
    assert db.session.execute(text("SHOW lock_timeout")).scalar_one() == "0"


@pytest.mark.usefixtures("on_postgres")
def test_patience_that_was_rolled_back_is_set_again() -> None:
    for _ in range(2):
        session = db.session.connection(execution_options={PATIENCE: 0.4})
        assert session.execute(text("SHOW lock_timeout")).scalar_one() == "400ms"
        db.session.rollback()
    assert db.session.execute(text("SHOW lock_timeout")).scalar_one() == "0"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_writers_of_one_process_take_turns(app: Flask) -> None:
    """With SQLite's own waiting one of eight busy threads soon misses its chance for most of a second.

    A turn takes some 10 ms, on a machine with much else to do several times that: nobody waits longer than five rounds of eight.
    """
    with app.app_context():
        engine = db.engine

    def write(turns: int, patience: float) -> int:
        for _ in range(turns):
            with engine.connect().execution_options(**{PATIENCE: patience}) as connection:
                connection.execute(text("SELECT 1"))
                time.sleep(0.005)
                connection.commit()
        return turns

    began = time.monotonic()
    write(20, patience=5)
    patience = max(0.6, 5 * 8 * (time.monotonic() - began) / 20)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, [30] * 8, [patience] * 8)) == 8 * 30
    with engine.connect() as holder:
        holder.execute(text("SELECT 1"))
        with pytest.raises(OperationalError), autocommitting(engine, patience=0.2) as connection:
            connection.execute(text("SELECT 1"))
    with autocommitting(engine, patience=0.2) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_waiting_for_the_turn_and_for_another_process_does_not_add_up(app: Flask) -> None:
    """The turn comes when half of the patience is gone; what is left is not a whole one."""
    with app.app_context():
        engine = db.engine

    def seconds_until_it_gives_up() -> float:
        began = time.monotonic()
        with pytest.raises(OperationalError), autocommitting(engine, patience=2) as connection:
            connection.execute(text("SELECT 1"))
        return time.monotonic() - began

    with closing(sqlite3.connect(engine.url.database or "", isolation_level=None)) as other, ThreadPoolExecutor(3) as pool:
        other.execute("BEGIN EXCLUSIVE")
        assert max(future.result() for future in [pool.submit(seconds_until_it_gives_up) for _ in range(3)]) < 3.5
        other.execute("ROLLBACK")


@pytest.fixture
def impatient_server(postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Of whom nothing is done for a second in a transaction, it is ended."""
    monkeypatch.setattr(database, "SECONDS_TO_DO_NOTHING", 1)
    url = postgres.create_database()
    app = create_app(make_config(url, tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    postgres.drop_database(url)


@pytest.mark.usefixtures("impatient_server")
def test_whoever_stops_in_the_middle_of_a_transaction_keeps_its_rows_from_nobody_for_long() -> None:
    db.session.execute(text("SELECT pg_advisory_xact_lock(1)"))
    with db.engine.connect() as other:
        began = time.monotonic()
        other.execute(text("SELECT pg_advisory_xact_lock(1)"))
        assert time.monotonic() - began < 5
    # Whoever was stopped finds the database away, as after any other break, and the next transaction works.
    with pytest.raises(OperationalError):
        db.session.execute(text("SELECT 1"))
    db.session.rollback()
    assert db.session.execute(text("SELECT 1")).scalar_one() == 1


def test_what_the_address_of_the_database_says_of_silence_counts(postgres: PostgresServer, tmp_path: Path) -> None:
    url = f"{postgres.create_database()}&connect_timeout=5&options=-c%20idle_in_transaction_session_timeout%3D7000"
    app = create_app(make_config(url, tmp_path))
    with app.app_context():
        assert db.session.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "7s"
        driver = db.session.connection().connection.dbapi_connection
        assert isinstance(driver, PatientConnection)
        assert driver.info.get_parameters()["connect_timeout"] == "5"
        assert driver.info.get_parameters()["tcp_user_timeout"] == "10000"
        db.session.remove()
        db.engine.dispose()


def test_what_was_added_by_a_transaction_whose_rollback_failed_is_not_inserted_by_the_next_one(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is gone: SQLAlchemy then tells nobody that the transaction is over."""

    def fails(_connection: object) -> None:
        raise ConnectionError("the connection is lost")

    hospital.enrols()
    person_id = hospital.participant().id
    with hospital.app.app_context():
        record_event(lock_participant(db.session, person_id), "never_happened", hospital.clock.now())
        with monkeypatch.context() as away:
            away.setattr(db.engine.dialect, "do_rollback", fails)
            with pytest.raises(ConnectionError):
                db.session.rollback()
        record_event(lock_participant(db.session, person_id), "happened", hospital.clock.now())
        db.session.commit()
        actions = db.session.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == person_id)).all()
        assert "happened" in actions
        assert "never_happened" not in actions
        assert list(verify_chains(db.session)) == []


def test_whoever_inserts_what_is_there_is_told_so(app: Flask) -> None:
    row = {"name": "a", "started_at": MONDAY_MORNING, "beaten_at": MONDAY_MORNING}
    with app.app_context(), db.engine.begin() as connection:
        told = [insert_unless_there(connection, WorkerHeartbeat.__table__, [{"id": new_id(), **row}], "name") for _ in range(2)]
        assert told == [True, False]
        several = [{"id": new_id(), **row}, {"id": new_id(), **row, "name": "b"}]
        assert insert_unless_there(connection, WorkerHeartbeat.__table__, several, "name")
