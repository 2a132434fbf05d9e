"""What the demo prints is enough to sign in to its console, at every start anew."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from followup_service.clock import MovableClock
from followup_service.demo.coordinator_account import SignIn, open_coordinator_account
from followup_service.demo.seed_study import seed_study
from followup_service.extensions import db
from tests.console.people import Person


@pytest.fixture
def demo(app: Flask, moving_clock: MovableClock) -> Any:
    with app.app_context():
        seed_study(db.session, moving_clock.now(), study=app.extensions["study"])
        db.session.commit()
    return SimpleNamespace(app=app, clock=moving_clock)


def start(demo: Any) -> SignIn:
    with demo.app.app_context():
        sign_in = open_coordinator_account(db.session, demo.clock.now())
        db.session.commit()
    return sign_in


def test_what_is_printed_opens_the_worklist(demo: Any) -> None:
    for _start in range(2):
        printed = start(demo)
        person = Person(demo, printed.name)
        assert person.signs_in(printed.password, printed.codes[0]).status_code == 303
        assert "Worklist" in person.shown("/worklist")
        again = Person(demo, printed.name, address="192.0.2.2")
        assert again.signs_in(printed.password, printed.codes[0]).status_code == 422
        assert again.signs_in(printed.password, printed.codes[1]).status_code == 303


def test_the_password_of_an_earlier_start_opens_nothing(demo: Any) -> None:
    before = start(demo)
    start(demo)
    assert Person(demo, before.name).signs_in(before.password, before.codes[2]).status_code == 422
