"""Locking an episode for a change, in the one order in which nobody waits for each other for ever."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.errors import Changed, NotFound
from followup_service.escalations.escalation import Escalation, EscalationEvent
from followup_service.messaging.texts import UNKNOWN_NUMBER
from followup_service.participants.participant import Participant
from followup_service.protocol.sentences import said
from followup_service.staff.site import StudyRecord


def lock_episode(session: Session, escalation_id: UUID, version: int | None = None) -> tuple[Escalation, Participant | None]:
    """The episode under its participant's lock, a stranger's under the study's: locked in an inbound text's order, none deadlocks.

    Raises Changed where the row is no longer the `version` that the caller read.
    """
    owner = session.execute(select(Escalation.participant_id, Escalation.study_id).where(Escalation.id == escalation_id)).one_or_none()
    if owner is None:
        raise NotFound("no such escalation")
    if owner[0] is None:
        session.get_one(StudyRecord, owner[1], with_for_update={"key_share": True}, populate_existing=True)
    participant = session.get_one(Participant, owner[0], with_for_update={"key_share": True}, populate_existing=True) if owner[0] else None
    episode = session.get_one(Escalation, escalation_id, with_for_update={"key_share": True}, populate_existing=True)
    if version is not None and version != episode.version:
        raise _changed(session, episode)
    return episode, participant


def _changed(session: Session, episode: Escalation) -> Changed:
    """With what happened last, and by whom: whoever was about to act need not look for it."""
    steps = select(EscalationEvent.kind, EscalationEvent.actor).where(EscalationEvent.escalation_id == episode.id)
    last = session.execute(steps.order_by(EscalationEvent.at.desc(), EscalationEvent.id.desc()).limit(1)).first()
    if last is None:
        return Changed(said("No. %(number)s changed since you read it: read it again", number=episode.number))
    return Changed(
        said(
            "No. %(number)s changed since you read it, last: %(step)s (%(name)s). Read it again",
            number=episode.number,
            step=last.kind,
            name=last.actor,
        )
    )


def shown_code(participant: Participant | None) -> str:
    """What stands for the sender in a page."""
    return participant.code if participant is not None else UNKNOWN_NUMBER
