"""StaffMember and OnCallShift: who can be paged, and who is on call at a site now, in which order."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.audit import AuditSubject
from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.encryption import EncryptedText
from followup_service.extensions import db


class StaffRole(StrEnum):
    NURSE = "nurse"
    COORDINATOR = "coordinator"
    INVESTIGATOR = "investigator"


class StaffMember(AuditSubject, db.Model):  # type: ignore[name-defined,misc]
    """A person of the study team. `handle` is the short name that the service shows, such as nurse-li."""

    __tablename__ = "staff"
    __audit_kind__ = "account"
    __table_args__ = (UniqueConstraint("site_id", "handle"), UniqueConstraint("phone_index"))

    site_id: Mapped[UUID] = mapped_column(refers_to("sites.id"))
    handle: Mapped[str] = mapped_column(String(48))
    role: Mapped[StaffRole] = mapped_column(enum_of(StaffRole, "role"), default=StaffRole.NURSE)
    language: Mapped[str] = mapped_column(String(16))
    phone_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    phone = EncryptedText()


class OnCallShift(db.Model):  # type: ignore[name-defined,misc]
    """One person's turn on call. `position` 1 is paged first. A shift without an end lasts until it is given one."""

    __tablename__ = "on_call_shifts"
    __table_args__ = (Index("ix_on_call_shifts_site_id_starts_at", "site_id", "starts_at"),)

    site_id: Mapped[UUID] = mapped_column(refers_to("sites.id"))
    staff_id: Mapped[UUID] = mapped_column(refers_to("staff.id"))
    position: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def on_call(session: Session, site_id: UUID, now: datetime) -> list[StaffMember]:
    """Who is on the roster of a site, first to be paged first."""
    shifts = (
        select(StaffMember)
        .join(OnCallShift, OnCallShift.staff_id == StaffMember.id)
        .where(OnCallShift.site_id == site_id, OnCallShift.starts_at <= now, or_(OnCallShift.ends_at.is_(None), OnCallShift.ends_at > now))
        .where(StaffMember.active)
        .order_by(OnCallShift.position, OnCallShift.starts_at)
    )
    return list(dict.fromkeys(session.scalars(shifts)))


def everyone_active(session: Session, site_id: UUID) -> list[StaffMember]:
    """Everybody active of the site; where there is nobody at all, of the whole study: a page must reach somebody of the team."""
    active = select(StaffMember).where(StaffMember.active).order_by(StaffMember.created_at)
    at_site = list(session.scalars(active.where(StaffMember.site_id == site_id)))
    return at_site or list(session.scalars(active))
