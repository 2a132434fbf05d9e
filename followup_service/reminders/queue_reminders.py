"""Puts the reminders that are due in the outbox, many at once: one look, one insert and few updates, however many there are."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, literal_column, select, update
from sqlalchemy.orm import Session

from followup_service.messaging.outbox import queue_many
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import ContactHours, Study
from followup_service.protocol.reminder_schedule import BEFORE
from followup_service.reminders.visit_steps import FOLLOWED, USEFUL_FOR, Clockwork, NextStep, StepsAhead
from followup_service.reminders.visit_text import SO_NEAR, question_of, reminder_of, reminder_values
from followup_service.staff.site import Site
from followup_service.visits.visit import Visit, VisitState

# One question at a time: so long a reminder of another visit does not add a second.
QUESTION_WAITS = timedelta(hours=24)
A_MOMENT = timedelta(seconds=1)

# Who of these participants is being asked something else just now.
Busy = Callable[[Collection[UUID]], set[UUID]]

# The tables and not the classes: thousands of rows at once need no objects.
_VISITS, _PARTICIPANTS, _SITES = Visit.__table__.c, Participant.__table__.c, Site.__table__.c
_DUE = (
    select(
        _VISITS.id,
        _VISITS.participant_id,
        _VISITS.item,
        _VISITS.together_with,
        _VISITS.state,
        _VISITS.target_on,
        _VISITS.opens_on,
        _VISITS.closes_on,
        _VISITS.booked_at,
        _VISITS.announced_at,
        _VISITS.next_step,
        _VISITS.next_step_at,
        _PARTICIPANTS.site_id,
        _PARTICIPANTS.state.label("participant_state"),
        _PARTICIPANTS.language,
        _PARTICIPANTS.timezone,
        _PARTICIPANTS.contact_opens,
        _PARTICIPANTS.contact_closes,
        _SITES.country,
    )
    .join(Participant.__table__, _PARTICIPANTS.id == _VISITS.participant_id)
    .join(Site.__table__, _SITES.id == _PARTICIPANTS.site_id)
    .where(_VISITS.next_step.startswith(f"{BEFORE}-"))
    .order_by(_VISITS.next_step_at)
    .with_for_update(of=Visit.__table__, skip_locked=True, key_share=True)
)


class _Change(NamedTuple):
    """What becomes of the rows of some visits. Those of one day share it."""

    announced: bool
    question: str | None
    following: NextStep | None


def queue_reminders(
    session: Session, now: datetime, busy: Busy, *, study: Study, limit: int, visit_ids: Collection[UUID] | None = None
) -> int:
    """Queue up to `limit` due reminders, of these visits or of all, and set the next step of each. Returns how many. The caller commits.

    Who is being asked something else gets the reminder without its question. Who left the trial has no next step.
    """
    query = _DUE.where(_VISITS.next_step_at <= now).limit(limit)
    due = session.execute(query if visit_ids is None else query.where(_VISITS.id.in_(visit_ids))).all()
    if not due:
        return 0
    participants = {row.participant_id for row in due}
    asked_elsewhere = busy(participants) | _asked_of_another_visit(session, participants, due, now)
    steps, clockworks = StepsAhead(), dict[tuple[Any, ...], Clockwork]()
    texts: list[dict[str, Any]] = []
    changes: dict[_Change, list[UUID]] = defaultdict(list)
    for row in due:
        question = following = None
        if row.participant_state in FOLLOWED:
            works = _clockwork(row, clockworks, study)
            step = NextStep(row.next_step, row.next_step_at)
            message = reminder_of(row, step, works.zone, late=not steps.has(row, works, step))
            following = steps.after(row, works, step.at)
            question = None if row.participant_id in asked_elsewhere else question_of(row)
            texts.append(_text(row, message, question, following, works))
        if question is not None:
            asked_elsewhere.add(row.participant_id)
        changes[_Change(row.state is VisitState.PLANNED, question, following)].append(row.id)
    queue_many(session, Purpose.REMINDER, texts, now, study=study)
    for change, ids in changes.items():
        _apply(session, change, ids, now)
    return len(due)


def _clockwork(row: Row[Any], known: dict[tuple[Any, ...], Clockwork], study: Study) -> Clockwork:
    key = (row.timezone, row.country, row.contact_opens, row.contact_closes)
    if key not in known:
        hours = study.contact_hours if row.contact_opens is None else ContactHours(row.contact_opens, row.contact_closes)
        known[key] = Clockwork(study, ZoneInfo(row.timezone), hours, row.country)
    return known[key]


def _text(row: Row[Any], message: str, question: str | None, following: NextStep | None, works: Clockwork) -> dict[str, Any]:
    speaks_of = row.booked_at or row.target_on
    return {
        "participant_id": row.participant_id,
        "site_id": row.site_id,
        "visit_id": row.id,
        "language": row.language,
        "message": message,
        "values": reminder_values(row, question),
        "due_at": row.next_step_at,
        "useful_until": min(row.next_step_at + USEFUL_FOR, _is_over_at(row, message, following, works)),
        "dedupe_key": f"{row.id.hex}:{speaks_of.isoformat()}:{row.next_step}",
    }


def _is_over_at(row: Row[Any], message: str, following: NextStep | None, works: Clockwork) -> datetime:
    """From then on there is nothing to remind of, or the next reminder says it, or today is the tomorrow that it speaks of."""
    if message == SO_NEAR[1]:
        return datetime.combine(row.booked_at.astimezone(works.zone).date(), time(0), works.zone) - A_MOMENT
    if following is not None and following.kind == BEFORE:
        return following.at - A_MOMENT
    return row.booked_at or datetime.combine(row.closes_on + timedelta(days=1), time(0), works.zone)


def _apply(session: Session, change: _Change, ids: Sequence[UUID], now: datetime) -> None:
    values: dict[str, Any] = {"announced_at": func.coalesce(_VISITS.announced_at, now)}
    values |= {"next_step": change.following.code, "next_step_at": change.following.at} if change.following else _NO_STEP
    if change.announced:
        values["state"] = VisitState.ANNOUNCED
    if change.question is not None:
        values |= {"question": change.question, "asked_at": now, "offers": literal_column("'[]'")}
    session.connection().execute(update(Visit.__table__).where(_VISITS.id.in_(ids)).values(values))


_NO_STEP = {"next_step": None, "next_step_at": None}


def _asked_of_another_visit(session: Session, participants: set[UUID], due: Sequence[Row[Any]], now: datetime) -> set[UUID]:
    these = {row.id for row in due}
    waiting = session.execute(
        select(_VISITS.id, _VISITS.participant_id).where(
            _VISITS.participant_id.in_(participants), _VISITS.question.is_not(None), _VISITS.asked_at > now - QUESTION_WAITS
        )
    )
    return {row.participant_id for row in waiting if row.id not in these}
