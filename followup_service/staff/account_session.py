"""AccountSession: a sign-in that lasts, kept on the server, so that signing out or disabling an account ends it wherever its cookie is."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Select, String, and_, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.extensions import db
from followup_service.staff.access import Access, access_by
from followup_service.staff.account import Account, AccountRole
from followup_service.staff.running_study import RunningStudy
from followup_service.staff.site import Site

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
# How long a password counts as just entered, for what changes the account's security.
FRESH = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
LONGEST_AGENT = 160


class SessionEnd(StrEnum):
    SIGNED_OUT = "signed_out"
    ENDED_ELSEWHERE = "ended_elsewhere"
    DISABLED = "disabled"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - why a session ended
    RESET = "reset"


class AccountSession(db.Model):  # type: ignore[name-defined,misc]
    """`last_seen_at` moves with what a person does, not with what an open page asks by itself. `confirmed_at`: password last entered."""

    __tablename__ = "account_sessions"

    account_id: Mapped[UUID] = mapped_column(refers_to("accounts.id"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    agent: Mapped[str] = mapped_column(String(LONGEST_AGENT))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_because: Mapped[SessionEnd | None] = mapped_column(enum_of(SessionEnd, "ended_because"))

    def lives(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.last_seen_at + IDLE and now < self.opened_at + ABSOLUTE

    def is_fresh(self, now: datetime) -> bool:
        return now < self.confirmed_at + FRESH


def open_session(session: Session, account: Account, agent: str, now: datetime) -> str:
    """Returns the secret for the cookie: the only time it can be read."""
    secret = secrets.token_urlsafe(32)
    session.add(
        AccountSession(
            account_id=account.id,
            secret_hash=_hash(secret),
            agent=agent[:LONGEST_AGENT],
            opened_at=now,
            last_seen_at=now,
            confirmed_at=now,
        )
    )
    return secret


# Every page and every poll asks for it: put together once, and asked in one question.
_FIND = (
    select(AccountSession, Account, AccountRole, Site)
    .join(Account, Account.id == AccountSession.account_id)
    .outerjoin(AccountRole, and_(AccountRole.account_id == Account.id, AccountRole.study_id == bindparam("study_id")))
    .outerjoin(Site, Site.study_id == AccountRole.study_id)
    .where(AccountSession.secret_hash == bindparam("secret_hash"))
    .order_by(Site.code, AccountRole.id)
)


def find_session(
    session: Session, secret: str, uniquifier: str, study: RunningStudy, now: datetime
) -> tuple[AccountSession, Access] | None:
    """The living session behind a cookie, with what its account may now; None where session or account has ended."""
    found = session.execute(_FIND, {"secret_hash": _hash(secret), "study_id": study.id}).all()
    if not found:
        return None
    row, account = found[0][:2]
    if not (row.lives(now) and account.active and account.fs_uniquifier == uniquifier):
        return None
    return row, access_by(account, study, [(role, site) for _row, _account, role, site in found])


def account_of_session() -> Select[tuple[UUID]]:
    """The same for the database, as part of another question: the account behind a cookie that still counts. `asked_for` has the values."""
    query = select(Account.id).join(AccountSession, AccountSession.account_id == Account.id)
    query = query.where(AccountSession.secret_hash == bindparam("secret_hash"), AccountSession.ended_at.is_(None))
    query = query.where(AccountSession.last_seen_at > bindparam("idle_since"), AccountSession.opened_at > bindparam("open_since"))
    return query.where(Account.active, Account.fs_uniquifier == bindparam("uniquifier"))


def asked_for(secret: str, uniquifier: str, now: datetime) -> dict[str, Any]:
    return {"secret_hash": _hash(secret), "uniquifier": uniquifier, "idle_since": now - IDLE, "open_since": now - ABSOLUTE}


def see_session(session: Session, row: AccountSession, now: datetime) -> None:
    """Somebody is there: the time until the session ends by itself begins anew."""
    seen = update(AccountSession).where(AccountSession.id == row.id, AccountSession.last_seen_at < now)
    session.execute(seen.values(last_seen_at=now).execution_options(synchronize_session=False))


def living_sessions(session: Session, account_id: UUID, now: datetime) -> list[AccountSession]:
    query = select(AccountSession).where(AccountSession.account_id == account_id, AccountSession.ended_at.is_(None))
    return [row for row in session.scalars(query.order_by(AccountSession.last_seen_at.desc())) if row.lives(now)]


def end_sessions(session: Session, account_id: UUID, because: SessionEnd, now: datetime, *, but: UUID | None = None) -> None:
    """End every session of the account, `but` one where it is named."""
    for row in session.scalars(select(AccountSession).where(AccountSession.account_id == account_id, AccountSession.ended_at.is_(None))):
        if row.id != but:
            row.ended_at, row.ended_because = now, because


def _hash(secret: str) -> bytes:
    # The secret has 256 random bits: a plain hash cannot be guessed back.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
