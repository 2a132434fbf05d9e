"""A person of the team and a participant write to each other: the service's own texts wait, alarms and what follows them do not."""

from datetime import timedelta

from followup_service.messaging.end_conversation import end_conversation
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.write_text import CONVERSATION, write_text
from tests.hospital import Hospital
from tests.sending import Desk

# The desk's provider takes a text, and says no more of it.
LEFT = OutboundState.QUEUED


def writes(hospital: Hospital, message: str = "write_how_now", code: str = "PKU-001") -> None:
    with hospital.changing(code) as (session, participant):
        write_text(session, participant, message, "", hospital.clock.now(), "li.na", study=hospital.app.extensions["study"])


def questions(hospital: Hospital) -> list[OutboundMessage]:
    return hospital.outbox(Purpose.QUESTION)


def test_questions_wait_two_hours_and_then_go_out_by_themselves(hospital: Hospital) -> None:
    hospital.enrols()
    writes(hospital)
    hospital.move(seconds=11)
    Desk(hospital).queues(Purpose.QUESTION, "question.temperature")
    hospital.run_due()
    assert [row.state for row in questions(hospital)] == [OutboundState.CREATED]
    hospital.move(hours=2)
    assert [row.state for row in questions(hospital)] == [LEFT]


def test_they_go_out_at_once_when_the_conversation_is_ended(hospital: Hospital) -> None:
    hospital.enrols()
    writes(hospital)
    hospital.move(seconds=11)
    Desk(hospital).queues(Purpose.QUESTION, "question.temperature")
    hospital.run_due()
    with hospital.changing() as (session, participant):
        end_conversation(session, participant, hospital.clock.now(), "li.na", study=hospital.app.extensions["study"])
    hospital.run_due()
    assert [row.state for row in questions(hospital)] == [LEFT]
    assert [event.actor for event in hospital.events("conversation_ended")] == ["li.na"]


def test_what_would_be_of_no_use_afterwards_says_why_it_was_not_sent(hospital: Hospital) -> None:
    hospital.enrols()
    writes(hospital)
    soon = hospital.clock.now() + timedelta(minutes=30)
    Desk(hospital).queues(Purpose.QUESTION, "question.temperature", useful_until=soon)
    hospital.run_due()
    assert [(row.state, row.not_sent_reason) for row in questions(hospital)] == [(OutboundState.NOT_SENT, "in_conversation")]


def test_an_alarm_is_paged_and_answered_in_the_middle_of_a_conversation(hospital: Hospital) -> None:
    phone = hospital.enrols()
    writes(hospital)
    hospital.move(seconds=11)
    phone.texts("39,2 and shaking")
    assert hospital.nurse.was_paged("emergency")
    assert phone.messages(Purpose.ALARM_ANSWER)[-1].state is OutboundState.DELIVERED


def test_the_morning_after_an_alarm_is_asked_also_while_a_person_writes(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("39.5")
    hospital.nurse.texts("2")
    due = hospital.the_escalation().follow_up_at
    assert due is not None
    hospital.clock.move(to=due - timedelta(minutes=1))
    writes(hospital)
    hospital.move(minutes=2)
    assert [row.state for row in phone.messages(Purpose.FOLLOW_UP)] == [OutboundState.DELIVERED]


def test_any_answer_comes_to_the_list_while_somebody_waits_for_it_and_only_then(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("36.8")
    assert hospital.escalations() == []
    writes(hospital, "write_measured_again")
    hospital.move(seconds=11)
    phone.texts("36.9")
    assert hospital.the_escalation().reasons == ["REPLY_TO_A_PERSON"]
    assert hospital.the_escalation().level == "review"
    hospital.clock.move(hours=CONVERSATION.total_seconds() / 3600)
    phone.texts("37.0")
    assert hospital.the_escalation().version == 1


def test_another_text_makes_the_conversation_longer(hospital: Hospital) -> None:
    hospital.enrols()
    writes(hospital)
    hospital.move(seconds=11)
    Desk(hospital).queues(Purpose.QUESTION, "question.temperature")
    hospital.run_due()
    hospital.clock.move(hours=1)
    writes(hospital, "write_read")
    hospital.move(minutes=61)
    assert [row.state for row in questions(hospital)] == [OutboundState.CREATED]
    hospital.move(minutes=61)
    assert [row.state for row in questions(hospital)] == [LEFT]
