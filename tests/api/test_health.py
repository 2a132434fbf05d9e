"""Health turns red when what should be done is not, says by name what is wrong, and says nothing of anybody."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import OperationalError

from followup_service.clock import SystemClock
from followup_service.escalations.drill import Drill
from followup_service.extensions import db
from followup_service.jobs.steps import run_steps
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.spool import Kind, Spool, Spooled
from followup_service.operations.worker_heartbeat import WorkerHeartbeat
from tests.api.conftest import ApiCaller
from tests.hospital import Hospital
from tests.sending import NEVER_LEFT, Desk


def readyz(hospital: Hospital) -> tuple[int, list[str]]:
    """Status and what is wrong, with a worker that beats."""
    with hospital.app.app_context():
        run_steps()
    return without_worker(hospital)


def without_worker(hospital: Hospital) -> tuple[int, list[str]]:
    with hospital.app.app_context():
        answer = hospital.client.get("/readyz")
    return answer.status_code, answer.json["problems"]


def test_green_while_the_work_is_done(reader: ApiCaller, hospital: Hospital) -> None:
    hospital.enrols().texts("39.5")
    answer = reader.get("/health")
    assert (answer.status_code, answer.json["status"], answer.json["unacknowledged_escalations"]) == (200, "green", 1)
    assert (answer.json["database"], answer.json["migrations_at_head"], answer.json["problems"]) == (True, True, [])
    assert answer.json["worker_silent_seconds"] == 0
    assert readyz(hospital) == (200, [])


def test_it_says_by_what_no_page_goes_out(reader: ApiCaller, hospital: Hospital) -> None:
    assert reader.get("/health").json["channels_passed_over"] == []
    hospital.has_only_texts()
    assert reader.get("/health").json["channels_passed_over"] == ["email", "voice"]


def test_alive_even_where_nothing_else_is(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db.session, "connection", away)
    assert hospital.client.get("/livez").data == b"alive\n"


def test_red_when_no_worker_gives_a_sign_of_life(hospital: Hospital) -> None:
    hospital.run_due()
    hospital.clock.move(seconds=119)
    assert without_worker(hospital) == (200, [])
    hospital.clock.move(seconds=2)
    assert without_worker(hospital) == (503, ["worker_silent"])
    with hospital.session() as session:
        session.execute(delete(WorkerHeartbeat))
        session.commit()
    assert without_worker(hospital) == (503, ["worker_silent"])


def test_red_when_a_page_waits(reader: ApiCaller, hospital: Hospital) -> None:
    hospital.enrols()
    hospital.post_inbound("+8613800138000", "39.5")
    hospital.clock.move(minutes=4)
    assert reader.get("/health").json["oldest_alarm_seconds"] == 240
    assert readyz(hospital) == (200, [])
    hospital.clock.move(minutes=2)
    assert readyz(hospital) == (503, ["alarms_late"])
    assert reader.get("/health").json["oldest_due_step_seconds"] is None


def test_red_when_the_provider_takes_no_page_however_often_it_is_tried(hospital: Hospital) -> None:
    hospital.enrols()
    Desk(hospital, NEVER_LEFT)
    hospital.post_inbound("+8613800138000", "39.5")
    hospital.move(minutes=6)
    assert readyz(hospital) == (503, ["alarms_late"])


@pytest.mark.parametrize(("purpose", "minutes"), [(Purpose.ANSWER, 10), (Purpose.QUESTION, 60)])
def test_red_when_texts_wait_longer_than_their_kind_may(hospital: Hospital, purpose: Purpose, minutes: int) -> None:
    hospital.enrols()
    Desk(hospital).queues(purpose)
    hospital.clock.move(minutes=minutes)
    assert readyz(hospital) == (200, [])
    hospital.clock.move(minutes=1)
    assert readyz(hospital) == (503, ["texts_late"])


def test_red_when_a_step_is_not_done(hospital: Hospital) -> None:
    hospital.enrols().texts("39.5")
    hospital.clock.move(minutes=16)
    assert "steps_late" in without_worker(hospital)[1]


def test_red_while_texts_are_on_hold_and_not_for_what_is_held(hospital: Hospital) -> None:
    hospital.enrols()
    Desk(hospital).queues(Purpose.QUESTION)
    hospital.runs("outbox", "hold", "--reason", "x", "--scope", "unasked")
    hospital.clock.move(minutes=70)
    assert readyz(hospital) == (503, ["sending_on_hold"])


def test_red_when_nobody_can_be_paged(hospital: Hospital) -> None:
    for handle in ("nurse-li", "dr-wang"):
        hospital.dismisses(handle)
    assert readyz(hospital) == (503, ["nobody_to_page"])


def test_the_sites_with_nobody_on_call_are_counted(reader: ApiCaller, hospital: Hospital) -> None:
    assert reader.get("/health").json["sites_with_nobody_on_call"] == 0
    hospital.employs_elsewhere("nurse-xu", "+8613900000007")
    assert reader.get("/health").json["sites_with_nobody_on_call"] == 1


def test_red_when_the_databases_clock_is_another(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    class TwoHoursLate(SystemClock):
        def now(self) -> datetime:
            return super().now() - timedelta(hours=2)

    monkeypatch.setattr("followup_service.database.SystemClock", TwoHoursLate)
    has_its_own = hospital.app.extensions["config"].database_url.startswith("postgresql")
    assert readyz(hospital) == ((503, ["clock_skewed"]) if has_its_own else (200, []))


def test_red_when_the_last_drill_failed_until_the_next_one_passes(reader: ApiCaller, hospital: Hospital) -> None:
    now = hospital.clock.now()
    for days, ended in ((21, "proven_at"), (14, "failed_at")):
        keep_drill(hospital, now - timedelta(days=days), ended)
    assert readyz(hospital) == (503, ["drill_failed"])
    keep_drill(hospital, now - timedelta(days=7), "proven_at")
    assert readyz(hospital) == (200, [])
    assert datetime.fromisoformat(reader.get("/health").json["path_last_proven_at"]) == now - timedelta(days=7)


def keep_drill(hospital: Hospital, at: datetime, ended: str) -> None:
    with hospital.session() as session:
        session.add(Drill(site_id=hospital.site_id, started_at=at, **{ended: at}))
        session.commit()


def test_red_when_a_text_is_not_handled(reader: ApiCaller, hospital: Hospital) -> None:
    hospital.enrols().texts("39.5")
    with hospital.session() as session:
        session.execute(update(InboundMessage).values(handled_at=None, received_at=hospital.clock.now() - timedelta(minutes=3)))
        session.commit()
    answer = reader.get("/health")
    assert (answer.status_code, answer.json["oldest_unhandled_text_seconds"]) == (503, 180)
    assert "replies_late" in answer.json["problems"]


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
    monkeypatch.setattr(db.session, "connection", away)
    with hospital.app.app_context():
        answer = hospital.client.get("/api/v1/health")
    assert (answer.status_code, answer.json["status"], answer.json["database"]) == (503, "red", False)
    assert without_worker(hospital) == (503, ["database_away"])


def away(*_: object, **__: object) -> None:
    raise OperationalError("SELECT 1", {}, Exception("away"))


def test_red_while_a_text_waits_in_the_spool_or_could_not_be_read(hospital: Hospital) -> None:
    spool: Spool = hospital.app.extensions["spool"]
    directory: Path = hospital.app.extensions["config"].spool_directory
    receipt = Spooled(Kind.RECEIPT, {}, hospital.clock.now())
    spool.put(receipt)
    hospital.clock.move(minutes=1)
    assert "spool_late" not in without_worker(hospital)[1]
    hospital.clock.move(minutes=2)
    assert "spool_late" in without_worker(hospital)[1]
    # It lacks what a receipt needs: set aside, and somebody must look.
    assert "spool_set_aside" in readyz(hospital)[1]
    away = directory.rename(directory.with_name("away"))
    try:
        assert "spool_unusable" in without_worker(hospital)[1]
    finally:
        away.rename(directory)
        for file in (directory / "quarantine").iterdir():
            file.unlink()
    assert not [problem for problem in readyz(hospital)[1] if problem.startswith("spool")]
