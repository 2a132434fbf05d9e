"""The spool keeps what it is given, readable to nobody without the key, and gives it back in order; what is damaged holds up nobody."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import DataError, OperationalError

from followup_service import clock, create_app
from followup_service.clock import MovableClock
from followup_service.encryption import Keyring
from followup_service.errors import ConfigError
from followup_service.messaging.spool import LONGEST_WRITING, Kind, Spool, Spooled
from tests.conftest import make_config
from tests.databases import sqlite_url

KEY, OTHER_KEY, INDEX = bytes(range(32)), bytes(range(1, 33)), bytes(range(32, 64))
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return at(tmp_path / "spool")


def at(directory: Path, *keys: bytes) -> Spool:
    spool = Spool(directory, Keyring(keys or (KEY,), INDEX))
    spool.check()
    return spool


def text(body: str) -> Spooled:
    return Spooled(Kind.TEXT, {"body": body, "from_phone": "+8613800138000"}, AT)


def bodies(spool: Spool) -> list[str]:
    """What comes out, as a list; the spool is empty afterwards."""
    came: list[Spooled] = []
    assert spool.empty(came.append)
    return [spooled.values["body"] for spooled in came]


def files(directory: Path, suffix: str = ".waiting") -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.name.endswith(suffix))


def test_what_goes_in_comes_out_once_and_in_order(spool: Spool) -> None:
    for number in range(50):
        spool.put(text(f"{number} 烧 \ud83d \0"))
    assert spool.state().waiting == 50
    assert bodies(spool) == [f"{number} 烧 \ud83d \0" for number in range(50)]
    assert spool.is_empty()
    assert bodies(spool) == []


def test_nobody_reads_it_without_the_key(spool: Spool, tmp_path: Path) -> None:
    spool.put(text("canary"))
    (file,) = files(tmp_path / "spool")
    assert b"canary" not in file.read_bytes()
    assert b"13800138000" not in file.read_bytes() + file.name.encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "spool").stat().st_mode) == 0o700
    assert bodies(at(tmp_path / "spool", OTHER_KEY, KEY)) == ["canary"]


def test_what_is_damaged_is_set_aside_and_the_others_come_through(spool: Spool, tmp_path: Path) -> None:
    for body in ("first", "torn", "swapped", "last"):
        spool.put(text(body))
    _, torn, swapped, last = files(tmp_path / "spool")
    torn.write_bytes(torn.read_bytes()[:20])
    swapped.write_bytes(last.read_bytes())
    assert bodies(spool) == ["first", "last"]
    assert spool.state().quarantined == 2
    assert len(files(tmp_path / "spool" / "quarantine")) == 2


def test_a_row_that_the_database_refuses_is_set_aside_and_kept(spool: Spool) -> None:
    for body in ("poison", "good"):
        spool.put(text(body))
    came = []

    def keep(spooled: Spooled) -> None:
        if spooled.values["body"] == "poison":
            raise DataError("INSERT", {}, Exception("canary"))
        came.append(spooled.values["body"])

    assert spool.empty(keep)
    assert came == ["good"]
    assert spool.state().quarantined == 1


def test_where_the_database_is_still_away_everything_waits(spool: Spool) -> None:
    for body in ("first", "second"):
        spool.put(text(body))

    def keep(_spooled: Spooled) -> None:
        raise OperationalError("INSERT", {}, Exception("connection refused"))

    with pytest.raises(OperationalError):
        spool.empty(keep)
    assert (spool.state().waiting, spool.state().quarantined) == (2, 0)
    assert bodies(spool) == ["first", "second"]


def test_a_file_that_nobody_finished_is_set_aside_only_when_its_writer_is_gone(spool: Spool, tmp_path: Path) -> None:
    moving = MovableClock(AT)
    with clock.use(moving):
        spool.put(text("half"))
        (file,) = files(tmp_path / "spool")
        file.rename(file.with_suffix(".unfinished"))
        assert bodies(spool) == []
        assert spool.state().quarantined == 0
        moving.move(seconds=LONGEST_WRITING.total_seconds() + 1)
        assert bodies(spool) == []
        assert spool.state().quarantined == 1


def test_one_process_empties_it_at_a_time(spool: Spool, tmp_path: Path) -> None:
    spool.put(text("only once"))
    again = []

    def keep(spooled: Spooled) -> None:
        again.append(at(tmp_path / "spool").empty(again.append))

    assert spool.empty(keep)
    assert again == [False]


def test_it_tells_how_old_the_oldest_is(spool: Spool) -> None:
    moving = MovableClock(AT)
    assert spool.state().oldest_at is None
    with clock.use(moving):
        spool.put(text("first"))
        moving.move(minutes=5)
        spool.put(text("second"))
    assert spool.state().oldest_at == AT


def test_the_service_does_not_start_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file, no directory")
    with pytest.raises(ConfigError, match="SPOOL_DIR"):
        create_app(make_config(sqlite_url(tmp_path), tmp_path))
