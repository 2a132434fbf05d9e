"""PostgreSQL's own programs: pg_dump, pg_restore and psql, found on PATH. Passwords go by the environment, not the command line."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from subprocess import DEVNULL, PIPE, Popen
from threading import Thread
from typing import Any, Self

from sqlalchemy import URL

from followup_service.errors import Refused

BYTES_AT_ONCE = 1 << 20
# What a database URL may say behind its question mark, as libpq's environment calls it.
_BY_QUERY = {"host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT"}


class ToolFailed(Refused):
    """One of PostgreSQL's programs is missing or failed; what it said is in the detail."""

    title = "PostgreSQL's program failed"


def dump(url: URL) -> Iterator[bytes]:
    """The whole database in PostgreSQL's own archive format, as it is at one instant."""
    with _Program("pg_dump", "--format=custom", "--no-owner", "--no-acl", url=url, stdin=DEVNULL) as dumping:
        while some := dumping.stdout.read(BYTES_AT_ONCE):
            yield some
        dumping.must_end_well()


def restore(url: URL, archive: Iterable[bytes], before: str, after: str) -> None:
    """Play an archive into a database between two pieces of SQL: all of it in one transaction, or nothing."""
    once = ("--single-transaction", "--set=ON_ERROR_STOP=1")
    with (
        _Program("pg_restore", "--no-owner", "--no-acl", "--file=-", url=url) as unpacking,
        _Program("psql", "--no-psqlrc", "--quiet", *once, "--output=/dev/null", url=url) as playing,
    ):
        feeder = Thread(target=_feed, args=(unpacking, archive))
        feeder.start()
        try:
            playing.stdin.write(before.encode())
            shutil.copyfileobj(unpacking.stdout, playing.stdin, BYTES_AT_ONCE)
            feeder.join()
            unpacking.must_end_well()
            playing.stdin.write(after.encode())
            playing.stdin.close()
        except BrokenPipeError:
            unpacking.kill()
            feeder.join()
        playing.must_end_well()


class _Program:
    """A running program; killed on leaving, where it has not ended by itself: for psql an end of its input would be a commit."""

    def __init__(self, name: str, *arguments: str, url: URL, stdin: int = PIPE) -> None:
        path = shutil.which(name)
        if path is None:
            raise ToolFailed(f"{name} is not on PATH: install PostgreSQL's client programs, of the server's version or a later one")
        self._name, self._said = name, list[bytes]()
        self._running: Any = Popen([path, *arguments], env=_environment(url), stdin=stdin, stdout=PIPE, stderr=PIPE)  # noqa: S603 - our own words
        self.stdin, self.stdout, self.kill = self._running.stdin, self._running.stdout, self._running.kill
        # Read on the side, so that it never waits for somebody to hear what it says.
        self._listener = Thread(target=lambda: self._said.extend(self._running.stderr.readlines()))

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._running.wait()
        self._listener.join()
        for pipe in (self.stdin, self.stdout, self._running.stderr):
            with suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()

    def must_end_well(self) -> None:
        status = self._running.wait()
        self._listener.join()
        if status != 0:
            said = b"".join(self._said).decode(errors="replace").strip()
            raise ToolFailed(f"{self._name} failed: {said or f'status {status}'}")


def _feed(program: _Program, archive: Iterable[bytes]) -> None:
    """Hand an archive over; of one that cannot be read to its end the program sees nothing but its own."""
    try:
        for some in archive:
            program.stdin.write(some)
        program.stdin.close()
    except (BrokenPipeError, Refused):
        program.kill()


def _environment(url: URL) -> Mapping[str, str]:
    said = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password, "PGDATABASE": url.database}
    said |= {name: url.query[key] for key, name in _BY_QUERY.items() if key in url.query}
    return dict(os.environ) | {name: str(value) for name, value in said.items() if value is not None}
