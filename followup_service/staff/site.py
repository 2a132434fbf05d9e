"""StudyRecord and Site: which trial runs here, the numbers of its escalations, and which hospital a participant belongs to."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.audit import AuditSubject
from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.extensions import db


class StudyState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


STUDY_TRANSITIONS = {StudyState.OPEN: frozenset({StudyState.CLOSED}), StudyState.CLOSED: frozenset({StudyState.OPEN})}


class StudyRecord(AuditSubject, db.Model):  # type: ignore[name-defined,misc]
    """A running trial. What it says is in its protocol file; here is what happened to it."""

    __tablename__ = "studies"
    __audit_kind__ = "study"

    code: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[StudyState] = mapped_column(enum_of(StudyState, "state"), default=StudyState.OPEN)
    protocol_version: Mapped[str] = mapped_column(String(16))
    ends_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EscalationNumbers(db.Model):  # type: ignore[name-defined,misc]
    """The `last` number by which people speak of an escalation of the study."""

    __tablename__ = "escalation_numbers"

    study_id: Mapped[UUID] = mapped_column(refers_to("studies.id"), unique=True)
    last: Mapped[int]


class Site(db.Model):  # type: ignore[name-defined,misc]
    """A hospital. `takes_unknown_senders` marks the one whose team looks at texts from numbers that nobody knows.

    `visit_place` is where to come, as reminders say it: "Building 2, ground floor". It names no illness.
    `next_roster_check_at` is when its roster is looked over for gaps; None: as soon as possible.
    `next_drill_at` is when its weekly drill is due; None: not yet known.
    """

    __tablename__ = "sites"
    __table_args__ = (UniqueConstraint("study_id", "code"),)

    study_id: Mapped[UUID] = mapped_column(refers_to("studies.id"))
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    timezone: Mapped[str] = mapped_column(String(64))
    country: Mapped[str] = mapped_column(String(2))
    clinic_phone: Mapped[str] = mapped_column(String(32))
    emergency_number: Mapped[str] = mapped_column(String(16))
    visit_place: Mapped[str | None] = mapped_column(String(120))
    takes_unknown_senders: Mapped[bool] = mapped_column(default=False)
    next_roster_check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_drill_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
