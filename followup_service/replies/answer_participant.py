"""What the participant hears back: first what to do about an alarm, then the next question of an open check-in, else a short word."""

from datetime import datetime
from unicodedata import normalize
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Checkin
from followup_service.checkins.record_answer import ask_again, close_checkin, keep_answer, record_answer
from followup_service.checkins.start_checkins import open_checkin, start_by_rule
from followup_service.conversation.reading import Command, Reading
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.protocol.definitions import CheckinPlan, Study
from followup_service.protocol.escalation_rules import EscalationDecision
from followup_service.protocol.findings import MeasurementSite
from followup_service.protocol.question_kinds import QuestionKind
from followup_service.protocol.rule_definitions import Level
from followup_service.reminders.answer_visit import answer_visit
from followup_service.replies.what_waits import SAID_WITHIN, Waiting

# Two machines that answer each other must run dry: the same words go out so often an hour, not more.
MOST_ALIKE_AN_HOUR = 2
_ALIKE = (
    select(func.count())
    .select_from(OutboundMessage)
    .where(
        OutboundMessage.participant_id == bindparam("participant_id"),
        OutboundMessage.created_at > bindparam("since"),
        OutboundMessage.message == bindparam("message"),
    )
)
WHERE_MEASURED = "where_measured"
QUESTION_FOR_TEAM = "QUESTION_FOR_TEAM"
_OBEYED = (Command.STOP, Command.START, Command.LANGUAGE)
_COMMAND_TEXTS = {Command.HELP: "help", Command.CALLBACK: "callback"}


def answer_participant(
    session: Session,
    participant: Participant,
    inbound: InboundMessage,
    reading: Reading,
    decision: EscalationDecision | None,
    waiting: Waiting,
    now: datetime,
    *,
    study: Study,
    corrects: bool = False,
) -> None:
    """Queue the answers to one text. In an emergency the questions end: a person calls.

    What comes in the middle of a check-in and is no answer is answered first, and then the question comes back.
    """
    if participant.state is ParticipantState.DECEASED:
        return
    checkin = waiting.checkin
    answer = _answer_of(reading, checkin, inbound, study) if checkin is not None else None
    told = decision is not None and decision.tell is not None
    if decision is not None and decision.tell is not None:
        purpose = Purpose.ANSWER if decision.level is Level.REVIEW else Purpose.ALARM_ANSWER
        _say(session, participant, purpose, decision.tell, inbound, waiting, now, study)
    if checkin is not None and decision is not None and decision.level is Level.EMERGENCY:
        _end_questions(session, participant, checkin, answer, inbound, now)
        return
    if decision is None or decision.level is not Level.EMERGENCY:
        told |= answer_visit(session, participant, waiting.visit, reading, inbound, now, study=study)
    asked = False
    if decision is None and _site_is_unknown(participant, reading):
        asked = start_by_rule(session, participant, study.checkins[WHERE_MEASURED], "once", now, study=study)
    asked = _ask_what_rules_ask(session, participant, inbound, decision, checkin, now, study) or asked
    word = _word_for(reading, corrects)
    if word is not None and answer is None and not told and not asked and participant.opted_out_at is None:
        _say(session, participant, Purpose.ANSWER, word, inbound, waiting, now, study)
        told = True
    if checkin is not None and checkin.ended_at is None:
        _learn_site(participant, answer)
        if corrects and told:
            ask_again(session, participant, checkin, now, study=study)
        else:
            record_answer(session, participant, checkin, answer, inbound.id, now, study=study)


def _end_questions(
    session: Session, participant: Participant, checkin: Checkin, answer: str | None, inbound: InboundMessage, now: datetime
) -> None:
    if answer is not None and checkin.question is not None:
        keep_answer(session, checkin.id, checkin.question, answer, inbound.id, now)
    while (asking := open_checkin(session, participant)) is not None:
        close_checkin(session, participant, asking, "escalated", now)
        session.flush()


def _answer_of(reading: Reading, checkin: Checkin, inbound: InboundMessage, study: Study) -> str | None:
    """The value for the open question; to an open one any words are the answer, and they stay in the text itself."""
    question = study.questions[checkin.question] if checkin.question else None
    if question is None:
        return reading.answer
    if question.choices:
        return _choice(question.choices, inbound.words) or (reading.answer if reading.answer in question.choices else None)
    if question.kind is QuestionKind.FREE_TEXT:
        return "text" if inbound.words.strip() else None
    return reading.answer


def _choice(choices: tuple[str, ...], body: str) -> str | None:
    """The choice behind a digit, however the phone writes digits."""
    digit = normalize("NFKC", body).strip(" .。)")
    return choices[int(digit) - 1] if digit.isdecimal() and 1 <= int(digit) <= len(choices) else None


def _site_is_unknown(participant: Participant, reading: Reading) -> bool:
    """Whether a temperature came without where it was measured, from somebody who was never asked: the armpit reads low."""
    told = participant.usual_site is None and participant.state is ParticipantState.ACTIVE and participant.opted_out_at is None
    return told and any(temperature.site is None for temperature in reading.findings.temperatures)


def _learn_site(participant: Participant, answer: str | None) -> None:
    if answer in set(MeasurementSite):
        participant.usual_site = answer


def _ask_what_rules_ask(
    session: Session,
    participant: Participant,
    inbound: InboundMessage,
    decision: EscalationDecision | None,
    checkin: Checkin | None,
    now: datetime,
    study: Study,
) -> bool:
    """Start the check-ins that the rules ask for, unless the question now open asks the same."""
    if decision is None or decision.level is Level.EMERGENCY or participant.opted_out_at is not None:
        return False
    asked = False
    for code in decision.ask:
        plan = study.checkins[code]
        open_question = checkin.question if checkin is not None and checkin.ended_at is None else None
        kinds = {study.questions[question.code].kind for question in plan.questions}
        if open_question is not None and kinds == {study.questions[open_question].kind}:
            continue
        asked |= start_by_rule(session, participant, plan, _occurrence(plan, participant, inbound, now), now, study=study)
    return asked


def _occurrence(plan: CheckinPlan, participant: Participant, inbound: InboundMessage, now: datetime) -> str:
    if plan.once_per == "day":
        return now.astimezone(ZoneInfo(participant.timezone)).date().isoformat()
    return "once" if plan.once_per == "participant" else inbound.id.hex


def _word_for(reading: Reading, corrects: bool) -> str | None:
    """The short answer to what asks for none of us to act; None where nothing is to be said."""
    if reading.command in _COMMAND_TEXTS:
        return _COMMAND_TEXTS[reading.command]
    if reading.command in _OBEYED:
        return None
    if corrects:
        return "corrected"
    if any(symptom.code == QUESTION_FOR_TEAM for symptom in reading.findings.symptoms):
        return "question_passed_on"
    return "received" if reading.findings.temperatures or reading.findings.symptoms else None


def _say(
    session: Session,
    participant: Participant,
    purpose: Purpose,
    message: str,
    inbound: InboundMessage,
    waiting: Waiting,
    now: datetime,
    study: Study,
) -> None:
    """Queue an answer, unless the same was said often enough: then the text counts as answered all the same."""
    if waiting.said_lately < MOST_ALIKE_AN_HOUR or _times_said(session, participant, message, now) < MOST_ALIKE_AN_HOUR:
        queue_text(session, participant, purpose, message, now, study=study, in_reply_to_id=inbound.id)


def _times_said(session: Session, participant: Participant, message: str, now: datetime) -> int:
    return session.scalar(_ALIKE, {"participant_id": participant.id, "since": now - SAID_WITHIN, "message": message}) or 0
