"""Visit: what was announced, booked, confirmed, attended or missed of a planned visit. The plan itself is computed, never stored."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.extensions import db


class VisitState(StrEnum):
    ANNOUNCED = "announced"
    BOOKED = "booked"
    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"


VISIT_TRANSITIONS = {
    VisitState.ANNOUNCED: frozenset(set(VisitState) - {VisitState.ANNOUNCED}),
    VisitState.BOOKED: frozenset(set(VisitState) - {VisitState.ANNOUNCED}),
    VisitState.CONFIRMED: frozenset({VisitState.BOOKED, VisitState.ATTENDED, VisitState.MISSED, VisitState.CANCELLED}),
    VisitState.MISSED: frozenset({VisitState.BOOKED, VisitState.ATTENDED, VisitState.CANCELLED}),
    VisitState.ATTENDED: frozenset(),
    VisitState.CANCELLED: frozenset({VisitState.BOOKED}),
}


class Visit(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "visits"
    __table_args__ = (UniqueConstraint("participant_id", "item", "occurrence"),)

    participant_id: Mapped[UUID] = mapped_column(refers_to("participants.id"), index=True)
    item: Mapped[str] = mapped_column(String(48))
    occurrence: Mapped[str] = mapped_column(String(32))
    state: Mapped[VisitState] = mapped_column(enum_of(VisitState, "state"))
    target_on: Mapped[date]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    booked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attended_on: Mapped[date | None]
    protocol_version: Mapped[str] = mapped_column(String(16))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
