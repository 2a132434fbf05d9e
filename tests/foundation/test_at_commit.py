"""What waits for the commit is written then, whole and in order; and only what can be done again may be lost with the power."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.orm.exc import StaleDataError

from followup_service import database
from followup_service.at_commit import update_at_commit
from followup_service.audit import AuditEvent, record_event, verify_chains
from followup_service.database import REPEATABLE
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.participants.change_participant import lock_participant
from tests.hospital import Hospital

WAITS_FOR_THE_DISK = {"sqlite": ("PRAGMA synchronous", "2"), "postgresql": ("SHOW synchronous_commit", "on")}


@pytest.fixture
def person_id(hospital: Hospital) -> Iterator[UUID]:
    """A participant who wrote once."""
    hospital.enrols().texts("37.0")
    person_id = hospital.participant().id
    with hospital.app.app_context():
        yield person_id
        db.session.rollback()


@pytest.mark.parametrize("count", [1, 3, 20])
def test_events_of_a_subject_that_is_read_again_between_them_make_one_chain(hospital: Hospital, person_id: UUID, count: int) -> None:
    for number in range(count):
        record_event(lock_participant(db.session, person_id), "looked_at", hospital.clock.now(), number=number)
    db.session.commit()
    kept = select(AuditEvent.detail).where(AuditEvent.action == "looked_at").order_by(AuditEvent.sequence)
    assert [detail["number"] for detail in db.session.scalars(kept)] == list(range(count))
    assert list(verify_chains(db.session)) == []


def test_what_is_rolled_back_leaves_no_trace_in_the_row(hospital: Hospital, person_id: UUID) -> None:
    person = lock_participant(db.session, person_id)
    record_event(person, "never_happened", hospital.clock.now())
    db.session.rollback()
    record_event(lock_participant(db.session, person.id), "happened", hospital.clock.now())
    db.session.commit()
    assert list(verify_chains(db.session)) == []


def test_of_two_who_handle_one_text_the_second_loses_all_that_it_wrote(hospital: Hospital, person_id: UUID) -> None:
    message = db.session.scalars(select(InboundMessage)).one()
    person = lock_participant(db.session, person_id)
    db.session.execute(update(InboundMessage).values(version=message.version + 1).execution_options(synchronize_session=False))
    record_event(person, "never_happened", hospital.clock.now())
    update_at_commit(db.session, message, handled_at=None)
    with pytest.raises(StaleDataError):
        db.session.commit()
    db.session.rollback()
    assert db.session.scalar(select(AuditEvent).where(AuditEvent.action == "never_happened")) is None
    assert db.session.scalars(select(InboundMessage)).one().handled_at is not None


def test_only_the_commit_of_what_would_be_done_again_does_not_wait_for_the_disk(
    hospital: Hospital, person_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tests' own databases wait for no disk at all.
    monkeypatch.setattr(database, "DURABLY", "FULL")
    monkeypatch.setattr(database, "UNHURRIEDLY", "NORMAL")
    seen = []
    ask, waits = WAITS_FOR_THE_DISK[db.engine.dialect.name]

    def look(session: object) -> None:
        seen.append(str(db.session.execute(text(ask)).scalar_one()) == waits)

    event.listen(db.session, "before_commit", look)
    try:
        for repeatable in (True, False, True):
            connection = db.session.connection(execution_options={REPEATABLE: repeatable})
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL synchronous_commit = on"))
            record_event(lock_participant(db.session, person_id), "looked_at", hospital.clock.now())
            db.session.commit()
    finally:
        event.remove(db.session, "before_commit", look)
    assert seen == [False, True, False]
