"""The demo's coordinator: an account of the console whose password and one-time codes are new at every start, and printed."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.demo.seed_study import ACTOR
from followup_service.staff.account import Account, Role
from followup_service.staff.manage_account import Grant, create_account, hash_checked_password, set_password
from followup_service.staff.running_study import running_study
from followup_service.staff.second_factor import new_recovery_codes, totp
from followup_service.staff.staff_member import StaffMember

NAME, FULL_NAME, HANDLE = "demo", "Demo Coordinator", "nurse-li"
CODES_SHOWN = 5
WORDS = ("heron", "maple", "river", "lantern", "meadow", "copper", "harbour", "saffron", "willow", "pebble", "orchard", "thistle")


@dataclass(frozen=True, slots=True)
class SignIn:
    """With what the demo's coordinator signs in. Each of the codes works once."""

    name: str
    password: str
    codes: tuple[str, ...]


def open_coordinator_account(session: Session, now: datetime) -> SignIn:
    """Make the account where there is none yet, with the phone of the nurse on call; give it a new password and new codes."""
    account = session.scalar(select(Account).where(Account.name == NAME))
    if account is None:
        nurse = session.scalars(select(StaffMember).where(StaffMember.handle == HANDLE)).one()
        grants = [Grant(Role.COORDINATOR, None, blinded=False)]
        how = {"name": NAME, "full_name": FULL_NAME, "grants": grants, "timezone": "Asia/Shanghai", "now": now, "actor": ACTOR}
        account, _link = create_account(session, running_study(session).id, **how, staff=nurse)
        # Nobody has the app: the printed codes stand in for it.
        account.totp_secret = totp.generate_totp_secret()
    password = "-".join(secrets.choice(WORDS) for _ in range(5))
    set_password(session, account, hash_checked_password(account, password), now)
    return SignIn(NAME, password, tuple(new_recovery_codes(account, now)[:CODES_SHOWN]))
