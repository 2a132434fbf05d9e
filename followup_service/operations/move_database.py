"""Moves everything to another, empty database: every row and id, compared one by one at the end, and every audit chain walked there."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from alembic import command
from flask import current_app
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Insert,
    Row,
    Table,
    Text,
    bindparam,
    cast,
    insert,
    inspect,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from followup_service.audit import verify_chains
from followup_service.errors import Conflict, FollowupError
from followup_service.extensions import db

ROWS_AT_ONCE = 1000


class MoveFailed(FollowupError):
    """What arrived is not what left. The caller rolls back: the other database stays empty."""

    status = 500
    title = "Move failed"


@dataclass(frozen=True, slots=True)
class MovedTable:
    """How many rows a table has, and the SHA-256 of all of them in the order of their ids."""

    name: str
    rows: int
    digest: str


def move_database(source: Connection, target: Connection) -> Iterator[MovedTable]:
    """Make the tables in `target`, copy every row and compare; the caller commits `target` after the last table, and only then.

    Raises Conflict where `target` is not empty, MoveFailed where anything differs.
    """
    if inspect(target).get_table_names():
        raise Conflict("there are tables in the database to move to: give an empty one")
    _make_tables(target)
    for table in db.metadata.sorted_tables:
        rows = 0
        for batch in _batches(source, table):
            target.execute(_insert(table, target), batch)
            rows += len(batch)
        here, there = _digest(source, table), _digest(target, table)
        if here != there:
            raise MoveFailed(f"the rows of {table.name} are not the same in both databases: nothing was moved")
        yield MovedTable(table.name, rows, there)
    with Session(target) as session:
        for broken in verify_chains(session):
            raise MoveFailed(f"audit of {broken.subject_kind}, event {broken.sequence}: {broken.problem}. Look with flask audit verify")


def _make_tables(target: Connection) -> None:
    """The migrations, in the transaction of the caller."""
    config = current_app.extensions["migrate"].migrate.get_config()
    config.attributes["connection"] = target
    command.upgrade(config, "head")


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Mapping[str, Any]]]:
    rows = connection.execute(_ordered(connection, table).execution_options(yield_per=ROWS_AT_ONCE))
    for batch in rows.mappings().partitions():
        yield [dict(row) for row in batch]


def _ordered(connection: Connection, table: Table) -> Any:
    return select(*(_as_read(column, connection) for column in table.columns)).order_by(table.c.id)


def _as_read(column: Column[Any], connection: Connection) -> ColumnElement[Any]:
    """JSON as the text that it is stored as: else an absent value and a stored null would become the same."""
    if not isinstance(column.type, JSON):
        return column
    written = type_coerce(column, Text) if connection.dialect.name == "sqlite" else cast(column, Text)
    return written.label(column.name)


def _insert(table: Table, connection: Connection) -> Insert:
    if connection.dialect.name == "sqlite":
        return insert(table).values({column.name: bindparam(column.name, type_=_type(column)) for column in table.columns})
    as_json = {
        column.name: cast(bindparam(column.name, type_=Text()), column.type) for column in table.columns if isinstance(column.type, JSON)
    }
    return insert(table).values({column.name: bindparam(column.name, type_=column.type) for column in table.columns} | as_json)


def _type(column: Column[Any]) -> Any:
    return Text() if isinstance(column.type, JSON) else column.type


def _digest(connection: Connection, table: Table) -> str:
    digest = hashlib.sha256()
    for row in connection.execute(_ordered(connection, table).execution_options(yield_per=ROWS_AT_ONCE)):
        digest.update(_said(row))
    return digest.hexdigest()


def _said(row: Row[Any]) -> bytes:
    return json.dumps([_as_text(value) for value in row], ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def _as_text(value: Any) -> Any:
    if isinstance(value, bytes | UUID):
        return value.hex() if isinstance(value, bytes) else value.hex
    if isinstance(value, date | time):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)
