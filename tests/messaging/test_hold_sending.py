"""Holds: what stays, what still goes, who is told, and that a hold works at once on every worker."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest

from followup_service.audit import verify_chains
from followup_service.config import SendingCap
from followup_service.errors import Conflict, Refused
from followup_service.jobs.send_outbox import hand_over, send_all_due
from followup_service.jobs.worker import run_worker
from followup_service.messaging.hold_sending import hold_sending, holds_in_force, release_sending
from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.sending_hold import HELD_BACK, HoldCause, HoldScope
from tests.hospital import Hospital
from tests.messaging.test_outbox import claimed_now
from tests.sending import ACCEPTED, Call, Desk, refused

SECONDS_TO_HOLD = 5


@pytest.fixture
def desk(hospital: Hospital) -> Desk:
    hospital.enrols()
    return Desk(hospital)


def hold(hospital: Hospital, scope: HoldScope, cause: HoldCause = HoldCause.OPERATOR) -> None:
    with hospital.session() as session:
        hold_sending(session, scope, cause, "drill", hospital.clock.now(), "ops", study=hospital.app.extensions["study"])
        session.commit()


def release(hospital: Hospital, **values: bool) -> None:
    with hospital.session() as session:
        release_sending(session, hospital.clock.now(), "ops", study=hospital.app.extensions["study"], **values)
        session.commit()


def holds(hospital: Hospital) -> list[tuple[str, str]]:
    with hospital.session() as session:
        return [(hold.cause.value, hold.scope.value) for hold in holds_in_force(session)]


@contextmanager
def sending_cap(hospital: Hospital, texts: int, minutes: int = 60) -> Iterator[None]:
    config = hospital.app.extensions["config"]
    hospital.app.extensions["config"] = replace(config, sending_cap=SendingCap(texts, minutes))
    yield
    hospital.app.extensions["config"] = config


@pytest.mark.parametrize("scope", HoldScope)
def test_a_hold_keeps_back_what_it_says_and_a_release_lets_all_of_it_go(hospital: Hospital, desk: Desk, scope: HoldScope) -> None:
    hold(hospital, scope)
    texts = {purpose: desk.queues(purpose) for purpose in set(Purpose) - {Purpose.PAGE}}
    texts[Purpose.PAGE] = desk.queues(Purpose.PAGE, "page_none", to="nurse-li")
    send_all_due(hospital.app)
    held = {purpose for purpose, text in texts.items() if desk.text(text).state is OutboundState.CREATED}
    assert held == HELD_BACK[scope] & set(texts)
    assert {desk.text(texts[purpose]).attempts for purpose in held} == {0}
    release(hospital)
    send_all_due(hospital.app)
    assert {desk.text(text).state for text in texts.values()} == {OutboundState.QUEUED}


def test_a_fever_reaches_the_nurse_and_the_participant_hears_what_to_do_while_the_rest_is_on_hold(hospital: Hospital) -> None:
    hold(hospital, HoldScope.ALL_BUT_ALARMS)
    phone = hospital.enrols()
    phone.texts("39.5")
    assert hospital.nurse.was_paged("emergency")
    assert [text.purpose for text in phone.messages() if text.state is OutboundState.DELIVERED] == [Purpose.ALARM_ANSWER]


def test_a_hold_stops_what_a_worker_has_claimed_and_not_handed_over(hospital: Hospital, desk: Desk) -> None:
    text = desk.queues()
    (envelope,) = claimed_now(hospital)
    hold(hospital, HoldScope.ALL_BUT_ALARMS)
    handed = hand_over(hospital.app, envelope)
    assert handed is not None
    assert handed.result.error_code == "on_hold"
    assert desk.gateway.calls == []
    assert desk.text(text).body is not None


def test_the_kill_switch_works_within_seconds_on_all_workers(hospital: Hospital, desk: Desk) -> None:
    """Two workers in the middle of a long queue, at a provider that takes its time."""
    began: list[float] = []

    def takes_a_moment(_call: Call) -> None:
        began.append(time.monotonic())
        time.sleep(0.05)

    desk.gateway.while_sending = takes_a_moment
    texts = [desk.queues() for _ in range(60)]
    stop = Event()
    workers = [Thread(target=run_worker, args=(hospital.app, stop, 2)) for _ in range(2)]
    for worker in workers:
        worker.start()
    while len(began) < 4:
        time.sleep(0.01)
    hold(hospital, HoldScope.ALL_BUT_ALARMS)
    held_at = time.monotonic()
    time.sleep(1)
    stop.set()
    for worker in workers:
        worker.join()
    assert max(began) - held_at < SECONDS_TO_HOLD / 10
    assert len(began) < len(texts)
    states = {desk.text(text).state for text in texts}
    assert states == {OutboundState.QUEUED, OutboundState.CREATED}
    desk.gateway.while_sending = lambda _call: None
    release(hospital)
    hospital.clock.move(minutes=2)
    send_all_due(hospital.app)
    assert {desk.text(text).state for text in texts} == {OutboundState.QUEUED}
    assert len(desk.gateway.calls) == len(texts)


def test_a_hold_is_in_the_audit_trail_with_who_and_when(hospital: Hospital) -> None:
    hold(hospital, HoldScope.UNASKED)
    hospital.clock.move(minutes=5)
    hold(hospital, HoldScope.EVERYTHING)
    release(hospital)
    assert [(event.action, event.actor, event.detail["scope"]) for event in hospital.events() if event.action.startswith("sending")] == [
        ("sending_held", "ops", "unasked"),
        ("sending_released", "ops", "unasked"),
        ("sending_held", "ops", "everything"),
        ("sending_released", "ops", "everything"),
    ]
    with hospital.session() as session:
        assert list(verify_chains(session)) == []
    with pytest.raises(Conflict):
        release(hospital)


@pytest.mark.parametrize("code", ["20003", "21408"])
def test_a_configuration_error_holds_the_queue_tells_the_operator_once_and_loses_nothing(hospital: Hospital, desk: Desk, code: str) -> None:
    operator = hospital.employs("ops-an", "+8613900000009", role="coordinator")
    hospital.runs("staff", "mark", "ops-an", "--site", "PKU", "--operator")
    desk.gateway.answers = [refused(code)]
    texts = [desk.queues() for _ in range(3)]
    hospital.run_due()
    assert holds(hospital) == [("configuration", "all_but_alarms")]
    hospital.move(minutes=5)
    pages = operator.messages(Purpose.PAGE)
    assert [page.message for page in pages] == ["page_hold_configuration"]
    assert code in str(pages[0].body)
    assert [call.to for call in desk.gateway.calls].count("+8613800138000") <= len(texts)
    assert {desk.text(text).state for text in texts} == {OutboundState.CREATED}
    assert hospital.escalations() == []
    desk.gateway.answers = [ACCEPTED]
    release(hospital)
    hospital.move(minutes=1)
    assert {desk.text(text).state for text in texts} == {OutboundState.QUEUED}


def test_a_configuration_error_that_comes_after_acceptance_holds_the_queue_too(hospital: Hospital, desk: Desk) -> None:
    text = desk.queues()
    hospital.run_due()
    desk.reports(desk.gateway.calls[0], "undelivered", "30034")
    assert holds(hospital) == [("configuration", "all_but_alarms")]
    assert desk.text(text).state is OutboundState.CREATED
    assert hospital.escalations() == []
    release(hospital)
    hospital.move(minutes=2)
    assert len(desk.gateway.calls) == 2


def test_a_refused_page_goes_on_to_the_next_person_although_the_queue_is_on_hold(hospital: Hospital) -> None:
    """An error of our settings may be one of a single country."""
    hospital.enrols()
    desk = Desk(hospital, ACCEPTED)
    hospital.has_only_texts()
    desk.gateway.refuses = {hospital.nurse.number: "21408"}
    hospital.post_inbound("+8613800138000", "39.5")
    hospital.run_due()
    hospital.move(minutes=1)
    assert holds(hospital) == [("configuration", "all_but_alarms")]
    assert hospital.doctor.number in [call.to for call in desk.gateway.calls]


def test_too_many_texts_at_once_stop_before_the_first_leaves_and_a_person_lets_them_go(hospital: Hospital, desk: Desk) -> None:
    operator = hospital.employs("ops-an", "+8613900000009", role="coordinator")
    hospital.runs("staff", "mark", "ops-an", "--site", "PKU", "--operator")
    with sending_cap(hospital, texts=5):
        questions = [desk.queues(Purpose.CLOSING, "withdrawn") for _ in range(6)]
        answer = desk.queues()
        hospital.post_inbound("+8613800138000", "39.5")
        hospital.run_due()
        assert holds(hospital) == [("mass_sending", "unasked")]
        assert {desk.text(text).state for text in questions} == {OutboundState.CREATED}
        assert desk.text(answer).state is OutboundState.QUEUED
        assert hospital.nurse.number in [call.to for call in desk.gateway.calls]
        assert [row.message for row in operator.messages(Purpose.PAGE)] == ["page_hold_mass_sending"]
        release(hospital)
        hospital.run_due()
        assert {desk.text(text).state for text in questions} == {OutboundState.QUEUED}
        assert holds(hospital) == []
        hospital.clock.move(seconds=1)
        more = [desk.queues(Purpose.CLOSING, "withdrawn") for _ in range(6)]
        hospital.run_due()
        assert holds(hospital) == [("mass_sending", "unasked")]
        assert {desk.text(text).state for text in more} == {OutboundState.CREATED}


def test_what_left_lately_counts_towards_the_cap_and_what_left_long_ago_does_not(hospital: Hospital, desk: Desk) -> None:
    with sending_cap(hospital, texts=5, minutes=10):
        for _ in range(2):
            for _ in range(4):
                desk.queues(Purpose.CLOSING, "withdrawn")
            hospital.run_due()
            hospital.clock.move(minutes=11)
        assert holds(hospital) == []
        for minutes in (0, 5):
            hospital.clock.move(minutes=minutes)
            for _ in range(3):
                desk.queues(Purpose.CLOSING, "withdrawn")
            hospital.run_due()
        assert holds(hospital) == [("mass_sending", "unasked")]


def test_after_a_restore_nothing_is_released_before_it_was_reconciled_unless_somebody_insists(hospital: Hospital) -> None:
    hold(hospital, HoldScope.EVERYTHING, HoldCause.RESTORE)
    with pytest.raises(Refused, match="flask outbox reconcile"):
        release(hospital)
    assert holds(hospital) == [("restore", "everything")]
    release(hospital, although_not_reconciled=True)
    assert holds(hospital) == []


def test_a_long_hold_sends_nothing_that_came_too_late(hospital: Hospital, desk: Desk) -> None:
    text = desk.queues(useful_until=hospital.clock.now() + timedelta(hours=2))
    hold(hospital, HoldScope.EVERYTHING)
    hospital.clock.move(hours=3)
    release(hospital)
    hospital.run_due()
    assert (desk.text(text).state, desk.text(text).not_sent_reason) == (OutboundState.NOT_SENT, "too_late")
