"""A database that nobody can reach for a while: locked by somebody who does not let go (SQLite), or closed to everybody (PostgreSQL)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from followup_service.extensions import db
from tests.hospital import Hospital

# That connections were cut, and some may still lie in the pool.
CUT = "tests: connections were cut"


@contextmanager
def database_away(hospital: Hospital) -> Iterator[None]:
    with hospital.app.app_context():
        url = db.engine.url
    if url.drivername.startswith("sqlite"):
        with closing(sqlite3.connect(url.database or "", isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            yield
            holder.execute("ROLLBACK")
        return
    name = sql.Identifier(url.database or "")
    others = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(others, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(name))
        hospital.app.extensions[CUT] = True
        try:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.database])
            yield
        finally:
            connection.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(name))


@contextmanager
def row_locked(hospital: Hospital, table: str) -> Iterator[None]:
    """Somebody works on every row of a table and does not end."""
    with hospital.app.app_context():
        url = make_url(db.engine.url)
    if url.drivername.startswith("sqlite"):
        with database_away(hospital):
            yield
        return
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        connection.execute(sql.SQL("SELECT id FROM {} FOR UPDATE").format(sql.Identifier(table)))
        yield
        connection.rollback()
