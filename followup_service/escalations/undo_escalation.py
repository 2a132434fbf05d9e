"""Taking back, for some seconds, what was just done to an episode: a compensating step, never a deletion."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from followup_service.errors import Conflict
from followup_service.escalations.escalation import ESCALATION_TRANSITIONS, Escalation, EscalationEvent, EscalationState, EventKind
from followup_service.escalations.keep_step import keep_step
from followup_service.escalations.lock_episode import lock_episode
from followup_service.escalations.promise_call import PROMISE, forget_promise
from followup_service.escalations.return_escalation import reopen
from followup_service.escalations.settle_escalation import set_return
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.outbox import UNDO_FOR
from followup_service.protocol.definitions import Study
from followup_service.protocol.sentences import said
from followup_service.transitions import moved

_CAN_BE_UNDONE = frozenset({EventKind.ACKNOWLEDGED, EventKind.SNOOZED, EventKind.RESOLVED})


def undo_escalation(
    session: Session,
    escalation_id: UUID,
    by: str,
    now: datetime,
    *,
    study: Study,
    staff_id: UUID | None = None,
    version: int | None = None,
    via: str | None = None,
) -> Escalation:
    """Take back this person's last step. Raises Conflict where it is longer ago, or something else came after it."""
    episode, participant = lock_episode(session, escalation_id, version)
    last = session.scalar(
        select(EscalationEvent)
        .where(EscalationEvent.escalation_id == episode.id)
        .order_by(EscalationEvent.at.desc(), EscalationEvent.id.desc())
        .limit(1)
    )
    if last is None or last.kind not in _CAN_BE_UNDONE or last.actor != by or now > last.at + UNDO_FOR:
        raise Conflict(said("nothing of yours can be taken back on No. %(number)s: do what should be done instead", number=episode.number))
    match last.kind:
        case EventKind.ACKNOWLEDGED:
            _give_back(session, episode, now)
        case EventKind.SNOOZED:
            episode.snoozed_at = None
            set_return(session, episode, now, study)
            episode.version += 1
        case _:
            _open_again(session, episode, now, study)
    keep_step(session, episode, participant, EventKind.UNDONE, now, by, via=via, staff_id=staff_id, what=last.kind.value)
    return episode


def _give_back(session: Session, episode: Escalation, now: datetime) -> None:
    """The page that was stopped goes on at once; what the participant was not told yet is not said."""
    reopen(episode)
    forget_promise(episode)
    episode.next_page_at = now
    session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.escalation_id == episode.id, OutboundMessage.message.in_((PROMISE, "nurse_has_read")))
        .where(OutboundMessage.state == OutboundState.CREATED)
        .values(state=OutboundState.NOT_SENT, not_sent_reason="undone", changed_at=now)
    )


def _open_again(session: Session, episode: Escalation, now: datetime, study: Study) -> None:
    if another := _another_open(session, episode):
        raise Conflict(said("No. %(number)s has opened since: go on with that one", number=another))
    episode.state = moved(ESCALATION_TRANSITIONS, episode.state, EscalationState.ACKNOWLEDGED)
    episode.resolved_at = episode.resolved_by = episode.outcome = episode.note = None
    set_return(session, episode, now, study)
    episode.version += 1


def _another_open(session: Session, episode: Escalation) -> int | None:
    participants = Escalation.participant_id == episode.participant_id
    same = participants if episode.participant_id else Escalation.sender_index == episode.sender_index
    others = select(Escalation.number).where(same, Escalation.is_alarm == episode.is_alarm, Escalation.state != EscalationState.RESOLVED)
    return session.scalar(others)
