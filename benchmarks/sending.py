"""Texts a second through a provider that takes its time, with one, two and four workers; each text must leave exactly once.

Before each, to the same provider, a bare thread pool with the twilio client: as many processes and connections as the workers have, no
database, nothing kept. `python -m benchmarks.sending [--texts 800] [--seconds-to-answer 0.5]`.
"""

import argparse
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from multiprocessing import get_context

from flask import Flask
from sqlalchemy import func, select

from benchmarks.serving import PROJECT, databases, environment, free_port, phone_of, seeded_app, worker
from followup_service import clock
from followup_service.extensions import db
from followup_service.jobs.send_outbox import AT_ONCE
from followup_service.messaging.gateways.twilio import make_client
from followup_service.messaging.outbound_message import Attempt, AttemptState, OutboundMessage, OutboundState
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.read_config import read_config

WORKERS = (1, 2, 4)
AIM = 0.70
SECONDS_TO_FINISH = 300
BODY = "Thank you. The study team reads this. If you feel unwell, call 010-1, in an emergency 120."
UNDER_WAY = (OutboundState.CREATED, OutboundState.CLAIMED, OutboundState.UNKNOWN)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--texts", type=int, default=800)
    options.add_argument("--seconds-to-answer", type=float, default=0.5)
    given = options.parse_args()
    print(f"{given.texts} texts, the provider answers after {given.seconds_to_answer} s, {AT_ONCE} connections a worker; aim {AIM:.0%}")
    print(f"{'database':<12}{'workers':>8}{'bare pool, texts/s':>20}{'ours, texts/s':>15}{'ours/pool':>11}{'left twice':>12}")
    with databases() as urls:
        for name, url in urls.items():
            settings = _with_provider(environment(url, free_port()))
            app = seeded_app(settings, given.texts)
            with _provider(settings, given.seconds_to_answer):
                for workers in WORKERS:
                    pool = _rate_of_bare_pools(workers, given.texts)
                    rate, twice = _rate(app, settings, workers)
                    print(f"{name:<12}{workers:>8}{pool:>20.0f}{rate:>15.0f}{rate / pool:>11.0%}{twice:>12}", flush=True)


def _with_provider(settings: dict[str, str]) -> dict[str, str]:
    return settings | {
        "SMS_GATEWAY": "twilio",
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_NUMBER": "+15005550006",
        "TWILIO_API_URL": f"http://127.0.0.1:{free_port()}",
        "SENDING_RATE": "9999",
    }


@contextmanager
def _provider(settings: dict[str, str], seconds_to_answer: float) -> Iterator[None]:
    port = settings["TWILIO_API_URL"].rsplit(":", 1)[1]
    options = ("--port", port, "--seconds-to-answer", str(seconds_to_answer), "--no-callbacks")
    command = [sys.executable, "-m", "tests.twilio_stand_in", *options]
    process = subprocess.Popen(command, cwd=PROJECT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _rate_of_bare_pools(count: int, texts: int) -> float:
    """Texts a second from the first call to the last answer."""
    # Started anew, not forked: a process of its own is what a worker is.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as processes:
        list(processes.map(_bare_pool, [range(count * AT_ONCE)] * count))
        spans = list(processes.map(_bare_pool, [range(first, texts, count) for first in range(count)]))
    return texts / (max(ended for _, ended in spans) - min(began for began, _ in spans)).total_seconds()


def _bare_pool(numbers: range) -> tuple[datetime, datetime]:
    """One text to each number. When that began and ended."""
    config = read_config()
    messages, sender = make_client(config).messages, config.twilio_numbers[0]
    callback_url = f"{config.public_base_url}/sms/status"

    def send(number: int) -> None:
        messages.create(to=phone_of(number), from_=sender, body=BODY, status_callback=callback_url, validity_period=3600)

    began = clock.now()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, numbers))
    return began, clock.now()


def _rate(app: Flask, settings: dict[str, str], workers: int) -> tuple[float, int]:
    """Texts a second from the first call to the last answer, and how many texts were handed over more than once."""
    with ExitStack() as running:
        for _ in range(workers):
            running.enter_context(worker(settings))
        time.sleep(8)
        since = _queue_one_for_each(app)
        until = time.monotonic() + SECONDS_TO_FINISH
        while _waiting(app) and time.monotonic() < until:
            time.sleep(0.25)
    with app.app_context():
        begun, ended, handed, texts = db.session.execute(
            select(
                func.min(Attempt.started_at), func.max(Attempt.finished_at), func.count(), func.count(Attempt.outbound_id.distinct())
            ).where(Attempt.started_at >= since, Attempt.state == AttemptState.ACCEPTED)
        ).one()
        db.session.remove()
        db.engine.dispose()
    return texts / (ended - begun).total_seconds(), handed - texts


def _queue_one_for_each(app: Flask) -> datetime:
    with app.app_context():
        now = clock.now()
        for participant in db.session.scalars(select(Participant)):
            queue_text(db.session, participant, Purpose.ANSWER, "received", now, study=app.extensions["study"])
        db.session.commit()
        db.session.remove()
    return now


def _waiting(app: Flask) -> int:
    with app.app_context():
        db.session.connection(execution_options={"read_only": True})
        open_ = select(func.count()).select_from(OutboundMessage).where(OutboundMessage.state.in_(UNDER_WAY))
        count: int = db.session.scalar(open_) or 0
        db.session.remove()
    return count


if __name__ == "__main__":
    main()
