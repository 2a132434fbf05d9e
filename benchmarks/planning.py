"""The follow-up plan: computing five years of one participant, and a tick that finds many due reminders beside a bare insert of as many.

`python -m benchmarks.planning [--due 10000] [--enrolled 200000] [--rounds 3]`.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from benchmarks.serving import databases, environment, free_port, seeded_app
from followup_service import clock
from followup_service.columns import new_id
from followup_service.extensions import db
from followup_service.jobs.care_steps import remind_of_visits
from followup_service.jobs.steps import run_steps
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.participants.participant import Participant
from followup_service.protocol.checkin_schedule import planned_checkins
from followup_service.protocol.load_study import load_study
from followup_service.protocol.visit_schedule import CourseOfCare, Treatment, planned_visits
from followup_service.visits.visit import Visit, VisitState

ROWS_AT_ONCE = 5000
PLANS = 50
IDLE_TICKS = 50
AIM_PLANNING_MS, AIM_RATIO = 5, 3
FIRST_DAY, LAST_DAY = date(2026, 1, 5), date(2030, 12, 31)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--due", type=int, default=10_000)
    options.add_argument("--enrolled", type=int, default=200_000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    _planning()
    print(f"\na tick that finds {given.due:,} due reminders among {given.enrolled:,} enrolled, beside a bare insert of as many rows")
    print(f"medians of {given.rounds}; aim: at most {AIM_RATIO} times; idle ticks: with one enrolled, and with all")
    print(f"{'database':<12}{'bare insert':>14}{'tick':>12}{'ratio':>8}{'idle, one':>13}{'idle, all':>13}")
    with databases() as urls:
        for name, url in urls.items():
            app = seeded_app(environment(url, free_port()), 1)
            with app.app_context():
                bare, tick, few, many = _measured(given)
                db.engine.dispose()
            print(
                f"{name:<12}{bare * 1000:>11.0f} ms{tick * 1000:>9.0f} ms{tick / bare:>8.2f}{few * 1000:>10.2f} ms{many * 1000:>10.2f} ms",
                flush=True,
            )


def _planning() -> None:
    study = replace(load_study("NCT06609434"), ends_on=LAST_DAY)
    sessions = [Treatment("rfa", FIRST_DAY + timedelta(days=63 * number)) for number in range(3)]
    cycles = [Treatment("systemic", FIRST_DAY + timedelta(days=7 + 21 * number)) for number in range(12)]
    print(f"planning five years of one participant, median of {PLANS}; aim: under {AIM_PLANNING_MS} ms")
    print(f"{'arm':<12}{'visits':>14}{'check-ins':>12}{'together':>12}")
    for arm in study.arms:
        course = CourseOfCare(arm, FIRST_DAY, tuple(sessions + cycles if arm == "rfa" else cycles))
        visits = median(_seconds(lambda: planned_visits(study, course)) for _ in range(PLANS))  # noqa: B023 - called at once
        checkins = median(_seconds(lambda: planned_checkins(study, course, FIRST_DAY, LAST_DAY)) for _ in range(PLANS))  # noqa: B023
        print(f"{arm:<12}{visits * 1000:>11.2f} ms{checkins * 1000:>9.2f} ms{(visits + checkins) * 1000:>9.2f} ms")


def _measured(given: argparse.Namespace) -> tuple[float, float, float, float]:
    """Seconds of the bare insert, of the tick, and of an idle tick with one enrolled and with all."""
    run_steps()
    few = _idle()
    now = clock.now()
    _enrol_copies(given.enrolled, now)
    _make_visits(given.due, now)
    ticks, inserts = [], []
    for _ in range(given.rounds):
        _all_due(now)
        ticks.append(_seconds(remind_of_visits))
        queued = db.session.scalar(select(func.count()).select_from(OutboundMessage).where(OutboundMessage.visit_id.is_not(None)))
        assert queued == given.due, f"{queued} of {given.due} were queued"
        found = db.session.execute(select(OutboundMessage.__table__).where(OutboundMessage.visit_id.is_not(None)))
        rows = [dict(row._mapping) for row in found]
        _forget_texts()
        inserts.append(_seconds(lambda: _insert(rows)))  # noqa: B023 - called at once
        _forget_texts()
    return median(inserts), median(ticks), few, _idle()


def _idle() -> float:
    db.session.remove()
    return median(_seconds(run_steps) for _ in range(IDLE_TICKS))


def _insert(rows: list[dict[str, Any]]) -> None:
    db.session.execute(insert(OutboundMessage.__table__), rows)
    db.session.commit()


def _forget_texts() -> None:
    db.session.execute(delete(OutboundMessage).where(OutboundMessage.visit_id.is_not(None)))
    db.session.commit()


def _all_due(now: datetime) -> None:
    """Every visit as it was, with its first reminder due now."""
    values = {"next_step": "before-14", "next_step_at": now - timedelta(minutes=1), "state": VisitState.PLANNED, "question": None}
    db.session.execute(update(Visit.__table__).where(Visit.__table__.c.next_step.is_not(None)).values(values | {"asked_at": None}))
    db.session.commit()
    db.session.remove()


def _enrol_copies(wanted: int, now: datetime) -> None:
    """Copies of the one enrolled participant; nothing else falls due for them today."""
    first = db.session.scalars(select(Participant).order_by(Participant.code)).first()
    assert first is not None
    values: dict[str, Any] = {column.name: getattr(first, column.name) for column in Participant.__table__.columns}
    later = now + timedelta(days=30)
    for start in range(0, wanted, ROWS_AT_ONCE):
        rows = [
            values
            | {
                "id": new_id(),
                "code": f"COPY-{number}",
                "phone_index": number.to_bytes(32),
                "next_checkin_at": later,
                "next_visit_at": later,
            }
            for number in range(start, min(start + ROWS_AT_ONCE, wanted))
        ]
        db.session.execute(insert(Participant), rows)
        db.session.commit()


def _make_visits(wanted: int, now: datetime) -> None:
    """A visit in two weeks for so many of them, booked for every other."""
    target = now + timedelta(days=14)
    ids = db.session.scalars(select(Participant.id).where(Participant.code.startswith("COPY-")).limit(wanted)).all()
    rows = [
        {
            "id": new_id(),
            "participant_id": participant_id,
            "item": "quarterly",
            "occurrence": "month-3",
            "state": VisitState.PLANNED,
            "target_on": target.date(),
            "opens_on": now.date(),
            "closes_on": (target + timedelta(days=14)).date(),
            "together_with": [],
            "booked_at": target if number % 2 else None,
            "offers": [],
            "next_step": "before-14",
            "next_step_at": now,
            "protocol_version": "1.0",
            "recorded_at": now,
            "version": 1,
        }
        for number, participant_id in enumerate(ids)
    ]
    db.session.execute(insert(Visit), rows)
    db.session.commit()


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
