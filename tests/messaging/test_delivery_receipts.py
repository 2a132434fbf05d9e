"""Callbacks arrive in any order, repeated, late, or about nothing: a text only moves forward, and every callback is kept."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from followup_service.messaging.delivery import FAILURES, PASSING_RETRY, Receipt, take_receipt
from followup_service.messaging.outbound_message import OUTBOUND_TRANSITIONS, Attempt, AttemptState, OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import OptOutSource
from tests.hospital import Hospital
from tests.sending import ACCEPTED, LOST, Call, Desk

ANY_WORD = st.sampled_from([*OutboundState, "scheduled", "receiving", "", "DELIVERED"])
ANY_CODE = st.sampled_from([None, "30003", "30005", "30008", "21610", "30007", "99999"])


@pytest.fixture
def desk(hospital: Hospital) -> Desk:
    hospital.enrols()
    return Desk(hospital)


@pytest.fixture
def call(hospital: Hospital, desk: Desk) -> Call:
    desk.queues()
    hospital.run_due()
    return desk.gateway.calls[0]


def the_state(desk: Desk) -> OutboundState:
    with desk.hospital.session() as session:
        return session.scalars(select(OutboundMessage).where(OutboundMessage.message == "received")).one().state


def test_each_word_moves_the_text_forward(desk: Desk, call: Call) -> None:
    states = []
    for word in ("queued", "sending", "sent", "delivered", "read"):
        desk.reports(call, word)
        states.append(the_state(desk))
    assert states == ["queued", "sending", "sent", "delivered", "read"]
    assert [receipt.applied for receipt in desk.receipts()].count(True) == 4


def test_in_whatever_order_they_come_a_delivered_text_stays_delivered(hospital: Hospital, desk: Desk) -> None:
    for order in permutations(("sending", "sent", "delivered")):
        text = desk.queues()
        hospital.run_due()
        for word in order:
            desk.reports(desk.gateway.calls[-1], word)
        assert desk.text(text).state is OutboundState.DELIVERED, order
    assert len(desk.receipts()) == 18


def test_repeated_ten_times_they_change_nothing_and_tell_nobody_twice(hospital: Hospital, desk: Desk, call: Call) -> None:
    for _ in range(10):
        desk.reports(call, "undelivered", "30005")
    assert [receipt.applied for receipt in desk.receipts()].count(True) == 1
    assert len(desk.receipts()) == 10
    assert hospital.the_escalation().reasons == ["UNDELIVERABLE"]
    assert hospital.the_escalation().version == 1


def test_delivered_after_a_failure_corrects_it(desk: Desk, call: Call) -> None:
    desk.reports(call, "undelivered", "30005")
    desk.reports(call, "delivered")
    assert the_state(desk) is OutboundState.DELIVERED


def test_a_failure_after_delivered_is_kept_and_changes_nothing(hospital: Hospital, desk: Desk, call: Call) -> None:
    desk.reports(call, "delivered")
    desk.reports(call, "failed", "30005")
    assert the_state(desk) is OutboundState.DELIVERED
    assert hospital.escalations() == []


def test_a_word_that_nobody_knows_is_kept_and_changes_nothing(desk: Desk, call: Call) -> None:
    for word in ("teleported", "", "claimed", "not_sent", "created", "unknown"):
        desk.reports(call, word)
    assert the_state(desk) is OutboundState.QUEUED
    assert [receipt.applied for receipt in desk.receipts()] == [False] * 6


def test_upper_case_and_spaces_are_the_same_word(desk: Desk, call: Call) -> None:
    desk.reports(call, " Delivered ")
    assert the_state(desk) is OutboundState.DELIVERED


def test_a_callback_before_our_own_call_returned_counts(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.while_sending = lambda call: desk.reports(call, "delivered")
    text = desk.queues()
    hospital.run_due()
    assert desk.text(text).state is OutboundState.DELIVERED
    assert [(attempt.state, attempt.provider_sid) for attempt in desk.attempts(text)] == [
        (AttemptState.ACCEPTED, desk.gateway.calls[0].sid)
    ]


def test_what_failed_before_our_own_call_gave_up_goes_again(hospital: Hospital, desk: Desk) -> None:
    def fails_meanwhile(call: Call) -> None:
        if len(desk.gateway.calls) == 1:
            desk.reports(call, "sent")
            desk.reports(call, "undelivered", "30003")

    desk.gateway.answers, desk.gateway.while_sending = [LOST, ACCEPTED], fails_meanwhile
    text = desk.queues()
    hospital.run_due()
    assert desk.text(text).state is OutboundState.CREATED
    hospital.clock.move(seconds=PASSING_RETRY.total_seconds())
    hospital.run_due()
    assert [(attempt.state, attempt.provider_sid) for attempt in desk.attempts(text)] == [
        (AttemptState.ACCEPTED, call.sid) for call in desk.gateway.calls
    ]
    assert desk.text(text).state is OutboundState.QUEUED


def test_a_lost_answer_is_settled_by_the_callback_that_carries_our_id(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [LOST]
    text = desk.queues()
    hospital.run_due()
    desk.reports(desk.gateway.calls[0], "sent")
    hospital.move(minutes=30)
    assert desk.text(text).state is OutboundState.SENT
    assert hospital.escalations() == []
    assert len(desk.gateway.calls) == 1


def test_a_callback_without_our_id_is_found_by_the_providers(hospital: Hospital, desk: Desk, call: Call) -> None:
    values = {"AccountSid": hospital.app.extensions["config"].twilio_account_sid, "MessageSid": call.sid, "MessageStatus": "delivered"}
    assert hospital.post_signed("/sms/status", values).status_code == 200
    assert the_state(desk) is OutboundState.DELIVERED


def test_a_callback_about_another_message_changes_nothing(desk: Desk, call: Call) -> None:
    desk.reports(call, "delivered", sid="SM" + "f" * 32)
    assert the_state(desk) is OutboundState.QUEUED


def test_a_callback_to_an_attempt_that_was_given_up_does_not_fail_the_next_one(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [LOST, ACCEPTED]
    text = desk.queues(Purpose.PAGE, "page_none", to="nurse-li")
    hospital.run_due()
    hospital.clock.move(minutes=11)
    hospital.run_due()
    first, second = desk.gateway.calls
    desk.reports(first, "failed", "30005")
    assert desk.text(text).state is OutboundState.QUEUED
    desk.reports(second, "delivered")
    assert desk.text(text).state is OutboundState.DELIVERED


def test_a_passing_failure_is_tried_again_a_few_times_and_then_brought_to_a_person(hospital: Hospital, desk: Desk) -> None:
    text = desk.queues(Purpose.ANSWER)
    for attempt in range(3):
        hospital.move(minutes=3)
        assert len(desk.gateway.calls) == attempt + 1
        assert hospital.escalations() == []
        desk.reports(desk.gateway.calls[-1], "undelivered", "30003")
    hospital.move(hours=2)
    assert len(desk.gateway.calls) == 3
    assert desk.text(text).state is OutboundState.UNDELIVERED
    assert hospital.the_escalation().reasons == ["UNDELIVERABLE"]


def test_delivered_before_the_next_attempt_left_stops_it(hospital: Hospital, desk: Desk, call: Call) -> None:
    desk.reports(call, "undelivered", "30003")
    assert the_state(desk) is OutboundState.CREATED
    desk.reports(call, "delivered")
    hospital.move(minutes=10)
    assert the_state(desk) is OutboundState.DELIVERED
    assert len(desk.gateway.calls) == 1


def test_blocked_at_the_carrier_is_an_opt_out_with_its_source(hospital: Hospital, desk: Desk, call: Call) -> None:
    desk.reports(call, "undelivered", "30004")
    assert hospital.participant().opted_out_by is OptOutSource.PROVIDER
    assert hospital.the_escalation().reasons == ["OPTED_OUT"]


def test_a_text_to_an_unknown_number_that_fails_breaks_nothing(hospital: Hospital) -> None:
    desk = Desk(hospital)
    hospital.post_inbound("+8613700000000", "hello")
    hospital.run_due()
    (call,) = [call for call in desk.gateway.calls if call.to == "+8613700000000"]
    desk.reports(call, "undelivered", "30005")
    assert desk.receipts()[0].applied


def test_a_forged_callback_changes_nothing(hospital: Hospital, desk: Desk, call: Call) -> None:
    values = {"AccountSid": hospital.app.extensions["config"].twilio_account_sid, "MessageSid": call.sid, "MessageStatus": "failed"}
    response = hospital.client.post(call.path, data=values, headers={"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="})
    assert response.status_code == 403
    assert the_state(desk) is OutboundState.QUEUED
    assert desk.receipts() == []


def test_no_sequence_of_callbacks_moves_a_text_but_along_the_table(hospital: Hospital, desk: Desk, call: Call) -> None:
    """From every state that a text can be in, with whatever words and codes."""
    with hospital.session() as session:
        message = session.scalars(select(OutboundMessage).where(OutboundMessage.message == "received")).one()
        attempt = session.scalars(select(Attempt)).one()

        @settings(max_examples=60, deadline=None, database=None)
        @given(start=st.sampled_from(OutboundState), words=st.lists(st.tuples(ANY_WORD, ANY_CODE), max_size=8))
        def property_holds(start: OutboundState, words: list[tuple[str, str | None]]) -> None:
            message.state, message.attempts = start, 1
            for word, code in words:
                before = message.state
                take_receipt(session, Receipt(attempt.id, call.sid, word, code), hospital.clock.now())
                _assert_follows(before, message.state)

        with session.no_autoflush:
            property_holds()


def _assert_follows(before: OutboundState, after: OutboundState) -> None:
    """One step of the table, or the two of a failure that is tried again."""
    retried = after is OutboundState.CREATED and bool(FAILURES & OUTBOUND_TRANSITIONS[before])
    assert after is before or after in OUTBOUND_TRANSITIONS[before] or retried, f"{before} -> {after}"
    if before in (OutboundState.DELIVERED, OutboundState.READ):
        assert after in (OutboundState.DELIVERED, OutboundState.READ)
    if before is OutboundState.READ:
        assert after is before
