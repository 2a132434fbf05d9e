"""How long texts wait for their answer while the database is away, and whether all of them are handled when it is back.

Away is a SQLite file that somebody locks, a PostgreSQL server that is killed, one that is frozen, which refuses nothing and answers
nothing, and one to which the cable is cut, of which nobody hears (in a network namespace, as root).
`python -m benchmarks.outage [--texts 200] [--seconds 30]`. Exits with 1 where one was lost. Linux only.
"""

import argparse
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median

import psycopg
from flask import Flask
from sqlalchemy import Select, func, make_url, select

from benchmarks.fever_to_page import p99
from benchmarks.load import signed_request
from benchmarks.serving import SECONDS_TO_START, environment, free_port, phone_of, seeded_app, served, worker
from followup_service import clock
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.operations.worker_heartbeat import WorkerHeartbeat
from tests.chaos.databases import Database, PostgresDatabase, SqliteDatabase, database
from tests.chaos.wires import INSIDE, Wires, namespace, wired

AIM_SECONDS = 1.0
SECONDS_TO_COME_BACK = 60
AT_ONCE = 16
Away = Callable[[float], AbstractContextManager[None]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--texts", type=int, default=200)
    options.add_argument("--seconds", type=float, default=30)
    given = options.parse_args()
    print(f"{given.texts} texts while the database is away for {given.seconds:.0f} s; aim: p99 under {AIM_SECONDS:.0f} s, none lost")
    print(f"{'database':<21}{'answered 200':>14}{'p50':>10}{'p99':>10}{'worst':>10}{'handled':>10}{'after':>9}{'worker back':>13}")
    lost = 0
    for name, kind in (
        ("SQLite, locked", SqliteDatabase),
        ("PostgreSQL, killed", PostgresDatabase),
        ("PostgreSQL, frozen", PostgresDatabase),
    ):
        with database(kind.name) as (one, _):
            away = partial(_frozen, one) if name.endswith("frozen") else one.away
            lost += _measure(name, one, away, given.texts, given.seconds)
    with wired(1) as wires:
        if wires is not None:
            with database(PostgresDatabase.name, wires) as (one, _):
                lost += _measure("PostgreSQL, cut off", one, partial(_cut_off, wires), given.texts, given.seconds, wires)
    sys.exit(1 if lost else 0)


def _measure(name: str, one: Database, away: Away, count: int, seconds: float, wires: Wires | None = None) -> int:
    """Prints a line, and returns how many texts were lost."""
    port = free_port()
    settings = environment(one.url, port)
    app = seeded_app(settings, count)
    address, network = ("127.0.0.1", ()) if wires is None else (wires.address(1), ("nsenter", f"--net=/run/netns/{namespace(1)}"))
    settings["DATABASE_URL"] = one.url_for_hosts
    with served("wsgi:app", settings, port, address, network), worker(settings, network):
        _wait_for_worker(app)
        # Every process and thread has a connection by then, as after days of running.
        _arrive(app, (address, port), 4 * AT_ONCE, 1.0)
        with away(seconds):
            answers = _arrive(app, (address, port), count, seconds * 0.9)
        back_at, began, wanted = clock.now(), time.monotonic(), count + 4 * AT_ONCE
        took, worker_took = 0.0, 0.0
        while not (took and worker_took) and time.monotonic() < began + SECONDS_TO_COME_BACK:
            time.sleep(0.25)
            took = took or (time.monotonic() - began if _handled(app) >= wanted else 0.0)
            worker_took = worker_took or (time.monotonic() - began if _worker_beat(app, back_at) else 0.0)
        handled = _handled(app)
    waited = sorted(took for _, took in answers)
    good = sum(is_good for is_good, _ in answers)
    print(
        f"{name:<21}{good:>14}{median(waited):>8.3f} s{p99(waited):>8.3f} s{waited[-1]:>8.3f} s"
        f"{handled - 4 * AT_ONCE:>10}{_after(took):>9}{_after(worker_took):>13}",
        flush=True,
    )
    return wanted - handled


def _wait_for_worker(app: Flask) -> None:
    until = time.monotonic() + SECONDS_TO_START
    # In its first round it looks at every plan there is.
    while not _count(app, select(func.count()).where(WorkerHeartbeat.beaten_at > WorkerHeartbeat.started_at)):
        if time.monotonic() > until:
            raise TimeoutError("the worker does not start")
        time.sleep(0.25)


def _arrive(app: Flask, server: tuple[str, int], count: int, seconds: float) -> list[tuple[bool, float]]:
    """Texts at a steady rate: of each whether it was answered with 200, and after how many seconds."""
    config = app.extensions["config"]
    account, token, number = config.twilio_account_sid, config.twilio_auth_tokens[0], config.twilio_numbers[0]
    requests = [signed_request(account, token, number, server[1], phone_of(turn % count), "36.9") for turn in range(count)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        began, answers = time.perf_counter(), []
        for turn, request in enumerate(requests):
            time.sleep(max(0.0, began + turn * seconds / count - time.perf_counter()))
            answers.append(pool.submit(_post, server, request, time.perf_counter()))
        return [answer.result() for answer in answers]


def _post(server: tuple[str, int], request: bytes, sent_at: float) -> tuple[bool, float]:
    with socket.create_connection(server) as connection:
        connection.sendall(request)
        answer = connection.recv(4096)
    return answer.startswith(b"HTTP/1.1 200"), time.perf_counter() - sent_at


def _handled(app: Flask) -> int:
    return _count(app, select(func.count()).where(InboundMessage.handled_at.is_not(None)))


def _worker_beat(app: Flask, since: datetime) -> int:
    return _count(app, select(func.count()).where(WorkerHeartbeat.beaten_at > since))


def _after(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds else "never"


def _count(app: Flask, query: Select[tuple[int]]) -> int:
    with app.app_context():
        count = db.session.scalar(query) or 0
        db.session.remove()
        db.engine.dispose()
    return count


@contextmanager
def _cut_off(wires: Wires, seconds: float) -> Iterator[None]:
    began = time.monotonic()
    wires.cut(1, INSIDE)
    yield
    time.sleep(max(0.0, seconds - (time.monotonic() - began)))
    wires.mend(1)


@contextmanager
def _frozen(one: Database, seconds: float) -> Iterator[None]:
    """Every process of the server is stopped."""
    url = make_url(one.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        backend = connection.info.backend_pid
        postmaster = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    processes = [postmaster, *map(int, Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split())]
    began = time.monotonic()
    for process_id in processes:
        os.kill(process_id, signal.SIGSTOP)
    try:
        yield
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))
    finally:
        for process_id in processes:
            os.kill(process_id, signal.SIGCONT)


if __name__ == "__main__":
    main()
