"""Memory of every process of the service, minute by minute, while texts arrive at a steady rate: flat, and under 150 MB each.

Most texts are answers and small talk in several languages, one in fifty is a fever. The first figure is what a process takes of the
machine's memory (PSS: pages that several share are divided among them), the second its resident set (RSS), which counts shared pages in
each of them; both from /proc.
`python -m benchmarks.soak [--minutes 60] [--rate 20] [--participants 2000] [--database SQLite|PostgreSQL]`. Linux only.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from benchmarks.fever_to_page import post
from benchmarks.load import signed_request
from benchmarks.serving import databases, environment, free_port, phone_of, seeded_app, served, worker
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage

AIM_MB = 150
BODIES = (
    "36.9",
    "37,2 gracias",
    "今天37度1，有点累",
    "no pain today",
    "спасибо, всё хорошо",
    "2",
    "36.8 شكرا",
    "cảm ơn, tôi khỏe",
    "ठीक हूँ 36.7",
    "merci, 37",
)
FEVER, ONE_FEVER_IN = "38度9，发冷", 50


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=int, default=60)
    options.add_argument("--rate", type=int, default=20)
    options.add_argument("--participants", type=int, default=2000)
    options.add_argument("--database", choices=("SQLite", "PostgreSQL"), default="PostgreSQL")
    given = options.parse_args()
    with databases() as urls:
        settings = environment(urls[given.database], free_port())
        app = seeded_app(settings, given.participants)
        port = int(settings["PUBLIC_BASE_URL"].rsplit(":", 1)[1])
        with served("wsgi:app", settings, port) as web, worker(settings) as running:
            time.sleep(5)
            watched = {f"web {number}": pid for number, pid in enumerate(_children(web.pid), start=1)} | {"worker": running.pid}
            print(f"{given.rate} texts a second for {given.minutes} min on {given.database}; aim: under {AIM_MB} MB each, and flat")
            print(f"{'minute':<8}{'texts':>9}" + "".join(f"{name:>16}" for name in watched))
            _print_minute(0, app, watched)
            for minute in range(1, given.minutes + 1):
                _arrive(app, port, given.rate, minute, given.participants)
                _print_minute(minute, app, watched)
        with app.app_context():
            db.engine.dispose()


def _arrive(app: Flask, port: int, rate: int, minute: int, participants: int) -> None:
    """One minute of texts."""
    config, count = app.extensions["config"], rate * 60
    account, token, number = config.twilio_account_sid, config.twilio_auth_tokens[0], config.twilio_numbers[0]
    bodies, first = cycle(BODIES), (minute - 1) * count
    with ThreadPoolExecutor(rate) as pool:
        started = time.perf_counter()
        for turn in range(first, first + count):
            time.sleep(max(0.0, started + (turn - first) / rate - time.perf_counter()))
            body = FEVER if turn % ONE_FEVER_IN == 0 else next(bodies)
            pool.submit(post, port, signed_request(account, token, number, port, phone_of(turn % participants), body))


def _print_minute(minute: int, app: Flask, watched: dict[str, int]) -> None:
    with app.app_context():
        texts = db.session.scalar(select(func.count()).select_from(InboundMessage))
        db.session.remove()
    print(f"{minute:<8}{texts:>9}" + "".join(f"{_memory_of(pid):>16}" for pid in watched.values()), flush=True)


def _memory_of(pid: int) -> str:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return f"{kilobytes['Pss'] / 1000:.0f} of {kilobytes['Rss'] / 1000:.0f} MB"


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    main()
