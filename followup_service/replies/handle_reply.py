"""The story of one inbound text."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.at_commit import update_at_commit
from followup_service.checkins.checkin import Checkin
from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.reading import Reading
from followup_service.escalations.answer_page import answer_page
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import EscalationDecision
from followup_service.reminders.answer_visit import question_kind, with_choice
from followup_service.replies.answer_participant import answer_participant
from followup_service.replies.decide_reply import decide_reply
from followup_service.replies.do_command import do_command
from followup_service.replies.find_correction import find_correction
from followup_service.replies.handle_late_text import without_what_was_taken_back
from followup_service.replies.handle_shared_phone import handle_shared_phone
from followup_service.replies.handle_stranger import handle_stranger
from followup_service.replies.handle_wrong_number import handle_wrong_number, is_wrong_number
from followup_service.replies.identify_sender import identify_sender
from followup_service.replies.keep_reading import keep_correction, keep_reading
from followup_service.replies.offer_language import offer_language
from followup_service.replies.what_waits import what_waits
from followup_service.staff.staff_member import StaffMember


def handle_reply(session: Session, inbound: InboundMessage, study_id: UUID, now: datetime, *, study: Study) -> None:
    """Handle one stored text. The caller commits, and on an error rolls all of it back: the text stays to be handled again.
    Two at once: one wins, and the other's commit raises StaleDataError.

    1. who      find the sender by the number, and lock the row (staff, strangers and shared phones have stories of their own)
    2. read     what the text means, given the question that is open; one that comes after something newer answers none
    3. decide   whether it is an alarm, given what else is known
    4. keep     the readings and the answer, under this version of the rules
    5. escalate open or worsen the episode and page: the alarm first, the question second
    6. obey     STOP, START and the other commands: never instead of the alarm; offer the language in which the participant writes
    7. answer   tell the participant what to do, then go on with the check-in
    """
    if inbound.handled_at is not None:
        return
    sender = identify_sender(session, inbound, study_id)
    with session.no_autoflush:
        whose = sender.participant
        if whose is not None:
            _handle_participant(session, inbound, whose, now, study)
        elif sender.sharing:
            handle = partial(_handle_participant, session, now=now, study=study)
            whose = handle_shared_phone(session, inbound, sender.sharing, handle, now, study=study)
        elif sender.staff is not None:
            answer_page(session, sender.staff, inbound.body, now, study=study, inbound_id=inbound.id, written_at=inbound.written_at)
        elif sender.unknown is not None:
            handle_stranger(session, inbound, sender.unknown, study_id, now, study=study)
        _mark_handled(session, inbound, whose, sender.staff, now)
    for participant in (sender.participant, *sender.sharing):
        if participant is not None:
            participant.answer_to = None


def _handle_participant(session: Session, inbound: InboundMessage, participant: Participant, now: datetime, study: Study) -> None:
    waiting = what_waits(session, participant, inbound, now)
    checkin, visit = waiting.checkin, waiting.visit
    question = study.questions[checkin.question] if checkin is not None and checkin.question else None
    kind = question.kind if question else question_kind(visit) if visit else None
    reading = with_choice(read_reply(inbound.words, participant.language, kind), visit, inbound.words)
    if is_wrong_number(session, participant, inbound, reading, now):
        handle_wrong_number(session, participant, inbound, now, study=study)
        return
    if waiting.is_overtaken:
        reading = without_what_was_taken_back(session, participant, inbound, reading)
    correction = find_correction(session, participant, inbound.words, reading, waiting, now, study=study)
    reading = correction.reading if correction else reading
    decision = decide_reply(session, participant, inbound, reading, checkin, now, study=study)
    keep_reading(session, participant, inbound, reading, decision, checkin, now, study=study)
    _escalate(session, participant, inbound, reading, decision, now, study)
    if correction is not None:
        keep_correction(session, participant, inbound, correction, now, study=study)
    do_command(session, participant, inbound, reading, now, study=study)
    offer_language(session, participant, inbound, reading, now, study=study)
    left = replace(waiting, checkin=_still_open(checkin, participant))
    answer_participant(session, participant, inbound, reading, decision, left, now, study=study, corrects=correction is not None)


def _mark_handled(
    session: Session, inbound: InboundMessage, participant: Participant | None, staff: StaffMember | None, now: datetime
) -> None:
    """The row's version makes sure that of two processes one wins, and the other loses all that it made of the text."""
    whose = {"participant_id": participant.id if participant else None, "staff_id": staff.id if staff else None}
    update_at_commit(session, inbound, handled_at=now, **whose)


def _escalate(
    session: Session,
    participant: Participant,
    inbound: InboundMessage,
    reading: Reading,
    decision: EscalationDecision | None,
    now: datetime,
    study: Study,
) -> None:
    if decision is None:
        return
    highest = reading.findings.highest
    raise_escalation(
        session, about(participant), decision, now, study=study, inbound_id=inbound.id, celsius=highest.celsius if highest else None
    )


def _still_open(checkin: Checkin | None, participant: Participant) -> Checkin | None:
    return checkin if checkin is not None and checkin.ended_at is None and participant.opted_out_at is None else None
