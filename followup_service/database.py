"""How the engines are opened: parameters never logged, SQLite made safe (WAL, full sync, foreign keys, writers in turn), and nobody waits
for a database without end who cannot afford to."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from alembic.script import ScriptDirectory
from psycopg.errors import OperationalError
from sqlalchemy import Connection, Engine, event

from followup_service.clock import SystemClock
from followup_service.config import PROJECT, Config

MIGRATIONS: Path = PROJECT / "migrations"
SECONDS_TO_WAIT_FOR_A_WRITER = 30
SECONDS_TO_CONNECT = 2
SECONDS_TO_SAY_WHETHER_IT_LIVES = 0.5
CONNECTIONS = 20
# An execution option of `session.connection`: for so many seconds at most the transaction waits for a lock, and for each answer.
PATIENCE = "patience"


class PatientConnection(psycopg.Connection[Any]):
    """Waits at most `patience` seconds for the server's answer (None: as long as it takes); afterwards the connection is of no use.

    A server that was paused or cut off sends nothing, not even an error, and its own time-outs do not run.
    """

    patience: float | None = None

    def wait(self, gen: Any, *arguments: Any, timeout: float | None = None, **options: Any) -> Any:
        try:
            return super().wait(gen, *arguments, timeout=self.patience if timeout is None else timeout, **options)
        except OperationalError as error:
            if type(error).__name__ == "_WaitTimeout" and timeout is None:
                self.pgconn.finish()
                raise OperationalError("the server did not answer in time") from None
            raise


@cache
def newest_revisions() -> tuple[str, ...]:
    """The migrations up to which this version of the service brings a database."""
    return tuple(ScriptDirectory(str(MIGRATIONS)).get_heads())


def engine_options(config: Config) -> dict[str, Any]:
    options: dict[str, Any] = {"hide_parameters": True, "pool_size": CONNECTIONS, "max_overflow": CONNECTIONS}
    if config.on_sqlite:
        return options | {"connect_args": {"timeout": SECONDS_TO_WAIT_FOR_A_WRITER}}
    return options | {"pool_pre_ping": True, "connect_args": {"connect_timeout": SECONDS_TO_CONNECT}}


def prepare(engine: Engine) -> None:
    """Take SQLite's transactions out of the driver's hands: it would begin them late and deferred, and two writers would deadlock."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "do_connect", _connect)
        event.listen(engine, "checkin", _lie_idle)
        event.listen(engine, "begin", _take_patience)


def clock_skew(connection: Connection) -> timedelta:
    """How far the database's clock is ahead of this machine's own. Where it is a file it has no other."""
    if connection.dialect.name == "sqlite":
        return timedelta(0)
    machine = SystemClock()
    before = machine.now()
    theirs: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return theirs - (before + (machine.now() - before) / 2)


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    # Who only reads must not wait for writers; everybody else takes a turn at once.
    if options.get("read_only", False):
        connection.exec_driver_sql("BEGIN")
        return
    seconds = options.get(PATIENCE, SECONDS_TO_WAIT_FOR_A_WRITER)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _connect(_dialect: Any, _record: Any, arguments: list[Any], parameters: dict[str, Any]) -> Any:
    return PatientConnection.connect(*arguments, **parameters)


def _lie_idle(connection: PatientConnection | None, _record: Any) -> None:
    """What comes next on a connection from the pool is the question whether it still lives."""
    if connection is not None:
        connection.patience = SECONDS_TO_SAY_WHETHER_IT_LIVES


def _take_patience(connection: Connection) -> None:
    seconds = connection.get_execution_options().get(PATIENCE)
    driver: Any = connection.connection.dbapi_connection
    driver.patience = seconds
    if seconds is not None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")
