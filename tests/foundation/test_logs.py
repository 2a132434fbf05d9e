"""The log tells what happened, and of whom only the code: never a name, a number or a word of a text."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from followup_service.logs import configure_logs, where_it_broke
from tests.hospital import Hospital

CANARIES = ("Zhang Canary", "13800138000", "13900000001", "canary soup", "39.2 after")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the service logs during the test."""
    before, written = structlog.get_config(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    configure_logs()
    yield written
    structlog.configure(**before)


def test_only_listed_keys_are_written(log: io.StringIO) -> None:
    structlog.get_logger().info("text_handed_over", participant="PKU-001", phone="+8613800138000", body="canary soup", name="Zhang")
    line = json.loads(log.getvalue())
    assert (line["event"], line["participant"], line["level"]) == ("text_handed_over", "PKU-001", "info")
    assert set(line) == {"event", "participant", "level", "timestamp"}


def test_an_error_is_told_by_its_place_and_not_by_its_words() -> None:
    try:
        int("canary soup")
    except ValueError as error:
        told = where_it_broke(error)
    assert told.endswith("test_an_error_is_told_by_its_place_and_not_by_its_words")
    assert "canary" not in told


def test_a_whole_fever_leaves_no_name_number_or_word_in_any_log(
    hospital: Hospital, log: io.StringIO, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    phone = hospital.enrols(name=CANARIES[0])
    phone.texts(f"{CANARIES[4]} the {CANARIES[3]}, says {CANARIES[0]}")
    hospital.app.extensions["sms_gateway"].fails_next[hospital.nurse.number] = "30005"
    hospital.move(minutes=6)
    hospital.nurse.texts("1")
    hospital.stranger().texts(f"{CANARIES[3]} 39.5")
    _break_handling(monkeypatch)
    phone.texts(f"39.9 {CANARIES[3]}")
    hospital.move(minutes=2)
    written = log.getvalue() + caplog.text
    assert '"event": "text_handed_over"' in written
    assert '"event": "inbound_not_handled"' in written
    assert '"error": "ValueError"' in written
    assert [canary for canary in CANARIES if canary in written] == []


def _break_handling(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a fault would whose message quotes the text."""

    def fail(_session: object, inbound: object, *_: object, **__: object) -> None:
        raise ValueError(f"cannot read {inbound.body} from {inbound.from_phone}")  # type: ignore[attr-defined]

    monkeypatch.setattr("followup_service.api.sms_webhooks.handle_reply", fail)
    monkeypatch.setattr("followup_service.jobs.text_steps.handle_reply", fail)
