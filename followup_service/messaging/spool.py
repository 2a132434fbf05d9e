"""The spool: where the provider's webhooks wait, encrypted and on the disk, while the database is away; and the way back, in order."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError

from followup_service import clock
from followup_service.columns import new_id
from followup_service.encryption import Keyring
from followup_service.errors import ConfigError
from followup_service.failpoints import reached
from followup_service.logs import where_it_broke

log = structlog.get_logger()
WAITING, UNFINISHED, QUARANTINE = ".waiting", ".unfinished", "quarantine"
LONGEST_WRITING = timedelta(minutes=1)
# Of the database and its connection, not of the row: whoever meets one tries again later.
DATABASE_AWAY = (OperationalError, InterfaceError, TimeoutError)


class Kind(StrEnum):
    """What a webhook brought: a text, or the provider's word on one of ours."""

    TEXT = "text"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Spooled:
    """One webhook as it waits: `values` are those of what it brought, as JSON takes them."""

    kind: Kind
    values: dict[str, Any]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class SpoolState:
    """How many files wait, since when the oldest does, and how many nobody could read or keep."""

    waiting: int
    oldest_at: datetime | None
    quarantined: int


class Spool:
    """Files in one directory, each a webhook, named so that they sort in the order of their arrival. One process empties it at a time."""

    def __init__(self, directory: Path, keyring: Keyring) -> None:
        self._directory, self._keyring = directory, keyring

    def check(self) -> None:
        """Raises ConfigError where nothing can be kept: then the service must not start."""
        try:
            for directory in (self._directory, self._directory / QUARANTINE):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = self._directory / f"{new_id().hex}.probe"
            _write(probe, b"")
            probe.unlink()
        except OSError as error:
            problem = f"SPOOL_DIR is '{self._directory}', where nothing can be written ({error.strerror}): name a directory of this service"
            raise ConfigError([problem]) from error

    def put(self, spooled: Spooled) -> None:
        """Keep a webhook. When this returns, it survives a power cut. Raises OSError."""
        name = new_id().hex
        written = {"kind": spooled.kind, "received_at": spooled.received_at.isoformat(), "values": spooled.values}
        unfinished = self._directory / f"{name}{UNFINISHED}"
        _write(unfinished, self._keyring.encrypt(json.dumps(written).encode(), _place(name)))
        reached("spool_written")
        unfinished.rename(self._directory / f"{name}{WAITING}")
        _sync(self._directory)
        reached("spool_renamed")

    def is_empty(self) -> bool:
        return not self._waiting()

    def state(self) -> SpoolState:
        waiting = self._waiting()
        oldest = _arrived(waiting[0]) if waiting else None
        return SpoolState(len(waiting), oldest, len(os.listdir(self._directory / QUARANTINE)))

    def empty(self, keep: Callable[[Spooled], object]) -> bool:
        """Give what waits to `keep`, oldest first, which stores it for good; only then it is forgotten.

        Ends at once where the database is away (its error is raised), or while another process empties (False). What cannot be read or
        kept is set aside, and the back-fill brings the text from the provider.
        """
        with self._alone() as alone:
            if not alone:
                return False
            for path in self._waiting():
                self._empty_one(path, keep)
            for path in self._named(UNFINISHED):
                if _arrived(path) < clock.now() - LONGEST_WRITING:
                    # Its process died before it could promise anything: the provider sends the text again, or has it in its list.
                    self._set_aside(path, "unfinished")
        return self.is_empty()

    def _empty_one(self, path: Path, keep: Callable[[Spooled], object]) -> None:
        try:
            keep(self._read(path))
        except DATABASE_AWAY:
            raise
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            self._set_aside(path, where_it_broke(error))
        except Exception as error:  # noqa: BLE001 - one bad file must not hold up those behind it, and is kept
            self._set_aside(path, where_it_broke(error))
        else:
            path.unlink()

    def _read(self, path: Path) -> Spooled:
        written = json.loads(self._keyring.decrypt(path.read_bytes(), _place(path.stem)))
        return Spooled(Kind(written["kind"]), written["values"], datetime.fromisoformat(written["received_at"]))

    def _set_aside(self, path: Path, why: str) -> None:
        log.error("spool_file_set_aside", where=why)
        path.rename(self._directory / QUARANTINE / path.name)

    def _waiting(self) -> list[Path]:
        return self._named(WAITING)

    def _named(self, suffix: str) -> list[Path]:
        return [self._directory / name for name in sorted(os.listdir(self._directory)) if name.endswith(suffix)]

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        lock = os.open(self._directory / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(lock)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place(name: str) -> str:
    return f"spool.{name}"


def _arrived(path: Path) -> datetime:
    """The instant in a version 7 UUID."""
    return datetime.fromtimestamp((UUID(hex=path.stem).int >> 80) / 1000, UTC)
