"""Backups: made while the service runs, unreadable without the keys, and any damage shows; brought back, nothing leaves by itself."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from followup_service.audit import AuditEvent, verify_chains
from followup_service.encryption import Keyring
from followup_service.extensions import db
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.operations.backup_file import PIECE, About, UnreadableBackup, read_about, read_backup, write_backup
from followup_service.participants.participant import Participant
from tests.conftest import MONDAY_MORNING
from tests.hospital import Hospital

KEYS = Keyring([bytes(range(32))], bytes(range(32, 64)))
pytestmark = pytest.mark.usefixtures("postgres_programs")
ABOUT = About("sqlite", MONDAY_MORNING, "0009")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "monday.backup"


@pytest.fixture
def backed_up(hospital: Hospital, file: Path) -> Hospital:
    """A hospital with a participant, a fever and a backup of both."""
    hospital.enrols(name="Canary Wang").texts("39.5 after the canary soup")
    made = hospital.runs("backup", "create", str(file))
    assert made.exit_code == 0, made.output
    return hospital


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7])
def test_what_is_written_is_read_again_piece_by_piece(file: Path, size: int) -> None:
    data = b"seven b" * (size // 7 + 1)
    write_backup(file, ABOUT, [data[:size][start : start + 300_000] for start in range(0, size, 300_000)], KEYS)
    assert b"".join(read_backup(file, KEYS)) == data[:size]
    assert read_about(file) == ABOUT
    assert oct(file.stat().st_mode)[-3:] == "600"


def damaged(whole: bytes) -> Iterator[tuple[str, bytes]]:
    sealed = PIECE + 16 + 4
    head = len(whole) - 2 * sealed - (7 + 16 + 4)
    yield "cut in the middle of a piece", whole[: head + sealed + 100]
    yield "cut between two pieces", whole[: head + sealed]
    yield "without any piece", whole[:head]
    yield "without its last byte", whole[:-1]
    yield "one bit changed", whole[: head + 5000] + bytes([whole[head + 5000] ^ 1]) + whole[head + 5001 :]
    yield (
        "pieces swapped",
        whole[:head] + whole[head + sealed : head + 2 * sealed] + whole[head : head + sealed] + whole[head + 2 * sealed :],
    )
    yield "a piece left out", whole[:head] + whole[head + sealed :]
    yield "something behind the end", whole + whole[head + 2 * sealed :]
    yield "another day in the header", whole.replace(b"2026-01-05", b"2026-01-06")
    yield "no backup at all", b"PK" + whole
    yield "nothing", b""


def test_whatever_is_changed_or_missing_shows(file: Path) -> None:
    write_backup(file, ABOUT, [bytes(2 * PIECE + 7)], KEYS)
    taken_for_whole = []
    for what, content in damaged(file.read_bytes()):
        file.write_bytes(content)
        try:
            list(read_backup(file, KEYS))
        except UnreadableBackup:
            continue
        taken_for_whole.append(what)
    assert taken_for_whole == []


def test_an_older_key_still_opens_it_and_a_foreign_one_does_not(file: Path) -> None:
    write_backup(file, ABOUT, [b"canary"], KEYS)
    rotated = Keyring([bytes(range(1, 33)), bytes(range(32))], bytes(range(32, 64)))
    assert b"".join(read_backup(file, rotated)) == b"canary"
    with pytest.raises(Exception, match="add it back"):
        list(read_backup(file, Keyring([bytes(range(1, 33))], bytes(range(32, 64)))))


def test_a_backup_that_fails_midway_leaves_no_file(file: Path) -> None:
    def breaks() -> Iterator[bytes]:
        yield bytes(PIECE)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_backup(file, ABOUT, breaks(), KEYS)
    assert list(file.parent.iterdir()) == []


def test_a_backup_tells_nobody_anything(backed_up: Hospital, file: Path) -> None:
    content = file.read_bytes()
    assert [word for word in (b"PKU-001", b"nurse-li", b"participants", b"canary") if word in content] == []
    assert [left.name for left in Path(backed_up.app.extensions["config"].instance).iterdir() if "backup-" in left.name] == []
    again = backed_up.runs("backup", "create", str(file))
    assert (again.exit_code, "give another name" in again.output) == (1, True)


def test_a_whole_backup_is_found_whole(backed_up: Hospital, file: Path) -> None:
    found = backed_up.runs("backup", "verify", str(file))
    assert (found.exit_code, found.output[:6]) == (0, "Whole:")


def test_a_broken_audit_chain_in_a_backup_is_named(backed_up: Hospital, file: Path) -> None:
    with backed_up.app.app_context(), db.engine.begin() as connection:
        allow_changes(connection)
        connection.execute(text("UPDATE audit_events SET actor = 'somebody else' WHERE sequence = 1 AND subject_kind = 'participant'"))
    later = file.with_name("later.backup")
    backed_up.runs("backup", "create", str(later))
    found = backed_up.runs("backup", "verify", str(later))
    assert found.exit_code == 1
    assert "audit of participant" in found.output
    assert "was changed after it was written" in found.output


def allow_changes(connection: object) -> None:
    """What only the owner of the database may do."""
    if db.engine.dialect.name == "sqlite":
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():  # type: ignore[attr-defined]
            connection.execute(text(f"DROP TRIGGER {name}"))  # type: ignore[attr-defined]
    else:
        connection.execute(text("SET LOCAL session_replication_role = 'replica'"))  # type: ignore[attr-defined]


def rows(hospital: Hospital) -> dict[str, int]:
    with hospital.session() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in db.metadata.sorted_tables}


def test_a_restore_brings_every_row_back_and_holds_the_outbox(backed_up: Hospital, file: Path) -> None:
    before = rows(backed_up)
    backed_up.clock.move(hours=20)
    backed_up.enrols("PKU-002", "+8613800138002").texts("39.9")
    refused = backed_up.runs("backup", "restore", str(file))
    assert (refused.exit_code, "stop the workers" in refused.output or "not empty" in refused.output) == (1, True)
    backed_up.clock.move(minutes=3)
    assert "not empty" in backed_up.runs("backup", "restore", str(file)).output
    restored = backed_up.runs("backup", "restore", str(file), "--replace")
    assert restored.exit_code == 0, restored.output
    assert "what it was on 2026-01-05 01:00 UTC" in restored.output
    after = rows(backed_up)
    assert {name: count - before[name] for name, count in after.items() if count != before[name]} == {"sending_holds": 1, "audit_events": 1}
    with backed_up.session() as session:
        assert list(verify_chains(session)) == []
        assert [row.code for row in session.scalars(select(Participant))] == ["PKU-001"]
        assert session.scalars(select(Participant)).one().name == "Canary Wang"
        assert session.scalar(select(AuditEvent.detail).where(AuditEvent.action == "database_restored")) == {
            "as_of": "2026-01-05T01:00:00+00:00"
        }
    assert "ON HOLD: everything" in backed_up.runs("outbox", "show").output
    sent = len(backed_up.nurse.received())
    backed_up.stranger("+8613800138000").texts("40.1 and shivering")
    backed_up.move(minutes=10)
    assert len(backed_up.nurse.received()) == sent


def test_a_damaged_backup_changes_nothing(backed_up: Hospital, file: Path) -> None:
    backed_up.clock.move(minutes=3)
    before = rows(backed_up)
    file.write_bytes(file.read_bytes()[:-100])
    failed = backed_up.runs("backup", "restore", str(file), "--replace")
    assert (failed.exit_code, "cut off" in failed.output) == (1, True)
    assert rows(backed_up) == before


def test_a_backup_that_holds_no_database_changes_nothing(backed_up: Hospital, file: Path) -> None:
    """Whole and ours, but what is in it is not a database: the one that is there stays."""
    backed_up.clock.move(minutes=3)
    before, about = rows(backed_up), read_about(file)
    file.unlink()
    write_backup(file, about, [b"no database at all"], backed_up.app.extensions["keyring"])
    failed = backed_up.runs("backup", "restore", str(file), "--replace")
    assert failed.exit_code == 1
    assert failed.output.startswith("Error: "), failed.output
    assert rows(backed_up) == before


def test_a_restore_in_the_midst_of_another_ones_hold_keeps_the_earlier_moment(backed_up: Hospital, file: Path) -> None:
    backed_up.clock.move(hours=1)
    assert backed_up.runs("backup", "restore", str(file), "--replace").exit_code == 0
    backed_up.clock.move(hours=1)
    second = file.with_name("second.backup")
    backed_up.runs("backup", "create", str(second))
    assert backed_up.runs("backup", "restore", str(second), "--replace").exit_code == 0
    assert backed_up.runs("outbox", "show").output.count("ON HOLD") == 1
    assert "2026-01-05 01:00" in backed_up.runs("outbox", "show").output


def test_a_backup_of_the_other_kind_of_database_is_refused(hospital: Hospital, file: Path) -> None:
    kind = "postgresql" if hospital.app.extensions["config"].on_sqlite else "sqlite"
    write_backup(file, About(kind, MONDAY_MORNING - timedelta(days=1), "0009"), [b"x"], hospital.app.extensions["keyring"])
    refused = hospital.runs("backup", "restore", str(file), "--replace")
    assert (refused.exit_code, "flask db move" in refused.output) == (1, True)
    with hospital.session() as session:
        assert session.scalar(select(func.count()).select_from(OutboundMessage)) == 0
