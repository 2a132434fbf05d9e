"""A study that outgrew its file: everything moves to PostgreSQL, is the same there, and the old place sends nothing any more."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import JSON, create_engine, func, inspect, null, select, text, update

from followup_service import create_app
from followup_service.audit import AuditEvent, verify_chains
from followup_service.database import prepare
from followup_service.escalations.escalation import Escalation
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.operations.move_database import move_database
from followup_service.participants.participant import Participant
from followup_service.records.adverse_event import AdverseEvent
from followup_service.records.draft_adverse_event import draft_adverse_event
from tests.conftest import make_config
from tests.databases import PostgresServer, sqlite_url
from tests.hospital import Hospital


@pytest.fixture
def url(request: pytest.FixtureRequest, app: Flask, postgres: PostgresServer, tmp_path: Path) -> Iterator[str]:
    """An empty database of the other kind."""
    if not app.extensions["config"].on_sqlite:
        yield sqlite_url(tmp_path)
        return
    url = postgres.create_database()
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    engine.dispose()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def lived_in(hospital: Hospital) -> Hospital:
    """Rows in most tables, with texts in several scripts, empty JSON, decimals and dates."""
    phone = hospital.enrols(name="王 Canary", language="zh_Hans", arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.books("post_rfa_scan", datetime.fromisoformat("2026-02-05T10:00+08:00"))
    hospital.move(days=1, hours=3)
    phone.texts("38度5 打寒战 🥵")
    hospital.nurse.texts("2")
    with hospital.session() as session:
        episode = session.scalars(select(Escalation)).one()
        draft_adverse_event(session, episode, "nurse-li", hospital.clock.now(), study=hospital.app.extensions["study"])
        session.commit()
    hospital.stranger().texts("我爸发烧了")
    hospital.opens_slots(datetime.fromisoformat("2026-02-05T10:00+08:00"))
    hospital.clock.move(minutes=3)
    return hospital


def opened(hospital: Hospital, url: str, tmp_path: Path) -> Flask:
    return create_app(replace(make_config(url, tmp_path), study=hospital.app.extensions["config"].study))


def test_every_row_id_and_hash_is_there(lived_in: Hospital, url: str, tmp_path: Path) -> None:
    with lived_in.session() as session:
        counts = {table.name: session.scalar(select(func.count()).select_from(table)) for table in db.metadata.sorted_tables}
        events = {event.id: event.hash for event in session.scalars(select(AuditEvent))}
    bodies = [(row.id, row.body) for row in lived_in.inbound()]
    assert sum(1 for count in counts.values() if count) > 12
    moved = lived_in.runs("db", "move", "--to", url)
    assert moved.exit_code == 0, moved.output
    assert f"audit_events                 {counts['audit_events']:>9} rows" in moved.output
    there = opened(lived_in, url, tmp_path)
    with there.app_context():
        for table in db.metadata.sorted_tables:
            assert db.session.scalar(select(func.count()).select_from(table)) == counts[table.name], table.name
        assert {event.id: event.hash for event in db.session.scalars(select(AuditEvent))} == events
        assert list(verify_chains(db.session)) == []
        assert db.session.scalars(select(Participant)).one().name == "王 Canary"
        there_too = db.session.scalars(select(InboundMessage).order_by(InboundMessage.received_at, InboundMessage.id))
        assert [(row.id, row.body) for row in there_too] == bodies
        db.session.remove()
        db.engine.dispose()


def test_the_old_database_sends_nothing_any_more(lived_in: Hospital, url: str) -> None:
    lived_in.runs("db", "move", "--to", url)
    assert "ON HOLD: everything" in lived_in.runs("outbox", "show").output
    before = len(lived_in.nurse.received())
    lived_in.move(hours=5)
    assert len(lived_in.nurse.received()) == before


def test_an_absent_value_and_a_stored_null_stay_two_things(lived_in: Hospital, url: str) -> None:
    """An adverse event may have no seriousness yet: as nothing, or as JSON's null."""
    seriousness = AdverseEvent.__table__.c.seriousness
    for stored in (null(), JSON.NULL):
        with lived_in.session() as session:
            session.execute(update(AdverseEvent).values(seriousness=stored))
            session.commit()
        engine = create_engine(url)
        prepare(engine)
        with lived_in.app.app_context(), db.engine.connect() as here, engine.connect() as there:
            assert [table.rows for table in move_database(here, there) if table.name == "adverse_events"] == [1]
            assert there.execute(select(func.count()).where(seriousness.is_(null()))).scalar() == (stored is not JSON.NULL)
        engine.dispose()


def test_a_database_in_which_something_is_is_refused(lived_in: Hospital, url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE somebody_elses (id integer)"))
    refused = lived_in.runs("db", "move", "--to", url)
    assert (refused.exit_code, "give an empty one" in refused.output) == (1, True)
    assert inspect(engine).get_table_names() == ["somebody_elses"]
    engine.dispose()


def test_while_a_worker_runs_it_is_refused_unless_somebody_insists(lived_in: Hospital, url: str) -> None:
    lived_in.run_due()
    refused = lived_in.runs("db", "move", "--to", url)
    assert "stop the workers and the web server first" in refused.output
    assert lived_in.runs("db", "move", "--to", url, "--although-workers-run").exit_code == 0


def test_a_broken_audit_chain_does_not_move(lived_in: Hospital, url: str) -> None:
    with lived_in.session() as session:
        session.execute(text("UPDATE studies SET audit_sequence = audit_sequence + 1"))
        session.commit()
    failed = lived_in.runs("db", "move", "--to", url)
    assert (failed.exit_code, "the end of the chain was cut" in failed.output) == (1, True)
    engine = create_engine(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://nobody:secret-canary@127.0.0.1:1/none", "sqlite:///../"])
def test_an_address_that_is_none_is_refused_without_repeating_its_password(hospital: Hospital, url: str) -> None:
    refused = hospital.runs("db", "move", "--to", url)
    assert refused.exit_code in (1, 2)
    assert "secret-canary" not in refused.output
    assert "--to" in refused.output
