"""Inbound: full handling of a text against a bare Flask endpoint that checks the signature and commits one row.

Same server, same database, same load, in turn: `python -m benchmarks.inbound [--texts 3000] [--rounds 3]`. A text that went to the spool
instead, because the database was too slow, is answered as well and does not count as handled.
"""

import argparse
import subprocess
import sys
from statistics import median

from flask import Flask
from sqlalchemy import func, select

from benchmarks.load import requests_a_second, signed_request
from benchmarks.serving import PROJECT, databases, environment, free_port, phone_of, seeded_app, served
from followup_service.config import Config
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage

# What people write: mostly plain answers, now and then an alarm.
BODIES = ("36.8", "thank you", "37.1", "36,9", "all fine today", "no fever, no pain", "36度7", "一切都好", "38.9", "belly hurts a bit")
PARTICIPANTS = 1000
AIM = 0.30


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--texts", type=int, default=3000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    print(f"{'database':<12}{'floor, texts/s':>16}{'ours, texts/s':>16}{'ours/floor':>12}{'handled at once':>18}", end="   ")
    print(f"(median of {given.rounds} rounds; aim {AIM:.0%})")
    with databases() as urls:
        for name, url in urls.items():
            floor, ours, handled = zip(*_rounds(url, given.texts, given.rounds), strict=True)
            ratio = median(one / other for one, other in zip(ours, floor, strict=True))
            print(f"{name:<12}{median(floor):>16.0f}{median(ours):>16.0f}{ratio:>12.0%}{median(handled):>18.1%}", flush=True)


def _rounds(url: str, texts: int, rounds: int) -> list[tuple[float, float, float]]:
    """The floor's and our rate, each in texts a second, and the share of ours that was handled at once."""
    settings = environment(url, free_port())
    port = int(settings["PUBLIC_BASE_URL"].rsplit(":", 1)[1])
    app = seeded_app(settings, PARTICIPANTS)
    config: Config = app.extensions["config"]
    create = [sys.executable, "-c", "import benchmarks.floor_app"]
    subprocess.run(create, cwd=PROJECT, env=settings | {"FLOOR_CREATES_TABLES": "1"}, check=True)  # noqa: S603
    figures = []
    for _ in range(rounds):
        with served("benchmarks.floor_app:app", settings, port):
            floor = requests_a_second(port, _texts(config, port, texts))
        before = _handled(app)
        with served("wsgi:app", settings, port):
            answered = requests_a_second(port, _texts(config, port, texts))
        handled = (_handled(app) - before) / texts
        figures.append((floor, answered * handled, handled))
    return figures


def _handled(app: Flask) -> int:
    with app.app_context():
        handled = select(func.count()).where(InboundMessage.handled_at.is_not(None))
        count: int = db.session.scalar(handled) or 0
        db.session.remove()
        db.engine.dispose()
    return count


def _texts(config: Config, port: int, count: int) -> list[bytes]:
    account, token, number = config.twilio_account_sid, config.twilio_auth_tokens[0], config.twilio_numbers[0]
    return [
        signed_request(account, token, number, port, phone_of(turn % PARTICIPANTS), BODIES[turn * 7 % len(BODIES)]) for turn in range(count)
    ]


if __name__ == "__main__":
    main()
