"""Whether a text is an alarm: the protocol's rules over what was read, what a yes meant, and what STOP means from someone unwell."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Checkin
from followup_service.conversation.reading import Command, Reading
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.escalations.expected_symptom import expected_now
from followup_service.messaging.approvals import may_write_in
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.when_to_send import in_conversation
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import EscalationDecision, KnownSoFar, combine, decide, decide_code, decide_stop
from followup_service.protocol.expected_symptoms import all_expected
from followup_service.protocol.findings import Findings, Symptom
from followup_service.protocol.question_kinds import OPEN_KINDS
from followup_service.protocol.rule_definitions import Level
from followup_service.replies.offer_language import language_to_offer
from followup_service.replies.what_is_known import what_is_known


def decide_reply(
    session: Session,
    participant: Participant,
    inbound: InboundMessage,
    reading: Reading,
    checkin: Checkin | None,
    now: datetime,
    *,
    study: Study,
) -> EscalationDecision | None:
    """The decision of all rules together; None where nobody needs to look."""
    findings = _with_answer(reading, checkin, study)
    if not inbound.words.strip():
        findings = findings._replace(unread=True)
    decision = decide(findings, KnownSoFar(now=now), study.rules)
    if decision is not None or findings.symptoms or findings.severity_digit is not None:
        # What is known can worsen a finding but makes none of its own: most texts need no look into the past.
        decision = decide(findings, what_is_known(session, participant, checkin, now, study), study.rules)
    if decision is not None and findings.symptoms and (expected := expected_now(session, participant, now)):
        decision = None if all_expected(decision, findings, expected, study.rules) else decision
    decisions = [decision]
    if reading.command is Command.STOP:
        decisions.append(decide_stop(decision, findings, study.rules, unwell=_is_unwell(session, participant)))
    if _needs_a_person(reading, study) or (participant.state is ParticipantState.DECEASED and decision is None):
        decisions.append(decide_code("QUESTION_FOR_TEAM", study.rules))
    if language_to_offer(session, participant, reading) is not None:
        decisions.append(decide_code("OTHER_LANGUAGE", study.rules))
    together = combine(*decisions)
    if together is None and reading.command is None and in_conversation(participant, now):
        # Whoever wrote to them waits for this, also where the service reads it as nothing that matters.
        return decide_code("REPLY_TO_A_PERSON", study.rules)
    return together


def _needs_a_person(reading: Reading, study: Study) -> bool:
    """A command that the service cannot carry out: a language that it may not write. Another day for a visit is `answer_visit`'s."""
    return reading.command is Command.LANGUAGE and not may_write_in(reading.wanted_language, study)


def _with_answer(reading: Reading, checkin: Checkin | None, study: Study) -> Findings:
    """What was read, and what a yes to this question reports."""
    question = study.questions[checkin.question] if checkin is not None and checkin.question else None
    if question is None:
        return reading.findings
    if question.kind in OPEN_KINDS and reading.findings.unread:
        # Any words answer an open question; the answer itself is kept and shown.
        return reading.findings._replace(unread=False)
    if question.yes_means is None or reading.answer != "yes":
        return reading.findings
    return reading.findings._replace(symptoms=(*reading.findings.symptoms, Symptom(question.yes_means)))


def _is_unwell(session: Session, participant: Participant) -> bool:
    """Whether an alarm of this participant is still open."""
    open_alarm = select(Escalation.id).where(
        Escalation.participant_id == participant.id, Escalation.state != EscalationState.RESOLVED, Escalation.level != Level.REVIEW
    )
    return session.scalar(open_alarm.limit(1)) is not None
