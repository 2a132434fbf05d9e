"""The clock's tick costs by what is due, not by who is enrolled: the same idle tick with few and with many participants.

`python -m benchmarks.tick [--few 1000] [--many 100000] [--ticks 200]`.
"""

import argparse
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from benchmarks.serving import databases, environment, free_port, seeded_app
from followup_service import clock
from followup_service.columns import new_id
from followup_service.extensions import db
from followup_service.jobs.send_outbox import send_all_due
from followup_service.jobs.steps import run_steps
from followup_service.participants.participant import Participant

ROWS_AT_ONCE = 5000
AIM = 1.5


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--few", type=int, default=1000)
    options.add_argument("--many", type=int, default=100_000)
    options.add_argument("--ticks", type=int, default=200)
    given = options.parse_args()
    print(f"an idle tick (all steps, and a look into the outbox), median of {given.ticks}; aim: at most {AIM} times")
    print(f"{'database':<12}{given.few:>10,} enrolled{given.many:>12,} enrolled{'ratio':>8}")
    with databases() as urls:
        for name, url in urls.items():
            app = seeded_app(environment(url, free_port()), 1)
            few = _with_participants(app, given.few, given.ticks)
            many = _with_participants(app, given.many, given.ticks)
            print(f"{name:<12}{few * 1000:>16.2f} ms{many * 1000:>18.2f} ms{many / few:>8.2f}", flush=True)
            with app.app_context():
                db.engine.dispose()


def _with_participants(app: Flask, wanted: int, ticks: int) -> float:
    with app.app_context():
        _enrol_copies(wanted)
        # The first tick of a day seals the audit chains, which is work and not idleness.
        run_steps()
        db.session.remove()
    return median(_seconds(lambda: _tick(app)) for _ in range(ticks))


def _tick(app: Flask) -> None:
    with app.app_context():
        run_steps()
    send_all_due(app)


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _enrol_copies(wanted: int) -> None:
    """Copies of the one enrolled participant, each with a code of its own; check-in and plan are due some day next month."""
    first = db.session.scalars(select(Participant).order_by(Participant.code)).first()
    assert first is not None
    values: dict[str, Any] = {column.name: getattr(first, column.name) for column in Participant.__table__.columns}
    there = len(db.session.scalars(select(Participant.id)).all())
    tomorrow = clock.now() + timedelta(days=1)
    rows = [
        values
        | {
            "id": new_id(),
            "code": f"COPY-{number}",
            "phone_index": number.to_bytes(32),
            "next_checkin_at": tomorrow + timedelta(minutes=number % 43200),
            "next_visit_at": tomorrow + timedelta(minutes=number % 43200),
        }
        for number in range(there, wanted)
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        db.session.execute(insert(Participant), rows[start : start + ROWS_AT_ONCE])
    db.session.commit()


if __name__ == "__main__":
    main()
