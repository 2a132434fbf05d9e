"""Recognises a text that gives an earlier answer another value ("sorry, I meant 37.8"): both are kept, and an alarm stays."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Answer, Checkin
from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.reading import Reading
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.question_kinds import QuestionKind
from followup_service.replies.what_waits import CORRECTED_WITHIN, Waiting

_ANSWERS = (
    select(Answer)
    .join(Checkin, Checkin.id == Answer.checkin_id)
    .where(Checkin.participant_id == bindparam("participant_id"), Answer.answered_at > bindparam("since"))
    .order_by(Answer.answered_at.desc(), Answer.id.desc())
)


@dataclass(frozen=True, slots=True)
class Correction:
    """A further value for a question answered before, and the text as read in its light: of its own it answers nothing open."""

    checkin_id: UUID
    question: str
    value: str
    reading: Reading


def find_correction(
    session: Session, participant: Participant, body: str, reading: Reading, waiting: Waiting, now: datetime, *, study: Study
) -> Correction | None:
    """The correction in a text that does not answer the open question. A temperature corrects the last one asked for; a pain digit
    only while the next question is open and has no digits of its own choice, because a lone digit may answer something else.
    """
    checkin = waiting.checkin
    if not waiting.answered_lately or reading.answer is not None or reading.command is not None:
        return None
    if checkin is None and not reading.findings.temperatures:
        return None
    pain_too = checkin is not None and checkin.question is not None and not study.questions[checkin.question].choices
    for answer in session.scalars(_ANSWERS, {"participant_id": participant.id, "since": now - CORRECTED_WITHIN}):
        kind = study.questions[answer.question].kind
        is_open_one = checkin is not None and checkin.question == answer.question
        if kind is QuestionKind.TEMPERATURE or (kind is QuestionKind.SEVERITY_0_4 and pain_too):
            read = read_reply(body, participant.language, kind)
            if read.answer is not None and not is_open_one:
                return (
                    None
                    if read.answer == answer.value
                    else Correction(answer.checkin_id, answer.question, read.answer, read._replace(answer=None))
                )
    return None
