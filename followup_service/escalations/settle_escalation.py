"""Acknowledging (a named person took it) and resolving (it is dealt with, with an outcome). Nothing else ends an episode."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.errors import Changed, Conflict, NotFound, Refused
from followup_service.escalations.escalation import (
    ESCALATION_TRANSITIONS,
    Escalation,
    EscalationEvent,
    EscalationState,
    EventKind,
    Outcome,
)
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.site import StudyRecord
from followup_service.transitions import moved


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
    """A person takes the episode: paging stops, and the participant is told that a nurse has read it.

    `via` is the program through which the person did it. Raises Conflict where somebody was first, Changed where the row is no
    longer the `version` that the caller read.
    """
    episode, participant = _locked(session, escalation_id)
    _check_version(episode, version)
    if episode.state is EscalationState.ACKNOWLEDGED:
        raise Conflict(f"No. {episode.number} was already taken by {episode.acknowledged_by}")
    episode.state = moved(ESCALATION_TRANSITIONS, episode.state, EscalationState.ACKNOWLEDGED)
    episode.acknowledged_at, episode.acknowledged_by, episode.next_page_at = now, by, None
    episode.version += 1
    _keep_step(session, episode, participant, EventKind.ACKNOWLEDGED, by, staff_id, now, via)
    if participant is not None and episode.level is not Level.REVIEW:
        queue_text(session, participant, Purpose.ANSWER, "nurse_has_read", now, study=study, escalation_id=episode.id)
    return episode


def resolve_escalation(
    session: Session,
    escalation_id: UUID,
    by: str,
    outcome: Outcome,
    note: str,
    now: datetime,
    *,
    staff_id: UUID | None = None,
    version: int | None = None,
    via: str | None = None,
) -> Escalation:
    """A person ends the episode with an outcome and a note. Raises Refused without a note, Conflict where it is resolved already."""
    episode, participant = _locked(session, escalation_id)
    _check_version(episode, version)
    if not note.strip():
        raise Refused("say in a note what was done", {"note": ["write what was done, for example: called, no fever now"]})
    episode.state = moved(ESCALATION_TRANSITIONS, episode.state, EscalationState.RESOLVED)
    episode.resolved_at, episode.resolved_by, episode.outcome, episode.next_page_at = now, by, outcome, None
    episode.note = note
    episode.version += 1
    _keep_step(session, episode, participant, EventKind.RESOLVED, by, staff_id, now, via)
    return episode


def _locked(session: Session, escalation_id: UUID) -> tuple[Escalation, Participant | None]:
    """The episode under its participant's lock, a stranger's under the study's: locked in an inbound text's order, none deadlocks."""
    owner = session.execute(select(Escalation.participant_id, Escalation.study_id).where(Escalation.id == escalation_id)).one_or_none()
    if owner is None:
        raise NotFound("no such escalation")
    if owner[0] is None:
        session.get_one(StudyRecord, owner[1], with_for_update={"key_share": True}, populate_existing=True)
    participant = session.get_one(Participant, owner[0], with_for_update={"key_share": True}, populate_existing=True) if owner[0] else None
    episode = session.get_one(Escalation, escalation_id, with_for_update={"key_share": True}, populate_existing=True)
    return episode, participant


def _check_version(episode: Escalation, version: int | None) -> None:
    if version is not None and version != episode.version:
        raise Changed(f"No. {episode.number} changed since you read it: read it again")


def _keep_step(
    session: Session,
    episode: Escalation,
    participant: Participant | None,
    kind: EventKind,
    by: str,
    staff_id: UUID | None,
    now: datetime,
    via: str | None,
) -> None:
    session.add(
        EscalationEvent(
            escalation_id=episode.id, kind=kind, at=now, actor=by, level=episode.level, reasons=episode.reasons, staff_id=staff_id
        ),
    )
    subject = participant or session.get_one(StudyRecord, episode.study_id, with_for_update={"key_share": True})
    outcome = {"outcome": episode.outcome.value} if episode.outcome else {}
    named = {"by": by} if via else {}
    record_event(subject, f"escalation_{kind}", now, via or by, number=episode.number, level=episode.level.value, **outcome, **named)
