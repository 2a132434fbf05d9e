"""The extensions that the whole application shares: the database and its migrations."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import JSON, Connection, Engine, Insert, MetaData, Table, Uuid, event, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, SessionTransaction, mapped_column, registry, scoped_session
from sqlalchemy.orm import Session as OrmSession

from followup_service.columns import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table: an id that exists before the row is written, and named constraints."""

    registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map={dict[str, Any]: JSON, list[str]: JSON})

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, sort_order=-1)

    def __init__(self, **values: Any) -> None:
        """Nothing listens to a new row, so what are columns is set as plain attributes; a row is new here only."""
        columns, given = type(self).__table__.columns, self.__dict__
        given["id"] = values.pop("id", None) or new_id()
        for name, value in values.items():
            if name in columns:
                given[name] = value
            else:
                setattr(self, name, value)


class OneEngineSession(Session):
    """A session of the one database that there is: Flask-SQLAlchemy would look up which one for every statement."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._engine = db.engine

    def get_bind(self, *_args: Any, **_kwargs: Any) -> Engine:
        return self._engine


def insert_at_commit(session: OrmSession, row: Base) -> None:
    """Add a row that nobody reads before the commit. All such rows of a table go in one insert then, which costs less than a flush.

    They belong to the transaction in which they were added, and no other one inserts them.
    """
    if _transaction(session) is None:
        session.connection()
    transaction = _transaction(session)
    whose, waiting = session.info.get(_WAITING, (None, {}))
    if whose is not transaction:
        # Those of one before, whose rollback failed because the database was away: nobody hears of the end of such a transaction.
        waiting = {}
        session.info[_WAITING] = transaction, waiting
    waiting.setdefault(type(row).__table__, []).append(row)


def insert_unless_there(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *key: str) -> bool:
    """Insert rows at once; one whose `key` is in the table already is left out, also where another process inserts it just now.

    Returns whether any was inserted.
    """
    statement = _insert_unless_there(connection.dialect.name, table, key)
    return connection.execute(statement, rows[0] if len(rows) == 1 else rows).rowcount != 0


def _insert_waiting(session: OrmSession) -> None:
    whose, waiting = session.info.pop(_WAITING, (None, {}))
    if whose is not _transaction(session):
        return
    for table, rows in waiting.items():
        names = _names(table)
        session.connection().execute(_insert(table), [{name: row.__dict__.get(name) for name in names} for row in rows])


def _forget_waiting(session: OrmSession, _transaction: SessionTransaction) -> None:
    session.info.pop(_WAITING, None)


def _transaction(session: OrmSession | scoped_session[Any]) -> SessionTransaction | None:
    """The one that is open. A session for each thread has no word for it itself."""
    return (session() if isinstance(session, scoped_session) else session).get_transaction()


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _insert_unless_there(dialect: str, table: Table, key: tuple[str, ...]) -> Insert:
    # Of an insert SQLAlchemy keeps the count only where it is told to: on PostgreSQL it would be -1.
    return _INSERT[dialect](table).on_conflict_do_nothing(index_elements=key).execution_options(preserve_rowcount=True)


@cache
def _names(table: Table) -> tuple[str, ...]:
    return tuple(table.columns.keys())


# With the transaction that they belong to.
_WAITING = "rows to insert at the commit"
_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

# Rows stay usable after a commit: a refresh would cost one query a row.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": OneEngineSession})
event.listen(db.session, "before_commit", _insert_waiting)
event.listen(db.session, "after_soft_rollback", _forget_waiting)
migrate = Migrate(render_as_batch=True, compare_type=True)
