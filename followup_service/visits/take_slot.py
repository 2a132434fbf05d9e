"""Slots for visits: staff open them, participants are offered free ones, and one place is taken or given back at a time."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from followup_service.errors import NotFound, Refused
from followup_service.visits.open_slot import OpenSlot

SOON = 3


def open_slot(
    session: Session, site_id: UUID, starts_at: datetime, places: int, items: Sequence[str], now: datetime, actor: str
) -> OpenSlot:
    """Open a day and time for `places` visits, of some planned items or (none named) of any. Raises Refused for a past or odd one."""
    if starts_at <= now:
        raise Refused(f"{starts_at.isoformat()} has passed: open a day to come", {"starts_at": ["write a time to come"]})
    if places < 1:
        raise Refused("a slot needs at least one place", {"places": ["write 1 or more"]})
    slot = OpenSlot(
        site_id=site_id, starts_at=starts_at.astimezone(UTC), places=places, taken=0, items=list(items), opened_at=now, opened_by=actor
    )
    session.add(slot)
    return slot


def close_slot(session: Session, site_ids: Collection[UUID], slot_id: UUID, now: datetime) -> OpenSlot:
    """Offer it no more; what is booked stays booked. Raises NotFound for a slot that none of these sites has."""
    slot = session.scalar(select(OpenSlot).where(OpenSlot.id == slot_id, OpenSlot.site_id.in_(site_ids)).with_for_update())
    if slot is None:
        raise NotFound("no such slot")
    slot.closed_at = slot.closed_at or now
    return slot


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
