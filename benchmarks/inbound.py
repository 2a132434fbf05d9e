"""Inbound: full handling of a text against a bare Flask endpoint that checks the signature and commits one row.

Same server, same database, same load, in turn: `python -m benchmarks.inbound [--texts 3000] [--rounds 3]`.
"""

import argparse
import subprocess
import sys
from statistics import median

from benchmarks.load import requests_a_second, signed_request
from benchmarks.serving import PROJECT, databases, environment, free_port, phone_of, seeded_app, served
from followup_service.config import Config

# What people write: mostly plain answers, now and then an alarm.
BODIES = ("36.8", "thank you", "37.1", "36,9", "all fine today", "no fever, no pain", "36度7", "一切都好", "38.9", "belly hurts a bit")
PARTICIPANTS = 1000
AIM = 0.30


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--texts", type=int, default=3000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    print(
        f"{'database':<12}{'floor, texts/s':>16}{'ours, texts/s':>16}{'ours/floor':>12}   (median of {given.rounds} rounds; aim {AIM:.0%})"
    )
    with databases() as urls:
        for name, url in urls.items():
            floor, ours = zip(*_rounds(url, given.texts, given.rounds), strict=True)
            ratio = median(one / other for one, other in zip(ours, floor, strict=True))
            print(f"{name:<12}{median(floor):>16.0f}{median(ours):>16.0f}{ratio:>12.0%}", flush=True)


def _rounds(url: str, texts: int, rounds: int) -> list[tuple[float, float]]:
    settings = environment(url, free_port())
    port = int(settings["PUBLIC_BASE_URL"].rsplit(":", 1)[1])
    config: Config = seeded_app(settings, PARTICIPANTS).extensions["config"]
    create = [sys.executable, "-c", "import benchmarks.floor_app"]
    subprocess.run(create, cwd=PROJECT, env=settings | {"FLOOR_CREATES_TABLES": "1"}, check=True)  # noqa: S603
    figures = []
    for _ in range(rounds):
        with served("benchmarks.floor_app:app", settings, port):
            floor = requests_a_second(port, _texts(config, port, texts))
        with served("wsgi:app", settings, port):
            ours = requests_a_second(port, _texts(config, port, texts))
        figures.append((floor, ours))
    return figures


def _texts(config: Config, port: int, count: int) -> list[bytes]:
    account, token, number = config.twilio_account_sid, config.twilio_auth_tokens[0], config.twilio_numbers[0]
    return [
        signed_request(account, token, number, port, phone_of(turn % PARTICIPANTS), BODIES[turn * 7 % len(BODIES)]) for turn in range(count)
    ]


if __name__ == "__main__":
    main()
