"""Visit: what was announced, booked, confirmed, attended or missed of a planned visit. The plan itself is computed, never stored."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.encryption import EncryptedText
from followup_service.extensions import db


class VisitState(StrEnum):
    """`planned`: its first text is being made ready; the participant does not know of it yet."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    BOOKED = "booked"
    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"


# What staff write for a visit stands in each of its reminders, after all else that they say: two short sentences.
LONGEST_PREPARATION = 90

_UNTOLD = {VisitState.PLANNED, VisitState.ANNOUNCED}
VISIT_TRANSITIONS = {
    VisitState.PLANNED: frozenset(set(VisitState) - {VisitState.PLANNED}),
    VisitState.ANNOUNCED: frozenset(set(VisitState) - _UNTOLD),
    VisitState.BOOKED: frozenset(set(VisitState) - _UNTOLD),
    VisitState.CONFIRMED: frozenset(set(VisitState) - _UNTOLD - {VisitState.CONFIRMED}),
    VisitState.MISSED: frozenset({VisitState.BOOKED, VisitState.ATTENDED, VisitState.CANCELLED}),
    VisitState.ATTENDED: frozenset(),
    VisitState.CANCELLED: frozenset({VisitState.ANNOUNCED, VisitState.BOOKED}),
}
# What staff entered wrong is put right with a reason; by itself nothing follows a visit that took place.
VISIT_CORRECTIONS = VISIT_TRANSITIONS | {
    VisitState.ATTENDED: frozenset({VisitState.ATTENDED, VisitState.MISSED, VisitState.BOOKED}),
}

_STEP_WAITS = text("next_step_at IS NOT NULL")
_ATTENDED = text("attended_on IS NOT NULL")


class Visit(db.Model):  # type: ignore[name-defined,misc]
    """The window is the one last told to the participant, or to be told.

    `next_step` is what the clock does next and `next_step_at` when: a reminder, a question after the day, a task for staff.
    `question` is the one put to the participant and not answered yet; `offers` are the slots offered with it, the first as digit 1.
    `together_with` are the planned visits done on the same journey.
    """

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("participant_id", "item", "occurrence"),
        Index("ix_visits_next_step_at", "next_step_at", sqlite_where=_STEP_WAITS, postgresql_where=_STEP_WAITS),
        Index("ix_visits_attended_on", "attended_on", sqlite_where=_ATTENDED, postgresql_where=_ATTENDED),
    )

    participant_id: Mapped[UUID] = mapped_column(refers_to("participants.id"), index=True)
    item: Mapped[str] = mapped_column(String(48))
    occurrence: Mapped[str] = mapped_column(String(32))
    state: Mapped[VisitState] = mapped_column(enum_of(VisitState, "state"))
    target_on: Mapped[date] = mapped_column(index=True)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    together_with: Mapped[list[str]] = mapped_column(default=list)
    booked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    slot_id: Mapped[UUID | None] = mapped_column(refers_to("open_slots.id"))
    preparation_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attended_on: Mapped[date | None]
    question: Mapped[str | None] = mapped_column(String(32))
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offers: Mapped[list[str]] = mapped_column(default=list)
    next_step: Mapped[str | None] = mapped_column(String(24))
    next_step_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    protocol_version: Mapped[str] = mapped_column(String(16))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    preparation = EncryptedText()


class VisitChange(db.Model):  # type: ignore[name-defined,misc]
    """A visit that moved, or left the plan (no new dates), after the participant had been told of it: the old window and the new."""

    __tablename__ = "visit_changes"

    visit_id: Mapped[UUID] = mapped_column(refers_to("visits.id"), index=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    was_target_on: Mapped[date]
    was_opens_on: Mapped[date]
    was_closes_on: Mapped[date]
    target_on: Mapped[date | None]
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    from_version: Mapped[str] = mapped_column(String(16))
    to_version: Mapped[str] = mapped_column(String(16))
