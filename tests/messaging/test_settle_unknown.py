"""A text of which nobody knows whether it left is looked for at the provider; it goes again only where it certainly did not leave."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from followup_service.jobs.send_outbox import hand_over, keep_results
from followup_service.jobs.steps import run_steps
from followup_service.messaging.claim_due import LEASE
from followup_service.messaging.delivery import FIRST_LOOK
from followup_service.messaging.gateways.gateway import SentText
from followup_service.messaging.outbound_message import Attempt, AttemptState, OutboundState
from followup_service.messaging.outbox import stop_texts
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.settle_unknown import LAST_LOOK, SECOND_THOUGHT, settle_unknown
from tests.hospital import Hospital
from tests.messaging.test_outbox import claimed_now
from tests.sending import ACCEPTED, LOST, Call, Desk

PARTICIPANT = "+8613800138000"


@pytest.fixture
def desk(hospital: Hospital) -> Desk:
    hospital.enrols()
    desk = Desk(hospital)
    desk.gateway.answers = [LOST, ACCEPTED]
    return desk


def listed(call: Call, status: str = "sent", sid: str = "SMlisted", later: float = 1) -> SentText:
    """The text of a call as the provider's list shows it; it was made just now, or so many seconds later."""
    return SentText(sid, call.body, NOW[0] + timedelta(seconds=later), status, None)


NOW = [timedelta()]


def loses(hospital: Hospital, desk: Desk, purpose: Purpose = Purpose.QUESTION, **values: object) -> UUID:
    """A text whose answer was lost."""
    to = {"to": "nurse-li"} if purpose is Purpose.PAGE else {}
    message = "page_none" if purpose is Purpose.PAGE else "question.temperature" if purpose is Purpose.QUESTION else "received"
    text = desk.queues(purpose, message, **to, **values)
    NOW[0] = hospital.clock.now()  # type: ignore[call-overload]
    hospital.run_due()
    assert desk.text(text).state is OutboundState.UNKNOWN
    return text


def to_participant(desk: Desk) -> list[Call]:
    return [call for call in desk.gateway.calls if call.to == PARTICIPANT]


def after(hospital: Hospital, wait: timedelta) -> None:
    hospital.clock.move(seconds=wait.total_seconds())
    hospital.run_due()


def test_what_is_in_the_list_was_taken_and_has_the_status_it_has_there(hospital: Hospital, desk: Desk) -> None:
    text = loses(hospital, desk)
    desk.gateway.taken = [listed(desk.gateway.calls[0], "delivered")]
    after(hospital, FIRST_LOOK - timedelta(seconds=1))
    assert desk.text(text).state is OutboundState.UNKNOWN
    after(hospital, timedelta(seconds=1))
    assert desk.text(text).state is OutboundState.DELIVERED
    assert [(attempt.state, attempt.provider_sid) for attempt in desk.attempts(text)] == [(AttemptState.ACCEPTED, "SMlisted")]
    after(hospital, 2 * LAST_LOOK)
    assert len(to_participant(desk)) == 1


def test_a_listed_text_that_failed_is_brought_to_a_person(hospital: Hospital, desk: Desk) -> None:
    text = loses(hospital, desk)
    desk.gateway.taken = [SentText("SM1", desk.gateway.calls[0].body, hospital.clock.now(), "undelivered", "30005")]
    after(hospital, FIRST_LOOK)
    assert desk.text(text).state is OutboundState.UNDELIVERED
    assert hospital.the_escalation().reasons == ["UNDELIVERABLE"]


def test_what_two_looks_in_ten_minutes_do_not_find_goes_again(hospital: Hospital, desk: Desk) -> None:
    text = loses(hospital, desk)
    after(hospital, FIRST_LOOK)
    after(hospital, LAST_LOOK - FIRST_LOOK - timedelta(seconds=1))
    assert len(to_participant(desk)) == 1
    after(hospital, timedelta(seconds=1))
    assert [call.body for call in to_participant(desk)] == [desk.gateway.calls[0].body] * 2
    assert desk.text(text).state is OutboundState.QUEUED
    assert [attempt.state for attempt in desk.attempts(text)] == [AttemptState.UNKNOWN, AttemptState.ACCEPTED]
    assert hospital.escalations() == []


def test_one_look_is_not_enough_for_a_participants_text(hospital: Hospital, desk: Desk) -> None:
    loses(hospital, desk)
    after(hospital, LAST_LOOK)
    assert len(to_participant(desk)) == 1
    after(hospital, timedelta(minutes=1))
    assert len(to_participant(desk)) == 2


def test_a_provider_that_cannot_be_asked_proves_nothing(hospital: Hospital, desk: Desk) -> None:
    text = loses(hospital, desk)
    desk.gateway.silent = True
    for _ in range(30):
        after(hospital, timedelta(minutes=1))
    assert desk.text(text).state is OutboundState.UNKNOWN
    assert len(to_participant(desk)) == 1
    desk.gateway.silent = False
    desk.gateway.taken = [listed(desk.gateway.calls[0], "delivered")]
    after(hospital, timedelta(minutes=1))
    assert desk.text(text).state is OutboundState.DELIVERED


def test_a_page_goes_again_after_ten_minutes_also_where_nobody_can_be_asked(hospital: Hospital, desk: Desk) -> None:
    text = loses(hospital, desk, Purpose.PAGE)
    desk.gateway.silent = True
    after(hospital, FIRST_LOOK)
    after(hospital, LAST_LOOK - FIRST_LOOK)
    assert [call.to for call in desk.gateway.calls] == [hospital.nurse.number] * 2
    assert desk.text(text).state is OutboundState.QUEUED


def test_what_is_no_longer_of_use_is_not_sent_and_a_person_hears_of_it(hospital: Hospital, desk: Desk) -> None:
    text = loses(hospital, desk, useful_until=hospital.clock.now() + timedelta(minutes=5))
    after(hospital, FIRST_LOOK)
    after(hospital, LAST_LOOK)
    assert (desk.text(text).state, desk.text(text).not_sent_reason) == (OutboundState.NOT_SENT, "unknown_whether_sent")
    assert hospital.the_escalation().reasons == ["UNDELIVERABLE"]
    assert len(to_participant(desk)) == 1


def test_a_late_word_that_it_arrived_corrects_even_that(hospital: Hospital, desk: Desk) -> None:
    text = loses(hospital, desk, useful_until=hospital.clock.now() + timedelta(minutes=5))
    after(hospital, FIRST_LOOK)
    after(hospital, LAST_LOOK)
    desk.reports(desk.gateway.calls[0], "delivered")
    assert (desk.text(text).state, desk.text(text).not_sent_reason) == (OutboundState.DELIVERED, None)


OTHERS: list[tuple[str, Callable[[Call], SentText]]] = [
    ("other words", lambda call: SentText("SM1", call.body + " ", NOW[0], "sent", None)),
    ("made yesterday", lambda call: listed(call, later=-86400)),
    ("made tomorrow", lambda call: listed(call, later=86400)),
]


@pytest.mark.parametrize(("name", "other"), OTHERS, ids=[name for name, _ in OTHERS])
def test_another_text_is_not_taken_for_it(hospital: Hospital, desk: Desk, name: str, other: Callable[[Call], SentText]) -> None:
    loses(hospital, desk)
    desk.gateway.taken = [other(desk.gateway.calls[0])]
    after(hospital, FIRST_LOOK)
    after(hospital, LAST_LOOK)
    assert len(to_participant(desk)) == 2


@pytest.mark.parametrize("hours", [2, -2])
def test_clocks_that_differ_hide_nothing(hospital: Hospital, desk: Desk, hours: int) -> None:
    text = loses(hospital, desk)
    desk.gateway.taken = [listed(desk.gateway.calls[0], later=hours * 3600)]
    after(hospital, FIRST_LOOK)
    assert desk.text(text).state is OutboundState.SENT


def test_of_two_texts_with_the_same_words_each_finds_its_own(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [LOST]
    texts = [desk.queues(), desk.queues()]
    NOW[0] = hospital.clock.now()  # type: ignore[call-overload]
    hospital.run_due()
    call = desk.gateway.calls[0]
    desk.gateway.taken = [listed(call, sid="SMfirst"), listed(call, sid="SMsecond", later=2)]
    after(hospital, FIRST_LOOK)
    assert sorted(desk.attempts(text)[0].provider_sid or "" for text in texts) == ["SMfirst", "SMsecond"]
    assert {desk.text(text).state for text in texts} == {OutboundState.SENT}


def test_of_two_texts_with_the_same_words_one_arrived_and_one_goes_again(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [LOST, LOST, ACCEPTED]
    texts = [desk.queues(), desk.queues()]
    NOW[0] = hospital.clock.now()  # type: ignore[call-overload]
    hospital.run_due()
    desk.gateway.taken = [listed(desk.gateway.calls[0])]
    after(hospital, FIRST_LOOK)
    assert sorted(desk.text(text).state for text in texts) == [OutboundState.SENT, OutboundState.UNKNOWN]
    after(hospital, LAST_LOOK)
    assert len(to_participant(desk)) == 3
    assert sorted(desk.text(text).state for text in texts) == [OutboundState.QUEUED, OutboundState.SENT]


@pytest.mark.parametrize("status", ["sent", "delivered", "queued"])
def test_a_callback_that_comes_while_it_waits_to_go_again_stops_it(hospital: Hospital, desk: Desk, status: str) -> None:
    text = loses(hospital, desk)
    after(hospital, FIRST_LOOK)
    hospital.clock.move(seconds=LAST_LOOK.total_seconds())
    with hospital.app.app_context():
        run_steps()
    assert desk.text(text).state is OutboundState.CREATED
    desk.reports(desk.gateway.calls[0], status)
    hospital.run_due()
    assert len(to_participant(desk)) == 1
    assert desk.text(text).state.value == status


def is_looked_for_in_vain(hospital: Hospital) -> None:
    with hospital.app.app_context():
        for wait in (LEASE + timedelta(seconds=1), FIRST_LOOK, LAST_LOOK):
            hospital.clock.move(seconds=wait.total_seconds())
            run_steps()


def test_an_answer_that_comes_while_it_waits_to_go_again_stops_it(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [ACCEPTED]
    text = desk.queues(Purpose.QUESTION, "question.temperature")
    (envelope,) = claimed_now(hospital)
    handed = hand_over(hospital.app, envelope)
    is_looked_for_in_vain(hospital)
    assert desk.text(text).state is OutboundState.CREATED
    keep_results(hospital.app, [handed])
    hospital.run_due()
    assert len(to_participant(desk)) == 1
    assert desk.text(text).state is OutboundState.QUEUED


def test_an_attempt_of_a_version_that_kept_no_number_goes_to_a_person(hospital: Hospital, desk: Desk) -> None:
    text = loses(hospital, desk, useful_until=hospital.clock.now() + timedelta(hours=1))
    with hospital.session() as session:
        session.get_one(Attempt, desk.attempts(text)[0].id).to_phone = None
        session.commit()
    after(hospital, LAST_LOOK)
    assert desk.text(text).state is OutboundState.UNKNOWN
    after(hospital, timedelta(hours=1))
    assert hospital.the_escalation().reasons == ["UNDELIVERABLE"]
    assert len(to_participant(desk)) == 1


def test_nobody_is_asked_where_nothing_is_unknown(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [ACCEPTED]
    desk.queues()
    desk.gateway.sent_to = None  # type: ignore[assignment,method-assign]
    after(hospital, LAST_LOOK)
    assert len(to_participant(desk)) == 1


def test_of_two_with_the_same_words_so_many_as_left_count_as_sent_and_the_other_goes_again(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [LOST, LOST, ACCEPTED]
    first, second = loses(hospital, desk), loses(hospital, desk)
    desk.gateway.taken = [listed(desk.gateway.calls[1], sid="SMone")]
    after(hospital, FIRST_LOOK)
    assert {desk.text(first).state, desk.text(second).state} == {OutboundState.SENT, OutboundState.UNKNOWN}
    # Whose it was, is said late; what it says is about the text at the provider.
    desk.reports(desk.gateway.calls[1], "delivered", sid="SMone")
    assert desk.text(first).state is OutboundState.DELIVERED
    after(hospital, LAST_LOOK)
    assert len(to_participant(desk)) == 3
    assert [desk.text(text).state for text in (first, second)] == [OutboundState.DELIVERED, OutboundState.QUEUED]


def test_two_with_the_same_words_that_both_left_go_no_more(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [LOST, LOST, ACCEPTED]
    texts = [loses(hospital, desk), loses(hospital, desk)]
    desk.gateway.taken = [listed(call, sid=f"SM{number}") for number, call in enumerate(desk.gateway.calls)]
    after(hospital, FIRST_LOOK)
    after(hospital, 2 * LAST_LOOK)
    assert [desk.text(text).state for text in texts] == [OutboundState.SENT] * 2
    assert len(to_participant(desk)) == 2


def test_what_another_call_may_still_own_is_not_given_away(hospital: Hospital, desk: Desk) -> None:
    lost = loses(hospital, desk)
    after(hospital, FIRST_LOOK - timedelta(seconds=1))
    other = desk.queues(Purpose.QUESTION, "question.temperature")
    (envelope,) = claimed_now(hospital)
    # The provider has the other one's text, and its answer is still on the way.
    desk.gateway.taken = [listed(desk.gateway.calls[0], sid=f"SM{2:032x}")]
    after(hospital, timedelta(seconds=1))
    assert desk.text(lost).state is OutboundState.UNKNOWN
    keep_results(hospital.app, [hand_over(hospital.app, envelope)])
    assert desk.text(other).state is OutboundState.QUEUED
    after(hospital, LAST_LOOK)
    after(hospital, timedelta(minutes=1))
    assert [desk.text(text).state for text in (lost, other)] == [OutboundState.QUEUED] * 2
    assert len(to_participant(desk)) == 3


def test_what_was_looked_for_in_vain_before_another_began_is_the_others(hospital: Hospital, desk: Desk) -> None:
    """The same question, asked again: the first one never left, the second one did, and no answer came to either."""
    desk.gateway.answers = [LOST, LOST, ACCEPTED]
    first = loses(hospital, desk)
    after(hospital, FIRST_LOOK)
    second = loses(hospital, desk)
    desk.gateway.taken = [listed(to_participant(desk)[1])]
    after(hospital, FIRST_LOOK)
    assert [desk.text(text).state for text in (first, second)] == [OutboundState.UNKNOWN, OutboundState.SENT]
    after(hospital, LAST_LOOK)
    assert [desk.text(text).state for text in (first, second)] == [OutboundState.QUEUED, OutboundState.SENT]
    assert len(to_participant(desk)) == 3


def gives_up(hospital: Hospital, desk: Desk) -> UUID:
    """A question that two looks did not find, and that nobody needs any more when it would go again."""
    text = loses(hospital, desk)
    with hospital.app.app_context():
        for wait in (FIRST_LOOK, LAST_LOOK):
            hospital.clock.move(seconds=wait.total_seconds())
            run_steps()
    participant = hospital.participant()
    with hospital.session() as session:
        stop_texts(session, participant, "checkin_closed", hospital.clock.now(), also_answers=True)
        session.commit()
    assert desk.text(text).state is OutboundState.NOT_SENT
    return text


@pytest.mark.parametrize("status", ["sent", "delivered"])
def test_what_left_after_those_looks_is_found_later_and_our_books_say_so(hospital: Hospital, desk: Desk, status: str) -> None:
    text = gives_up(hospital, desk)
    desk.gateway.taken = [listed(to_participant(desk)[0], status)]
    after(hospital, SECOND_THOUGHT)
    assert (desk.text(text).state.value, desk.text(text).not_sent_reason) == (status, None)
    assert [attempt.provider_sid for attempt in desk.attempts(text)] == ["SMlisted"]
    assert len(to_participant(desk)) == 1


@pytest.mark.parametrize("status", ["sent", "delivered"])
def test_a_late_callback_of_what_was_given_up_corrects_our_books(hospital: Hospital, desk: Desk, status: str) -> None:
    text = gives_up(hospital, desk)
    desk.reports(to_participant(desk)[0], status)
    assert (desk.text(text).state.value, desk.text(text).not_sent_reason) == (status, None)


def test_what_was_given_up_and_failed_on_its_way_does_not_go_again(hospital: Hospital, desk: Desk) -> None:
    text = gives_up(hospital, desk)
    desk.reports(to_participant(desk)[0], "sent")
    desk.reports(to_participant(desk)[0], "undelivered", "30003")
    after(hospital, LAST_LOOK)
    assert desk.text(text).state is OutboundState.UNDELIVERED
    assert len(to_participant(desk)) == 1


def test_what_is_not_there_then_either_is_looked_for_no_more(hospital: Hospital, desk: Desk) -> None:
    text = gives_up(hospital, desk)
    after(hospital, SECOND_THOUGHT)
    desk.gateway.sent_to = None  # type: ignore[assignment,method-assign]
    after(hospital, 2 * SECOND_THOUGHT)
    assert desk.text(text).state is OutboundState.NOT_SENT
    assert [attempt.next_look_at for attempt in desk.attempts(text)] == [None]


def test_an_answer_that_nobody_knows_does_not_bring_back_what_was_given_up(hospital: Hospital, desk: Desk) -> None:
    desk.gateway.answers = [LOST]
    text = desk.queues(Purpose.QUESTION, "question.temperature")
    (envelope,) = claimed_now(hospital)
    handed = hand_over(hospital.app, envelope)
    is_looked_for_in_vain(hospital)
    participant = hospital.participant()
    with hospital.session() as session:
        stop_texts(session, participant, "checkin_closed", hospital.clock.now())
        session.commit()
    keep_results(hospital.app, [handed])
    after(hospital, 2 * SECOND_THOUGHT)
    assert desk.text(text).state is OutboundState.NOT_SENT
    assert len(to_participant(desk)) == 1


def test_two_workers_that_look_at_the_same_moment_are_one_look(hospital: Hospital, desk: Desk) -> None:
    text = loses(hospital, desk)
    hospital.clock.move(seconds=FIRST_LOOK.total_seconds())
    attempt = desk.attempts(text)[0]
    with hospital.session() as session:
        for _ in range(2):
            settle_unknown(session, attempt.id, (), hospital.clock.now())
        session.commit()
    assert desk.attempts(text)[0].looks == 1
