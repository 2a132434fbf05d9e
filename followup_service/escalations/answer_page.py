"""What a staff member texts back to a page: 1 calling, 2 sent to hospital (of a task: done), 3 watching, 4 not mine, with the number
where several are open; anything else gets a line that helps."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from followup_service.errors import Conflict, Refused
from followup_service.escalations.drill import is_drill
from followup_service.escalations.end_drill import prove_drill
from followup_service.escalations.escalation import Escalation, EscalationEvent, EscalationState, EventKind
from followup_service.escalations.hand_on_escalation import hand_on_escalation
from followup_service.escalations.lock_episode import lock_episode
from followup_service.escalations.outcomes import outcome_of_done, outcomes_of
from followup_service.escalations.settle_escalation import (
    acknowledge_escalation,
    record_call,
    refuse_if_settled,
    resolve_escalation,
    snooze_escalation,
)
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.texts import UNKNOWN_NUMBER
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import outcome_by
from followup_service.staff.staff_member import StaffMember
from followup_service.staff.verify_phone import verify_phone
from followup_service.staff.working_days import hours_of

_ANSWERS = re.compile(r"\s*(?P<digit>[1-4])(?:\s+(?:no\.?\s*|#)?(?P<number>\d{1,9}))?\s*[.!。]?\s*", re.IGNORECASE)
CALLING, CLOSED, WATCHING, NOT_MINE = "1234"
_HINT = "page_not_understood"
# A phone that answers by itself would be told for ever how to answer.
MOST_HINTS_AN_HOUR = 3
AT_ONCE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class StaffAnswer:
    """The line to send back: a key of the texts and its values."""

    message: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Answering:
    """Who answers, when and under which protocol. `written_at` is earlier than `now` where the answer came late."""

    session: Session
    person: StaffMember
    now: datetime
    written_at: datetime
    study: Study


def answer_page(
    session: Session, person: StaffMember, body: str, now: datetime, *, study: Study, inbound_id: UUID, written_at: datetime
) -> None:
    """Read a staff member's text, do what it says and answer. From a phone that is not verified only its code counts.

    An answer that comes late means what was known when it was written: not an alarm that opened, got worse or came back since.
    """
    answer = _act(_Answering(session, person, now, written_at, study), body) if person.counts else _verify(person, body, now)
    if answer.message == _HINT and _hints(session, person, now) >= MOST_HINTS_AN_HOUR:
        return
    queue_text(session, person, Purpose.STAFF_ANSWER, answer.message, now, study=study, values=answer.values, in_reply_to_id=inbound_id)


def answer_about(
    session: Session, person: StaffMember, digit: str, episode: Escalation, now: datetime, heard_at: datetime, *, study: Study
) -> StaffAnswer | None:
    """Do what one of the digits says about this episode, as they heard of it at that time; None where it opened anew or got worse since."""
    who = _Answering(session, person, now, heard_at, study)
    return _do(who, digit, episode) if _meant(who, episode) else None


def _verify(person: StaffMember, body: str, now: datetime) -> StaffAnswer:
    if verify_phone(person, body, now):
        return StaffAnswer("page_phone_verified", {})
    return StaffAnswer("page_phone_wrong_code", {})


def _act(who: _Answering, body: str) -> StaffAnswer:
    match = _ANSWERS.fullmatch(normalize("NFKC", body))
    if match is None:
        return StaffAnswer(_HINT, {})
    digit = match["digit"]
    if match["number"]:
        episode = _numbered(who, int(match["number"]))
        return _do(who, digit, episode) if episode and _meant(who, episode) else StaffAnswer("page_none", {})
    waiting = _waiting(who, digit)
    if len(waiting) == 1:
        return _do(who, digit, waiting[0])
    if waiting:
        numbers = ", ".join(str(episode.number) for episode in waiting)
        return StaffAnswer("page_which", {"numbers": numbers, "digit": digit, "example": waiting[0].number})
    last = _last_paged(who)
    return _too_late(who, last) if last and last.acknowledged_by else StaffAnswer("page_none", {})


def _do(who: _Answering, digit: str, episode: Escalation) -> StaffAnswer:
    try:
        if is_drill(who.session, episode):
            prove_drill(who.session, episode, who.person, who.now, study=who.study)
            return StaffAnswer("page_drill_passed", {})
        return _DOING[digit](who, episode)
    except Conflict:
        return _too_late(who, who.session.get_one(Escalation, episode.id))


def _call(who: _Answering, episode: Escalation) -> StaffAnswer:
    acknowledge_escalation(who.session, episode.id, who.person.handle, who.now, study=who.study, staff_id=who.person.id)
    if episode.call_by is None:
        return StaffAnswer("page_taken", _named(who, episode))
    zone = hours_of(who.session, episode.site_id, who.study).zone
    return StaffAnswer("page_taken_until", _named(who, episode) | {"call_by": episode.call_by.isoformat(), "timezone": zone.key})


def _close(who: _Answering, episode: Escalation) -> StaffAnswer:
    """Only what is open or their own: nobody ends by a text what another person has in hand."""
    lock_episode(who.session, episode.id)
    refuse_if_settled(episode, but_for=who.person.handle)
    outcome = outcome_of_done(episode)
    if outcome not in outcomes_of(episode.reasons):
        return StaffAnswer("page_other_outcome", {"number": episode.number})
    note = f"Answered by text: {outcome.value.replace('_', ' ')}."
    how = {"study": who.study, "staff_id": who.person.id}
    resolve_escalation(who.session, episode.id, who.person.handle, outcome, note, who.now, **how)
    return StaffAnswer("page_closed" if episode.is_alarm else "page_task_closed", _named(who, episode))


def _watch(who: _Answering, episode: Escalation) -> StaffAnswer:
    """Who said before that they are calling has done so by now."""
    if episode.state is EscalationState.ACKNOWLEDGED and episode.promised_by is not None:
        how = {"study": who.study, "reached": True, "staff_id": who.person.id}
        record_call(who.session, episode.id, who.person.handle, who.now, **how)
        # The next step reads the rows anew.
        who.session.flush()
    clock, hours = who.study.paging[episode.level], hours_of(who.session, episode.site_id, who.study)
    until = min(outcome_by(clock, who.now, hours), who.now + timedelta(minutes=clock.snooze_at_most_minutes))
    snooze_escalation(who.session, episode.id, who.person.handle, until, who.now, study=who.study, staff_id=who.person.id)
    return StaffAnswer("page_watching", _named(who, episode) | {"until": until.isoformat(), "timezone": hours.zone.key})


def _hand_on(who: _Answering, episode: Escalation) -> StaffAnswer:
    try:
        hand_on_escalation(who.session, episode.id, who.person, who.now, study=who.study)
    except Refused:
        return StaffAnswer("page_nobody_else", {"number": episode.number})
    return StaffAnswer("page_handed_on", _named(who, episode))


_DOING: dict[str, Callable[[_Answering, Escalation], StaffAnswer]] = {
    CALLING: _call,
    CLOSED: _close,
    WATCHING: _watch,
    NOT_MINE: _hand_on,
}


def _named(who: _Answering, episode: Escalation) -> dict[str, Any]:
    code = who.session.scalar(select(Participant.code).where(Participant.id == episode.participant_id)) if episode.participant_id else None
    return {"number": episode.number, "code": code or UNKNOWN_NUMBER}


def _too_late(who: _Answering, episode: Escalation) -> StaffAnswer:
    if episode.resolved_by:
        return StaffAnswer("page_closed_before", {"number": episode.number, "by": episode.resolved_by})
    if episode.acknowledged_by == who.person.handle:
        return StaffAnswer("page_yours_already" if episode.is_alarm else "page_task_yours_already", {"number": episode.number})
    return StaffAnswer("page_taken_before", {"number": episode.number, "by": episode.acknowledged_by or "-"})


def _waiting(who: _Answering, digit: str) -> list[Escalation]:
    """What a digit without a number can mean, oldest first: the open episodes that this person was paged for, and for all but taking
    one also those that they have in hand. What they handed on counts only where there is nothing else."""
    meant = and_(Escalation.state == EscalationState.OPEN, Escalation.id.in_(_paged(who.person)))
    if digit != CALLING:
        theirs = and_(Escalation.state == EscalationState.ACKNOWLEDGED, Escalation.acknowledged_by == who.person.handle)
        meant = or_(meant, and_(theirs, Escalation.site_id == who.person.site_id))
    unresolved = who.session.scalars(select(Escalation).where(meant).order_by(Escalation.opened_at, Escalation.number))
    found = [episode for episode in unresolved if _meant(who, episode)]
    # A drill never stands between an answer and a real alarm.
    found = [episode for episode in found if not is_drill(who.session, episode)] or found
    return [episode for episode in found if who.person.id.hex not in episode.handed_on] or found


def _meant(who: _Answering, episode: Escalation) -> bool:
    """Whether they knew of the episode as it is now when they wrote."""
    if who.written_at >= who.now - AT_ONCE:
        return True
    news = select(EscalationEvent.id).where(
        EscalationEvent.escalation_id == episode.id,
        EscalationEvent.kind.in_((EventKind.OPENED, EventKind.WORSENED, EventKind.RETURNED)),
        EscalationEvent.at > who.written_at,
    )
    return who.session.scalar(news.limit(1)) is None


def _numbered(who: _Answering, number: int) -> Escalation | None:
    theirs = or_(Escalation.site_id == who.person.site_id, Escalation.id.in_(_paged(who.person)))
    return who.session.scalar(select(Escalation).where(Escalation.number == number, theirs))


def _paged(person: StaffMember) -> Select[tuple[UUID | None]]:
    """What this person was paged for; a page may also come from a site that had nobody else."""
    return select(OutboundMessage.escalation_id).where(OutboundMessage.staff_id == person.id, OutboundMessage.purpose == Purpose.PAGE)


def _last_paged(who: _Answering) -> Escalation | None:
    return who.session.scalar(
        select(Escalation)
        .join(OutboundMessage, OutboundMessage.escalation_id == Escalation.id)
        .where(OutboundMessage.staff_id == who.person.id, OutboundMessage.purpose == Purpose.PAGE)
        .order_by(OutboundMessage.created_at.desc())
        .limit(1)
    )


def _hints(session: Session, person: StaffMember, now: datetime) -> int:
    sent = select(func.count()).where(
        OutboundMessage.staff_id == person.id, OutboundMessage.message == _HINT, OutboundMessage.created_at > now - timedelta(hours=1)
    )
    return session.scalar(sent) or 0
