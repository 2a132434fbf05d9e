"""A participant's treatments: an RFA session or a systemic cycle, planned or done. They are the anchors of the schedules."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.extensions import db


class TreatmentState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


TREATMENT_TRANSITIONS = {
    TreatmentState.PLANNED: frozenset({TreatmentState.DONE, TreatmentState.CANCELLED}),
    TreatmentState.DONE: frozenset({TreatmentState.CANCELLED}),
    TreatmentState.CANCELLED: frozenset(),
}


class TreatmentRecord(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "treatments"
    __table_args__ = (UniqueConstraint("participant_id", "kind", "treated_on"),)

    participant_id: Mapped[UUID] = mapped_column(refers_to("participants.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[TreatmentState] = mapped_column(enum_of(TreatmentState, "state"))
    treated_on: Mapped[date] = mapped_column(index=True)
    protocol_version: Mapped[str] = mapped_column(String(16))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(default=1)
