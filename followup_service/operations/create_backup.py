"""Makes an encrypted backup of the running database, as it is at one instant; nobody waits meanwhile."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy import Engine

from followup_service.encryption import Keyring
from followup_service.errors import Refused
from followup_service.operations.backup_file import PIECE, About, write_backup
from followup_service.operations.postgres_tools import dump


def create_backup(engine: Engine, path: Path, now: datetime, keys: Keyring) -> int:
    """Write the backup and return its size in bytes. Raises Refused where there is nothing to back up, Conflict where `path` exists."""
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        raise Refused("there are no tables in this database: nothing to back up")
    about = About(engine.dialect.name, now, revision)
    return write_backup(path, about, _copied(engine) if engine.dialect.name == "sqlite" else dump(engine.url), keys)


def _copied(engine: Engine) -> Iterator[bytes]:
    """The bytes of a copy, made by SQLite's own online backup beside the database: it is as readable as that, and gone afterwards."""
    database = Path(engine.url.database or "")
    with tempfile.TemporaryDirectory(prefix="backup-", dir=database.parent) as directory:
        copy = Path(directory) / "copy.sqlite3"
        with (
            closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        with copy.open("rb") as file:
            while some := file.read(PIECE):
                yield some
