"""The console's pages on a full database: server time of worklist, a poll that finds no change, a participant, and delivery problems.

`python -m benchmarks.console [--participants 2000] [--escalations 5000] [--messages 100000] [--looks 200]`. The aim is for
20,000, 50,000 and 1,000,000 on PostgreSQL. Pages are asked for in this process, by somebody signed in; the figures hold the whole request.
"""

import argparse
import re
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from statistics import median, quantiles
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Table, insert, select

from benchmarks.serving import databases, environment, free_port, seeded_app
from followup_service import clock
from followup_service.columns import new_id
from followup_service.encryption import keyring
from followup_service.escalations.escalation import Escalation, EscalationEvent, EscalationState, EventKind, Outcome
from followup_service.extensions import db
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import HANDLING, Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.running_study import running_study
from followup_service.staff.site import Site
from tests.console.people import BASE, Person, hires
from tests.hospital import Hospital

ROWS_AT_ONCE = 5000
# People whose pages are looked at; the others are there to be many. So many episodes are open.
LOOKED_AT, OPEN = 200, 40
AIM_PAGE_MS, AIM_POLL_MS = 50, 3


class Stage(Hospital):
    """The benchmark's study, as far as somebody can be given an account in it."""

    def __init__(self, app: Flask) -> None:
        self.app, self.clock, self.client = app, clock, app.test_client()  # type: ignore[assignment]
        with self.session() as session:
            self.study_id, self.site_id = running_study(session).id, session.scalars(select(Site.id)).one()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--participants", type=int, default=2_000)
    options.add_argument("--escalations", type=int, default=5_000)
    options.add_argument("--messages", type=int, default=100_000)
    options.add_argument("--looks", type=int, default=200)
    given = options.parse_args()
    print(f"{given.participants:,} participants, {given.escalations:,} escalations ({OPEN} open), {given.messages:,} texts")
    print(f"{given.looks} looks each; aim: p95 of a page under {AIM_PAGE_MS} ms, of a poll without news under {AIM_POLL_MS} ms")
    print(f"{'database':<12}{'page':<16}{'median':>10}{'p95':>10}{'kB':>8}")
    with databases() as urls:
        for name, url in urls.items():
            app = seeded_app(environment(url, free_port()) | {"PUBLIC_BASE_URL": BASE}, LOOKED_AT)
            stage = Stage(app)
            with app.app_context():
                codes = _fill(given)
            for page, seconds, size in _looks(stage, codes, given.looks):
                p95 = quantiles(seconds, n=20)[-1]
                print(f"{name:<12}{page:<16}{median(seconds) * 1000:>7.1f} ms{p95 * 1000:>7.1f} ms{size / 1000:>8.1f}", flush=True)
            with app.app_context():
                db.engine.dispose()


def _looks(stage: Stage, codes: Sequence[str], looks: int) -> Iterator[tuple[str, list[float], int]]:
    person = hires(stage, "li.na", staff="nurse-li")
    person.signs_in()
    pages = {
        "worklist": lambda number: "/worklist",
        "participant": lambda number: f"/participants/{codes[number % len(codes)]}",
        "write": lambda number: f"/participants/{codes[number % len(codes)]}/write",
        "delivery": lambda number: "/delivery?tab=not_sent",
    }
    for page, address in pages.items():
        took = [_look(person, address(number)) for number in range(looks)]
        yield page, [seconds for seconds, _status, _size in took], took[-1][2]
    yield "poll", list(_polls(person, looks)), 0


def _polls(person: Person, looks: int) -> Iterator[float]:
    """Seconds of those that found no change; where another minute began, the list is read anew."""
    unchanged = _address_of_poll(person)
    for _ in range(looks):
        seconds, status, _size = _look(person, unchanged, X_Live="1")
        if status == 204:
            yield seconds
        else:
            unchanged = _address_of_poll(person)


def _address_of_poll(person: Person) -> str:
    found = re.search(r'hx-get="/console(/worklist[^"]*seen=[^"]*)"', person.shown("/worklist"))
    assert found is not None, "the worklist keeps itself fresh no more"
    return found[1]


def _look(person: Person, path: str, **headers: str) -> tuple[float, int, int]:
    """Seconds, status and bytes."""
    started = time.perf_counter()
    answer = person.opens(path, **headers)
    took = time.perf_counter() - started
    assert answer.status_code < 300, f"{path} answered {answer.status_code}"
    return took, answer.status_code, len(answer.data)


def _fill(given: argparse.Namespace) -> list[str]:
    """Copies of a participant, and in turn for all of them texts and episodes of the last year. Returns the codes that are looked at."""
    now, real = clock.now(), list(db.session.scalars(select(Participant).order_by(Participant.code)))
    _insert(Participant.__table__, _copies(real[0], given.participants - len(real)))
    ids = list(db.session.scalars(select(Participant.id)))
    looked_at = {person.id for person in real}
    _insert(OutboundMessage.__table__, _texts(given.messages, ids, looked_at, real[0].site_id, now))
    _insert(Escalation.__table__, _episodes(given.escalations, real, ids, now))
    _insert(EscalationEvent.__table__, _steps())
    db.session.remove()
    return [person.code for person in real]


def _copies(first: Participant, wanted: int) -> Iterator[dict[str, Any]]:
    values = {column.name: getattr(first, column.name) for column in Participant.__table__.columns}
    for number in range(wanted):
        yield values | {"id": new_id(), "code": f"COPY-{number}", "phone_index": number.to_bytes(32), "next_checkin_at": None}


def _texts(wanted: int, ids: Sequence[UUID], looked_at: set[UUID], site_id: UUID, now: datetime) -> Iterator[dict[str, Any]]:
    """One in a hundred was not sent. Words are kept where somebody reads them."""
    ring, purpose = keyring(), Purpose.QUESTION
    for number in range(wanted):
        row_id, whose, at = new_id(), ids[number % len(ids)], now - timedelta(minutes=number % 500_000)
        words = ring.encrypt(b"What is your temperature now?", f"outbound_messages.body.{row_id.hex}") if whose in looked_at else None
        yield {
            "id": row_id,
            "site_id": site_id,
            "participant_id": whose,
            "channel": "text",
            "purpose": purpose,
            "message": "question.temperature",
            "values": {},
            "language": "en",
            "body_encrypted": words,
            "parts": 1,
            "protocol_version": "1.0",
            "state": OutboundState.NOT_SENT if number % 100 == 0 else OutboundState.DELIVERED,
            "not_sent_reason": "too_late" if number % 100 == 0 else None,
            "priority": HANDLING[purpose].priority,
            "due_at": at,
            "useful_until": at,
            "lease": 1,
            "attempts": 1,
            "created_at": at,
            "changed_at": at,
        }


def _episodes(wanted: int, real: Sequence[Participant], ids: Sequence[UUID], now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(1, wanted + 1):
        is_open, at = number <= OPEN, now - timedelta(minutes=number)
        yield {
            "id": new_id(),
            "study_id": real[0].study_id,
            "site_id": real[0].site_id,
            "participant_id": real[number].id if is_open else ids[number % len(ids)],
            "number": number,
            "state": EscalationState.OPEN if is_open else EscalationState.RESOLVED,
            "is_alarm": True,
            "level": list(Level)[number % 3],
            "reasons": ["FEVER", "RIGOR"],
            "opened_at": at,
            "acknowledge_by": at + timedelta(minutes=15),
            "resolved_at": None if is_open else at + timedelta(hours=1),
            "resolved_by": None if is_open else "nurse-li",
            "outcome": None if is_open else Outcome.ADVISED,
            "chain_step": 0,
            "handed_on": [],
            "pages": 1,
            "protocol_version": "1.0",
            "version": 1,
        }


def _steps() -> Iterator[dict[str, Any]]:
    """Every episode was opened and paged."""
    for episode_id, at, level in db.session.execute(select(Escalation.id, Escalation.opened_at, Escalation.level)).all():
        for kind in (EventKind.OPENED, EventKind.PAGED):
            step = {"kind": kind, "at": at, "actor": "service", "level": level, "reasons": ["FEVER"]}
            yield {"id": new_id(), "escalation_id": episode_id} | step


def _insert(table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        db.session.execute(insert(table), batch)
        db.session.commit()


if __name__ == "__main__":
    main()
