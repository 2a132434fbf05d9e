"""Where the conversation with a participant stands: the question that waits for an answer, and how much was said lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Answer, Checkin
from followup_service.checkins.start_checkins import OPEN_CHECKIN
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.participants.participant import Participant
from followup_service.reminders.answer_visit import OPEN_VISIT
from followup_service.replies.handle_late_text import is_overtaken
from followup_service.visits.visit import Visit

CORRECTED_WITHIN = timedelta(hours=2)
SAID_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The open check-in; without a question of it the visit that was asked about. Whether there is a late answer that this text may
    correct, and how many texts were queued within the hour. For a text that comes after something newer nothing waits."""

    is_overtaken: bool
    checkin: Checkin | None
    visit: Visit | None
    answered_lately: bool
    said_lately: int


# Built once: it runs for every text, and most find nothing that waits.
_STATE = select(
    OPEN_CHECKIN.with_only_columns(Checkin.id).scalar_subquery(),
    OPEN_VISIT.with_only_columns(Visit.id).scalar_subquery(),
    select(Answer.id)
    .join(Checkin, Checkin.id == Answer.checkin_id)
    .where(Checkin.participant_id == bindparam("participant_id"), Answer.answered_at > bindparam("answered_after"))
    .exists(),
    select(func.count())
    .where(OutboundMessage.participant_id == bindparam("participant_id"), OutboundMessage.created_at > bindparam("said_after"))
    .scalar_subquery(),
)


def what_waits(session: Session, participant: Participant, inbound: InboundMessage, now: datetime) -> Waiting:
    """Looked up after the participant's row was locked, so that of two texts the second sees what the first one did."""
    asked = {"participant_id": participant.id, "answered_after": now - CORRECTED_WITHIN, "said_after": now - SAID_WITHIN}
    checkin_id, visit_id, answered_lately, said_lately = session.connection().execute(_STATE, asked).one()
    if is_overtaken(session, participant, inbound, now):
        return Waiting(is_overtaken=True, checkin=None, visit=None, answered_lately=False, said_lately=said_lately)
    checkin = session.get_one(Checkin, checkin_id) if checkin_id is not None else None
    has_question = checkin is not None and checkin.question is not None
    visit = session.get_one(Visit, visit_id) if visit_id is not None and not has_question else None
    return Waiting(False, checkin, visit, answered_lately, said_lately)
