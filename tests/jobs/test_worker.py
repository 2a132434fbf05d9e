"""The worker: sends several texts at once, survives what breaks, and stops without leaving a text in the air."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from followup_service.clock import SystemClock
from followup_service.jobs import worker
from followup_service.jobs.worker import run_worker
from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from tests.hospital import Hospital
from tests.running_service import process, wait_until
from tests.sending import Call, Desk

SECONDS_TO_STOP = 3


@pytest.fixture
def desk(hospital: Hospital) -> Desk:
    hospital.enrols()
    return Desk(hospital)


@contextmanager
def working(hospital: Hospital, at_once: int = 16) -> Iterator[Event]:
    """A worker in a thread of its own; stopped at the end of the block, and within seconds."""
    stop = Event()
    thread = Thread(target=run_worker, args=(hospital.app, stop, at_once))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(SECONDS_TO_STOP)
        assert not thread.is_alive()


def soon(condition: object, seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_the_command_pages_the_nurse_and_stops_cleanly_when_told(hospital: Hospital) -> None:
    hospital.clock.move(to=SystemClock().now())
    hospital.enrols().hospital.post_inbound("+8613800138000", "39.5")
    with process(["flask", "--app", "wsgi", "worker"], hospital.app.extensions["config"]) as running:
        wait_until(hospital.nurse.was_paged, running)
        told_at = time.monotonic()
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=10) == 0
        assert time.monotonic() - told_at < SECONDS_TO_STOP
        said = running.communicate()[1]
    assert "worker_stopped" in said
    assert "Traceback" not in said
    assert "13800138000" not in said
    assert not any(text.state is OutboundState.CLAIMED for text in hospital.nurse.messages())


def test_a_text_on_its_way_is_finished_and_no_new_one_is_begun(hospital: Hospital, desk: Desk) -> None:
    on_its_way, answered = Event(), Event()

    def takes_long(call: Call) -> None:
        on_its_way.set()
        answered.wait(5)

    desk.gateway.while_sending = takes_long
    text = desk.queues()
    with working(hospital) as stop:
        assert on_its_way.wait(5)
        stop.set()
        later = desk.queues()
        answered.set()
    assert desk.text(text).state is OutboundState.QUEUED
    assert desk.text(later).state is OutboundState.CREATED


def test_several_texts_are_on_their_way_at_once(hospital: Hospital, desk: Desk) -> None:
    together = Barrier(4, timeout=5)
    desk.gateway.while_sending = lambda call: together.wait() and None
    texts = [desk.queues() for _ in range(8)]
    with working(hospital, at_once=4):
        assert soon(lambda: all(desk.text(text).state is OutboundState.QUEUED for text in texts))
    assert not together.broken


def test_a_slow_text_does_not_hold_up_a_page(hospital: Hospital, desk: Desk) -> None:
    answered = Event()
    desk.gateway.while_sending = lambda call: None if call.to == hospital.nurse.number else answered.wait(5) and None
    desk.queues()
    with working(hospital, at_once=2):
        assert soon(lambda: len(desk.gateway.calls) == 1)
        page = desk.queues(Purpose.PAGE, "page_none", to="nurse-li")
        assert soon(lambda: desk.text(page).state is OutboundState.QUEUED, seconds=3)
        answered.set()


def test_a_call_that_breaks_in_a_way_nobody_foresaw_does_not_stop_the_worker(hospital: Hospital, desk: Desk) -> None:
    def breaks(call: Call) -> None:
        if call.to != hospital.nurse.number:
            raise RuntimeError("canary")

    desk.gateway.while_sending = breaks
    text = desk.queues()
    with working(hospital):
        assert soon(lambda: len(desk.gateway.calls) == 1)
        page = desk.queues(Purpose.PAGE, "page_none", to="nurse-li")
        assert soon(lambda: desk.text(page).state is OutboundState.QUEUED)
    assert desk.text(text).state is OutboundState.CLAIMED
    hospital.clock.move(seconds=61)
    hospital.run_due()
    assert desk.text(text).state is OutboundState.UNKNOWN


def test_a_database_that_is_away_for_a_moment_does_not_stop_the_worker(
    hospital: Hospital, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    claim, failures = worker.claim, [OperationalError("canary", {}, Exception("canary"))] * 2

    def fails_twice(app: object, limit: int) -> object:
        if failures:
            raise failures.pop()
        return claim(app, limit)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "claim", fails_twice)
    monkeypatch.setattr(worker, "SECONDS_AFTER_A_FAILURE", 0.01)
    text = desk.queues()
    with working(hospital):
        assert soon(lambda: desk.text(text).state is OutboundState.QUEUED)
    assert "canary" not in capsys.readouterr().err


def test_the_clocks_work_is_done_between_the_texts(hospital: Hospital, desk: Desk) -> None:
    hospital.post_inbound("+8613800138000", "39.5")
    hospital.run_due()
    hospital.clock.move(minutes=16)
    assert not hospital.nurse.calls()
    with working(hospital):
        assert soon(lambda: len(hospital.nurse.calls()) > 0)


def test_a_round_that_breaks_as_a_whole_is_told_and_the_texts_leave_all_the_same(
    hospital: Hospital, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_steps: object) -> None:
        raise OperationalError("ROLLBACK", None, ConnectionError("gone"))

    monkeypatch.setattr(worker, "run_steps", breaks)
    text = desk.queues()
    with capture_logs() as told, working(hospital):
        assert soon(lambda: desk.text(text).state is OutboundState.QUEUED)
    assert "round_failed" in [line["event"] for line in told]
