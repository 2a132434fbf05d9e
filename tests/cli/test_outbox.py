"""`flask outbox`: what the operator types in an hour of need, and reads."""

import pytest

from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from tests.hospital import Hospital
from tests.sending import Desk


@pytest.fixture
def desk(hospital: Hospital) -> Desk:
    hospital.enrols()
    return Desk(hospital)


def test_hold_show_and_release(hospital: Hospital, desk: Desk) -> None:
    assert "Nothing is on hold." in hospital.runs("outbox", "show").output
    text = desk.queues()
    held = hospital.runs("outbox", "hold", "--reason", "wrong clinic phone")
    assert "On hold: all_but_alarms. Still going: page, staff_answer, alarm_answer." in held.output
    hospital.run_due()
    assert desk.gateway.calls == []
    shown = hospital.runs("outbox", "show").output
    assert "ON HOLD: all_but_alarms since 2026-01-05 01:00 UTC, by command line: " in shown
    assert "wrong clinic phone" in shown
    assert ["answer", "1", "0", "0", "0"] in [line.split() for line in shown.splitlines()]
    assert hospital.runs("outbox", "release").output.startswith("Released: all_but_alarms since")
    hospital.run_due()
    assert desk.text(text).state is OutboundState.QUEUED


def test_a_second_hold_of_the_same_scope_and_a_release_of_nothing_say_so(hospital: Hospital) -> None:
    assert hospital.runs("outbox", "release").output == "Error: nothing is on hold\n"
    hospital.runs("outbox", "hold", "--reason", "x", "--scope", "unasked")
    assert "already" in hospital.runs("outbox", "hold", "--reason", "x", "--scope", "unasked").output
    wider = hospital.runs("outbox", "hold", "--reason", "x", "--scope", "everything")
    assert "Nothing goes out: no page reaches anybody." in wider.output


def test_what_a_mistake_made_is_discarded_and_kept_as_that(hospital: Hospital, desk: Desk) -> None:
    wrong, right = desk.queues(Purpose.CLOSING, "withdrawn"), desk.queues()
    hospital.runs("outbox", "hold", "--reason", "mistake", "--scope", "unasked")
    assert hospital.runs("outbox", "discard", "--purpose", "closing").output == "1 texts are kept as not sent (discarded).\n"
    hospital.runs("outbox", "release")
    hospital.run_due()
    assert (desk.text(wrong).state, desk.text(wrong).not_sent_reason) == (OutboundState.NOT_SENT, "discarded")
    assert desk.text(right).state is OutboundState.QUEUED
    assert [event.detail for event in hospital.events("texts_discarded")] == [{"purpose": "closing", "count": 1}]
    assert hospital.runs("outbox", "discard", "--purpose", "page").exit_code == 2
