"""What a staff member texts back to a page: `1` takes the one open alarm, `1 42` that one; anything else gets a line that helps."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from followup_service.errors import Conflict
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.escalations.settle_escalation import acknowledge_escalation
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.texts import UNKNOWN_NUMBER
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.staff.staff_member import StaffMember

_TAKES = re.compile(r"\s*1(?:\s+(?:no\.?\s*|#)?(?P<number>\d{1,9}))?\s*[.!。]?\s*", re.IGNORECASE)
_HINT = "page_not_understood"
# A phone that answers by itself would be told for ever how to answer.
MOST_HINTS_AN_HOUR = 3


@dataclass(frozen=True, slots=True)
class StaffAnswer:
    """The line to send back: a key of the texts and its values."""

    message: str
    values: dict[str, Any]


def answer_page(session: Session, person: StaffMember, body: str, now: datetime, *, study: Study, inbound_id: UUID) -> None:
    """Read a staff member's text, do what it says and answer."""
    answer = _act(session, person, body, now, study)
    if answer.message == _HINT and _hints(session, person, now) >= MOST_HINTS_AN_HOUR:
        return
    queue_text(session, person, Purpose.STAFF_ANSWER, answer.message, now, study=study, values=answer.values, in_reply_to_id=inbound_id)


def _act(session: Session, person: StaffMember, body: str, now: datetime, study: Study) -> StaffAnswer:
    match = _TAKES.fullmatch(normalize("NFKC", body))
    if match is None:
        return StaffAnswer(_HINT, {})
    if match["number"]:
        episode = _numbered(session, person, int(match["number"]))
        return _take(session, episode, person, now, study) if episode else StaffAnswer("page_none", {})
    waiting = _waiting(session, person)
    if len(waiting) == 1:
        return _take(session, waiting[0], person, now, study)
    if waiting:
        numbers = ", ".join(str(episode.number) for episode in waiting)
        return StaffAnswer("page_which", {"numbers": numbers, "example": waiting[0].number})
    last = _last_paged(session, person)
    return _taken_before(last) if last and last.acknowledged_by else StaffAnswer("page_none", {})


def _take(session: Session, episode: Escalation, person: StaffMember, now: datetime, study: Study) -> StaffAnswer:
    try:
        taken = acknowledge_escalation(session, episode.id, person.handle, now, study=study, staff_id=person.id)
    except Conflict:
        return _taken_before(session.get_one(Escalation, episode.id))
    code = session.scalar(select(Participant.code).where(Participant.id == taken.participant_id)) if taken.participant_id else None
    return StaffAnswer("page_taken", {"number": taken.number, "code": code or UNKNOWN_NUMBER})


def _taken_before(episode: Escalation) -> StaffAnswer:
    return StaffAnswer("page_taken_before", {"number": episode.number, "by": episode.resolved_by or episode.acknowledged_by or "-"})


def _waiting(session: Session, person: StaffMember) -> list[Escalation]:
    """The open episodes that this person was paged for, oldest first."""
    open_ones = select(Escalation).where(Escalation.state == EscalationState.OPEN, Escalation.id.in_(_paged(person)))
    return list(session.scalars(open_ones.order_by(Escalation.opened_at)))


def _numbered(session: Session, person: StaffMember, number: int) -> Escalation | None:
    theirs = or_(Escalation.site_id == person.site_id, Escalation.id.in_(_paged(person)))
    return session.scalar(select(Escalation).where(Escalation.number == number, theirs))


def _paged(person: StaffMember) -> Select[tuple[UUID | None]]:
    """What this person was paged for; a page may also come from a site that had nobody else."""
    return select(OutboundMessage.escalation_id).where(OutboundMessage.staff_id == person.id, OutboundMessage.purpose == Purpose.PAGE)


def _last_paged(session: Session, person: StaffMember) -> Escalation | None:
    return session.scalar(
        select(Escalation)
        .join(OutboundMessage, OutboundMessage.escalation_id == Escalation.id)
        .where(OutboundMessage.staff_id == person.id, OutboundMessage.purpose == Purpose.PAGE)
        .order_by(OutboundMessage.created_at.desc())
        .limit(1)
    )


def _hints(session: Session, person: StaffMember, now: datetime) -> int:
    sent = select(func.count()).where(
        OutboundMessage.staff_id == person.id, OutboundMessage.message == _HINT, OutboundMessage.created_at > now - timedelta(hours=1)
    )
    return session.scalar(sent) or 0
