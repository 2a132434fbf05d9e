"""Keeping a step of an episode: for the team in its timeline, for whoever checks it later in the audit trail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.audit import SYSTEM, record_event
from followup_service.escalations.escalation import Escalation, EscalationEvent, EventKind
from followup_service.participants.participant import Participant
from followup_service.staff.site import StudyRecord


def keep_step(
    session: Session,
    episode: Escalation,
    participant: Participant | None,
    kind: EventKind,
    now: datetime,
    by: str = SYSTEM,
    *,
    via: str | None = None,
    codes: list[str] | None = None,
    staff_id: UUID | None = None,
    inbound_id: UUID | None = None,
    note: str | None = None,
    **detail: Any,
) -> None:
    """`by` did it, `via` a program; `codes` are the reasons that led to this step, where it has its own. `detail` goes to the audit, the
    words of a `note` do not."""
    session.add(
        EscalationEvent(
            escalation_id=episode.id,
            kind=kind,
            at=now,
            actor=by,
            level=episode.level,
            reasons=episode.reasons if codes is None else codes,
            staff_id=staff_id,
            inbound_id=inbound_id,
            note=note,
        ),
    )
    subject = participant or session.get_one(StudyRecord, episode.study_id, with_for_update={"key_share": True})
    if codes is not None:
        detail["reasons"] = codes
    if via is not None:
        detail["by"] = by
    record_event(subject, f"escalation_{kind}", now, via or by, number=episode.number, level=episode.level.value, **detail)
