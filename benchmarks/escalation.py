"""Until somebody acts: 500 fevers within a minute, each of another participant, through the real webhooks; two web processes, two workers.

Texts come signed to gunicorn, pages leave to a stand-in for Twilio over HTTP, and what the stand-in took is what counts: every fever has
one episode, every episode's page was handed over within 60 s of its text, and none twice. Beside it the floor: a bare client that hands as
many pages to the same stand-in at the same rate, without a service between.
`python -m benchmarks.escalation [--fevers 500] [--seconds 60]`; exit 1 where a page is late, missing or twice. `--seconds 0`: all at once.
"""

import argparse
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import requests
from flask import Flask
from sqlalchemy import func, select

from benchmarks.fever_to_page import p99, post
from benchmarks.load import signed_request
from benchmarks.serving import databases, environment, free_port, phone_of, seeded_app, served, worker
from followup_service import clock
from followup_service.escalations.escalation import Escalation
from followup_service.extensions import db
from followup_service.messaging.outbound_message import Attempt, OutboundMessage
from followup_service.participants.participant import Participant
from tests.twilio_stand_in.provider import Account
from tests.twilio_stand_in.server import StandIn, stand_in

AIM_SECONDS = 60.0
WORKERS = 2
SENDERS = 16
WARM_UP = 8
SECONDS_TO_WARM_UP = 180
NURSE = "+8613900000001"
FEVER = "38度9，发冷"
# As fast as the gateway takes them: what a number may send is the provider's matter, and the page of an emergency goes first in any case.
UNLIMITED = {"SENDING_RATE": "9999", "SENDING_CAP": "9999 in 60"}


@dataclass(frozen=True)
class Figures:
    """`seconds` from the moment a phone sent its text until the stand-in had the page, in order."""

    fevers: int
    episodes: int
    pages: int
    twice: int
    seconds: list[float]

    @property
    def are_good(self) -> bool:
        return self.episodes == self.pages == self.fevers and not self.twice and self.seconds[-1] <= AIM_SECONDS


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--fevers", type=int, default=500)
    options.add_argument("--seconds", type=float, default=60.0)
    given = options.parse_args()
    load = os.getloadavg()[0]
    aim = f"every page at the gateway in {AIM_SECONDS:.0f} s, none twice"
    print(f"{given.fevers} fevers within {given.seconds:.0f} s; aim: {aim}; load of the machine before: {load:.1f}")
    print(f"{'':<20}{'episodes':>9}{'pages':>7}{'twice':>7}{'p50':>10}{'p99':>10}{'worst':>10}")
    account = Account(f"AC{secrets.token_hex(16)}", secrets.token_hex(16), ("+15005550006",))
    good = True
    with stand_in(account) as gateway, databases() as urls:
        _print_line("floor: bare client", _bare(gateway, account, given.fevers, given.seconds))
        for name, url in urls.items():
            figures = _ours(gateway, account, url, given.fevers, given.seconds)
            _print_line(name, figures)
            good = good and figures.are_good
    return 0 if good else 1


def _bare(gateway: StandIn, account: Account, pages: int, seconds: float) -> Figures:
    address = f"{gateway.url}/2010-04-01/Accounts/{account.sid}/Messages.json"
    page = {"To": NURSE, "From": account.numbers[0], "Body": "EMERGENCY PKU-00001: fever, shaking chills. 1 calling"}
    taken: list[float] = []

    def hand_over(_turn: int) -> None:
        began = time.perf_counter()
        requests.post(address, page, auth=(account.sid, account.token), timeout=AIM_SECONDS).raise_for_status()
        taken.append(time.perf_counter() - began)

    _at_a_steady_rate(pages, seconds, hand_over)
    return Figures(pages, pages, len(taken), 0, sorted(taken))


def _ours(gateway: StandIn, account: Account, url: str, fevers: int, seconds: float) -> Figures:
    twilio = {
        "SMS_GATEWAY": "twilio",
        "TWILIO_ACCOUNT_SID": account.sid,
        "TWILIO_AUTH_TOKEN": account.token,
        "TWILIO_NUMBER": account.numbers[0],
        "TWILIO_API_URL": gateway.url,
    }
    settings = environment(url, free_port()) | twilio | UNLIMITED
    app = seeded_app(settings, fevers + WARM_UP)
    port = int(settings["PUBLIC_BASE_URL"].rsplit(":", 1)[1])
    texts = [
        signed_request(account.sid, account.token, account.numbers[0], port, phone_of(turn), FEVER) for turn in range(fevers + WARM_UP)
    ]
    sent_at: dict[str, datetime] = {}

    def send(turn: int) -> None:
        sent_at[f"PKU-{turn:05d}"] = clock.now()
        post(port, texts[turn])

    with ExitStack() as running:
        running.enter_context(served("wsgi:app", settings, port))
        for _ in range(WORKERS):
            running.enter_context(worker(settings))
        taken_before = len(gateway.provider.sent())
        _at_a_steady_rate(WARM_UP, 1, lambda turn: post(port, texts[fevers + turn]))
        # The pages of the first ones, and what their participants are told: then all processes are at work.
        _wait_until(lambda: len(gateway.provider.sent()) >= taken_before + 2 * WARM_UP)
        _at_a_steady_rate(fevers, seconds, send)
        # Whoever was late is late: a second copy would still be seen.
        time.sleep(AIM_SECONDS)
    return _figures(app, gateway, fevers, sent_at)


def _wait_until(at_work: Callable[[], bool]) -> None:
    for _ in range(SECONDS_TO_WARM_UP * 10):
        if at_work():
            return
        time.sleep(0.1)
    raise TimeoutError("web server and workers do not come to work")


def _at_a_steady_rate(count: int, seconds: float, act: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(SENDERS) as pool:
        started = time.perf_counter()
        acts = []
        for turn in range(count):
            time.sleep(max(0.0, started + turn * seconds / count - time.perf_counter()))
            acts.append(pool.submit(act, turn))
    for done in acts:
        done.result()


def _figures(app: Flask, gateway: StandIn, fevers: int, sent_at: dict[str, datetime]) -> Figures:
    """What the stand-in took of first pages, each found by the attempt that its callback address names."""
    with app.app_context():
        of_fevers = select(func.count()).join(Participant, Participant.id == Escalation.participant_id).where(Participant.code.in_(sent_at))
        episodes = db.session.scalar(of_fevers.select_from(Escalation)) or 0
        first_pages = (
            select(Attempt.id, Participant.code)
            .join(OutboundMessage, OutboundMessage.id == Attempt.outbound_id)
            .join(Escalation, Escalation.id == OutboundMessage.escalation_id)
            .join(Participant, Participant.id == Escalation.participant_id)
            .where(OutboundMessage.message == "page", Participant.code.in_(sent_at))
        )
        code_of = {row[0].hex: row[1] for row in db.session.execute(first_pages)}
        db.session.remove()
        db.engine.dispose()
    taken = [(code_of[name], text.created_at) for text in gateway.provider.sent() if (name := text.attempt.replace("-", "")) in code_of]
    copies = Counter(code for code, _ in taken)
    seconds = sorted((at - sent_at[code]).total_seconds() for code, at in taken)
    return Figures(fevers, episodes, len(copies), sum(count > 1 for count in copies.values()), seconds)


def _print_line(name: str, figures: Figures) -> None:
    ordered = figures.seconds or [float("inf")]
    times = "".join(f"{value:>8.3f} s" for value in (median(ordered), p99(ordered), ordered[-1]))
    print(f"{name:<20}{figures.episodes:>9}{figures.pages:>7}{figures.twice:>7}{times}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
