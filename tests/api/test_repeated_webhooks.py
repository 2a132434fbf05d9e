"""One text is one row, handled once: however often, from wherever and however fast it arrives, and whatever breaks in between."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import func, select

from followup_service.clock import SystemClock
from followup_service.escalations.escalation import EscalationEvent, EventKind
from followup_service.jobs.text_steps import retry_replies
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.purposes import Purpose
from tests.hospital import Hospital
from tests.running_service import web_server

NUMBER = "+8613800138000"
AT_ONCE = 50
HANDLED_BY = ("followup_service.api.sms_webhooks.handle_reply", "followup_service.jobs.text_steps.handle_reply")


def test_a_repeat_changes_nothing_also_with_another_body(hospital: Hospital) -> None:
    phone = hospital.enrols(number=NUMBER)
    phone.texts("39.5", MessageSid="SM1")
    before = len(phone.received())
    for body in ("39.5", "36.5", "STOP"):
        assert hospital.post_inbound(NUMBER, body, MessageSid="SM1").status_code == 200
    hospital.run_due()
    assert [text.body for text in texts(hospital)] == ["39.5"]
    assert len(phone.received()) == before
    assert hospital.participant().opted_out_at is None
    assert len(hospital.nurse.pages()) == 1


def test_the_same_words_in_two_texts_are_two_texts(hospital: Hospital) -> None:
    phone = hospital.enrols(number=NUMBER)
    phone.texts("39.5")
    phone.texts("39.5")
    assert len(texts(hospital)) == 2


def test_fifty_at_once_from_many_threads_are_one_text_and_one_alarm(hospital: Hospital) -> None:
    phone = hospital.enrols(number=NUMBER)
    statuses = at_once(lambda: hospital.post_inbound(NUMBER, "39.5", MessageSid="SM1").status_code)
    assert statuses == {200}
    hospital.run_due()
    assert_told_once(hospital)
    assert len(phone.received(Purpose.ALARM_ANSWER)) == 1


def test_fifty_at_once_at_four_processes_are_one_text_and_one_alarm(hospital: Hospital) -> None:
    phone = hospital.enrols(number=NUMBER)
    config = hospital.app.extensions["config"]
    fever = {
        "AccountSid": config.twilio_account_sid,
        "To": config.twilio_numbers[0],
        "From": NUMBER,
        "MessageSid": "SM1",
        "Body": "38度5 打寒战",
    }
    with web_server(config, workers=4) as server:
        assert at_once(lambda: server.post("/sms/inbound", fever)) == {200}
        for path in ("/sms/inbound?", "/sms/inbound?a=%2F%7e", "/sms%2Finbound"):
            assert server.post(path, fever) in (200, 404), path
        assert server.post("/sms/inbound?", fever, signed_as="/sms/inbound?a=1") == 403
    # The processes had the machine's clock; what was left to the job is done now.
    hospital.clock.move(to=SystemClock().now())
    hospital.run_due()
    assert_told_once(hospital)
    assert len(phone.received(Purpose.ALARM_ANSWER)) == 1


def test_a_text_whose_handling_breaks_is_kept_and_handled_later(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital.enrols(number=NUMBER)
    with monkeypatch.context() as patch:
        patch.setattr(HANDLED_BY[0], Mock(side_effect=RuntimeError("canary")))
        assert hospital.post_inbound(NUMBER, "39.5").status_code == 200
    assert [text.handled_at for text in texts(hospital)] == [None]
    hospital.run_due()
    assert hospital.escalations() == []
    hospital.clock.move(seconds=21)
    hospital.run_due()
    assert_told_once(hospital)


def test_a_process_that_dies_before_handling_leaves_the_text_to_the_job(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital.enrols(number=NUMBER)
    with monkeypatch.context() as patch:
        patch.setattr(HANDLED_BY[0], Mock(side_effect=SystemExit))
        with pytest.raises(SystemExit):
            hospital.post_inbound(NUMBER, "39.5", MessageSid="SM1")
    assert hospital.post_inbound(NUMBER, "39.5", MessageSid="SM1").status_code == 200
    hospital.clock.move(seconds=21)
    hospital.run_due()
    assert_told_once(hospital)


def test_the_third_failure_brings_the_text_to_a_person_and_ends_the_tries(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hospital.enrols(number=NUMBER)
    broken = Mock(side_effect=RuntimeError("canary"))
    for place in HANDLED_BY:
        monkeypatch.setattr(place, broken)
    hospital.post_inbound(NUMBER, "canary in the text")
    for _ in range(5):
        hospital.clock.move(seconds=21)
        hospital.run_due()
    assert broken.call_count == 3
    assert hospital.the_escalation().reasons == ["HANDLING_FAILED"]
    assert hospital.nurse.was_paged()
    assert "canary" not in capsys.readouterr().err


def test_a_strangers_text_that_breaks_is_not_lost_either(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in HANDLED_BY:
        monkeypatch.setattr(place, Mock(side_effect=RuntimeError))
    hospital.post_inbound("+8613700000000", "我爸发烧了")
    for _ in range(3):
        hospital.clock.move(seconds=21)
        hospital.run_due()
    assert hospital.the_escalation().reasons == ["HANDLING_FAILED"]
    assert hospital.nurse.was_paged()


def test_several_jobs_that_find_the_same_text_handle_it_once(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = hospital.enrols(number=NUMBER)
    with monkeypatch.context() as patch:
        patch.setattr(HANDLED_BY[0], Mock(side_effect=RuntimeError))
        hospital.post_inbound(NUMBER, "39.5")
    hospital.clock.move(seconds=21)
    at_once(lambda: run_job(hospital, retry_replies), times=6, threads=6)
    hospital.clock.move(minutes=2)
    hospital.run_due()
    assert_told_once(hospital)
    assert len(phone.received(Purpose.ALARM_ANSWER)) == 1


def run_job(hospital: Hospital, job: Callable[[], None]) -> None:
    with hospital.app.app_context():
        job()


def at_once(work: Callable[[], Any], times: int = AT_ONCE, threads: int = 16) -> set[Any]:
    with ThreadPoolExecutor(threads) as pool:
        return {future.result() for future in [pool.submit(work) for _ in range(times)]}


def assert_told_once(hospital: Hospital) -> None:
    (text,) = texts(hospital)
    assert text.handled_at is not None
    assert "FEVER" in hospital.the_escalation().reasons
    with hospital.session() as session:
        opened = select(func.count()).where(EscalationEvent.kind.in_([EventKind.OPENED, EventKind.WORSENED, EventKind.REPEATED]))
        assert session.scalar(opened) == 1
    assert len(hospital.nurse.pages()) == 1


def texts(hospital: Hospital) -> list[InboundMessage]:
    with hospital.session() as session:
        return list(session.scalars(select(InboundMessage).order_by(InboundMessage.received_at)))
