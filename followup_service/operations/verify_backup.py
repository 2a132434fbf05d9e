"""Whether a backup is worth something: every piece proven, the tables sound, the audit chains unbroken, the keys the right ones."""

from collections.abc import Iterator
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy import URL, Connection, create_engine, select
from sqlalchemy.orm import Session

from followup_service.audit import verify_chains
from followup_service.database import newest_revisions, prepare
from followup_service.encryption import DecryptionFailed, EncryptedText, Keyring
from followup_service.extensions import db
from followup_service.operations.restore_backup import throwaway_copy

VALUES_LOOKED_AT = 100


def verify_backup(path: Path, keys: Keyring, near: URL) -> list[str]:
    """Restore it into a throw-away database (beside the one at `near`) and look. Returns what is wrong, a sentence each.

    Raises UnreadableBackup where not even that is possible.
    """
    with throwaway_copy(path, keys, near) as url:
        engine = create_engine(url, hide_parameters=True)
        prepare(engine)
        try:
            with engine.connect() as connection:
                problems = list(_unsound(connection))
                if MigrationContext.configure(connection).get_current_heads() != newest_revisions():
                    return [*problems, "its tables are of another version of the service: with that one it can be looked at in full"]
            with Session(engine) as session:
                problems += [
                    f"audit of {broken.subject_kind} {broken.subject_id}, event {broken.sequence}: {broken.problem}"
                    for broken in verify_chains(session)
                ]
                return [*problems, *_unreadable(session, keys)]
        finally:
            engine.dispose()


def _unsound(connection: Connection) -> Iterator[str]:
    """SQLite says itself whether its pages hold together. PostgreSQL's archive was played in whole, its keys checked on the way."""
    if connection.dialect.name == "sqlite":
        yield from (f"SQLite: {row[0]}" for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok")
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"a row of {row[0]} refers to nothing in {row[2]}"


def _unreadable(session: Session, keys: Keyring) -> Iterator[str]:
    """Encrypted columns of which the newest values cannot be read with our keys."""
    for mapper in db.Model.registry.mappers:
        table = mapper.local_table
        for name in (name for name, value in vars(mapper.class_).items() if isinstance(value, EncryptedText)):
            column = table.c[f"{name}_encrypted"]
            newest = select(table.c.id, column).where(column.is_not(None)).order_by(table.c.id.desc()).limit(VALUES_LOOKED_AT)
            try:
                for row_id, stored in session.execute(newest):
                    keys.decrypt(stored, f"{table.name}.{name}.{row_id.hex}")
            except DecryptionFailed as problem:
                yield problem.detail
