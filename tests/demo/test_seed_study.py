"""The demo's study is there once, complete, and never laid over somebody else's."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from followup_service.clock import MovableClock
from followup_service.demo.environment import demo_environment
from followup_service.demo.seed_study import seed_study
from followup_service.errors import Conflict
from followup_service.extensions import db
from followup_service.messaging.catalogues import languages
from followup_service.participants.participant import Participant
from followup_service.participants.treatment import TreatmentRecord
from tests.hospital import Hospital


def seed(app: Flask, moving_clock: MovableClock) -> bool:
    with app.app_context():
        seeded = seed_study(db.session, moving_clock.now(), study=app.extensions["study"])
        db.session.commit()
    return seeded


def test_both_arms_and_languages_with_treatments_around_today(app: Flask, moving_clock: MovableClock) -> None:
    assert seed(app, moving_clock)
    with app.app_context():
        people = list(db.session.scalars(select(Participant)))
        assert {person.arm for person in people} == {"rfa", "control"}
        assert {person.language for person in people} == {"en", "zh_Hans", "es", "fr", "ar"} <= set(languages())
        assert all(person.next_checkin_at is not None for person in people)
        today = moving_clock.now().date()
        near = [row for row in db.session.scalars(select(TreatmentRecord)) if abs((row.treated_on - today).days) <= 2]
        assert len({row.participant_id for row in near}) >= 2


def test_a_second_start_adds_nothing(app: Flask, moving_clock: MovableClock) -> None:
    seed(app, moving_clock)
    assert not seed(app, moving_clock)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Participant)) == 9


def test_another_study_is_left_alone(hospital: Hospital) -> None:
    with pytest.raises(Conflict, match="not made by the demo"):
        seed(hospital.app, hospital.clock)


def test_no_setting_of_a_real_service_reaches_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://real/database")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN_FILE", "/run/secrets/token")
    monkeypatch.setenv("SMS_GATEWAY", "twilio")
    environment = demo_environment("http://127.0.0.1:8001")
    assert "DATABASE_URL" not in environment
    assert "TWILIO_AUTH_TOKEN_FILE" not in environment
    assert environment["SMS_GATEWAY"] == "simulator"
    assert environment["PUBLIC_BASE_URL"] == "http://127.0.0.1:8001"
