"""The outbox: each text is claimed by one worker, the most important first, and goes out only while it may and is of use."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from followup_service.extensions import db
from followup_service.jobs.send_outbox import hand_over, send_all_due
from followup_service.jobs.steps import run_steps
from followup_service.messaging.claim_due import LEASE, Envelope, claim_due
from followup_service.messaging.outbound_message import AttemptState, OutboundState
from followup_service.messaging.purposes import HANDLING, Purpose
from followup_service.participants.change_participant import change_contact, change_state, lock_participant, opt_out
from followup_service.participants.participant import OptOutSource, Participant, ParticipantState
from followup_service.protocol.paging_clock import Channel
from tests.hospital import Hospital
from tests.sending import ACCEPTED, NEVER_LEFT, Desk

WORKERS = 6


@pytest.fixture
def desk(hospital: Hospital) -> Desk:
    hospital.enrols()
    return Desk(hospital)


def test_several_workers_claim_each_text_once(hospital: Hospital, desk: Desk) -> None:
    queued = {desk.queues() for _ in range(40)}
    barrier = Barrier(WORKERS)
    with ThreadPoolExecutor(WORKERS) as pool:
        claims = list(pool.map(lambda _: claim_all(hospital, barrier), range(WORKERS)))
    attempts = [envelope.attempt_id for claimed in claims for envelope in claimed]
    assert len(attempts) == len(set(attempts)) == len(queued)
    assert {(desk.text(text).lease, desk.text(text).attempts, len(desk.attempts(text))) for text in queued} == {(1, 1, 1)}


def test_several_workers_send_each_text_once(hospital: Hospital, desk: Desk) -> None:
    for number in range(20):
        desk.queues(Purpose.ANSWER, "received", due_at=hospital.clock.now() - timedelta(seconds=number))
    with ThreadPoolExecutor(WORKERS) as pool:
        sent = sum(pool.map(lambda _: send_all_due(hospital.app), range(WORKERS)))
    assert sent == len(desk.gateway.calls) == len({call.callback_url for call in desk.gateway.calls}) == 20


def test_no_more_is_claimed_than_asked_for_however_the_database_joins(hospital: Hospital, desk: Desk) -> None:
    for _ in range(10):
        desk.queues()
    with hospital.session() as session:
        if session.get_bind().dialect.name == "postgresql":
            for way in ("hashjoin", "mergejoin", "hashagg", "sort", "bitmapscan", "indexscan", "material"):
                session.execute(text(f"SET LOCAL enable_{way} = off"))
        study, gateways = hospital.app.extensions["study"], {Channel.TEXT: "scripted"}
        claimed = claim_due(session, study, gateways, hospital.clock.now(), 3)
    assert claimed.count == 3


def test_a_page_goes_before_a_question_that_waited_longer(hospital: Hospital, desk: Desk) -> None:
    purposes = [Purpose.QUESTION, Purpose.ANSWER, Purpose.ALARM_ANSWER]
    for purpose in purposes:
        desk.queues(purpose, due_at=hospital.clock.now() - timedelta(hours=1))
    page = desk.queues(Purpose.PAGE, "page_none", to="nurse-li")
    assert claimed_now(hospital, limit=1)[0].to == hospital.nurse.number
    assert desk.text(page).state is OutboundState.CLAIMED
    assert [HANDLING[purpose].priority for purpose in Purpose if HANDLING[purpose].priority == 0] == [0]


def test_of_equal_importance_the_one_due_longest_goes_first(hospital: Hospital, desk: Desk) -> None:
    late, early = (desk.queues(due_at=hospital.clock.now() - timedelta(minutes=minutes)) for minutes in (1, 2))
    claimed_now(hospital, limit=1)
    assert (desk.text(early).state, desk.text(late).state) == (OutboundState.CLAIMED, OutboundState.CREATED)


def test_what_is_due_later_waits(hospital: Hospital, desk: Desk) -> None:
    text = desk.queues(due_at=hospital.clock.now() + timedelta(minutes=5))
    hospital.run_due()
    assert desk.gateway.calls == []
    hospital.clock.move(minutes=5)
    hospital.run_due()
    assert desk.text(text).state is OutboundState.QUEUED


def test_a_claimed_text_is_nobody_elses(hospital: Hospital, desk: Desk) -> None:
    desk.queues()
    assert len(claimed_now(hospital)) == 1
    assert claimed_now(hospital) == []


def test_a_worker_that_was_paused_past_its_lease_does_not_send(hospital: Hospital, desk: Desk) -> None:
    text = desk.queues()
    (envelope,) = claimed_now(hospital)
    hospital.clock.move(seconds=LEASE.total_seconds())
    hand_over(hospital.app, envelope)
    assert desk.gateway.calls == []
    hospital.clock.move(seconds=1)
    hospital.run_due()
    assert desk.text(text).state is OutboundState.UNKNOWN
    assert [attempt.state for attempt in desk.attempts(text)] == [AttemptState.UNKNOWN]
    assert desk.gateway.calls == []


def test_a_worker_within_its_lease_sends(hospital: Hospital, desk: Desk) -> None:
    desk.queues()
    (envelope,) = claimed_now(hospital)
    hospital.clock.move(seconds=LEASE.total_seconds() - 1)
    with hospital.app.app_context():
        run_steps()
    hand_over(hospital.app, envelope)
    assert len(desk.gateway.calls) == 1


def test_a_text_that_cannot_be_worded_does_not_hold_up_a_page(hospital: Hospital, desk: Desk) -> None:
    broken = [desk.queues(Purpose.ALARM_ANSWER, message) for message in ("page", "no_such_text", "question.no_such_question")]
    hospital.post_inbound("+8613800138000", "39.5")
    hospital.run_due()
    assert hospital.nurse.number in [call.to for call in desk.gateway.calls]
    assert {(desk.text(text).state, desk.text(text).not_sent_reason) for text in broken} == {(OutboundState.NOT_SENT, "cannot_be_worded")}


def test_what_came_too_late_is_not_sent_and_says_so(hospital: Hospital, desk: Desk) -> None:
    texts = [desk.queues(purpose, "page_none", to="nurse-li" if purpose is Purpose.PAGE else "PKU-001") for purpose in Purpose]
    hospital.clock.move(seconds=max(handling.useful_for.total_seconds() for handling in HANDLING.values()) + 1)
    send_all_due(hospital.app)
    assert desk.gateway.calls == []
    assert {(desk.text(text).state, desk.text(text).not_sent_reason) for text in texts} == {(OutboundState.NOT_SENT, "too_late")}


def test_the_provider_is_told_for_how_long_a_text_is_of_use(hospital: Hospital, desk: Desk) -> None:
    desk.queues(Purpose.QUESTION)
    hospital.clock.move(hours=1)
    send_all_due(hospital.app)
    assert desk.gateway.calls[0].useful_for == HANDLING[Purpose.QUESTION].useful_for - timedelta(hours=1)


Change = Callable[[Hospital, Participant], None]


def stops(hospital: Hospital, participant: Participant) -> None:
    opt_out(participant, OptOutSource.PARTICIPANT, hospital.clock.now(), "tests")


def becomes(state: ParticipantState) -> Change:
    def change(hospital: Hospital, participant: Participant) -> None:
        study = hospital.app.extensions["study"]
        change_state(db.session, participant, state, hospital.clock.now(), "tests", "tests", study=study)

    return change


CASES: list[tuple[Change, Purpose, str | None]] = [
    (stops, Purpose.QUESTION, "opted_out"),
    (stops, Purpose.ANSWER, "opted_out"),
    (stops, Purpose.ALARM_ANSWER, None),
    (stops, Purpose.OPT_OUT_CONFIRMATION, None),
    (becomes(ParticipantState.DECEASED), Purpose.QUESTION, "deceased"),
    (becomes(ParticipantState.DECEASED), Purpose.ANSWER, "deceased"),
    (becomes(ParticipantState.DECEASED), Purpose.ALARM_ANSWER, "deceased"),
    (becomes(ParticipantState.DECEASED), Purpose.CLOSING, "deceased"),
    (becomes(ParticipantState.PAUSED), Purpose.QUESTION, "paused"),
    (becomes(ParticipantState.PAUSED), Purpose.ANSWER, None),
    (becomes(ParticipantState.WITHDRAWN), Purpose.QUESTION, "withdrawn"),
    (becomes(ParticipantState.WITHDRAWN), Purpose.CLOSING, None),
]


def test_what_happened_between_planning_and_sending_counts(hospital: Hospital, desk: Desk) -> None:
    for number, (change, purpose, reason) in enumerate(CASES):
        code = f"PKU-1{number:02}"
        phone = hospital.enrols(code, f"+86138001381{number:02}")
        text = desk.queues(purpose, to=code)
        happens(hospital, change, code)
        send_all_due(hospital.app)
        assert desk.text(text).not_sent_reason == reason, CASES[number]
        assert (phone.number in [call.to for call in desk.gateway.calls]) == (reason is None), CASES[number]


def test_a_text_goes_to_the_number_and_in_the_language_of_the_moment_it_is_sent(hospital: Hospital, desk: Desk) -> None:
    text = desk.queues()

    def moves(hospital: Hospital, participant: Participant) -> None:
        study, now = hospital.app.extensions["study"], hospital.clock.now()
        change_contact(db.session, participant, now, "tests", study=study, country="CN", phone="13800138009", language="zh_Hans")

    happens(hospital, moves)
    send_all_due(hospital.app)
    assert [call.to for call in desk.gateway.calls] == ["+8613800138009"]
    assert desk.text(text).language == "zh_Hans"


def test_an_amendment_between_planning_and_sending_counts_and_the_row_says_which_version_was_sent(hospital: Hospital, desk: Desk) -> None:
    text = desk.queues(Purpose.QUESTION, "question.temperature")
    assert desk.text(text).protocol_version == "1.0"
    with amended(hospital, "2.0", "temperature", "New words: your temperature?"):
        send_all_due(hospital.app)
    assert [call.body for call in desk.gateway.calls] == ["New words: your temperature?"]
    sent = desk.text(text)
    assert (sent.language, sent.protocol_version, sent.parts) == ("en", "2.0", 1)
    with hospital.app.app_context():
        assert sent.body == "New words: your temperature?"


def test_what_perhaps_arrived_is_said_again_in_the_same_words(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [ACCEPTED]
    text = desk.queues(Purpose.QUESTION, "question.temperature")
    send_all_due(hospital.app)
    (first,) = desk.gateway.calls
    with amended(hospital, "2.0", "temperature", "New words: your temperature?"):
        desk.reports(first, "undelivered", "30003")
        hospital.clock.move(minutes=5)
        send_all_due(hospital.app)
    assert [call.body for call in desk.gateway.calls] == [first.body] * 2
    assert desk.text(text).protocol_version == "1.0"


def test_what_never_left_goes_out_in_the_words_of_the_moment_it_leaves(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [NEVER_LEFT, ACCEPTED]
    text = desk.queues(Purpose.QUESTION, "question.temperature")
    send_all_due(hospital.app)
    with amended(hospital, "2.0", "temperature", "New words: your temperature?"):
        hospital.clock.move(minutes=5)
        send_all_due(hospital.app)
    assert desk.gateway.calls[-1].body == "New words: your temperature?"
    assert desk.text(text).protocol_version == "2.0"


def test_a_text_in_a_language_whose_catalogue_is_gone_holds_up_no_other(hospital: Hospital, desk: Desk) -> None:
    lost, other = desk.queues(Purpose.ALARM_ANSWER), desk.queues(Purpose.PAGE, "page_none", to="nurse-li")

    def speaks(hospital: Hospital, participant: Participant) -> None:
        participant.language = "sv"

    happens(hospital, speaks)
    send_all_due(hospital.app)
    assert desk.text(lost).not_sent_reason == "cannot_be_worded"
    assert desk.text(other).state is OutboundState.QUEUED


@contextmanager
def amended(hospital: Hospital, version: str, question: str, words: str) -> Iterator[None]:
    """The service as it runs after an amendment that words a question anew."""
    study = hospital.app.extensions["study"]
    questions = dict(study.questions) | {question: replace(study.questions[question], text=words)}
    hospital.app.extensions["study"] = replace(study, version=version, questions=questions)
    hospital.app.extensions.pop("running_study", None)
    try:
        yield
    finally:
        hospital.app.extensions["study"] = study
        hospital.app.extensions.pop("running_study", None)


def happens(hospital: Hospital, change: Change, code: str = "PKU-001") -> None:
    with hospital.session() as session:
        change(hospital, lock_participant(session, hospital.participant(code).id))
        session.commit()


def claim_all(hospital: Hospital, barrier: Barrier) -> list[Envelope]:
    barrier.wait()
    claimed: list[Envelope] = []
    while more := claimed_now(hospital, limit=3):
        claimed += more
    return claimed


def claimed_now(hospital: Hospital, limit: int = 100) -> list[Envelope]:
    with hospital.app.app_context():
        study, gateways = hospital.app.extensions["study"], {Channel.TEXT: "scripted"}
        envelopes = claim_due(db.session, study, gateways, hospital.clock.now(), limit).envelopes
        db.session.commit()
    return envelopes
