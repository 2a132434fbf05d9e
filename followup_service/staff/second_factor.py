"""The second factor: codes of an authenticator app (TOTP, RFC 6238), each good once, and recovery codes for the day the phone is lost."""

import io
from datetime import datetime

import qrcode
import qrcode.image.svg
from flask_security.totp import Totp
from passlib.totp import TOTP, TotpMatch

from followup_service import clock
from followup_service.audit import record_event
from followup_service.encryption import keyring
from followup_service.staff.account import Account

ISSUER = "Follow-up"
# A phone's clock may be half a minute off; a person needs some seconds to type.
SECONDS_EITHER_WAY = 30
APP_DIGITS = 6
RECOVERY_CODES = 10


class SingleUseTotp(Totp):
    """Flask-Security's codes on our clock. It leaves to its user to remember the last one taken: an account does."""

    def __init__(self) -> None:
        # The secret lies in an encrypted column: it needs no second encryption of its own.
        self._totp = TOTP.using(issuer=ISSUER, now=lambda: clock.now().timestamp())

    def generate_totp_secret(self) -> str:
        return str(self._totp.new().base32_key)

    def get_last_counter(self, user: Account) -> int | None:
        return user.totp_last_counter

    def set_last_counter(self, user: Account, tmatch: TotpMatch) -> None:
        user.totp_last_counter = tmatch.counter

    def code_at(self, secret: str, at: datetime) -> str:
        """What the app shows at an instant."""
        return str(self._totp(secret).generate(int(at.timestamp())).token)

    def verify_totp(self, token: str, totp_secret: str, user: Account, window: int = SECONDS_EITHER_WAY) -> bool:
        return bool(super().verify_totp(token, self._totp(totp_secret).to_json(encrypt=False), user, window))

    def uri(self, secret: str, account: Account) -> str:
        return str(self._totp(secret).to_uri(account.calc_username()))


totp = SingleUseTotp()


def qr_picture(uri: str) -> bytes:
    """The secret as an SVG document for the camera of a phone."""
    picture = io.BytesIO()
    qrcode.make(uri, image_factory=qrcode.image.svg.SvgPathFillImage, border=2).save(picture)
    return picture.getvalue()


def take_code(account: Account, written: str, now: datetime) -> str | None:
    """Use up a code of the app or a recovery code; which kind it was, or None for a wrong or used one. The caller holds the row's lock."""
    plain = written.replace(" ", "").replace("-", "").strip().lower()
    # A recovery code may happen to have digits only; it is longer.
    if len(plain) == APP_DIGITS and plain.isdecimal() and plain.isascii() and account.totp_secret:
        return "app" if totp.verify_totp(plain, account.totp_secret, account) else None
    hashed = _hash(account, plain)
    if hashed not in account.recovery_codes:
        return None
    account.recovery_codes = [kept for kept in account.recovery_codes if kept != hashed]
    record_event(account, "recovery_code_used", now, account.actor, left=len(account.recovery_codes))
    return "recovery"


def set_second_factor(account: Account, secret: str, written: str, now: datetime) -> list[str] | None:
    """Take the app whose secret this is, once it has shown a right code. Returns new recovery codes: the only time they can be read."""
    before = account.totp_last_counter
    account.totp_last_counter = None
    if not totp.verify_totp(written.replace(" ", ""), secret, account):
        account.totp_last_counter = before
        return None
    account.totp_secret = secret
    record_event(account, "second_factor_set", now, account.actor)
    return new_recovery_codes(account, now)


def new_recovery_codes(account: Account, now: datetime) -> list[str]:
    """In place of all codes before."""
    codes = totp.generate_recovery_codes(RECOVERY_CODES)
    account.recovery_codes = [_hash(account, code.replace("-", "")) for code in codes]
    record_event(account, "recovery_codes_made", now, account.actor, count=len(codes))
    return codes


def _hash(account: Account, code: str) -> str:
    return keyring().index(f"recovery code of {account.id.hex}: {code}").hex()
