"""A signature needs two things (21 CFR 11.200): the person's own token, and the password of their account, entered anew each time."""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from flask import Response, request

from followup_service import clock
from followup_service.api.caller import caller
from followup_service.errors import FollowupError, Refused
from followup_service.extensions import db
from followup_service.records.settle_adverse_event import MayNotSign
from followup_service.staff.account import Account, lock_account
from followup_service.staff.sign_in import account_of, note_failure, password_is_right
from followup_service.staff.sign_in_delay import counts_for, forget_failures, start_try
from followup_service.staff.staff_member import StaffMember

STEP = "password"


class TooManyTries(FollowupError):
    status = 429
    title = "Too many requests"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many wrong passwords: wait {seconds} s")
        self.headers = {"Retry-After": str(seconds)}


def holder() -> StaffMember:
    """The person whose own token this is. Raises MayNotSign for a token that is no person's."""
    staff_id = caller().staff_id
    if staff_id is None:
        raise MayNotSign("this token is nobody's own: sign with one that was made with flask tokens create --held-by")
    return db.session.get_one(StaffMember, staff_id)


def with_own_password(view: Callable[..., Response]) -> Callable[..., Response]:
    """Takes `password` out of the body and goes on only where it is right, with the `full_name` of the account in its place.

    It commits the count of tries, so it comes before anything else is written.
    """

    @wraps(view)
    def confirmed(form: dict[str, Any], *args: Any, **values: Any) -> Response:
        said = {name: value for name, value in form.items() if name != "password"}
        return view(said | {"full_name": _confirmed(form["password"]).full_name}, *args, **values)

    return confirmed


def _confirmed(password: str) -> Account:
    person = holder()
    account = account_of(db.session, person.id)
    if account is None:
        raise MayNotSign(f"{person.handle} has no account: an administrator makes one for them, and they set its password")
    counts = counts_for(account.name, str(request.remote_addr), f"token {caller().token_id.hex}", step=STEP)
    until = start_try(db.session, counts, clock.now())
    # The password is looked at outside any transaction, because that takes long.
    db.session.commit()
    if until is not None:
        raise TooManyTries(max(1, ceil((until - clock.now()).total_seconds())))
    if not password_is_right(account, password):
        note_failure(lock_account(db.session, account.id), STEP, clock.now())
        db.session.commit()
        raise Refused("the password is wrong", {"password": ["write the password of your own account"]})
    forget_failures(db.session, counts)
    db.session.commit()
    return account
