"""How the engines are opened: parameters never logged, and SQLite made safe (WAL, full sync, foreign keys, writers in turn)."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from followup_service.config import PROJECT, Config

MIGRATIONS: Path = PROJECT / "migrations"
SECONDS_TO_WAIT_FOR_A_WRITER = 30
CONNECTIONS = 20


def engine_options(config: Config) -> dict[str, Any]:
    options: dict[str, Any] = {"hide_parameters": True, "pool_size": CONNECTIONS, "max_overflow": CONNECTIONS}
    if config.on_sqlite:
        return options | {"connect_args": {"timeout": SECONDS_TO_WAIT_FOR_A_WRITER}}
    return options | {"pool_pre_ping": True}


def autocommitting(engine: Engine) -> Connection:
    """A connection whose every statement is a transaction of its own, on disk when it returns: one alone needs no BEGIN and no COMMIT."""
    if engine.dialect.name == "sqlite":
        return engine.connect().execution_options(autocommits=True)
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def prepare(engine: Engine) -> None:
    """Take SQLite's transactions out of the driver's hands: it would begin them late and deferred, and two writers would deadlock."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # Who only reads must not wait for writers; everybody else takes a turn at once.
    options = connection.get_execution_options()
    if not options.get("autocommits", False):
        connection.exec_driver_sql("BEGIN" if options.get("read_only", False) else "BEGIN IMMEDIATE")
