"""The audit trail: nobody changes it unseen, not even with the database in hand, and no subject waits for another's."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from followup_service.audit import BrokenChain, record_event, seal_chains, verify_chains
from followup_service.extensions import db
from followup_service.participants.change_participant import lock_participant
from tests.hospital import Hospital

TABLES = ("audit_events", "audit_seals", "audit_sealed_heads")


def story(hospital: Hospital) -> UUID:
    """A participant with a chain of some events, sealed; returns the id."""
    hospital.enrols().texts("39.2")
    hospital.nurse.texts("1")
    hospital.clock.move(days=1)
    with hospital.session() as session:
        seal_chains(session, hospital.clock.now().date(), hospital.clock.now())
        session.commit()
    return hospital.participant().id


def tamper(hospital: Hospital, change: Callable[[Connection], object]) -> None:
    """Change tables as somebody would who owns the database and has taken its guards away."""
    with hospital.app.app_context(), db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in names:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.execute(text("SET LOCAL session_replication_role = 'replica'"))
        change(connection)


def verify(hospital: Hospital) -> list[BrokenChain]:
    with hospital.session() as session:
        return list(verify_chains(session))


def events_of(hospital: Hospital, subject: UUID) -> list[int]:
    return [event.sequence for event in hospital.events() if event.subject_id == subject]


def run(hospital: Hospital, statement: str, **values: object) -> None:
    def change(connection: Connection) -> None:
        statement_of = text(statement).bindparams(**values)
        assert connection.execute(statement_of).rowcount > 0

    tamper(hospital, change)


def by_id(hospital: Hospital, subject: UUID) -> object:
    """A UUID as the database at hand writes it."""
    with hospital.app.app_context():
        return subject.hex if db.engine.dialect.name == "sqlite" else subject


def test_an_untouched_trail_holds(hospital: Hospital) -> None:
    subject = story(hospital)
    assert verify(hospital) == []
    actions = [event.action for event in hospital.events() if event.subject_id == subject]
    assert actions[:2] == ["enrolled", "consent_given"]
    assert {"text_read", "escalation_opened", "escalation_acknowledged"} <= set(actions)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_change_and_deletion(hospital: Hospital, table: str, change: str) -> None:
    story(hospital)
    with hospital.session() as session, pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(change.format(table)))


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit_events SET actor = 'somebody else' WHERE sequence = 3 AND subject_id = :id", "was changed after it was written"),
        ("UPDATE audit_events SET at = '2020-01-01 00:00:00+00:00' WHERE sequence = 3 AND subject_id = :id", "was changed"),
        ("UPDATE audit_events SET detail = '{}' WHERE sequence = 3 AND subject_id = :id", "was changed after it was written"),
        ("DELETE FROM audit_events WHERE sequence = 3 AND subject_id = :id", "event 3 is missing"),
    ],
)
def test_an_edited_or_deleted_event_is_named(hospital: Hospital, statement: str, problem: str) -> None:
    subject = story(hospital)
    run(hospital, statement, id=by_id(hospital, subject))
    (broken,) = verify(hospital)
    assert (broken.subject_kind, broken.subject_id) == ("participant", subject)
    assert problem in broken.problem
    assert broken.sequence == (4 if "missing" in problem else 3)


def test_events_that_changed_places_are_named(hospital: Hospital) -> None:
    subject = story(hospital)

    def swap(connection: Connection) -> None:
        for before, after in ((2, 1002), (3, 2), (1002, 3)):
            statement = text("UPDATE audit_events SET sequence = :after WHERE sequence = :before AND subject_id = :id")
            connection.execute(statement.bindparams(before=before, after=after, id=by_id(hospital, subject)))

    tamper(hospital, swap)
    (broken,) = verify(hospital)
    assert (broken.sequence, broken.problem) == (2, "does not follow from the event before it")


def test_a_cut_tail_is_named_and_a_changed_head_too(hospital: Hospital) -> None:
    subject = story(hospital)
    last = events_of(hospital, subject)[-1]
    hospital.enrols("PKU-002", "+8613800138002")
    hospital.move(seconds=1)
    with hospital.changing("PKU-002") as (_, participant):
        record_event(participant, "note", hospital.clock.now(), "tests")
    newest = events_of(hospital, hospital.participant("PKU-002").id)[-1]
    run(
        hospital,
        "DELETE FROM audit_events WHERE sequence = :last AND subject_id = :id",
        last=newest,
        id=by_id(hospital, hospital.participant("PKU-002").id),
    )
    (broken,) = verify(hospital)
    assert (broken.sequence, broken.problem) == (newest, "the end of the chain was cut or its head was changed")
    run(hospital, "UPDATE participants SET audit_sequence = :less WHERE id = :id", less=last - 1, id=by_id(hospital, subject))
    assert {row.subject_id for row in verify(hospital)} == {subject, hospital.participant("PKU-002").id}


def test_a_seal_shows_a_tail_cut_together_with_its_head(hospital: Hospital) -> None:
    subject = story(hospital)
    last = events_of(hospital, subject)[-1]
    identity = by_id(hospital, subject)
    run(hospital, "DELETE FROM audit_events WHERE sequence > 2 AND subject_id = :id", id=identity)
    run(
        hospital,
        "UPDATE participants SET audit_sequence = 2, audit_hash = (SELECT hash FROM audit_events WHERE sequence = 2 AND subject_id = :id)"
        " WHERE id = :id",
        id=identity,
    )
    broken = verify(hospital)
    assert {row.subject_id for row in broken} == {subject}
    assert (broken[-1].sequence, broken[-1].problem) == (last, "an event sealed on 2026-01-06 is gone or changed")


def test_a_changed_seal_is_named(hospital: Hospital) -> None:
    story(hospital)
    run(hospital, "DELETE FROM audit_sealed_heads WHERE subject_kind = 'participant'")
    assert "the seal does not match the heads it lists" in {row.problem for row in verify(hospital)}


def test_a_day_is_sealed_once(hospital: Hospital) -> None:
    story(hospital)
    with hospital.session() as session:
        today = hospital.clock.now().date()
        assert seal_chains(session, today, hospital.clock.now()) is None
        assert seal_chains(session, today + timedelta(days=1), hospital.clock.now()) is not None


def test_the_verifier_on_the_command_line_names_the_row_and_fails(hospital: Hospital) -> None:
    subject = story(hospital)
    whole = hospital.runs("audit", "verify")
    assert (whole.exit_code, whole.output) == (0, "Every chain and every seal holds.\n")
    run(hospital, "UPDATE audit_events SET action = 'x' WHERE sequence = 3 AND subject_id = :id", id=by_id(hospital, subject))
    broken = hospital.runs("audit", "verify")
    assert broken.exit_code == 1
    assert broken.output == f"participant {subject} event 3: was changed after it was written\n"


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_no_participants_chain_waits_for_anothers(hospital: Hospital) -> None:
    """SQLite lets one writer in at a time whatever they write; only PostgreSQL can show it."""
    hospital.enrols("PKU-001", "+8613800138001")
    hospital.enrols("PKU-002", "+8613800138002")
    done = threading.Event()

    def write_to_the_other() -> None:
        with hospital.changing("PKU-002") as (_, other):
            record_event(other, "note", hospital.clock.now(), "tests")
        done.set()

    with hospital.app.app_context():
        held = lock_participant(db.session, hospital.participant("PKU-001").id)
        record_event(held, "note", hospital.clock.now(), "tests")
        db.session.flush()
        thread = threading.Thread(target=write_to_the_other)
        thread.start()
        assert done.wait(10), "the second writer waited for the first"
        db.session.commit()
        thread.join()
    assert verify(hospital) == []
