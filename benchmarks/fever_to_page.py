"""From a fever text's arrival to its page at the gateway, with texts arriving at a steady rate; web server and worker on this machine.

Beside it, how long the same texts waited until their handling began: the floor under every page.
`python -m benchmarks.fever_to_page [--rate 20] [--seconds 30]`.
"""

import argparse
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from flask import Flask
from sqlalchemy import select

from benchmarks.load import signed_request
from benchmarks.serving import databases, environment, free_port, phone_of, seeded_app, served, worker
from followup_service.escalations.escalation import Escalation, EscalationEvent, EventKind
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import Attempt, OutboundMessage
from followup_service.messaging.purposes import Purpose

SECONDS_TO_DRAIN = 5
AIM_SECONDS = 2.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rate", type=int, default=20)
    options.add_argument("--seconds", type=int, default=30)
    given = options.parse_args()
    print(f"{given.rate} fever texts a second for {given.seconds} s, each of another participant; aim: p99 under {AIM_SECONDS:.0f} s")
    print(f"{'database':<12}{'texts':>7}{'paged':>7}{'begun p50':>13}{'p99':>9}{'at gateway p50':>16}{'p99':>9}{'worst':>9}")
    with databases() as urls:
        for name, url in urls.items():
            settings = environment(url, free_port())
            app = seeded_app(settings, given.rate * given.seconds)
            port = int(settings["PUBLIC_BASE_URL"].rsplit(":", 1)[1])
            with served("wsgi:app", settings, port), worker(settings):
                time.sleep(3)
                _arrive(app, port, given.rate, given.seconds)
                time.sleep(SECONDS_TO_DRAIN)
            _print_figures(name, app)


def _arrive(app: Flask, port: int, rate: int, seconds: int) -> None:
    config = app.extensions["config"]
    account, token, number = config.twilio_account_sid, config.twilio_auth_tokens[0], config.twilio_numbers[0]
    requests = [signed_request(account, token, number, port, phone_of(turn), "38度9，发冷") for turn in range(rate * seconds)]
    with ThreadPoolExecutor(rate) as pool:
        started = time.perf_counter()
        for turn, request in enumerate(requests):
            time.sleep(max(0.0, started + turn / rate - time.perf_counter()))
            pool.submit(post, port, request)


def post(port: int, request: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        connection.recv(4096)


def _print_figures(name: str, app: Flask) -> None:
    with app.app_context():
        texts = db.session.scalars(select(InboundMessage.received_at)).all()
        paged = db.session.execute(
            select(InboundMessage.received_at, EscalationEvent.at, Attempt.finished_at)
            .join(EscalationEvent, EscalationEvent.inbound_id == InboundMessage.id)
            .join(Escalation, Escalation.id == EscalationEvent.escalation_id)
            .join(OutboundMessage, OutboundMessage.escalation_id == Escalation.id)
            .join(Attempt, Attempt.outbound_id == OutboundMessage.id)
            .where(EscalationEvent.kind == EventKind.OPENED, OutboundMessage.purpose == Purpose.PAGE, OutboundMessage.message == "page")
        ).all()
        db.session.remove()
        db.engine.dispose()
    begun = sorted((at - received).total_seconds() for received, at, _ in paged)
    at_gateway = sorted((finished - received).total_seconds() for received, _, finished in paged)
    print(
        f"{name:<12}{len(texts):>7}{len(paged):>7}{median(begun):>11.3f} s{p99(begun):>7.3f} s"
        f"{median(at_gateway):>14.3f} s{p99(at_gateway):>7.3f} s{at_gateway[-1]:>7.3f} s",
        flush=True,
    )


def p99(ordered: list[float]) -> float:
    return ordered[int(len(ordered) * 0.99)]


if __name__ == "__main__":
    main()
