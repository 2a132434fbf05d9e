"""The extensions that the whole application shares: the database and its migrations."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import JSON, Engine, Insert, MetaData, Table, Uuid, event, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, SessionTransaction, mapped_column, registry
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
        self.id = values.pop("id", None) or new_id()
        for name, value in values.items():
            setattr(self, name, value)


class OneEngineSession(Session):
    """A session of the one database that there is: Flask-SQLAlchemy would look up which one for every statement."""

    def get_bind(self, *_args: Any, **_kwargs: Any) -> Engine:
        return db.engine


def insert_at_commit(session: OrmSession, row: Base) -> None:
    """Add a row that nobody reads before the commit. All such rows of a table go in one insert then, which costs less than a flush."""
    session.info.setdefault(_WAITING, {}).setdefault(type(row).__table__, []).append(row)


def insert_unless_there(session: OrmSession, table: Table, rows: Sequence[dict[str, Any]], key: str) -> None:
    """Insert rows at once; one whose `key` is in the table already is left out, also where another process inserts it just now."""
    statement = _INSERT[session.get_bind().dialect.name](table).on_conflict_do_nothing(index_elements=[key])
    session.connection().execute(statement, rows)


def _insert_waiting(session: OrmSession) -> None:
    waiting: dict[Table, list[Base]] = session.info.pop(_WAITING, {})
    for table, rows in waiting.items():
        session.connection().execute(_insert(table), [_values(table, row) for row in rows])


def _forget_waiting(session: OrmSession, _transaction: SessionTransaction) -> None:
    session.info.pop(_WAITING, None)


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


def _values(table: Table, row: Base) -> dict[str, Any]:
    return {name: row.__dict__.get(name) for name in table.columns.keys()}  # noqa: SIM118 - the columns, not the names, are iterated


_WAITING = "rows to insert at the commit"
_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

# Rows stay usable after a commit: a refresh would cost one query a row.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": OneEngineSession})
event.listen(db.session, "before_commit", _insert_waiting)
event.listen(db.session, "after_soft_rollback", _forget_waiting)
migrate = Migrate(render_as_batch=True, compare_type=True)
