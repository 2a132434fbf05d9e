"""The demo's own check fails where a fever pages nobody, and leaves nothing open behind it."""

from collections.abc import Callable
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from followup_service.clock import SystemClock
from followup_service.demo import check_running
from followup_service.demo.check_running import DemoFailed, seconds_from_fever_to_page, wait_until_it_answers
from followup_service.demo.seed_study import seed_study
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.extensions import db
from followup_service.jobs.worker import run_worker
from followup_service.messaging.gateways.simulated_phone import text_from


@pytest.fixture
def seeded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The demo's study, and in the place of the web server over HTTP the same webhook in this process."""
    with app.app_context():
        seed_study(db.session, SystemClock().now(), study=app.extensions["study"])
        db.session.commit()
    monkeypatch.setattr(check_running, "text_running_server", lambda _address, _config, phone, body: text_from(app, phone, body))
    return app


def open_escalations(app: Flask) -> list[Escalation]:
    with app.app_context():
        return list(db.session.scalars(select(Escalation).where(Escalation.state != EscalationState.RESOLVED)))


def test_a_working_worker_pages_within_seconds_and_again_next_time(seeded: Flask) -> None:
    stop = Event()
    worker = Thread(target=run_worker, args=(seeded, stop))
    worker.start()
    try:
        assert 0 < seconds_from_fever_to_page(seeded, "http://127.0.0.1:8000") < check_running.SECONDS_TO_PAGE
        assert seconds_from_fever_to_page(seeded, "http://127.0.0.1:8000") < check_running.SECONDS_TO_PAGE
    finally:
        stop.set()
        worker.join()
    assert open_escalations(seeded) == []


def test_without_a_worker_the_demo_fails(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_running, "SECONDS_TO_PAGE", 0.2)
    with pytest.raises(DemoFailed, match="paged nobody"):
        seconds_from_fever_to_page(seeded, "http://127.0.0.1:8000")


@pytest.mark.parametrize(("ended", "told"), [(lambda: None, "does not answer"), (lambda: "The worker ended by itself", "The worker ended")])
def test_a_server_that_does_not_come_up_is_told(monkeypatch: pytest.MonkeyPatch, ended: Callable[[], str | None], told: str) -> None:
    monkeypatch.setattr(check_running, "SECONDS_TO_START", 0.2)
    with pytest.raises(DemoFailed, match=told):
        wait_until_it_answers("http://127.0.0.1:9", ended)
