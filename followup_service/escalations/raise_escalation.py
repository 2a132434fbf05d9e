"""Opening an episode, or letting new reasons join the open one, and paging who is on call when there is something new to tell."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from followup_service.audit import SYSTEM, record_event
from followup_service.escalations.escalation import (
    ESCALATION_TRANSITIONS,
    Escalation,
    EscalationEvent,
    EscalationState,
    EventKind,
)
from followup_service.escalations.page_on_call import page_on_call
from followup_service.messaging.outbox import UnknownSender
from followup_service.messaging.texts import UNKNOWN_NUMBER
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import EscalationDecision
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.site import StudyRecord
from followup_service.transitions import moved

WORSE_BY = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom an escalation is about: a participant (whose row the caller has locked), or an unknown number by its keyed index."""

    study_id: UUID
    site_id: UUID
    participant: Participant | None = None
    unknown: UnknownSender | None = None
    sender_index: bytes | None = None

    @property
    def code(self) -> str:
        return self.participant.code if self.participant else UNKNOWN_NUMBER


def about(participant: Participant) -> Sender:
    return Sender(participant.study_id, participant.site_id, participant=participant)


def raise_escalation(
    session: Session,
    sender: Sender,
    decision: EscalationDecision,
    now: datetime,
    *,
    study: Study,
    inbound_id: UUID | None = None,
    celsius: Decimal | None = None,
) -> Escalation:
    """Open an episode or join the open one. Pages at once when it is new or worse; a repeat is kept and pages nobody again.

    An alarm joins the open alarm; what is for review joins it too, or else the open task. Worse is a higher level, a new reason that
    pages, or half a degree more.
    """
    codes = [reason.code for reason in decision.reasons]
    episode = _open_episode(session, sender, decision.level)
    if episode is None:
        episode = _open(session, sender, decision, codes, celsius, now, study)
        _keep_step(session, sender, episode, EventKind.OPENED, codes, inbound_id, now)
        page_on_call(session, episode, sender.code, "page", now, study=study)
    elif _is_worse(episode, decision, celsius):
        _worsen(episode, decision, codes, celsius)
        _keep_step(session, sender, episode, EventKind.WORSENED, codes, inbound_id, now)
        page_on_call(session, episode, sender.code, "page_worse", now, study=study)
    else:
        _gather(episode, decision, codes, celsius)
        _keep_step(session, sender, episode, EventKind.REPEATED, codes, inbound_id, now)
    return episode


def _open_episode(session: Session, sender: Sender, level: Level) -> Escalation | None:
    whose = Escalation.participant_id == sender.participant.id if sender.participant else Escalation.sender_index == sender.sender_index
    unresolved = select(Escalation).where(Escalation.state != EscalationState.RESOLVED, whose).with_for_update(key_share=True)
    by_kind = {episode.is_alarm: episode for episode in session.scalars(unresolved)}
    return by_kind.get(True) or (by_kind.get(False) if level is Level.REVIEW else None)


def _open(
    session: Session, sender: Sender, decision: EscalationDecision, codes: list[str], celsius: Decimal | None, now: datetime, study: Study
) -> Escalation:
    number = session.scalar(
        update(StudyRecord)
        .where(StudyRecord.id == sender.study_id)
        .values(last_escalation_number=StudyRecord.last_escalation_number + 1)
        .returning(StudyRecord.last_escalation_number)
        .execution_options(synchronize_session=False)
    )
    episode = Escalation(
        study_id=sender.study_id,
        site_id=sender.site_id,
        participant_id=sender.participant.id if sender.participant else None,
        sender_index=sender.sender_index,
        number=number,
        state=EscalationState.OPEN,
        is_alarm=decision.level is not Level.REVIEW,
        level=decision.level,
        reasons=codes,
        highest_celsius=celsius,
        opened_at=now,
        pages=0,
        protocol_version=study.version,
        version=1,
    )
    session.add(episode)
    return episode


def _is_worse(episode: Escalation, decision: EscalationDecision, celsius: Decimal | None) -> bool:
    paging = {reason.code for reason in decision.reasons if reason.level is not Level.REVIEW}
    if decision.level.rank > episode.level.rank or paging - set(episode.reasons):
        return True
    return celsius is not None and (episode.highest_celsius is None or celsius >= episode.highest_celsius + WORSE_BY)


def _worsen(episode: Escalation, decision: EscalationDecision, codes: list[str], celsius: Decimal | None) -> None:
    _gather(episode, decision, codes, celsius)
    if episode.state is EscalationState.ACKNOWLEDGED:
        # Whoever took it took something lesser: it needs taking again.
        episode.state = moved(ESCALATION_TRANSITIONS, episode.state, EscalationState.OPEN)
        episode.acknowledged_at = episode.acknowledged_by = None


def _gather(episode: Escalation, decision: EscalationDecision, codes: list[str], celsius: Decimal | None) -> None:
    episode.level = Level.worst(episode.level, decision.level) or episode.level
    episode.reasons = [*dict.fromkeys(codes + episode.reasons)]
    if celsius is not None:
        episode.highest_celsius = max(celsius, episode.highest_celsius or celsius)
    episode.version += 1


def _keep_step(
    session: Session, sender: Sender, episode: Escalation, kind: EventKind, codes: list[str], inbound_id: UUID | None, now: datetime
) -> None:
    session.add(
        EscalationEvent(
            escalation_id=episode.id, kind=kind, at=now, actor=SYSTEM, level=episode.level, reasons=codes, inbound_id=inbound_id
        ),
    )
    subject = sender.participant or session.get_one(StudyRecord, sender.study_id, with_for_update={"key_share": True})
    record_event(subject, f"escalation_{kind}", now, number=episode.number, level=episode.level.value, reasons=codes)
