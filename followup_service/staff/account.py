"""Account and AccountRole: a person who signs in to the web pages, and what they are there, by study and site."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from flask_security import UserMixin
from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.audit import AuditSubject
from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.encryption import EncryptedText
from followup_service.errors import NotFound
from followup_service.extensions import db


class Role(StrEnum):
    COORDINATOR = "coordinator"
    INVESTIGATOR = "investigator"
    DATA_MANAGER = "data_manager"
    MONITOR = "monitor"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


class Account(AuditSubject, UserMixin, db.Model):  # type: ignore[name-defined,misc]
    """A person who signs in. `name` is what they type, `full_name` what their signature says; `staff_id` is who is paged, where they are.

    `fs_uniquifier` stands in the cookie: a new one ends every session. `password` is a hash; None until the person has set one with the
    set-up link. The one-time codes up to `totp_last_counter` are used up; `recovery_codes` are keyed hashes of those still unused.
    """

    __tablename__ = "accounts"
    __audit_kind__ = "sign_in"

    name: Mapped[str] = mapped_column(String(48), unique=True)
    full_name_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    staff_id: Mapped[UUID | None] = mapped_column(refers_to("staff.id"), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    password: Mapped[str | None] = mapped_column("password_hash", String(255))
    totp_secret_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_last_counter: Mapped[int | None] = mapped_column(BigInteger)
    recovery_codes: Mapped[list[str]]
    passkey_challenge: Mapped[bytes | None] = mapped_column(LargeBinary(64))
    set_up_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    set_up_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    language: Mapped[str | None] = mapped_column(String(16))
    timezone: Mapped[str] = mapped_column(String(64))
    single_keys: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    full_name = EncryptedText()
    totp_secret = EncryptedText()

    @property
    def actor(self) -> str:
        """Who did it, as the audit trail and the lists of the team say it."""
        return self.name

    def calc_username(self) -> str:
        """What an authenticator app shows beside the code."""
        return self.name


class AccountRole(db.Model):  # type: ignore[name-defined,misc]
    """A role of an account at a site, or at every site of the study where `site_id` is None. Who is `blinded` there never sees the arm."""

    __tablename__ = "account_roles"

    account_id: Mapped[UUID] = mapped_column(refers_to("accounts.id"), index=True)
    study_id: Mapped[UUID] = mapped_column(refers_to("studies.id"))
    site_id: Mapped[UUID | None] = mapped_column(refers_to("sites.id"))
    role: Mapped[Role] = mapped_column(enum_of(Role, "role"))
    blinded: Mapped[bool] = mapped_column(default=False)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by: Mapped[str] = mapped_column(String(80))


def lock_account(session: Session, account_id: UUID) -> Account:
    """The row as it is now, locked until the transaction ends: of twenty one-time codes at once one is taken."""
    account: Account | None = session.get(Account, account_id, with_for_update={"key_share": True}, populate_existing=True)
    if account is None:
        raise NotFound("no such account")
    return account
