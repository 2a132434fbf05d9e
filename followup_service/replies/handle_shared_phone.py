"""A text from a phone that several participants share: whose it is is never guessed, and an alarm goes out for each of them."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.checkins.start_checkins import open_checkin
from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.reading import Command, Reading
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.messaging.outbox import UnknownSender, queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import EscalationDecision, combine, decide_code
from followup_service.protocol.rule_definitions import Level
from followup_service.replies.decide_reply import decide_reply
from followup_service.replies.do_command import do_command

ASKED_FOR = timedelta(hours=1)
ASKED_AN_HOUR = 2
WHOSE = "whose"
_HAN = re.compile(r"[\u3400-\u9fff]+")

Handle = Callable[[InboundMessage, Participant], None]


def handle_shared_phone(
    session: Session, inbound: InboundMessage, people: Sequence[Participant], handle: Handle, now: datetime, *, study: Study
) -> Participant | None:
    """Handle the text for the one whose tag it begins with; a tag alone says whose the texts before it were.

    Without a tag: alarms for each of them, and the question whose it is. Returns whose it was, None while that is not known.
    """
    whose = next((person for person in people if _after_tag(person, inbound.body) is not None), None)
    if whose is None:
        _handle_unclear(session, inbound, people, now, study)
        return None
    inbound.without_tag = _after_tag(whose, inbound.body)
    if inbound.without_tag:
        handle(inbound, whose)
    elif not (waiting := _waiting(session, inbound)):
        queue_text(session, whose, Purpose.ANSWER, "received", now, study=study, in_reply_to_id=inbound.id)
    else:
        for earlier in waiting:
            handle(earlier, whose)
            earlier.participant_id, earlier.ask_whose_until = whose.id, None
    return whose


def give_up_asking(session: Session, inbound: InboundMessage, people: Sequence[Participant], now: datetime, *, study: Study) -> None:
    """Nobody said whose a text was: a person finds out. The caller has locked the participants."""
    inbound.ask_whose_until = None
    for person in people:
        raise_escalation(session, about(person), decide_code("UNCLEAR_SENDER", study.rules), now, study=study, inbound_id=inbound.id)


def _after_tag(person: Participant, body: str) -> str | None:
    """What follows the tag. The tag counts only where a sign, a number or nothing follows it: "a" also begins "a bit tired".

    After Chinese characters a space is a sign, because Chinese has none between words.
    """
    if person.tag is None:
        return None
    sign = r"[:;,.、，。：)\-\s]" if _HAN.fullmatch(person.tag) else r"[:;,.、，。：)\-]"
    found = re.match(rf"\W*{re.escape(person.tag)}(?:\s*{sign}\s*|\s*(?=\d)|\s*$)", body, re.IGNORECASE)
    return body[found.end() :].strip() if found else None


def _handle_unclear(session: Session, inbound: InboundMessage, people: Sequence[Participant], now: datetime, study: Study) -> None:
    decisions: list[EscalationDecision | None] = []
    stopped = False
    for person in people:
        checkin = open_checkin(session, person)
        question = study.questions[checkin.question] if checkin is not None and checkin.question else None
        reading = read_reply(inbound.body, person.language, question.kind if question else None)
        decision = decide_reply(session, person, inbound, reading, checkin, now, study=study)
        record_event(person, "text_not_known_whose", now, text=inbound.id.hex, level=decision.level.value if decision else "none")
        if reading.command is Command.STOP:
            stopped = True
            do_command(session, person, inbound, reading, now, study=study)
        if decision is not None and (stopped or decision.level is not Level.REVIEW):
            decisions.append(decision)
            _escalate(session, person, inbound, reading, decision, now, study)
    sender = UnknownSender(inbound.from_phone, people[0].language, people[0].site_id)
    alarm = combine(*decisions)
    if alarm is not None and alarm.level is not Level.REVIEW and alarm.tell is not None:
        queue_text(session, sender, Purpose.ALARM_ANSWER, alarm.tell, now, study=study, in_reply_to_id=inbound.id)
    if not stopped:
        _ask_whose(session, inbound, people, sender, now, study)


def _escalate(
    session: Session,
    person: Participant,
    inbound: InboundMessage,
    reading: Reading,
    decision: EscalationDecision,
    now: datetime,
    study: Study,
) -> None:
    told, highest = combine(decision, decide_code("UNCLEAR_SENDER", study.rules)), reading.findings.highest
    assert told is not None  # noqa: S101 - two decisions make one
    celsius = highest.celsius if highest else None
    raise_escalation(session, about(person), told, now, study=study, inbound_id=inbound.id, celsius=celsius)


def _ask_whose(
    session: Session, inbound: InboundMessage, people: Sequence[Participant], sender: UnknownSender, now: datetime, study: Study
) -> None:
    inbound.ask_whose_until = now + ASKED_FOR
    if _asked_lately(session, inbound, now) < ASKED_AN_HOUR:
        values = {"tags": ", ".join(person.tag for person in people if person.tag)}
        queue_text(session, sender, Purpose.ANSWER, WHOSE, now, study=study, values=values, in_reply_to_id=inbound.id)


def _asked_lately(session: Session, inbound: InboundMessage, now: datetime) -> int:
    asked = (
        select(func.count())
        .select_from(OutboundMessage)
        .join(InboundMessage, InboundMessage.id == OutboundMessage.in_reply_to_id)
        .where(
            InboundMessage.from_index == inbound.from_index,
            OutboundMessage.message == WHOSE,
            OutboundMessage.created_at > now - timedelta(hours=1),
        )
    )
    return session.scalar(asked) or 0


def _waiting(session: Session, inbound: InboundMessage) -> Sequence[InboundMessage]:
    waiting = select(InboundMessage).where(InboundMessage.from_index == inbound.from_index, InboundMessage.ask_whose_until.is_not(None))
    return session.scalars(waiting.order_by(InboundMessage.received_at)).all()
