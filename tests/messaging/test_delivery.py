"""What the provider's answer decides: try again, wait, tell a person; and never a second copy sent blindly."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followup_service.jobs.send_outbox import hand_over, keep_results, send_all_due
from followup_service.messaging.claim_due import LEASE
from followup_service.messaging.delivery import CONFIGURATION_RETRY, LONGEST_RETRY
from followup_service.messaging.error_classes import ErrorClass, error_class
from followup_service.messaging.outbound_message import AttemptState, OutboundMessage, OutboundState
from followup_service.messaging.purposes import HANDLING, Purpose
from followup_service.messaging.settle_unknown import LAST_LOOK
from followup_service.participants.participant import OptOutSource
from tests.hospital import Hospital
from tests.messaging.test_outbox import claimed_now
from tests.sending import ACCEPTED, LOST, NEVER_LEFT, Desk, refused


@pytest.fixture
def desk(hospital: Hospital) -> Desk:
    hospital.enrols()
    return Desk(hospital)


def test_what_never_left_is_tried_again_after_a_growing_time(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [NEVER_LEFT]
    text = desk.queues(Purpose.OPT_OUT_CONFIRMATION, "opted_out")
    waits = []
    for _ in range(13):
        send_all_due(hospital.app)
        waits.append((desk.text(text).due_at - hospital.clock.now()).total_seconds())
        hospital.clock.move(to=desk.text(text).due_at)
    assert waits == sorted(waits)
    assert 2.5 <= waits[0] <= 5
    assert LONGEST_RETRY.total_seconds() / 2 <= waits[-1] == waits[-2] <= LONGEST_RETRY.total_seconds()
    desk.gateway.answers = [ACCEPTED]
    send_all_due(hospital.app)
    assert desk.text(text).state is OutboundState.QUEUED
    assert [attempt.state for attempt in desk.attempts(text)] == [AttemptState.NEVER_LEFT] * 13 + [AttemptState.ACCEPTED]


def test_a_page_is_tried_again_within_a_twentieth_of_the_time_it_has_waited(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [NEVER_LEFT]
    text = desk.queues(Purpose.PAGE, "page_none", to="nurse-li")
    queued_at = hospital.clock.now()
    while hospital.clock.now() < queued_at + timedelta(hours=3):
        hospital.clock.move(to=desk.text(text).due_at)
        send_all_due(hospital.app)
        waited = hospital.clock.now() - queued_at
        assert desk.text(text).due_at - hospital.clock.now() <= max(timedelta(minutes=1), waited / 20)


def test_after_thousands_of_tries_the_wait_is_still_the_longest(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [NEVER_LEFT]
    text = desk.queues(Purpose.OPT_OUT_CONFIRMATION, "opted_out")
    with hospital.session() as session:
        session.get_one(OutboundMessage, text).attempts = 5000
        session.commit()
    send_all_due(hospital.app)
    assert LONGEST_RETRY / 2 <= desk.text(text).due_at - hospital.clock.now() <= LONGEST_RETRY


def test_a_worker_that_died_during_the_call_leaves_an_unknown_text(hospital: Hospital, desk: Desk) -> None:
    text = desk.queues()
    claimed_now(hospital)
    hospital.clock.move(seconds=LEASE.total_seconds())
    hospital.run_due()
    assert desk.text(text).state is OutboundState.CLAIMED
    hospital.clock.move(seconds=1)
    hospital.run_due()
    assert desk.text(text).state is OutboundState.UNKNOWN
    assert [attempt.state for attempt in desk.attempts(text)] == [AttemptState.UNKNOWN]
    assert desk.gateway.calls == []


def test_a_late_answer_to_the_same_lease_settles_the_unknown_text(hospital: Hospital, desk: Desk) -> None:
    text = desk.queues()
    (envelope,) = claimed_now(hospital)
    handed = hand_over(hospital.app, envelope)
    hospital.clock.move(seconds=LEASE.total_seconds() + 1)
    hospital.run_due()
    assert desk.text(text).state is OutboundState.UNKNOWN
    keep_results(hospital.app, [handed])
    assert desk.text(text).state is OutboundState.QUEUED
    assert [attempt.provider_sid for attempt in desk.attempts(text)] == [desk.gateway.calls[0].sid]


@pytest.mark.parametrize("late", [LOST, NEVER_LEFT, refused("21211"), ACCEPTED], ids=lambda answer: answer.outcome)
def test_a_late_answer_to_an_old_lease_decides_nothing(hospital: Hospital, desk: Desk, late: object) -> None:
    desk.gateway.answers = [late, ACCEPTED]  # type: ignore[list-item]
    text = desk.queues(Purpose.PAGE, "page_none", to="nurse-li")
    (envelope,) = claimed_now(hospital)
    handed = hand_over(hospital.app, envelope)
    hospital.clock.move(seconds=LEASE.total_seconds() + 1)
    hospital.run_due()
    hospital.clock.move(seconds=LAST_LOOK.total_seconds() + 1)
    hospital.run_due()
    before = desk.text(text)
    keep_results(hospital.app, [handed])
    assert (desk.text(text).state, desk.text(text).due_at, desk.text(text).lease) == (OutboundState.QUEUED, before.due_at, 2)
    assert desk.attempts(text)[0].state is handed.result.outcome
    assert hospital.escalations() == []


@pytest.mark.parametrize("code", ["21211", "99999"])
def test_a_number_that_takes_no_texts_is_brought_to_a_person_once(hospital: Hospital, desk: Desk, code: str) -> None:
    desk.gateway.answers = [refused(code), ACCEPTED]
    text = desk.queues(Purpose.QUESTION, "question.temperature")
    hospital.move(minutes=30)
    assert desk.text(text).state is OutboundState.FAILED
    assert hospital.the_escalation().reasons == ["UNDELIVERABLE"]
    assert [call.to for call in desk.gateway.calls].count("+8613800138000") == 1


def test_a_number_that_the_provider_knows_as_opted_out_gets_no_more_texts(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [refused("21610"), ACCEPTED]
    desk.queues(Purpose.QUESTION, "question.temperature")
    waiting = desk.queues(Purpose.QUESTION, "question.temperature", due_at=hospital.clock.now() + timedelta(minutes=1))
    hospital.move(minutes=30)
    assert hospital.participant().opted_out_by is OptOutSource.PROVIDER
    assert hospital.the_escalation().reasons == ["OPTED_OUT"]
    assert desk.text(waiting).not_sent_reason == "opted_out"
    assert [call.to for call in desk.gateway.calls].count("+8613800138000") == 1


@pytest.mark.parametrize("code", ["20003", "30034"])
def test_a_mistake_in_our_configuration_loses_nothing(hospital: Hospital, desk: Desk, code: str) -> None:
    desk.gateway.answers = [refused(code)]
    text = desk.queues(Purpose.ALARM_ANSWER)
    for _ in range(5):
        hospital.run_due()
        assert desk.text(text).state is OutboundState.CREATED
        assert desk.text(text).due_at >= hospital.clock.now() + CONFIGURATION_RETRY
        hospital.clock.move(to=desk.text(text).due_at)
    assert hospital.escalations() == []
    desk.gateway.answers = [ACCEPTED]
    hospital.run_due()
    assert desk.text(text).state is OutboundState.QUEUED


def test_a_page_that_fails_reaches_the_next_person_at_once_and_nobody_without_end(hospital: Hospital) -> None:
    hospital.enrols()
    hospital.has_only_texts()
    desk = Desk(hospital, ACCEPTED)
    hospital.post_inbound("+8613800138000", "39.5")
    hospital.run_due()
    for _ in range(3):
        for call in [call for call in desk.gateway.calls if call.to == hospital.nurse.number]:
            desk.reports(call, "undelivered", "30005")
        hospital.run_due()
    paged = [call.to for call in desk.gateway.calls if call.to != "+8613800138000"]
    assert sorted(paged) == [hospital.nurse.number, hospital.nurse.number, hospital.doctor.number]


def test_one_answer_that_cannot_be_kept_does_not_take_the_others_with_it(hospital: Hospital, desk: Desk) -> None:
    texts = [desk.queues(), desk.queues()]
    first, second = [hand_over(hospital.app, envelope) for envelope in claimed_now(hospital)]
    same_sid = replace(second, result=first.result)
    keep_results(hospital.app, [first, same_sid])
    assert sorted(desk.text(text).state for text in texts) == [OutboundState.CLAIMED, OutboundState.QUEUED]


def test_every_code_has_one_class_and_an_unlisted_one_is_for_a_person() -> None:
    assert error_class("21211") is ErrorClass.BAD_NUMBER
    assert error_class("30004") is error_class("21610") is ErrorClass.OPTED_OUT
    assert error_class("20003") is ErrorClass.CONFIGURATION
    assert error_class("30003") is ErrorClass.PASSING
    assert {error_class(code) for code in ("30007", "21617", "12345", "", None)} == {ErrorClass.A_PERSON_LOOKS}


def test_every_purpose_says_how_to_handle_it() -> None:
    assert set(HANDLING) == set(Purpose)
    assert HANDLING[Purpose.PAGE].priority < min(handling.priority for purpose, handling in HANDLING.items() if purpose is not Purpose.PAGE)
