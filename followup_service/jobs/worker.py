"""The worker: sends the outbox and runs the steps every few seconds beside it; several may run at once."""

import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event
from types import FrameType

import structlog
from flask import Flask

from followup_service import clock
from followup_service.jobs.ask_provider import take_in_missed_at_start
from followup_service.jobs.send_outbox import AT_ONCE, HandedOver, claim, hand_over, keep_results
from followup_service.jobs.steps import PROVIDER_STEPS, STEPS, run_steps
from followup_service.logs import where_it_broke

log = structlog.get_logger()
SECONDS_BETWEEN_TICKS = 5.0
SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_AFTER_A_FAILURE = 2.0


def run_worker(app: Flask, stop: Event | None = None, at_once: int = AT_ONCE) -> None:
    """Work until told to stop (SIGTERM, SIGINT, or `stop`): then take nothing new, finish what is on its way, and return."""
    stop = stop or _stopped_by_signal()
    log.info("worker_started")
    next_tick, sending = 0.0, set[Future[HandedOver]]()
    with ThreadPoolExecutor(at_once, thread_name_prefix="sender") as pool, ThreadPoolExecutor(2, thread_name_prefix="steps") as steppers:
        # A page must not wait until many plans are looked at, or until the provider has listed its texts: each has a thread of its own.
        rounds = {PROVIDER_STEPS: steppers.submit(_run_round, app, (take_in_missed_at_start,))}
        while not stop.is_set():
            try:
                if clock.monotonic() >= next_tick:
                    next_tick = clock.monotonic() + SECONDS_BETWEEN_TICKS
                    for steps in (STEPS, PROVIDER_STEPS):
                        if steps not in rounds or rounds[steps].done():
                            rounds[steps] = steppers.submit(_run_round, app, steps)
                free = at_once - len(sending)
                sending |= {pool.submit(hand_over, app, envelope) for envelope in (claim(app, free) if free else [])}
            except Exception as error:  # noqa: BLE001 - the database may be away for a while: what is due stays due
                log.error("worker_failed", error=type(error).__name__, where=where_it_broke(error))
                stop.wait(SECONDS_AFTER_A_FAILURE)
            if sending:
                sending = _keep_finished(app, sending, SECONDS_BETWEEN_LOOKS)
            else:
                stop.wait(SECONDS_BETWEEN_LOOKS)
        while sending:
            sending = _keep_finished(app, sending, SECONDS_BETWEEN_TICKS)
    log.info("worker_stopped")


def _run_round(app: Flask, steps: Sequence[Callable[[], None]]) -> None:
    try:
        with app.app_context():
            run_steps(steps)
    except Exception as error:  # noqa: BLE001 - even giving up a step may fail while the database is away; the next round tries again
        log.error("round_failed", error=type(error).__name__, where=where_it_broke(error))


def _keep_finished(app: Flask, sending: set[Future[HandedOver]], seconds: float) -> set[Future[HandedOver]]:
    """Wait for a first answer, keep all that are there, and return what is still on its way."""
    done, still_sending = wait(sending, timeout=seconds, return_when=FIRST_COMPLETED)
    for future in done:
        if (error := future.exception()) is not None:
            # The worker lives on. The attempt stays open: its lease runs out and the text becomes `unknown`, which is settled by rule.
            log.error("sending_failed", error=type(error).__name__, where=where_it_broke(error))
    handed = [future.result() for future in done if future.exception() is None]
    if handed:
        keep_results(app, handed)
    return still_sending


def _stopped_by_signal() -> Event:
    stop = Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    return stop
