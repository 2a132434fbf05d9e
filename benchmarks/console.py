"""The console's pages on a full database: server time of worklist, a poll that finds no change, a participant, and delivery problems.

`python -m benchmarks.console [--participants 2000] [--escalations 5000] [--messages 100000] [--looks 200]`. The aim is for
20,000, 50,000 and 1,000,000 on PostgreSQL. Pages are asked for in this process, by somebody signed in; the figures hold the whole request.
"""

import argparse
import re
import time
from collections.abc import Iterator, Sequence
from statistics import median, quantiles

from flask import Flask
from sqlalchemy import select

from benchmarks.fill_study import fill_study
from benchmarks.serving import databases, environment, free_port, seeded_app
from followup_service import clock
from followup_service.extensions import db
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
                codes = fill_study(given.participants, given.escalations, given.messages, OPEN)
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


if __name__ == "__main__":
    main()
