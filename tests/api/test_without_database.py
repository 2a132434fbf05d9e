"""While the database is away nothing is lost and nobody waits: webhooks go to the spool, and from there where they belong."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from followup_service.api import spooling
from followup_service.messaging.delivery import Receipt
from followup_service.messaging.inbound_message import CameBy
from followup_service.messaging.inbox import ReceivedText
from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.spool import Spool, SpoolState
from followup_service.replies.take_from_spool import spooled_receipt, spooled_text
from tests.hospital import Hospital
from tests.outage import database_away, row_locked
from tests.sending import Desk

LONGEST_ANSWER = 2.0


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spooling, "SECONDS_BETWEEN_TRIES", 0.02)


def spool_of(hospital: Hospital) -> Spool:
    spool: Spool = hospital.app.extensions["spool"]
    return spool


def comes_back(hospital: Hospital) -> None:
    hospital.wait_for_spool()
    assert spool_of(hospital).state() == SpoolState(waiting=0, oldest_at=None, quarantined=0)


@contextmanager
def no_room_in_the_spool(hospital: Hospital) -> Iterator[None]:
    directory: Path = hospital.app.extensions["config"].spool_directory
    away = directory.rename(directory.with_name("away"))
    yield
    away.rename(directory)


def test_a_fever_that_comes_while_the_database_is_away_pages_the_nurse_when_it_is_back(hospital: Hospital) -> None:
    phone = hospital.enrols()
    with database_away(hospital):
        assert hospital.post_inbound(phone.number, "38.9").status_code == 200
    comes_back(hospital)
    hospital.run_due()
    assert hospital.nurse.was_paged()
    (text,) = hospital.inbound()
    assert (text.came_by, text.body, text.failures) == (CameBy.SPOOL, "38.9", 0)


def test_many_come_and_none_waits_or_gets_lost_or_out_of_order(hospital: Hospital) -> None:
    phone = hospital.enrols()
    bodies, seconds = [f"36.{number % 10} text {number}" for number in range(40)], []
    with database_away(hospital):
        for body in bodies:
            began = time.monotonic()
            assert hospital.post_inbound(phone.number, body, MessageSid=f"SM{body}").status_code == 200
            seconds.append(time.monotonic() - began)
            hospital.clock.move(seconds=1)
        assert hospital.post_inbound(phone.number, bodies[0], MessageSid=f"SM{bodies[0]}").status_code == 200
        # One finds out that the database is away; the others need not.
        assert sorted(seconds)[-2] < 1
        assert max(seconds) < LONGEST_ANSWER
    comes_back(hospital)
    hospital.run_due()
    texts = sorted(hospital.inbound(), key=lambda text: text.written_at)
    assert [text.body for text in texts] == bodies
    assert all(text.handled_at is not None for text in texts)


def test_without_database_and_spool_the_provider_is_told_to_come_again(hospital: Hospital) -> None:
    phone = hospital.enrols()
    with database_away(hospital):
        with no_room_in_the_spool(hospital):
            response = hospital.post_inbound(phone.number, "38.9", MessageSid="SM1")
            assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert hospital.post_inbound(phone.number, "38.9", MessageSid="SM1").status_code == 200
    comes_back(hospital)
    assert len(hospital.inbound()) == 1


def test_what_the_provider_says_of_a_text_waits_as_well(hospital: Hospital) -> None:
    hospital.enrols()
    desk = Desk(hospital)
    text = desk.queues()
    hospital.run_due()
    with database_away(hospital):
        desk.reports(desk.gateway.calls[0], "delivered")
    comes_back(hospital)
    assert desk.text(text).state is OutboundState.DELIVERED


def test_whoever_is_at_work_on_a_participant_keeps_no_text_waiting(hospital: Hospital) -> None:
    phone = hospital.enrols()
    with row_locked(hospital, "participants"):
        began = time.monotonic()
        assert hospital.post_inbound(phone.number, "38.9").status_code == 200
        assert time.monotonic() - began < LONGEST_ANSWER
    comes_back(hospital)
    hospital.run_due()
    assert hospital.nurse.was_paged()
    assert [text.failures for text in hospital.inbound()] == [0]


def test_the_worker_empties_what_a_web_server_left_and_a_text_that_is_there_stays_once(hospital: Hospital) -> None:
    phone = hospital.enrols()
    config = hospital.app.extensions["config"]
    hospital.post_inbound(phone.number, "36.8", MessageSid="SM1")
    for sid, body in (("SM1", "36.8"), ("SM2", "38.9")):
        text = ReceivedText(config.twilio_account_sid, sid, phone.number, body, raw=body)
        spool_of(hospital).put(spooled_text(text, hospital.clock.now()))
    spool_of(hospital).put(spooled_receipt(Receipt(None, "SM9", "delivered", None), hospital.clock.now()))
    hospital.run_due()
    assert [text.body for text in hospital.inbound()] == ["36.8", "38.9"]
    assert hospital.nurse.was_paged()
    assert spool_of(hospital).is_empty()


def test_a_web_server_that_starts_empties_what_an_earlier_one_left(hospital: Hospital) -> None:
    phone = hospital.enrols()
    config = hospital.app.extensions["config"]
    text = ReceivedText(config.twilio_account_sid, "SM1", phone.number, "38.9", raw="38.9")
    spool_of(hospital).put(spooled_text(text, hospital.clock.now()))
    hospital.app.extensions.pop("looked_for_leftovers", None)
    hospital.post_inbound(phone.number, "thank you")
    comes_back(hospital)
    assert len(hospital.inbound()) == 2


def test_a_text_that_waited_keeps_the_time_at_which_it_came(hospital: Hospital) -> None:
    phone = hospital.enrols()
    came_at = hospital.clock.now()
    with database_away(hospital):
        hospital.post_inbound(phone.number, "36.8")
        hospital.clock.move(minutes=20)
    comes_back(hospital)
    (text,) = hospital.inbound()
    assert text.written_at == came_at
    assert text.received_at == came_at + timedelta(minutes=20)
