"""The extensions that the whole application shares: the database and its migrations."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import JSON, Connection, Engine, Insert, MetaData, Table, Uuid
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from followup_service.at_commit import write_at_commit
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


def insert_unless_there(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *key: str) -> bool:
    """Insert rows at once; one whose `key` is in the table already is left out, also where another process inserts it just now.

    Returns whether any was inserted.
    """
    statement = _insert_unless_there(connection.dialect.name, table, key)
    return connection.execute(statement, rows[0] if len(rows) == 1 else rows).rowcount != 0


@cache
def _insert_unless_there(dialect: str, table: Table, key: tuple[str, ...]) -> Insert:
    # Of an insert SQLAlchemy keeps the count only where it is told to: on PostgreSQL it would be -1.
    return _INSERT[dialect](table).on_conflict_do_nothing(index_elements=key).execution_options(preserve_rowcount=True)


_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

# Rows stay usable after a commit: a refresh would cost one query a row.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": OneEngineSession})
write_at_commit(db.session)
migrate = Migrate(render_as_batch=True, compare_type=True)
