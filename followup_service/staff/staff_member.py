"""StaffMember: a person of the study team who can be paged, once their phone is verified."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.audit import AuditSubject
from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.encryption import EncryptedText
from followup_service.extensions import db

_IS_FALLBACK = text("is_fallback")
_IS_PRINCIPAL_INVESTIGATOR = text("is_principal_investigator")


class StaffRole(StrEnum):
    NURSE = "nurse"
    COORDINATOR = "coordinator"
    INVESTIGATOR = "investigator"


class StaffMember(AuditSubject, db.Model):  # type: ignore[name-defined,misc]
    """A person of the study team. `handle` is the short name that the service shows, such as nurse-li.

    A site has one fallback person, who stands in where nobody is on call, and one principal investigator at most.
    An operator keeps the service running, and hears when it stopped sending.
    A phone counts from `phone_verified_at` on; until then `phone_code_hash` is of the code that its owner was given by the team.
    """

    __tablename__ = "staff"
    __audit_kind__ = "account"
    __table_args__ = (
        UniqueConstraint("site_id", "handle"),
        UniqueConstraint("phone_index"),
        Index("uq_staff_fallback", "site_id", unique=True, sqlite_where=_IS_FALLBACK, postgresql_where=_IS_FALLBACK),
        Index(
            "uq_staff_principal_investigator",
            "site_id",
            unique=True,
            sqlite_where=_IS_PRINCIPAL_INVESTIGATOR,
            postgresql_where=_IS_PRINCIPAL_INVESTIGATOR,
        ),
    )

    site_id: Mapped[UUID] = mapped_column(refers_to("sites.id"))
    handle: Mapped[str] = mapped_column(String(48))
    role: Mapped[StaffRole] = mapped_column(enum_of(StaffRole, "role"), default=StaffRole.NURSE)
    language: Mapped[str] = mapped_column(String(16))
    phone_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    email_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    phone_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    phone_code_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    phone_code_failures: Mapped[int] = mapped_column(default=0)
    is_fallback: Mapped[bool] = mapped_column(default=False)
    is_principal_investigator: Mapped[bool] = mapped_column(default=False)
    is_operator: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    phone = EncryptedText()
    email = EncryptedText()

    @property
    def counts(self) -> bool:
        """Whether pages may go to this person, and their answers count."""
        return self.active and self.phone_verified_at is not None
