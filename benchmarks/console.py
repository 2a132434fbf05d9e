"""The console's pages on a full database: time and size of worklist, participant, escalation, thread, and of polls that find no change.

`python -m benchmarks.console [--participants 2000] [--escalations 5000] [--messages 100000] [--looks 200] [--database PostgreSQL]`. The aim
is for 20,000, 50,000 and 1,000,000 on PostgreSQL. The application is what gunicorn loads, wsgi.py, asked in this process by somebody signed
in; the figures hold the whole of its work, from the server's call to the last byte of the answer. Beside the time by the clock stands the
time that this process worked, without its waiting for the database and for other programs.
"""

import argparse
import re
import runpy
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from flask import Flask
from sqlalchemy import select

from benchmarks.fill_study import fill_study
from benchmarks.serving import PROJECT, databases, environment, free_port, seeded_app
from followup_service import clock
from followup_service.extensions import db
from followup_service.staff.running_study import running_study
from followup_service.staff.site import Site
from tests.console.people import BASE, Person, hires
from tests.hospital import Hospital

# People whose pages are looked at; the others are there to be many. So many episodes are open.
LOOKED_AT, OPEN = 200, 100
# So many looks go by before any is counted: a worker that has just begun plans its statements and reads its templates.
WARM = 5
AIM_PAGE_MS, AIM_POLL_MS, AIM_KB = 50, 3, 100


@dataclass(frozen=True, slots=True)
class Look:
    """One request: seconds by the clock, seconds of work in this process, and the answer's bytes and status."""

    seconds: float
    worked: float
    size: int
    status: int


class Stopwatch:
    """Around the application, as a server calls it. `seconds` and `worked` are of the last request."""

    def __init__(self, answer_to: Any) -> None:
        self._answer_to, self.seconds, self.worked = answer_to, 0.0, 0.0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        began, worked = time.perf_counter(), time.process_time()
        answer = self._answer_to(environ, start_response)
        body = list(answer)
        answer.close()
        self.seconds, self.worked = time.perf_counter() - began, time.process_time() - worked
        return body


class Stage(Hospital):
    """The benchmark's study, as far as somebody can be given an account in it, served as gunicorn would serve it."""

    def __init__(self) -> None:
        app: Flask = runpy.run_path(str(PROJECT / "wsgi.py"))["app"]
        self.app, self.clock, self.client = app, clock, app.test_client()  # type: ignore[assignment]
        self.stopwatch = app.wsgi_app = Stopwatch(app.wsgi_app)  # type: ignore[method-assign]
        with self.session() as session:
            self.study_id, self.site_id = running_study(session).id, session.scalars(select(Site.id)).one()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--participants", type=int, default=2_000)
    options.add_argument("--escalations", type=int, default=5_000)
    options.add_argument("--messages", type=int, default=100_000)
    options.add_argument("--looks", type=int, default=200)
    options.add_argument("--database", choices=("SQLite", "PostgreSQL"))
    given = options.parse_args()
    print(f"{given.participants:,} participants, {given.escalations:,} escalations ({OPEN} open), {given.messages:,} texts")
    print(
        f"{given.looks} looks each; aims: p95 of a page under {AIM_PAGE_MS} ms and of a poll under {AIM_POLL_MS}, under {AIM_KB} kB a page"
    )
    print(f"{'':<31}{'by the clock, ms':>18}{'at work, ms':>18}")
    print(f"{'database':<12}{'page':<19}{'median':>9}{'p95':>9}{'median':>9}{'p95':>9}{'aim':>6}{'kB':>8}")
    with databases() as urls:
        for name, url in urls.items():
            if given.database in (None, name):
                _measure(name, url, given)


def _measure(name: str, url: str, given: argparse.Namespace) -> None:
    app = seeded_app(environment(url, free_port()) | {"PUBLIC_BASE_URL": BASE}, LOOKED_AT)
    with app.app_context():
        codes = fill_study(given.participants, given.escalations, given.messages, OPEN)
        db.engine.dispose()
    stage = Stage()
    for page, aim, looks in looks_at(stage, codes, given.looks):
        print(f"{name:<12}{page:<19}{_ms([look.seconds for look in looks])}{_ms([look.worked for look in looks])}{aim:>6}", end="")
        print(f"{max(look.size for look in looks) / 1000:>8.1f}", flush=True)
    with stage.app.app_context():
        db.engine.dispose()


def _ms(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1000:>9.1f}{quantiles(seconds, n=20)[-1] * 1000:>9.1f}"


def looks_at(stage: Stage, codes: Sequence[str], looks: int) -> Iterator[tuple[str, int, list[Look]]]:
    """Page, the most milliseconds that it may take, and the looks at it."""
    person = hires(stage, "li.na", staff="nurse-li")
    person.signs_in()
    pages: dict[str, Callable[[int], str]] = {
        "worklist": lambda _number: "/worklist",
        "worklist, closed": lambda number: f"/worklist?tab=closed&first={number * 40}",
        "participant": lambda number: f"/participants/{codes[number % len(codes)]}",
        "escalation": lambda number: f"/escalations/{number % OPEN + 1}",
        "write": lambda number: f"/participants/{codes[number % len(codes)]}/write",
        "participants": lambda _number: "/participants",
        "delivery": lambda _number: "/delivery?tab=not_sent",
        "calendar": lambda _number: "/calendar",
    }
    for page, address in pages.items():
        yield page, AIM_PAGE_MS, [_look(stage, person, address(number)) for number in range(looks + WARM)][WARM:]
    for page in ("worklist", "escalation", "write"):
        yield f"poll, {page}", AIM_POLL_MS, list(_polls(stage, person, pages[page](1), looks + WARM))[WARM:]


def _polls(stage: Stage, person: Person, page: str, looks: int) -> Iterator[Look]:
    """Those that found no change; where another minute began, the page is read anew."""
    unchanged = _address_of_poll(person, page)
    for _ in range(looks):
        look = _look(stage, person, unchanged, X_Live="1")
        if look.status == 204:
            yield look
        else:
            unchanged = _address_of_poll(person, page)


def _address_of_poll(person: Person, page: str) -> str:
    found = re.search(r'hx-get="/console([^"]*seen=[^"]*)"', person.shown(page))
    assert found is not None, f"{page} keeps itself fresh no more"
    return found[1]


def _look(stage: Stage, person: Person, path: str, **headers: str) -> Look:
    answer = person.opens(path, **headers)
    look = Look(stage.stopwatch.seconds, stage.stopwatch.worked, len(answer.data), answer.status_code)
    assert look.status < 300, f"{path} answered {look.status}"
    return look


if __name__ == "__main__":
    main()
