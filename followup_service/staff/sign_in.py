"""What signing in checks and keeps: a password, at the same cost for every name, and the events of the audit trail."""

from datetime import datetime
from functools import cache
from uuid import UUID

from flask_security import hash_password, verify_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.staff.account import Account
from followup_service.staff.manage_account import LONGEST_PASSWORD, normal_password, written_name

UNKNOWN = "unknown"


def account_named(session: Session, name: str) -> Account | None:
    account: Account | None = session.scalar(select(Account).where(Account.name == written_name(name)))
    return account


def account_of(session: Session, staff_id: UUID) -> Account | None:
    """The account with which this person of the team signs in."""
    account: Account | None = session.scalar(select(Account).where(Account.staff_id == staff_id))
    return account


def password_is_right(account: Account | None, written: str) -> bool:
    """Takes as long for a name that nobody has. No transaction should be open meanwhile."""
    password = normal_password(written)[:LONGEST_PASSWORD]
    usable = account is not None and account.active and account.password is not None
    hashed = account.password if account is not None and usable else _nobodys_password()
    return bool(verify_password(password, hashed)) and usable and len(written) <= LONGEST_PASSWORD


def note_failure(account: Account, step: str, now: datetime) -> None:
    record_event(account, "sign_in_failed", now, UNKNOWN, step=step)


def note_sign_in(account: Account, factor: str, now: datetime) -> None:
    account.last_signed_in_at = now
    record_event(account, "signed_in", now, account.actor, factor=factor)


@cache
def _nobodys_password() -> str:
    return str(hash_password("a password that nobody has, for names that nobody has"))
