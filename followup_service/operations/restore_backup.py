"""Brings a backup back: into this database, where nothing is then sent before a person says so; or into a throw-away one, to look at it."""

import sqlite3
import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, Engine, create_engine, insert, inspect, literal, select, table, text, update
from sqlalchemy.engine.interfaces import Dialect

from followup_service.columns import new_id
from followup_service.encryption import Keyring
from followup_service.errors import Conflict, Refused
from followup_service.messaging.sending_hold import HoldCause, HoldScope, SendingHold
from followup_service.operations import postgres_tools
from followup_service.operations.backup_file import About, UnreadableBackup, read_about, read_backup
from followup_service.staff.site import StudyRecord

KEPT_BY_MIGRATIONS = {"alembic_version"}
_EMPTY_POSTGRES = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
SECONDS_TO_WAIT = 30


def restore_backup(engine: Engine, path: Path, now: datetime, keys: Keyring, by: str, *, replace: bool) -> About:
    """Bring the database to what the backup holds, with the outbox on hold; where anything fails, it stays as it was.

    Raises Conflict where something is in the database and `replace` does not say that it may go.
    """
    about = _proven(path, keys)
    if about.kind != engine.dialect.name:
        raise Refused(
            f"this backup is of {about.kind}, and DATABASE_URL names {engine.dialect.name}: restore it into a database of its own kind, "
            "then use flask db move"
        )
    if not replace and (filled := tables_with_rows(engine)):
        raise Conflict(f"this database is not empty ({', '.join(filled[:3])} …): write --replace to give up what is in it")
    hold = _hold(about, now, by, engine.dialect)
    if about.kind == "postgresql":
        before = _EMPTY_POSTGRES if inspect(engine).get_table_names() else ""
        postgres_tools.restore(engine.url, read_backup(path, keys), before, f"SET search_path TO public;\n{hold}")
        return about
    with _unpacked(path, keys, Path(engine.url.database or "").parent) as copy:
        try:
            with closing(sqlite3.connect(copy, isolation_level=None)) as held:
                held.executescript(hold)
        except sqlite3.Error as error:
            raise UnreadableBackup(f"what is in this backup is no database of ours: {error}") from None
        with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(engine.url.database or "", SECONDS_TO_WAIT)) as target:
            source.backup(target)
    return about


@contextmanager
def throwaway_copy(path: Path, keys: Keyring, near: URL) -> Iterator[URL]:
    """The backup in a database of its own, gone afterwards: a file, or a database beside the one at `near`."""
    about = _proven(path, keys)
    if about.kind == "sqlite":
        directory = Path(near.database).parent if near.drivername.startswith("sqlite") and near.database else None
        with _unpacked(path, keys, directory) as copy:
            yield URL.create("sqlite", database=str(copy))
        return
    if not near.drivername.startswith("postgresql"):
        raise Refused("this backup is of PostgreSQL: to look at it, DATABASE_URL must name a server on which a database may be made")
    name = f"followup_verify_{uuid4().hex[:12]}"
    beside = create_engine(near, isolation_level="AUTOCOMMIT")
    try:
        with beside.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        try:
            postgres_tools.restore(near.set(database=name), read_backup(path, keys), "", "")
            yield near.set(database=name)
        finally:
            with beside.connect() as connection:
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    finally:
        beside.dispose()


def tables_with_rows(engine: Engine) -> list[str]:
    """The tables in which something is, but for what migrations keep of themselves."""
    with engine.connect() as connection:
        names: Collection[str] = set(inspect(connection).get_table_names()) - KEPT_BY_MIGRATIONS
        return sorted(name for name in names if connection.execute(select(literal(1)).select_from(table(name)).limit(1)).first())


def _proven(path: Path, keys: Keyring) -> About:
    """What the backup is of, once every piece of it has been read and proven."""
    about = read_about(path)
    if about.kind not in ("sqlite", "postgresql"):
        raise UnreadableBackup(f"this backup is of '{about.kind}', which we do not know: it was made by another version of the service")
    for _ in read_backup(path, keys):
        pass
    return about


@contextmanager
def _unpacked(path: Path, keys: Keyring, directory: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="restore-", dir=directory) as place:
        copy = Path(place) / "copy.sqlite3"
        with copy.open("wb") as file:
            file.writelines(read_backup(path, keys))
        yield copy


def _hold(about: About, now: datetime, by: str, dialect: Dialect) -> str:
    """SQL that comes with the rows themselves: no worker that runs anywhere sees a moment without the hold.

    A backup that was made behind such a hold keeps it, with its earlier moment, and must be reconciled anew.
    """
    held = SendingHold.cause == HoldCause.RESTORE, SendingHold.released_at.is_(None)
    values = {
        SendingHold.id: new_id(),
        SendingHold.scope: HoldScope.EVERYTHING,
        SendingHold.cause: HoldCause.RESTORE,
        SendingHold.reason: f"restored from the backup of {about.made_at:%Y-%m-%d %H:%M} UTC",
        SendingHold.placed_at: now,
        SendingHold.placed_by: by,
        SendingHold.as_of: about.made_at,
    }
    row = select(StudyRecord.id, *(literal(value, column.type) for column, value in values.items()))
    statements = (
        update(SendingHold.__table__).where(*held).values(reconciled_at=None),
        insert(SendingHold.__table__).from_select(
            [SendingHold.study_id, *values], row.where(~select(SendingHold.id).where(*held).exists())
        ),
    )
    return ";\n".join(str(one.compile(dialect=dialect, compile_kwargs={"literal_binds": True})) for one in statements) + ";\n"
