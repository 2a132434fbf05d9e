"""Names, numbers and texts: unreadable in the database, bound to their row, found by number, and moved to a new key step by step."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from followup_service.encryption import DecryptionFailed, Keyring, make_key, read_key
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.participants.participant import Participant
from tests.hospital import Hospital

OLD, NEW, INDEX = bytes(range(32)), bytes(range(64, 96)), bytes(range(32, 64))
PLACE = "participants.name.1"


@pytest.mark.parametrize("value", ["", "李雷 <b>", "lone \ud83d half", "\x00", "a" * 5000])
def test_whatever_a_phone_sent_comes_back_unchanged(value: str) -> None:
    ring, stored = Keyring([OLD], INDEX), value.encode("utf-8", "surrogatepass")
    assert ring.decrypt(ring.encrypt(stored, PLACE), PLACE).decode("utf-8", "surrogatepass") == value


def test_equal_values_look_different_and_hide_their_words() -> None:
    ring = Keyring([OLD], INDEX)
    one, two = (ring.encrypt(b"Zhang Wei", PLACE) for _ in range(2))
    assert one != two
    assert b"Zhang" not in one


def test_a_value_moved_to_another_place_or_damaged_does_not_open() -> None:
    ring = Keyring([OLD], INDEX)
    stored = ring.encrypt(b"Zhang Wei", PLACE)
    for bad, place in ((stored, "participants.name.2"), (stored, "staff.name.1"), (stored[:-1] + b"x", PLACE), (stored[:20], PLACE)):
        with pytest.raises(DecryptionFailed, match="is damaged or belongs to another row"):
            ring.decrypt(bad, place)


def test_without_its_key_a_value_says_which_setting_lacks_it() -> None:
    stored = Keyring([OLD], INDEX).encrypt(b"Zhang Wei", PLACE)
    with pytest.raises(DecryptionFailed, match="FIELD_ENCRYPTION_KEYS no longer holds: add it back at the end"):
        Keyring([NEW], INDEX).decrypt(stored, PLACE)


def test_the_index_finds_equal_numbers_and_needs_its_own_key() -> None:
    ring = Keyring([OLD], INDEX)
    assert ring.index("+8613800138000") == Keyring([NEW], INDEX).index("+8613800138000")
    assert ring.index("+8613800138000") != ring.index("+8613800138001")
    assert ring.index("+8613800138000") != Keyring([OLD], NEW).index("+8613800138000")


def test_a_made_key_is_good_and_a_dull_one_is_not() -> None:
    assert len(read_key(make_key())) == 32
    assert make_key() != make_key()
    with pytest.raises(ValueError, match="not base64 of 32 random bytes"):
        read_key("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")


def test_names_of_two_participants_cannot_be_exchanged(hospital: Hospital) -> None:
    hospital.enrols("PKU-001", "+8613800138001", name="Zhang Wei")
    hospital.enrols("PKU-002", "+8613800138002", name="Li Na")
    with hospital.session() as session:
        one, two = session.scalars(select(Participant).order_by(Participant.code))
        one.name_encrypted, two.phone_encrypted = two.name_encrypted, two.name_encrypted
        for row, field in ((one, "name"), (two, "phone")):
            with pytest.raises(DecryptionFailed):
                getattr(row, field)


CANARIES = ("Zhang Canary", "13800138000", "13900000001", "canary soup for lunch")


def test_the_database_holds_no_name_number_or_text(hospital: Hospital) -> None:
    phone = hospital.enrols(name=CANARIES[0])
    phone.texts(f"39.2 after {CANARIES[3]}")
    hospital.nurse.texts("1")
    stored = "".join(_everything(hospital))
    assert "PKU-001" in stored
    for canary in CANARIES:
        assert canary not in stored
        assert canary.encode().hex() not in stored
    assert "A nurse has read" not in stored


def _everything(hospital: Hospital) -> Iterator[str]:
    """All that lies in the database: the bytes of its files, or every column of every row."""
    with hospital.app.app_context():
        if db.engine.dialect.name == "sqlite":
            path = Path(db.engine.url.database or "")
            for file in sorted(path.parent.glob(f"{path.name}*")):
                yield file.read_bytes().decode("latin-1")
            return
        with db.engine.connect() as connection:
            for table in inspect(connection).get_table_names():
                yield from connection.scalars(text(f"SELECT t::text FROM {table} t"))  # noqa: S608 - our own tables


def _use_keys(app: Flask, monkeypatch: pytest.MonkeyPatch, *keys: bytes) -> None:
    monkeypatch.setitem(app.extensions, "keyring", Keyring(keys, INDEX))
    monkeypatch.setitem(app.extensions, "config", replace(app.extensions["config"], field_encryption_keys=keys))


def test_a_key_is_changed_in_three_steps_while_texts_come_in(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = hospital.enrols(name="Zhang Wei")
    phone.texts("38.9")
    _use_keys(hospital.app, monkeypatch, NEW, OLD)
    phone.texts("39.5")
    assert _texts(hospital) == ["38.9", "39.5"]
    result = hospital.runs("keys", "rotate")
    assert result.exit_code == 0, result.output
    assert "values are now under the newest key" in result.output
    _use_keys(hospital.app, monkeypatch, NEW)
    assert _texts(hospital) == ["38.9", "39.5"]
    assert hospital.participant().phone_encrypted is not None
    with hospital.session() as session:
        assert session.scalars(select(Participant)).one().name == "Zhang Wei"
    hospital.nurse.texts("1")
    assert hospital.the_escalation().acknowledged_by == "nurse-li"


def test_a_key_removed_too_early_is_told_and_loses_nothing(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital.enrols().texts("38.9")
    _use_keys(hospital.app, monkeypatch, NEW)
    with pytest.raises(DecryptionFailed, match="add it back at the end"):
        _texts(hospital)
    _use_keys(hospital.app, monkeypatch, NEW, OLD)
    assert _texts(hospital) == ["38.9"]


def _texts(hospital: Hospital) -> list[str]:
    with hospital.session() as session:
        return sorted(_bodies(session, hospital))


def _bodies(session: Session, hospital: Hospital) -> list[str]:
    number = hospital.app.extensions["keyring"].index("+8613800138000")
    return [row.body for row in session.scalars(select(InboundMessage).where(InboundMessage.from_index == number))]
