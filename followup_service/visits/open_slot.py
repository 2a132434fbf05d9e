"""OpenSlot: a day and time at a site that staff opened for visits, with so many places."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.columns import UtcDateTime, refers_to
from followup_service.extensions import db


class OpenSlot(db.Model):  # type: ignore[name-defined,misc]
    """`taken` counts the places that are booked. `items` limits it to some planned visits; empty means any."""

    __tablename__ = "open_slots"
    __table_args__ = (Index("ix_open_slots_site_id_starts_at", "site_id", "starts_at"),)

    site_id: Mapped[UUID] = mapped_column(refers_to("sites.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    items: Mapped[list[str]] = mapped_column(default=list)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(String(80))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
