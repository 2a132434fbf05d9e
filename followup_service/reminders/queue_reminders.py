"""Puts the reminders that are due in the outbox, many at once: one look, one insert and one update, however many there are."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from followup_service.messaging.outbox import queue_many
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import ContactHours, Study
from followup_service.protocol.reminder_schedule import BEFORE
from followup_service.reminders.visit_steps import FOLLOWED, USEFUL_FOR, Clockwork, step_after
from followup_service.reminders.visit_text import REMINDERS, question_of, reminder_values
from followup_service.staff.site import Site
from followup_service.visits.visit import Visit, VisitState

# One question at a time: so long a reminder of another visit does not add a second.
QUESTION_WAITS = timedelta(hours=24)

Clockworks = dict[tuple[str, str, time | None, time | None], Clockwork]
Busy = Callable[[Collection[UUID]], set[UUID]]

_DUE = (
    select(
        Visit.id,
        Visit.participant_id,
        Visit.item,
        Visit.together_with,
        Visit.state,
        Visit.target_on,
        Visit.opens_on,
        Visit.closes_on,
        Visit.booked_at,
        Visit.announced_at,
        Visit.question,
        Visit.asked_at,
        Visit.next_step,
        Visit.next_step_at,
        Participant.site_id,
        Participant.state.label("participant_state"),
        Participant.language,
        Participant.timezone,
        Participant.contact_opens,
        Participant.contact_closes,
        Site.country,
    )
    .join(Participant, Participant.id == Visit.participant_id)
    .join(Site, Site.id == Participant.site_id)
    .where(Visit.id.in_(bindparam("visit_ids", expanding=True)), Visit.next_step_at <= bindparam("now"))
    .where(Visit.next_step.startswith(f"{BEFORE}-"))
    .order_by(Visit.next_step_at)
    .with_for_update(of=Visit, skip_locked=True, key_share=True)
)
_TABLE = Visit.__table__
_CHANGED = ("state", "announced_at", "question", "asked_at", "offers", "next_step", "next_step_at")
_UPDATE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("visit_id"))
    .values({name: bindparam(f"new_{name}", type_=_TABLE.c[name].type) for name in _CHANGED})
)


def queue_reminders(session: Session, visit_ids: Sequence[UUID], now: datetime, busy: Busy, *, study: Study) -> None:
    """Queue the reminder of each of these visits that is still due, and set the visit's next step. The caller commits.

    `busy` says who of these participants is being asked something else: their reminder comes without its question.
    """
    due = session.execute(_DUE, {"now": now, "visit_ids": visit_ids}).all()
    if not due:
        return
    participants = {row.participant_id for row in due}
    asked_elsewhere = busy(participants) | _asked_of_another_visit(session, participants, due, now)
    texts: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    clockworks: Clockworks = {}
    for row in due:
        works = _clockwork(row, clockworks, study)
        question = None
        if row.participant_state in FOLLOWED:
            question = None if row.participant_id in asked_elsewhere else question_of(row)
            texts.append(_text(row, question, works))
        if question is not None:
            asked_elsewhere.add(row.participant_id)
        changes.append(_change(row, question, works, now))
    queue_many(session, Purpose.REMINDER, texts, now, study=study)
    session.connection().execute(_UPDATE, changes)


def _clockwork(row: Row[Any], known: Clockworks, study: Study) -> Clockwork:
    key = (row.timezone, row.country, row.contact_opens, row.contact_closes)
    if key not in known:
        hours = study.contact_hours if row.contact_opens is None else ContactHours(row.contact_opens, row.contact_closes)
        known[key] = Clockwork(study, ZoneInfo(row.timezone), hours, row.country)
    return known[key]


def _text(row: Row[Any], question: str | None, works: Clockwork) -> dict[str, Any]:
    speaks_of = row.booked_at or row.target_on
    return {
        "participant_id": row.participant_id,
        "site_id": row.site_id,
        "visit_id": row.id,
        "language": row.language,
        "message": REMINDERS[row.booked_at is not None],
        "values": reminder_values(row, question),
        "due_at": row.next_step_at,
        "useful_until": min(row.next_step_at + USEFUL_FOR, _ends(row, works)),
        "dedupe_key": f"{row.id.hex}:{speaks_of.isoformat()}:{row.next_step}",
    }


def _ends(row: Row[Any], works: Clockwork) -> datetime:
    """After this there is nothing to remind of."""
    return row.booked_at or datetime.combine(row.closes_on + timedelta(days=1), time(0), works.zone)


def _change(row: Row[Any], question: str | None, works: Clockwork, now: datetime) -> dict[str, Any]:
    """What becomes of the visit's row. A participant who left the trial has no next step."""
    following = step_after(row, works, row.next_step_at) if row.participant_state in FOLLOWED else None
    return {
        "visit_id": row.id,
        "new_state": VisitState.ANNOUNCED if row.state is VisitState.PLANNED else row.state,
        "new_announced_at": row.announced_at or now,
        "new_question": question or row.question,
        "new_asked_at": now if question else row.asked_at,
        "new_offers": [],
        "new_next_step": following.code if following else None,
        "new_next_step_at": following.at if following else None,
    }


def _asked_of_another_visit(session: Session, participants: set[UUID], due: Sequence[Row[Any]], now: datetime) -> set[UUID]:
    these = {row.id for row in due}
    waiting = session.execute(
        select(Visit.id, Visit.participant_id).where(
            Visit.participant_id.in_(participants), Visit.question.is_not(None), Visit.asked_at > now - QUESTION_WAITS
        )
    )
    return {row.participant_id for row in waiting if row.id not in these}
