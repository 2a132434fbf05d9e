"""Slots for visits: staff open them, participants are offered free ones, and one place is taken or given back at a time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from followup_service.visits.open_slot import OpenSlot

SOON = 3


def free_slots(session: Session, site_id: UUID, item: str, first: datetime, last: datetime, limit: int = SOON) -> list[OpenSlot]:
    """The earliest free slots for a planned visit from `first` to `last`, both included."""
    slots = session.scalars(
        select(OpenSlot)
        .where(OpenSlot.site_id == site_id, OpenSlot.starts_at >= first, OpenSlot.starts_at <= last)
        .where(OpenSlot.taken < OpenSlot.places, OpenSlot.closed_at.is_(None))
        .order_by(OpenSlot.starts_at)
    )
    return [slot for slot in slots if not slot.items or item in slot.items][:limit]


def take_slot(session: Session, slot_id: UUID) -> datetime | None:
    """Take one place and return when it is; None where the last one is gone. Two at once: one of them gets it."""
    return session.scalar(
        update(OpenSlot)
        .where(OpenSlot.id == slot_id, OpenSlot.taken < OpenSlot.places, OpenSlot.closed_at.is_(None))
        .values(taken=OpenSlot.taken + 1)
        .returning(OpenSlot.starts_at)
        .execution_options(synchronize_session=False)
    )


def give_back_slot(session: Session, slot_id: UUID) -> None:
    session.execute(
        update(OpenSlot)
        .where(OpenSlot.id == slot_id, OpenSlot.taken > 0)
        .values(taken=OpenSlot.taken - 1)
        .execution_options(synchronize_session=False)
    )
