"""Passkey: a key in a phone, a computer or a stick that takes the place of the one-time code (WebAuthn)."""

import json
import secrets
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from followup_service.audit import record_event
from followup_service.columns import UtcDateTime, refers_to
from followup_service.errors import Refused
from followup_service.extensions import db
from followup_service.protocol.sentences import said
from followup_service.staff.account import Account
from followup_service.staff.second_factor import ISSUER

LONGEST_NAME = 60


class Passkey(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "passkeys"

    account_id: Mapped[UUID] = mapped_column(refers_to("accounts.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def passkeys_work_at(base_url: str) -> bool:
    """Browsers offer them at a name, over https or on this machine; never at a bare address."""
    parts = urlsplit(base_url)
    try:
        ip_address(parts.hostname or "")
    except ValueError:
        return parts.scheme == "https" or parts.hostname == "localhost"
    return False


def passkeys_of(session: Session, account_id: UUID) -> list[Passkey]:
    return list(session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.created_at)))


def offer_registration(session: Session, account: Account, base_url: str) -> dict[str, Any]:
    """What the browser needs to make a key. The challenge is good once; the caller commits it."""
    account.passkey_challenge = secrets.token_bytes(32)
    options = webauthn.generate_registration_options(
        rp_id=_host(base_url),
        rp_name=ISSUER,
        user_id=account.id.bytes,
        user_name=account.name,
        challenge=account.passkey_challenge,
        exclude_credentials=_described(passkeys_of(session, account.id)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def register_passkey(session: Session, account: Account, answer: str, name: str, base_url: str, now: datetime) -> Passkey:
    """Raises Refused for an answer that is none to the challenge."""
    try:
        verified = webauthn.verify_registration_response(
            credential=answer, expected_challenge=_used_challenge(account), expected_rp_id=_host(base_url), expected_origin=base_url
        )
    except WebAuthnException as error:
        raise Refused(said("this passkey could not be checked: try again")) from error
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == verified.credential_id)):
        raise Refused(said("this passkey is there already"))
    passkey = Passkey(
        account_id=account.id,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=name[:LONGEST_NAME],
        created_at=now,
    )
    session.add(passkey)
    record_event(account, "passkey_added", now, account.actor, passkey=passkey.id.hex)
    return passkey


def offer_sign_in(session: Session, account: Account, base_url: str) -> dict[str, Any]:
    """What the browser needs to use one of the account's keys."""
    account.passkey_challenge = secrets.token_bytes(32)
    options = webauthn.generate_authentication_options(
        rp_id=_host(base_url),
        challenge=account.passkey_challenge,
        allow_credentials=_described(passkeys_of(session, account.id)),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def take_passkey(session: Session, account: Account, answer: str, base_url: str, now: datetime) -> bool:
    """Whether the answer is of one of the account's keys, to the challenge that is used up by it."""
    challenge = _used_challenge(account)
    try:
        written = webauthn.helpers.base64url_to_bytes(str(json.loads(answer)["rawId"]))
        passkey = session.scalar(select(Passkey).where(Passkey.account_id == account.id, Passkey.credential_id == written))
        if passkey is None:
            return False
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(base_url),
            expected_origin=base_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return False
    passkey.sign_count, passkey.last_used_at = verified.new_sign_count, now
    return True


def remove_passkey(session: Session, account: Account, passkey: Passkey, now: datetime) -> None:
    session.delete(passkey)
    record_event(account, "passkey_removed", now, account.actor, passkey=passkey.id.hex)


def _used_challenge(account: Account) -> bytes:
    """A challenge that nobody knows stands in for a missing one."""
    challenge, account.passkey_challenge = account.passkey_challenge or secrets.token_bytes(32), None
    return challenge


def _described(passkeys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in passkeys]


def _host(base_url: str) -> str:
    return urlsplit(base_url).hostname or ""
