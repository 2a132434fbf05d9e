"""Taking the conversation of a check-in one step on after a text: keep the answer, ask the next question or come to the end."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.checkins.ask_question import ask_question
from followup_service.checkins.checkin import CHECKIN_TRANSITIONS, Answer, Checkin, CheckinState
from followup_service.checkins.start_checkins import open_checkin
from followup_service.conversation.next_step import NextStep, next_step
from followup_service.messaging.outbox import drop_questions, queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.transitions import moved

DONE_TEXT = "checkin_done"
TIME_TO_ANSWER = timedelta(minutes=30)


def record_answer(
    session: Session, participant: Participant, checkin: Checkin, answer: str | None, inbound_id: UUID, now: datetime, *, study: Study
) -> bool:
    """Keep the answer, if the text was one, and go on. Returns whether a text to the participant was queued."""
    assert checkin.question is not None  # noqa: S101 - an asking check-in has one
    if answer is not None:
        keep_answer(session, checkin.id, checkin.question, answer, inbound_id, now)
    step = next_step(checkin.questions, checkin.question, answered=answer is not None, asked_again=checkin.asked_again)
    if step.ask is not None:
        return _put(session, participant, checkin, step, now, study)
    if not step.done:
        return False
    checkin.state, checkin.ended_at = moved(CHECKIN_TRANSITIONS, checkin.state, CheckinState.COMPLETED), now
    checkin.next_step_at = None
    record_event(participant, "checkin_completed", now, plan=checkin.plan, occurrence=checkin.occurrence)
    session.flush()
    return _go_on_with_another(session, participant, now, study) or _say_thanks(session, participant, checkin, now, study)


def keep_answer(session: Session, checkin_id: UUID, question: str, value: str, inbound_id: UUID, now: datetime) -> None:
    """Add an answer; an earlier one to the same question stays beside it."""
    session.add(Answer(checkin_id=checkin_id, question=question, value=value, inbound_id=inbound_id, answered_at=now))
    session.flush()


def ask_again(session: Session, participant: Participant, checkin: Checkin, now: datetime, *, study: Study) -> bool:
    """The open question comes back after something else, and may still come back once more after silence."""
    assert checkin.question is not None  # noqa: S101 - an asking check-in has one
    return _put(session, participant, checkin, NextStep(ask=checkin.question), now, study)


def _put(session: Session, participant: Participant, checkin: Checkin, step: NextStep, now: datetime, study: Study) -> bool:
    """Ask the next question, or the same again; while a more important questionnaire is open it waits for that one."""
    assert step.ask is not None  # noqa: S101 - the caller looked
    current = open_checkin(session, participant)
    if current is not None and current.id != checkin.id:
        checkin.question, checkin.next_step_at = step.ask, checkin.closes_at
        return False
    checkin.asked_again = step.again
    # Who is just answering gets the time to do so.
    checkin.closes_at = max(checkin.closes_at, now + TIME_TO_ANSWER)
    ask_question(session, participant, checkin, step.ask, now, study=study, in_reply_to=True)
    return True


def close_checkin(session: Session, participant: Participant, checkin: Checkin, because: str, now: datetime) -> None:
    """End a check-in without its remaining answers; what was answered counts."""
    checkin.state = moved(CHECKIN_TRANSITIONS, checkin.state, CheckinState.CLOSED)
    checkin.ended_at, checkin.closed_because, checkin.next_step_at = now, because, None
    drop_questions(session, participant, "checkin_closed", now, checkin.id)
    record_event(participant, "checkin_closed", now, plan=checkin.plan, occurrence=checkin.occurrence, because=because)


def _go_on_with_another(session: Session, participant: Participant, now: datetime, study: Study) -> bool:
    """A less important questionnaire may have been waiting for this one."""
    waiting = open_checkin(session, participant)
    if waiting is None or waiting.question is None:
        return False
    ask_question(session, participant, waiting, waiting.question, now, study=study, in_reply_to=True)
    return True


def _say_thanks(session: Session, participant: Participant, checkin: Checkin, now: datetime, study: Study) -> bool:
    queue_text(session, participant, Purpose.ANSWER, DONE_TEXT, now, study=study, checkin_id=checkin.id)
    return True
