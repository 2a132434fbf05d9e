"""Health turns red when what should be done is not, and says nothing of anybody."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from tests.api.conftest import ApiCaller
from tests.hospital import Hospital


def test_green_while_the_work_is_done(reader: ApiCaller, hospital: Hospital) -> None:
    hospital.enrols().texts("39.5")
    answer = reader.get("/health")
    assert (answer.status_code, answer.json["status"], answer.json["unacknowledged_escalations"]) == (200, "green", 1)
    assert (answer.json["database"], answer.json["migrations_at_head"]) == (True, True)


def test_red_when_no_worker_sends(reader: ApiCaller, hospital: Hospital) -> None:
    hospital.enrols()
    hospital.post_inbound("+8613800138000", "39.5")
    hospital.clock.move(minutes=9)
    assert reader.get("/health").json["oldest_due_text_seconds"] == 540
    hospital.clock.move(minutes=2)
    answer = reader.get("/health")
    assert (answer.status_code, answer.json["status"], answer.json["oldest_due_text_seconds"]) == (503, "red", 660)
    assert answer.json["oldest_due_step_seconds"] > 0


def test_red_when_a_text_is_not_handled(reader: ApiCaller, hospital: Hospital) -> None:
    hospital.enrols().texts("39.5")
    with hospital.session() as session:
        session.execute(update(InboundMessage).values(handled_at=None, received_at=hospital.clock.now() - timedelta(minutes=3)))
        session.commit()
    answer = reader.get("/health")
    assert (answer.status_code, answer.json["oldest_unhandled_text_seconds"]) == (503, 180)


def test_red_when_the_schema_is_not_the_newest(reader: ApiCaller, hospital: Hospital) -> None:
    with hospital.session() as session:
        head = session.scalar(text("SELECT version_num FROM alembic_version"))
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        session.commit()
    answer = reader.get("/health")
    with hospital.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
        session.commit()
    assert (answer.status_code, answer.json["database"], answer.json["migrations_at_head"]) == (503, True, False)


def test_red_when_the_database_is_away(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    monkeypatch.setattr(db.session, "connection", away)
    with hospital.app.app_context():
        answer = hospital.client.get("/api/v1/health")
    assert (answer.status_code, answer.json["status"], answer.json["database"]) == (503, "red", False)
