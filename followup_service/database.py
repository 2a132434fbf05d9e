"""How the engines are opened: parameters never logged, and SQLite made safe (WAL, full sync, foreign keys, writers in turn)."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event

from followup_service.clock import SystemClock
from followup_service.config import PROJECT, Config

MIGRATIONS: Path = PROJECT / "migrations"
SECONDS_TO_WAIT_FOR_A_WRITER = 30
CONNECTIONS = 20


@cache
def newest_revisions() -> tuple[str, ...]:
    """The migrations up to which this version of the service brings a database."""
    return tuple(ScriptDirectory(str(MIGRATIONS)).get_heads())


def engine_options(config: Config) -> dict[str, Any]:
    options: dict[str, Any] = {"hide_parameters": True, "pool_size": CONNECTIONS, "max_overflow": CONNECTIONS}
    if config.on_sqlite:
        return options | {"connect_args": {"timeout": SECONDS_TO_WAIT_FOR_A_WRITER}}
    return options | {"pool_pre_ping": True}


def prepare(engine: Engine) -> None:
    """Take SQLite's transactions out of the driver's hands: it would begin them late and deferred, and two writers would deadlock."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)


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
    # Who only reads must not wait for writers; everybody else takes a turn at once.
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
