"""Acknowledging (a named person took it), calling, putting off, and resolving (it has an outcome). Nothing else ends an episode."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.errors import Conflict, Refused
from followup_service.escalations.escalation import (
    ESCALATION_TRANSITIONS,
    Escalation,
    EscalationEvent,
    EscalationState,
    EventKind,
    Outcome,
)
from followup_service.escalations.keep_step import keep_step
from followup_service.escalations.lock_episode import lock_episode
from followup_service.escalations.outcomes import NOTHING_WAS_WRONG, check_outcome
from followup_service.escalations.plan_follow_up import plan_follow_up
from followup_service.escalations.promise_call import forget_promise, promise_call
from followup_service.messaging.outbox import UNDO_FOR, queue_text, stop_calls
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import outcome_by
from followup_service.protocol.rule_definitions import Level
from followup_service.protocol.sentences import said
from followup_service.staff.working_days import hours_of
from followup_service.transitions import moved

_READ_BEFORE = (EventKind.OPENED, EventKind.WORSENED, EventKind.ACKNOWLEDGED, EventKind.UNDONE)


def acknowledge_escalation(
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
    """A person takes the episode: paging stops, and the participant is told until when a nurse calls. It returns without a call by then,
    or without an outcome in the level's time.

    `via` is the program through which the person did it. Raises Conflict where somebody was first, Changed where the row is no
    longer the `version` that the caller read.
    """
    episode, participant = lock_episode(session, escalation_id, version)
    refuse_if_settled(episode)
    _take(session, episode, participant, by, now, study, staff_id, via)
    if participant is not None:
        promise_call(session, episode, participant, now, study=study, via=via)
    set_return(session, episode, now, study)
    return episode


def record_call(
    session: Session,
    escalation_id: UUID,
    by: str,
    now: datetime,
    *,
    study: Study,
    reached: bool,
    note: str | None = None,
    staff_id: UUID | None = None,
    version: int | None = None,
    via: str | None = None,
) -> Escalation:
    """Whoever has the episode called the participant. One who was reached has had their call; for another it stays promised.

    Raises Conflict where nobody or somebody else has it.
    """
    episode, participant = lock_episode(session, escalation_id, version)
    refuse_if_settled(episode, but_for=by)
    if episode.acknowledged_at is None:
        raise Conflict(said("nobody has taken No. %(number)s yet: take it first", number=episode.number))
    if reached:
        episode.called_at = now
        if episode.snoozed_at is None:
            set_return(session, episode, episode.acknowledged_at, study)
    episode.version += 1
    keep_step(session, episode, participant, EventKind.CALLED, now, by, via=via, staff_id=staff_id, note=note, reached=reached)
    return episode


def snooze_escalation(
    session: Session,
    escalation_id: UUID,
    by: str,
    until: datetime,
    now: datetime,
    *,
    study: Study,
    staff_id: UUID | None = None,
    version: int | None = None,
    via: str | None = None,
) -> Escalation:
    """A person takes the episode and puts it off; it returns by itself, and not later than a call that was promised.

    Raises Refused for a time that is over or too far away.
    """
    episode, participant = lock_episode(session, escalation_id, version)
    latest = now + timedelta(minutes=study.paging[episode.level].snooze_at_most_minutes)
    if not now < until <= latest:
        at_most = latest.isoformat(timespec="minutes")
        problem = said(
            "No. %(number)s can be put off until %(latest)s at most: give a time before that", number=episode.number, latest=at_most
        )
        raise Refused(problem, {"until": [said("write a time from now to %(latest)s", latest=at_most)]})
    refuse_if_settled(episode, but_for=by)
    if episode.state is not EscalationState.ACKNOWLEDGED:
        concerns_them = episode.level is not Level.REVIEW and not study.rules.are_paperwork(episode.reasons)
        if participant is not None and concerns_them and not _has_heard(session, episode):
            due_at = now + UNDO_FOR if via else now
            queue_text(session, participant, Purpose.ANSWER, "nurse_has_read", now, study=study, due_at=due_at, escalation_id=episode.id)
        _take(session, episode, participant, by, now, study, staff_id, via)
    episode.snoozed_at, episode.returns_at = now, min(until.astimezone(UTC), episode.promised_by or until)
    episode.version += 1
    keep_step(session, episode, participant, EventKind.SNOOZED, now, by, via=via, staff_id=staff_id, until=until.isoformat())
    return episode


def resolve_escalation(
    session: Session,
    escalation_id: UUID,
    by: str,
    outcome: Outcome,
    note: str,
    now: datetime,
    *,
    study: Study,
    staff_id: UUID | None = None,
    version: int | None = None,
    via: str | None = None,
) -> Escalation:
    """A person ends the episode with an outcome and a note.

    Raises Refused without a note or for an outcome that does not fit its reasons, Conflict where it is resolved already.
    """
    episode, participant = lock_episode(session, escalation_id, version)
    if not note.strip():
        raise Refused(said("say in a note what was done"), {"note": [said("write what was done, for example: called, no fever now")]})
    refuse_if_settled(episode, but_for=episode.acknowledged_by)
    check_outcome(episode, outcome)
    if episode.acknowledged_at is None:
        episode.acknowledged_at, episode.acknowledged_by = now, by
    episode.state = moved(ESCALATION_TRANSITIONS, episode.state, EscalationState.RESOLVED)
    episode.resolved_at, episode.resolved_by, episode.outcome = now, by, outcome
    episode.next_page_at = episode.returns_at = episode.snoozed_at = None
    episode.note = note
    stop_calls(session, episode.id, now)
    if outcome in NOTHING_WAS_WRONG:
        episode.follow_up_at = None
    else:
        plan_follow_up(episode, participant, now, study=study)
    episode.version += 1
    keep_step(session, episode, participant, EventKind.RESOLVED, now, by, via=via, staff_id=staff_id, outcome=outcome.value)
    return episode


def refuse_if_settled(episode: Escalation, but_for: str | None = None) -> None:
    """Raises Conflict where it is resolved, or somebody else than `but_for` has it. Only taking back opens a resolved one again."""
    if episode.state is EscalationState.RESOLVED:
        raise Conflict(said("No. %(number)s was already resolved by %(name)s", number=episode.number, name=episode.resolved_by))
    if episode.state is EscalationState.ACKNOWLEDGED and episode.acknowledged_by != but_for:
        raise Conflict(said("No. %(number)s was already taken by %(name)s", number=episode.number, name=episode.acknowledged_by))


def _take(
    session: Session,
    episode: Escalation,
    participant: Participant | None,
    by: str,
    now: datetime,
    study: Study,
    staff_id: UUID | None,
    via: str | None,
) -> None:
    if episode.promised_by is not None and episode.promised_by <= now:
        forget_promise(episode)
    episode.state = moved(ESCALATION_TRANSITIONS, episode.state, EscalationState.ACKNOWLEDGED)
    episode.acknowledged_at, episode.acknowledged_by, episode.next_page_at = now, by, None
    stop_calls(session, episode.id, now)
    plan_follow_up(episode, participant, now, study=study)
    episode.version += 1
    keep_step(session, episode, participant, EventKind.ACKNOWLEDGED, now, by, via=via, staff_id=staff_id)


def set_return(session: Session, episode: Escalation, taken_at: datetime, study: Study) -> None:
    """When an episode that was taken at this time returns without an outcome, or without the call that was promised."""
    due = outcome_by(study.paging[episode.level], taken_at, hours_of(session, episode.site_id, study))
    episode.returns_at = due if episode.promised_by is None else min(due, episode.promised_by)


def _has_heard(session: Session, episode: Escalation) -> bool:
    """Whether the participant was told already that their last news were read: it is said once, however often the team passes it on."""
    last = (
        select(EscalationEvent.kind)
        .where(EscalationEvent.escalation_id == episode.id, EscalationEvent.kind.in_(_READ_BEFORE))
        .order_by(EscalationEvent.at.desc(), EscalationEvent.id.desc())
        .limit(1)
    )
    return session.scalar(last) is EventKind.ACKNOWLEDGED
