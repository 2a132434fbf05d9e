"""What the provider delivered and never reached us is found in its list and taken in, once, and the row says how much was missing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from followup_service.config import SmsGateway
from followup_service.jobs import ask_provider
from followup_service.jobs.ask_provider import take_in_missed
from followup_service.messaging.gateways import make_gateway, twilio
from followup_service.messaging.inbound_check import DAY, EVERY, STILL_ARRIVING, InboundCheck, check_of_a_day
from followup_service.messaging.inbound_message import CameBy
from followup_service.operations.write_metrics import write_metrics
from tests.hospital import Hospital
from tests.twilio_stand_in.provider import Account, Provider
from tests.twilio_stand_in.server import stand_in

NUMBER = "+8613800138000"


@pytest.fixture
def provider(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """Twilio as the gateway, with pages of three texts."""
    config = hospital.app.extensions["config"]
    with stand_in(Account(config.twilio_account_sid, config.twilio_auth_tokens[0], config.twilio_numbers)) as server:
        hospital.app.extensions["sms_gateway"] = make_gateway(replace(config, sms_gateway=SmsGateway.TWILIO, twilio_api_url=server.url))
        monkeypatch.setattr(twilio, "LARGEST_PAGE", 3)
        yield server.provider
        assert server.provider.problems == []


def misses(hospital: Hospital, provider: Provider, *bodies: str) -> None:
    """Texts, a minute apart, of which the provider's calls never reach us."""
    for body in bodies:
        provider.texts(NUMBER, body, reaches_us=False)
        hospital.clock.move(minutes=1)


def checks(hospital: Hospital) -> list[tuple[int | None, int | None]]:
    with hospital.session() as session:
        rows = session.scalars(select(InboundCheck).order_by(InboundCheck.started_at))
        return [(row.listed, row.missing) for row in rows]


def looks(hospital: Hospital, *, at_once: bool = False) -> None:
    with hospital.app.app_context():
        take_in_missed(at_once=at_once)


def test_after_ten_minutes_down_all_is_found_once_over_pages_and_midnight(hospital: Hospital, provider: Provider) -> None:
    hospital.enrols(number=NUMBER)
    hospital.clock.move(hours=22, minutes=55)
    looks(hospital)
    hospital.clock.move(minutes=1)
    bodies = [f"{hospital.clock.now():%H:%M} no fever, text {number}" for number in range(8)]
    misses(hospital, provider, *bodies[:7], "38.9")
    hospital.clock.move(seconds=STILL_ARRIVING.total_seconds())
    hospital.run_due()
    texts = sorted(hospital.inbound(), key=lambda text: text.written_at)
    assert [text.body for text in texts] == [*bodies[:7], "38.9"]
    assert texts[0].written_at.date() < texts[-1].written_at.date() or texts[0].written_at.hour < texts[-1].written_at.hour
    assert {text.came_by for text in texts} == {CameBy.BACKFILL}
    assert all(text.handled_at is not None for text in hospital.inbound())
    assert any("38.9" in page.body for page in provider.handset(hospital.nurse.number))
    hospital.clock.move(seconds=EVERY.total_seconds())
    hospital.run_due()
    assert len(hospital.inbound()) == 8
    assert [missing for _, missing in checks(hospital)] == [0, 8, 0]


def test_what_came_by_the_webhook_is_not_missing(hospital: Hospital, provider: Provider) -> None:
    hospital.enrols(number=NUMBER)
    message = provider.texts(NUMBER, "38.9", reaches_us=False)
    hospital.post_inbound(NUMBER, "38.9", MessageSid=message.sid)
    hospital.clock.move(minutes=10)
    hospital.run_due()
    assert checks(hospital)[-1] == (1, 0)
    assert len(hospital.inbound()) == 1
    assert len(provider.handset(hospital.nurse.number)) == 1


def test_what_is_just_arriving_is_left_to_the_webhook(hospital: Hospital, provider: Provider) -> None:
    hospital.clock.move(hours=1)
    misses(hospital, provider, "38.9")
    hospital.clock.move(seconds=-30)
    looks(hospital)
    assert hospital.inbound() == []
    hospital.clock.move(seconds=40)
    looks(hospital, at_once=True)
    assert len(hospital.inbound()) == 1


def test_it_looks_at_the_start_and_then_every_few_minutes(hospital: Hospital, provider: Provider) -> None:
    looks(hospital)
    hospital.clock.move(seconds=EVERY.total_seconds() - 1)
    looks(hospital)
    assert len(checks(hospital)) == 1
    looks(hospital, at_once=True)
    assert len(checks(hospital)) == 2
    hospital.clock.move(seconds=EVERY.total_seconds())
    looks(hospital)
    assert len(checks(hospital)) == 3


def test_a_silent_provider_is_asked_again_about_all_of_the_time(hospital: Hospital, provider: Provider) -> None:
    hospital.enrols(number=NUMBER)
    hospital.clock.move(minutes=10)
    looks(hospital)
    misses(hospital, provider, "38.9")
    there, hospital.app.extensions["sms_gateway"] = hospital.app.extensions["sms_gateway"], SilentGateway()
    hospital.clock.move(hours=5)
    looks(hospital)
    hospital.app.extensions["sms_gateway"] = there
    hospital.clock.move(hours=5)
    looks(hospital)
    assert checks(hospital) == [(0, 0), (None, None), (1, 1)]


class SilentGateway:
    name = "twilio"
    keeps_texts = True

    def received(self, since: object) -> Iterator[None]:
        raise ask_provider.ProviderSilent("ReadTimeout")


def test_once_a_day_the_whole_day_is_held_against_the_list(hospital: Hospital, provider: Provider) -> None:
    hospital.enrols(number=NUMBER)
    for _ in range(50):
        hospital.clock.move(hours=1)
        looks(hospital)
    with hospital.session() as session:
        rows = list(session.scalars(select(InboundCheck).order_by(InboundCheck.started_at)))
        whole = [row for row in rows if row.until - row.since >= DAY]
        newest = check_of_a_day(session, hospital.clock.now() - DAY)
    assert len(whole) == 2
    assert newest is not None
    assert (newest.id, newest.missing) == (whole[-1].id, 0)
    assert all(row.until - row.since >= timedelta(minutes=58) for row in rows)


def test_a_picture_without_words_and_our_own_number_are_taken_in_like_by_the_webhook(hospital: Hospital, provider: Provider) -> None:
    hospital.clock.move(minutes=5)
    provider.texts(NUMBER, "", reaches_us=False, media_count=2)
    provider.texts(provider.account.numbers[0], "38.9", reaches_us=False)
    hospital.clock.move(minutes=2)
    hospital.run_due()
    by_body = {text.body: text for text in hospital.inbound()}
    assert by_body[""].media_count == 2
    assert [escalation.reasons for escalation in hospital.escalations()] == [["UNKNOWN_SENDER", "UNREADABLE"]]
    assert by_body["38.9"].handled_at is not None


def test_health_says_how_old_the_last_look_is_and_what_the_last_whole_day_showed(hospital: Hospital, provider: Provider) -> None:
    hospital.enrols(number=NUMBER)
    hospital.clock.move(minutes=5)
    misses(hospital, provider, "36.8")
    assert health(hospital)["inbound_unchecked_seconds"] == 360
    assert health(hospital)["inbound_proven_at"] is None
    hospital.clock.move(hours=25)
    assert "inbound_unchecked" in health(hospital)["problems"]
    looks(hospital)
    looked_at = hospital.clock.now()
    hospital.clock.move(minutes=20)
    found = health(hospital)
    assert (found["inbound_unchecked_seconds"], found["inbound_missing"]) == (1200, 1)
    assert datetime.fromisoformat(found["inbound_proven_at"]) == looked_at
    with hospital.session() as session:
        figures = write_metrics(session, hospital.study_id, hospital.clock.now()).decode()
    assert "\nfollowup_inbound_checked_seconds 1200.0\n" in figures
    assert "\nfollowup_inbound_missing 1.0\n" in figures
    assert "inbound_unchecked" not in found["problems"]
    hospital.clock.move(seconds=1)
    assert "inbound_unchecked" in health(hospital)["problems"]


def test_health_asks_nothing_of_a_provider_that_keeps_no_texts(hospital: Hospital) -> None:
    hospital.clock.move(hours=1)
    assert health(hospital)["inbound_unchecked_seconds"] is None
    assert "inbound_unchecked" not in health(hospital)["problems"]


def health(hospital: Hospital) -> dict[str, Any]:
    with hospital.app.app_context():
        return dict(hospital.client.get("/readyz").json)
