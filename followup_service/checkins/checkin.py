"""Checkin and Answer: a questionnaire that was started with a participant, and what was answered."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.extensions import db


class CheckinState(StrEnum):
    PLANNED = "planned"
    ASKING = "asking"
    COMPLETED = "completed"
    CLOSED = "closed"


CHECKIN_TRANSITIONS = {
    CheckinState.PLANNED: frozenset({CheckinState.ASKING, CheckinState.CLOSED}),
    CheckinState.ASKING: frozenset({CheckinState.COMPLETED, CheckinState.CLOSED}),
    CheckinState.COMPLETED: frozenset(),
    CheckinState.CLOSED: frozenset(),
}

_WAITING = text("state IN ('planned', 'asking')")


class Checkin(db.Model):  # type: ignore[name-defined,misc]
    """`questions` are the question codes in order, `question` the one now asked; `next_step_at` is when the clock has something to do."""

    __tablename__ = "checkins"
    __table_args__ = (
        UniqueConstraint("participant_id", "plan", "occurrence"),
        Index("ix_checkins_next_step_at", "next_step_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_checkins_participant_id_waiting", "participant_id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    participant_id: Mapped[UUID] = mapped_column(refers_to("participants.id"), index=True)
    plan: Mapped[str] = mapped_column(String(48))
    occurrence: Mapped[str] = mapped_column(String(48))
    state: Mapped[CheckinState] = mapped_column(enum_of(CheckinState, "state"))
    importance: Mapped[int]
    questions: Mapped[list[str]]
    question: Mapped[str | None] = mapped_column(String(48))
    asked_again: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_step_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_because: Mapped[str | None] = mapped_column(String(48))
    protocol_version: Mapped[str] = mapped_column(String(16))


class Answer(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "answers"

    checkin_id: Mapped[UUID] = mapped_column(refers_to("checkins.id"), index=True)
    question: Mapped[str] = mapped_column(String(48))
    value: Mapped[str] = mapped_column(String(32))
    inbound_id: Mapped[UUID] = mapped_column(refers_to("inbound_messages.id"))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
