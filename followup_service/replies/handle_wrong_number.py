"""Somebody else has a participant's number now: texts to it stop, staff are told, and nothing of the participant is."""

import re
from datetime import datetime, timedelta
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.checkins.stop_followup import close_all_checkins
from followup_service.conversation.reading import Reading
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbox import UnknownSender, queue_text, stop_texts
from followup_service.messaging.purposes import Purpose
from followup_service.participants.add_phone import remove_phone
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import decide_code

WRONG_NUMBER = "wrong_number"
# Who wrote as the participant a day ago has not lost the phone since: they speak of a number that they sent.
LATELY = timedelta(hours=24)
_PHRASES = re.compile(
    r"\b(wrong (phone )?(number|person)|not (my|their|his|her) (phone|number)|(number|phone) (is|belongs to) (someone|somebody) else"
    r"|(dont|do not) know (this|that|any such) (person|patient))\b"
    r"|打错电话|打错号码|发错(号码|人|短信|信息)|号码(打错|发错|错了|不对)|不是(他|她|本人)的?(号码|手机|电话)|(你|您)们?发错了|不认识(这个人|他|她|你们)"
)
_NO_REPORT = frozenset({"QUESTION_FOR_TEAM"})


def is_wrong_number(session: Session, participant: Participant, inbound: InboundMessage, reading: Reading, now: datetime) -> bool:
    """Whether somebody says that the number is not the participant's, in a text that reports nothing else."""
    findings = reading.findings
    reports = findings.temperatures or {symptom.code for symptom in findings.symptoms} - _NO_REPORT
    if reports or reading.answer is not None or not _PHRASES.search(_plain(inbound.words)):
        return False
    lately = select(InboundMessage.id).where(
        InboundMessage.participant_id == participant.id, InboundMessage.received_at > now - LATELY, InboundMessage.id != inbound.id
    )
    return session.scalar(lately.limit(1)) is None


def handle_wrong_number(session: Session, participant: Participant, inbound: InboundMessage, now: datetime, *, study: Study) -> None:
    """A further phone is taken off; of the first one all texts and open check-ins end until staff have the right number."""
    phone = participant.answer_to
    if phone is not None:
        remove_phone(session, participant, phone, WRONG_NUMBER, now, participant.code)
        participant.answer_to = None
    else:
        participant.phone_wrong_since, participant.next_checkin_at = now, None
        participant.version += 1
        record_event(participant, "phone_is_somebody_elses", now, text=inbound.id.hex)
        stop_texts(session, participant, WRONG_NUMBER, now, also_answers=True)
        close_all_checkins(session, participant, WRONG_NUMBER, now)
    raise_escalation(session, about(participant), decide_code("WRONG_NUMBER", study.rules), now, study=study, inbound_id=inbound.id)
    stranger = UnknownSender(inbound.from_phone, participant.language, participant.site_id)
    queue_text(session, stranger, Purpose.UNKNOWN_SENDER_ANSWER, WRONG_NUMBER, now, study=study, in_reply_to_id=inbound.id)


def _plain(body: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"['’`]", "", normalize("NFKC", body).casefold()))
