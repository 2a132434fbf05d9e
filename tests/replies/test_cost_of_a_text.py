"""What a text costs the database: a statement more for every text is a slower answer for everybody, and nobody would see it come."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from followup_service.extensions import db
from tests.hospital import Hospital

NUMBER = "+8613800138000"
# Store; lock, what waits, the report, the audit, the text and the participant. An answer is one more.
QUIET, ANSWERED = 7, 8


@pytest.mark.parametrize(("body", "most"), [("thank you", QUIET), ("all fine today", QUIET), ("36.8", ANSWERED)])
def test_a_quiet_text_takes_few_statements(hospital: Hospital, body: str, most: int) -> None:
    hospital.enrols(number=NUMBER)
    with hospital.app.app_context():
        db.engine.dispose()
    # On one connection: how long it waits for a lock is said to each once.
    hospital.post_inbound(NUMBER, "good morning")
    with statements(hospital) as run:
        assert hospital.post_inbound(NUMBER, body).status_code == 200
    assert len(run) <= most, "\n".join(run)


@contextmanager
def statements(hospital: Hospital) -> Iterator[list[str]]:
    """What is run meanwhile, without SQLite's own BEGIN and how long it waits for it."""
    run: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            run.append(statement)

    with hospital.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(engine, "before_cursor_execute", note)
