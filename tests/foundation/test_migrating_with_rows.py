"""A migration of a database in use: what was kept is still there, and what was refused is still refused."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, MetaData, insert, select
from sqlalchemy.exc import IntegrityError

from followup_service import create_app
from followup_service.extensions import db
from tests.conftest import make_config
from tests.databases import sqlite_url

AT = datetime(2026, 1, 5, tzinfo=UTC)
ONE = UUID(int=1)
ROWS: dict[str, dict[str, Any]] = {
    "studies": {
        "code": "S", "state": "open", "protocol_version": "1.0", "ends_on": date(2026, 12, 31), "last_escalation_number": 7,
        "created_at": AT, "audit_sequence": 0, "audit_hash": bytes(32),
    },
    "sites": {
        "study_id": ONE, "code": "PKU", "name": "x", "timezone": "Asia/Shanghai", "country": "CN", "clinic_phone": "1",
        "emergency_number": "120", "takes_unknown_senders": True, "created_at": AT,
    },
    "participants": {
        "study_id": ONE, "site_id": ONE, "code": "PKU-001", "arm": "rfa", "state": "active", "language": "en",
        "timezone": "Asia/Shanghai", "enrolled_on": date(2026, 1, 5), "consented_on": date(2026, 1, 5), "consent_version": "1",
        "protocol_version": "1.0", "created_at": AT, "version": 1, "audit_sequence": 0, "audit_hash": bytes(32),
    },
    "visits": {
        "participant_id": ONE, "item": "quarterly", "occurrence": "month-3", "state": "booked", "target_on": date(2026, 4, 5),
        "opens_on": date(2026, 3, 22), "closes_on": date(2026, 4, 19), "booked_at": AT, "protocol_version": "1.0", "recorded_at": AT,
        "version": 1,
    },
    "outbound_messages": {
        "site_id": ONE, "participant_id": ONE, "purpose": "question", "message": "question.temperature", "values": {},
        "language": "en", "protocol_version": "1.0", "state": "delivered", "priority": 5, "due_at": AT, "useful_until": AT, "lease": 1,
        "attempts": 1, "created_at": AT, "changed_at": AT,
    },
    "attempts": {"outbound_id": ONE, "number": 1, "lease": 1, "state": "accepted", "gateway": "simulator", "started_at": AT},
}  # fmt: skip
WORDS = [
    ("visits", "state"),
    ("outbound_messages", "purpose"),
    ("outbound_messages", "state"),
    ("participants", "state"),
    ("participants", "opted_out_by"),
]


@pytest.fixture(params=["sqlite", "postgres"])
def at_0001(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database of the first version, with a row in each of some tables."""
    if request.param == "sqlite":
        app = create_app(make_config(sqlite_url(tmp_path), tmp_path))
        _fill(app)
        yield app
        return
    app = create_app(make_config(request.getfixturevalue("postgres").create_database(empty=True), tmp_path))
    _fill(app)
    yield app
    with app.app_context():
        db.engine.dispose()


def _fill(app: Flask) -> None:
    with app.app_context():
        upgrade(revision="0001")
        db.session.remove()
        with db.engine.begin() as connection:
            tables = _tables(connection)
            for name, values in ROWS.items():
                connection.execute(insert(tables[name]), {"id": ONE} | values)


def _tables(connection: Connection) -> dict[str, Any]:
    metadata = MetaData()
    metadata.reflect(connection, resolve_fks=False)
    known = dict(metadata.tables)
    for name, table in known.items():
        for column in table.columns:
            # SQLite tells of texts and numbers; what stands in them is what the models say.
            if name in db.metadata.tables and column.name in db.metadata.tables[name].columns:
                column.type = db.metadata.tables[name].columns[column.name].type
    return known


def test_what_was_kept_is_still_there(at_0001: Flask) -> None:
    with at_0001.app_context():
        upgrade()
        db.session.remove()
        with db.engine.connect() as connection:
            tables = _tables(connection)
            for name, values in ROWS.items():
                row = connection.execute(select(tables[name])).one()._mapping
                kept = {key: value for key, value in values.items() if key != "last_escalation_number"}
                assert {key: row[key] for key in kept} == kept, name
            assert connection.execute(select(tables["escalation_numbers"].c.study_id, tables["escalation_numbers"].c.last)).one() == (
                ONE,
                7,
            )
            assert connection.execute(select(tables["visits"].c.offers)).scalar_one() == []
            assert connection.execute(select(tables["participants"].c.next_visit_at)).scalar_one() == AT
            # What is new is allowed.
            connection.execute(tables["visits"].update().values(state="planned"))
            connection.execute(tables["outbound_messages"].update().values(purpose="reminder"))
        db.engine.dispose()


def test_a_word_that_nobody_knows_is_still_refused(at_0001: Flask) -> None:
    with at_0001.app_context():
        upgrade()
        db.session.remove()
        for table, column in WORDS:
            with db.engine.connect() as connection, pytest.raises(IntegrityError):
                connection.exec_driver_sql(f"UPDATE {table} SET {column} = 'nonsense'")  # noqa: S608 - names from the list above
        db.engine.dispose()
