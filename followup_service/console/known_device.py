"""Known devices: a cookie of those that have signed in before, so that guessing from elsewhere never makes their owner wait."""

import secrets

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeSerializer

from followup_service.staff.account import Account

COOKIE = "device"
MOST_ACCOUNTS = 8
A_YEAR = 31_536_000


def device_of(account: Account | None) -> str | None:
    """The name of this device, where it has signed in to the account before."""
    return _known().get(account.id.hex) if account is not None else None


def remember_device(response: Response, account: Account) -> None:
    """A ward's computer knows several people; the one who came first is forgotten first."""
    known = _known()
    known[account.id.hex] = known.pop(account.id.hex, None) or secrets.token_hex(8)
    kept = dict(list(known.items())[-MOST_ACCOUNTS:])
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, _signer().dumps(kept), A_YEAR, path="/console", secure=secure, httponly=True, samesite="Lax")


def _known() -> dict[str, str]:
    try:
        return dict(_signer().loads(request.cookies.get(COOKIE, "")))
    except (BadData, TypeError, ValueError):
        return {}


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="known device")
