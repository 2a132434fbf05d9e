"""What is written at the commit and not before: rows that nobody reads until then, and columns that change with nearly every text.

A flush is much work, and a round trip for each table. PostgreSQL gets all of this in one statement; SQLite, which has no round trips,
gets one for each table and each changed row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, Table, Update, bindparam, event, func, insert, inspect, literal_column, select, update
from sqlalchemy.orm import Session, SessionTransaction, scoped_session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from followup_service.database import REPEATABLE

AnySession = Session | scoped_session[Any]
_WAITING = "what waits for the commit"
# A text or a step of a job writes fewer rows. More go in one insert a table, since each mixture of rows is a statement of its own.
_MOST_TOGETHER = 8
_KEPT_STATEMENTS = 500
_UNHURRIED = literal_column("set_config('synchronous_commit', 'off', true)")


@dataclass(slots=True)
class _Waiting:
    """Belongs to the transaction in which it was added, and no other one writes it."""

    transaction: SessionTransaction | None
    rows: dict[Table, list[Any]] = field(default_factory=dict)
    changes: dict[Any, dict[str, Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(map(len, self.rows.values())) + len(self.changes)


@dataclass(frozen=True, slots=True)
class _New:
    """An insert of one row with these columns; the others are empty."""

    table: Table
    names: tuple[str, ...]

    def statement(self, number: int) -> Insert:
        return insert(self.table).values(_parameters(self.names, number))


@dataclass(frozen=True, slots=True)
class _Change:
    """An update of these columns of one row, if its table counts versions only where nobody else changed it."""

    table: Table
    names: tuple[str, ...]

    def statement(self, number: int) -> Update:
        columns = self.table.columns
        mine = update(self.table).where(columns["id"] == bindparam(f"this_id_{number}")).values(_parameters(self.names, number))
        return mine.where(columns["version"] == bindparam(f"last_version_{number}")) if "version" in self.names else mine


def insert_at_commit(session: AnySession, row: Any) -> None:
    """Add a row that nobody reads before the commit."""
    _waiting(session).rows.setdefault(type(row).__table__, []).append(row)


def update_at_commit(session: AnySession, row: Any, **values: Any) -> None:
    """Set columns of a row: it has them at once, the database at the commit. Read again in between, the row has the old ones.

    If somebody else changed a row that counts its versions, the commit raises StaleDataError, as after a flush.
    """
    changing = _waiting(session).changes.setdefault(row, {})
    for name, value in values.items():
        if name in changing or getattr(row, name) != value:
            set_committed_value(row, name, value)
            changing[name] = value


def changes_waiting(session: AnySession, row: Any) -> Mapping[str, Any]:
    """What will be written into this row at the commit."""
    return _waiting(session).changes.get(row, {})


def write_at_commit(session: AnySession) -> None:
    """Let this session do so."""
    event.listen(session, "before_commit", _write)
    event.listen(session, "after_soft_rollback", _forget)


def _waiting(session: AnySession) -> _Waiting:
    if _transaction(session) is None:
        session.connection()
    transaction = _transaction(session)
    waiting: _Waiting | None = session.info.get(_WAITING)
    if waiting is None or waiting.transaction is not transaction:
        # That of one before, whose rollback failed because the database was away: nobody hears of the end of such a transaction.
        waiting = session.info[_WAITING] = _Waiting(transaction)
    return waiting


def _transaction(session: AnySession) -> SessionTransaction | None:
    """The one that is open. A session for each thread has no word for it itself."""
    return (session() if isinstance(session, scoped_session) else session).get_transaction()


def _forget(session: Session, _transaction: SessionTransaction) -> None:
    session.info.pop(_WAITING, None)


def _write(session: Session) -> None:
    waiting: _Waiting | None = session.info.pop(_WAITING, None)
    if waiting is None or waiting.transaction is not _transaction(session):
        return
    # A row that is new itself is inserted with its changes.
    changed = {row: values for row, values in waiting.changes.items() if values and not inspect(row).pending}
    changes = [_change(row, values) for row, values in changed.items()]
    connection = session.connection()
    if connection.dialect.name == "postgresql" and len(waiting) <= _MOST_TOGETHER:
        written = _write_together(connection, waiting.rows, changes)
    else:
        written = _write_in_turn(connection, waiting.rows, changes)
    if written != len(changes):
        raise StaleDataError("somebody else changed the row meanwhile, or it is there no more")
    for row in changed:
        if _counts_versions(row):
            set_committed_value(row, "version", row.version + 1)


def _change(row: Any, values: Mapping[str, Any]) -> tuple[_Change, dict[str, Any]]:
    versions = {"version": row.version + 1} if _counts_versions(row) else {}
    before = {"last_version": row.version} if versions else {}
    return _Change(type(row).__table__, (*values, *versions)), {"this_id": row.id, **values, **versions, **before}


def _counts_versions(row: Any) -> bool:
    return row.__mapper__.version_id_col is not None


def _write_in_turn(connection: Connection, rows: Mapping[Table, Sequence[Any]], changes: Sequence[tuple[_Change, dict[str, Any]]]) -> int:
    """How many rows were changed."""
    for table, new in rows.items():
        connection.execute(_insert(table), [_values(table, row) for row in new])
    return sum(connection.execute(_alone(change), _numbered(values, 0)).rowcount for change, values in changes)


def _write_together(connection: Connection, rows: Mapping[Table, Sequence[Any]], changes: Sequence[tuple[_Change, dict[str, Any]]]) -> int:
    """How many rows were changed."""
    inserts = [_new(table, row) for table, new in rows.items() for row in new]
    repeatable = bool(connection.get_execution_options().get(REPEATABLE, False))
    statement = _together(tuple(new for new, _ in inserts), tuple(change for change, _ in changes), repeatable=repeatable)
    parameters: dict[str, Any] = {}
    for number, (_, values) in enumerate((*inserts, *changes)):
        parameters |= _numbered(values, number)
    written: int = connection.execute(statement, parameters).scalar_one()
    return written


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _together(rows: tuple[_New, ...], changes: tuple[_Change, ...], *, repeatable: bool) -> Select[Any]:
    """One statement that does all of this and counts the changed rows. If it is repeatable, the commit does not wait for the disk."""
    inserts = [new.statement(number).cte(f"new_{number}") for number, new in enumerate(rows)]
    changed = [
        change.statement(number).returning(literal_column("1").label("one")).cte(f"changed_{number}")
        for number, change in enumerate(changes, start=len(rows))
    ]
    counts = [select(func.count()).select_from(those).scalar_subquery() for those in changed]
    unhurried = [_UNHURRIED] if repeatable else []
    return select(sum(counts, start=literal_column("0")), *unhurried).add_cte(*inserts)


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _alone(change: _Change) -> Update:
    return change.statement(0)


def _new(table: Table, row: Any) -> tuple[_New, dict[str, Any]]:
    """Without its empty columns: the driver splits a statement of more than fifty parameters anew each time."""
    given = {name: value for name, value in _values(table, row).items() if value is not None}
    return _New(table, tuple(given)), given


def _values(table: Table, row: Any) -> dict[str, Any]:
    given = row.__dict__
    return {name: given.get(name) for name in _names(table)}


@cache
def _names(table: Table) -> tuple[str, ...]:
    return tuple(table.columns.keys())


def _parameters(names: Iterable[str], number: int) -> dict[str, Any]:
    return {name: bindparam(f"{name}_{number}") for name in names}


def _numbered(values: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {f"{name}_{number}": value for name, value in values.items()}
