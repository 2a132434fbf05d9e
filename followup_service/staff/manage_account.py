"""Making an account, giving it roles, setting and changing its password, disabling it and letting its owner begin anew."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask_security import hash_password
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.errors import Conflict, NotFound, Refused
from followup_service.protocol.sentences import said
from followup_service.staff.account import Account, AccountRole, Role
from followup_service.staff.account_session import SessionEnd, end_sessions
from followup_service.staff.passkey import Passkey
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember

SET_UP_WITHIN = timedelta(hours=48)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
FEWEST_DIFFERENT = 6
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,47}")


@dataclass(frozen=True, slots=True)
class Grant:
    """A role to be given: at a site, or everywhere in the study where `site_id` is None."""

    role: Role
    site_id: UUID | None
    blinded: bool = False


def create_account(
    session: Session,
    study_id: UUID,
    *,
    name: str,
    full_name: str,
    grants: Sequence[Grant],
    timezone: str,
    now: datetime,
    actor: str,
    staff: StaffMember | None = None,
) -> tuple[Account, str]:
    """The account, and the secret of its set-up link: the only time it can be read.

    Raises Conflict for a name in use, Refused for a bad one.
    """
    name = written_name(name)
    if not _NAME.fullmatch(name):
        problem = said("write a sign-in name of 2 to 48 small letters, digits and . _ @ + -")
        raise Refused(problem, {"name": [said("write it like %(example)s", example="li.na")]})
    if not full_name.strip():
        raise Refused(said("write the full name: signatures show it"), {"full_name": [said("write the full name")]})
    if session.scalar(select(Account.id).where(Account.name == name)):
        raise Conflict(said("there is an account '%(name)s' already: give another name", name=name), {"name": [said("in use")]})
    if staff is not None and session.scalar(select(Account.id).where(Account.staff_id == staff.id)):
        raise Conflict(said("%(name)s has an account already", name=staff.handle))
    account = Account(
        name=name,
        full_name=full_name.strip(),
        staff_id=staff.id if staff else None,
        active=True,
        fs_uniquifier=uuid4().hex,
        recovery_codes=[],
        timezone=timezone,
        single_keys=True,
        created_at=now,
    )
    session.add(account)
    session.flush()
    record_event(account, "account_created", now, actor, staff=staff.id.hex if staff else None)
    change_roles(session, account, study_id, grants, now, actor)
    return account, new_set_up_link(account, now, actor)


def change_roles(session: Session, account: Account, study_id: UUID, grants: Sequence[Grant], now: datetime, actor: str) -> None:
    """Give exactly these roles in the study, in place of those before. The next request of every session goes by them."""
    if not grants:
        raise Refused(said("give at least one role; to keep somebody out, disable the account"), {"roles": [said("choose a role")]})
    session.execute(delete(AccountRole).where(AccountRole.account_id == account.id, AccountRole.study_id == study_id))
    for grant in dict.fromkeys(grants):
        session.add(
            AccountRole(
                account_id=account.id,
                study_id=study_id,
                site_id=grant.site_id,
                role=grant.role,
                blinded=grant.blinded,
                granted_at=now,
                granted_by=actor,
            )
        )
    codes = {site.id: site.code for site in session.scalars(select(Site).where(Site.study_id == study_id))}
    given = [f"{grant.role}@{codes[grant.site_id] if grant.site_id else '*'}{' blinded' if grant.blinded else ''}" for grant in grants]
    record_event(account, "roles_given", now, actor, roles=sorted(given))


def new_set_up_link(account: Account, now: datetime, actor: str) -> str:
    """The secret of a link with which the owner sets password and second factor, once, within two days. One made before no longer works."""
    secret = secrets.token_urlsafe(32)
    account.set_up_hash, account.set_up_until = _hash(secret), now + SET_UP_WITHIN
    record_event(account, "set_up_link_made", now, actor)
    return secret


def find_by_set_up_link(session: Session, secret: str, now: datetime) -> Account | None:
    account: Account | None = session.scalar(select(Account).where(Account.set_up_hash == _hash(secret), Account.active))
    return account if account is not None and account.set_up_until is not None and now < account.set_up_until else None


def set_password(session: Session, account: Account, hashed: str, now: datetime) -> None:
    """With `hash_checked_password` beforehand. Every session ends: the caller opens a new one for whoever did it."""
    account.password, account.set_up_hash, account.set_up_until = hashed, None, None
    account.fs_uniquifier = uuid4().hex
    end_sessions(session, account.id, SessionEnd.PASSWORD_CHANGED, now)
    record_event(account, "password_set", now, account.actor)


def hash_checked_password(account: Account, written: str) -> str:
    """Raises Refused for a weak one. Takes a tenth of a second of work: no transaction should be open meanwhile."""
    password = normal_password(written)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or len(set(password)) < FEWEST_DIFFERENT:
        raise Refused(
            said(
                "write at least %(least)s characters, %(different)s of them different: some words in a row are good",
                least=SHORTEST_PASSWORD,
                different=FEWEST_DIFFERENT,
            )
        )
    if account.name.partition("@")[0] in password.lower():
        raise Refused(said("leave your name out of the password"))
    return str(hash_password(password))


def normal_password(written: str) -> str:
    """The same letters whatever keyboard wrote them."""
    return unicodedata.normalize("NFKC", written)


def disable_account(session: Session, account: Account, now: datetime, actor: str) -> None:
    """Its sessions end at once; nobody signs in with it until it is enabled."""
    if not account.active:
        raise Conflict(said("%(name)s is disabled already", name=account.name))
    account.active, account.fs_uniquifier = False, uuid4().hex
    account.set_up_hash = account.set_up_until = None
    end_sessions(session, account.id, SessionEnd.DISABLED, now)
    record_event(account, "account_disabled", now, actor)


def enable_account(account: Account, now: datetime, actor: str) -> None:
    if account.active:
        raise Conflict(said("%(name)s is enabled already", name=account.name))
    account.active = True
    record_event(account, "account_enabled", now, actor)


def reset_account(session: Session, account: Account, now: datetime, actor: str) -> str:
    """Take away password and second factor, for whoever lost them; returns the secret of a new set-up link."""
    if not account.active:
        raise Conflict(said("%(name)s is disabled: enable it first", name=account.name))
    account.password, account.totp_secret, account.totp_last_counter, account.recovery_codes = None, None, None, []
    account.fs_uniquifier = uuid4().hex
    session.execute(delete(Passkey).where(Passkey.account_id == account.id))
    end_sessions(session, account.id, SessionEnd.RESET, now)
    record_event(account, "account_reset", now, actor)
    return new_set_up_link(account, now, actor)


def find_account(session: Session, name: str) -> Account:
    """Locked, for a change. Raises NotFound."""
    account: Account | None = session.scalar(select(Account).where(Account.name == written_name(name)).with_for_update(key_share=True))
    if account is None:
        raise NotFound(f"there is no account '{name}': see flask accounts list")
    return account


def written_name(name: str) -> str:
    """Sign-in names are told apart by their small letters."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def _hash(secret: str) -> bytes:
    # The secret has 256 random bits: a plain hash cannot be guessed back.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
