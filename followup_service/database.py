"""How the engines are opened: parameters never logged, SQLite made safe (WAL, full sync, foreign keys, writers in turn), and nobody waits
for a database without end who cannot afford to."""

import sqlite3
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any

import psycopg
from alembic.script import ScriptDirectory
from psycopg.errors import IdleInTransactionSessionTimeout, OperationalError
from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.exc import OperationalError as DatabaseIsBusy

from followup_service.clock import SystemClock
from followup_service.config import PROJECT, Config

MIGRATIONS: Path = PROJECT / "migrations"
SECONDS_TO_WAIT_FOR_A_WRITER = 30
SECONDS_TO_CONNECT = 2
SECONDS_TO_SAY_WHETHER_IT_LIVES = 0.5
# Of whom nothing is heard for so long, he is cut off or dead, the server to us and we to the server. Left to itself TCP tries for a quarter
# of an hour, and who waits for an answer waits two hours: so long a host that died unheard would keep its rows locked.
SECONDS_OF_SILENCE = 10
# So long a transaction may do nothing: who is stopped in the middle of one keeps its rows from the others no longer than a lease lasts.
SECONDS_TO_DO_NOTHING = 60
CONNECTIONS = 20
# A connection that worked so lately is not asked again whether it lives.
SECONDS_TRUSTED = 1.0
SECONDS_BETWEEN_TRIES = 0.002
# SQLite's extended codes have the primary one in their last byte.
_PRIMARY_CODE = 0xFF
_IDLE_SINCE = "idle since"
_ITS_TURN = "its turn"
# How SQLite commits: it waits for the disk, or only whoever does so later.
DURABLY, UNHURRIEDLY = "FULL", "NORMAL"
_SYNCHRONOUS = "synchronous"
# Execution options of a connection. For so many seconds at most its transaction waits for a lock, and for each answer.
PATIENCE = "patience"
# Whether all that its transaction does would be done again if it got lost: the commit need not wait for the disk then. What anybody commits
# later reaches the disk after it, never before it.
REPEATABLE = "repeatable"
_has_little_patience: ContextVar[bool] = ContextVar("has little patience", default=False)


class WritersInTurn:
    """Begins SQLite's transactions. The writers of one process take turns: SQLite lets those who wait try again ever more rarely, and
    under load somebody never gets in.
    """

    def __init__(self) -> None:
        self._turn = Lock()

    def begin(self, connection: Connection) -> None:
        options = connection.get_execution_options()
        # Who only reads must not wait for writers; everybody else takes a turn at once.
        if options.get("read_only", False):
            connection.exec_driver_sql("BEGIN")
            return
        seconds = options.get(PATIENCE, SECONDS_TO_WAIT_FOR_A_WRITER)
        until = monotonic() + seconds
        if not self._turn.acquire(timeout=seconds):
            raise DatabaseIsBusy("BEGIN IMMEDIATE", None, sqlite3.OperationalError("another thread of this process holds the database"))
        connection.connection.record_info[_ITS_TURN] = True
        _synchronise(connection, UNHURRIEDLY if options.get(REPEATABLE, False) else DURABLY)
        try:
            _begin_immediately(connection, seconds, until)
        except BaseException:
            self.end(connection)
            raise

    def end(self, connection: Connection) -> None:
        if not connection.invalidated:
            self.checkin(None, connection.connection)

    def checkin(self, _connection: Any, record: Any) -> None:
        """Whatever happened to its transaction: a connection that goes back to the pool has had its turn."""
        if record.record_info.pop(_ITS_TURN, False):
            self._turn.release()


class NoAnswer(OperationalError):
    """The server did not answer in time."""


class PatientConnection(psycopg.Connection[Any]):
    """Waits at most `patience` seconds for the server's answer (None: as long as it takes); afterwards the connection is of no use.

    A server that was paused or cut off sends nothing, not even an error, and its own time-outs do not run.
    """

    patience: float | None = None
    # What this session of the server waits for a lock; None is without end, as it begins. And what a rollback would make of it.
    lock_timeout: float | None = None
    lock_timeout_before: float | None = None

    def wait(self, gen: Any, *arguments: Any, timeout: float | None = None, **options: Any) -> Any:
        try:
            return super().wait(gen, *arguments, timeout=self.patience if timeout is None else timeout, **options)
        except OperationalError as error:
            if type(error).__name__ == "_WaitTimeout" and timeout is None:
                self.pgconn.finish()
                raise NoAnswer("the server did not answer in time") from None
            raise
        except IdleInTransactionSessionTimeout as error:
            # To the driver this is a mistake inside the server. It is the end of the connection like any other.
            raise OperationalError("the server ended a transaction in which nothing was done for too long") from error


@cache
def newest_revisions() -> tuple[str, ...]:
    """The migrations up to which this version of the service brings a database."""
    return tuple(ScriptDirectory(str(MIGRATIONS)).get_heads())


def engine_options(config: Config) -> dict[str, Any]:
    options: dict[str, Any] = {"hide_parameters": True, "pool_size": CONNECTIONS, "max_overflow": CONNECTIONS}
    if config.on_sqlite:
        return options | {"connect_args": {"timeout": SECONDS_TO_WAIT_FOR_A_WRITER}}
    # What is asked a second time is asked often: PostgreSQL keeps how it goes about it from then on.
    return options | {"connect_args": _noticing_silence(make_url(config.database_url)) | {"prepare_threshold": 1}}


def prepare(engine: Engine) -> None:
    """Take SQLite's transactions out of the driver's hands: it would begin them late and deferred, and two writers would deadlock."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        writers = WritersInTurn()
        event.listen(engine, "begin", writers.begin)
        event.listen(engine, "commit", writers.end)
        event.listen(engine, "rollback", writers.end)
        event.listen(engine, "checkin", writers.checkin)
    else:
        event.listen(engine, "do_connect", _connect)
        event.listen(engine, "checkin", _lie_idle)
        event.listen(engine, "checkout", _ask_whether_it_lives)
        event.listen(engine, "commit", _keep_patience)
        event.listen(engine, "rollback", _forget_patience)
        event.listen(engine, "begin", _take_patience)


def autocommitting(engine: Engine, **options: Any) -> Connection:
    """A connection for one statement, with these execution options. On PostgreSQL it needs no BEGIN and no COMMIT of its own then.

    What it writes is to be committed all the same: SQLite needs it, and to SQLAlchemy an end without it is a rollback.
    """
    mode = {} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
    token = _has_little_patience.set(PATIENCE in options)
    try:
        connection = engine.connect()
    finally:
        _has_little_patience.reset(token)
    return connection.execution_options(**mode, **options)


def only_reading(engine: Engine) -> dict[str, Any]:
    """Execution options of a connection that only reads: it waits for no writer, and PostgreSQL is told of no BEGIN and no ROLLBACK.

    Between two statements it sees what others committed, as every transaction of PostgreSQL here does.
    """
    return {"read_only": True} if engine.dialect.name == "sqlite" else {"read_only": True, "isolation_level": "AUTOCOMMIT"}


def clock_skew(connection: Connection) -> timedelta:
    """How far the database's clock is ahead of this machine's own. Where it is a file it has no other."""
    if connection.dialect.name == "sqlite":
        return timedelta(0)
    machine = SystemClock()
    before = machine.now()
    theirs: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return theirs - (before + (machine.now() - before) / 2)


def _noticing_silence(url: URL) -> dict[str, Any]:
    """For the driver, and by its `options` for the server. What the address itself says stays so."""
    idle, interval, milliseconds = max(1, SECONDS_OF_SILENCE // 2), max(1, SECONDS_OF_SILENCE // 10), SECONDS_OF_SILENCE * 1000
    ours = {
        "connect_timeout": SECONDS_TO_CONNECT,
        "keepalives_idle": idle,
        "keepalives_interval": interval,
        "keepalives_count": 5,
        "tcp_user_timeout": milliseconds,
    }
    theirs = {
        "tcp_keepalives_idle": idle,
        "tcp_keepalives_interval": interval,
        "tcp_keepalives_count": 5,
        "tcp_user_timeout": milliseconds,
        "idle_in_transaction_session_timeout": SECONDS_TO_DO_NOTHING * 1000,
    }
    given = url.query.get("options", "")
    # The last one counts: what the address says comes last.
    options = " ".join((*(f"-c {name}={value}" for name, value in theirs.items()), *([given] if isinstance(given, str) else given)))
    return {name: value for name, value in ours.items() if name not in url.query} | {"options": options.strip()}


def _set_pragmas(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", f"synchronous={DURABLY}", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    record.info[_SYNCHRONOUS] = DURABLY


def _synchronise(connection: Connection, how: str) -> None:
    driver: Any = connection.connection.dbapi_connection
    kept = connection.connection.info
    if kept[_SYNCHRONOUS] != how:
        driver.execute(f"PRAGMA synchronous={how}")
        kept[_SYNCHRONOUS] = how


def _begin_immediately(connection: Connection, seconds: float, until: float) -> None:
    """Until `until`: waiting for the turn and for other processes must not add up. Ask every other millisecond: SQLite's own waiting
    asks ever more rarely, and misses every gap that another busy process leaves.
    """
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA busy_timeout = 0")
    while True:
        try:
            driver.execute("BEGIN IMMEDIATE")
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise DatabaseIsBusy("BEGIN IMMEDIATE", None, error) from error
            sleep(SECONDS_BETWEEN_TRIES)
    driver.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _connect(_dialect: Any, _record: Any, arguments: list[Any], parameters: dict[str, Any]) -> Any:
    return PatientConnection.connect(*arguments, **parameters)


def _lie_idle(connection: PatientConnection | None, record: Any) -> None:
    if connection is not None:
        record.info[_IDLE_SINCE] = 0 if connection.closed else monotonic()


def _ask_whether_it_lives(connection: PatientConnection, record: Any, _proxy: Any) -> None:
    """Before it is handed out again. One that worked a moment ago is believed: under load the question would cost each text as much as an
    answer, and who meets the first break keeps the text in the spool.
    """
    if monotonic() - record.info.get(_IDLE_SINCE, 0) < SECONDS_TRUSTED:
        return
    connection.patience = SECONDS_TO_SAY_WHETHER_IT_LIVES
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        if isinstance(error, NoAnswer) and _has_little_patience.get():
            # Nor would it answer who asks for a new connection, and that takes longer.
            raise
        raise DisconnectionError("the server does not know this connection any more") from error


def _take_patience(connection: Connection) -> None:
    seconds = connection.get_execution_options().get(PATIENCE)
    driver: Any = connection.connection.dbapi_connection
    driver.patience = seconds
    if driver.lock_timeout != seconds:
        connection.exec_driver_sql(f"SET lock_timeout = {int((seconds or 0) * 1000)}")
        driver.lock_timeout = seconds
        if driver.autocommit:
            _keep_patience(connection)


def _keep_patience(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    driver.lock_timeout_before = driver.lock_timeout


def _forget_patience(connection: Connection) -> None:
    """What was set in a transaction that is rolled back was never set."""
    if not connection.invalidated:
        driver: Any = connection.connection.dbapi_connection
        driver.lock_timeout = driver.lock_timeout_before
