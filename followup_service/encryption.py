"""Encrypted columns (AES-256-GCM, several keys for rotation) and the keyed index by which a phone number is found."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from typing import Any, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from followup_service.errors import FollowupError

KEY_BYTES = 32
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12


class DecryptionFailed(FollowupError):
    """A stored value cannot be read with any configured key, or was moved from another row."""

    status = 500
    title = "Unreadable value"


class Keyring:
    """The first key encrypts, every key decrypts. A value is bound to its place (table.column.row), so it cannot be moved to another."""

    def __init__(self, keys: Sequence[bytes], index_key: bytes) -> None:
        self._keys = {_key_id(key): key for key in keys}
        self._ciphers = {key_id: AESGCM(key) for key_id, key in self._keys.items()}
        self._current = _key_id(keys[0])
        self._index_key = index_key

    def encrypt(self, value: bytes, place: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return self._current + nonce + self._ciphers[self._current].encrypt(nonce, value, place.encode())

    def decrypt(self, stored: bytes, place: str) -> bytes:
        key_id, nonce = stored[:_KEY_ID_BYTES], stored[_KEY_ID_BYTES : _KEY_ID_BYTES + _NONCE_BYTES]
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise DecryptionFailed(f"{place} was encrypted with a key that FIELD_ENCRYPTION_KEYS no longer holds: add it back at the end")
        try:
            return cipher.decrypt(nonce, stored[_KEY_ID_BYTES + _NONCE_BYTES :], place.encode())
        except InvalidTag:
            raise DecryptionFailed(f"{place} is damaged or belongs to another row") from None

    def is_current(self, stored: bytes) -> bool:
        """Whether the newest key encrypted it; where not, a rotation has it to do."""
        return stored[:_KEY_ID_BYTES] == self._current

    def key_for(self, purpose: str, salt: bytes, key_id: bytes | None = None) -> tuple[bytes, bytes]:
        """A key for one purpose and salt, derived from the newest key or from the one with this id; the id with it."""
        key_id = key_id or self._current
        if key_id not in self._keys:
            raise DecryptionFailed(f"this {purpose} is under a key that FIELD_ENCRYPTION_KEYS no longer holds: add it back at the end")
        derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=f"followup {purpose}".encode())
        return key_id, derived.derive(self._keys[key_id])

    def index(self, value: str) -> bytes:
        """The keyed index (HMAC-SHA256, 32 bytes): equal values find each other, and nobody without the key can guess them."""
        return hmac.digest(self._index_key, value.encode("utf-8", "surrogatepass"), "sha256")


def keyring() -> Keyring:
    ring: Keyring = current_app.extensions["keyring"]
    return ring


class EncryptedText:
    """A str attribute of a row whose ciphertext lives in the column `<name>_encrypted`.

    Lone surrogates survive: what a phone sent is kept as it was.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name, self._column = name, f"{name}_encrypted"

    @overload
    def __get__(self, row: None, owner: type) -> "EncryptedText": ...
    @overload
    def __get__(self, row: Any, owner: type) -> Any: ...
    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        stored = getattr(row, self._column)
        return None if stored is None else keyring().decrypt(stored, self._place(row)).decode("utf-8", "surrogatepass")

    def __set__(self, row: Any, value: str | None) -> None:
        setattr(row, self._column, None if value is None else self.encrypted(row, value))

    def encrypted(self, row: Any, value: str) -> bytes:
        """What the column of this row holds for `value`."""
        return keyring().encrypt(value.encode("utf-8", "surrogatepass"), self._place(row))

    def _place(self, row: Any) -> str:
        return f"{row.__tablename__}.{self._name}.{row.id.hex}"


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:_KEY_ID_BYTES]


def make_key() -> str:
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def read_key(written: str) -> bytes:
    """A key as configured: base64 of 32 bytes. Raises ValueError with what to write."""
    try:
        key = base64.b64decode(written, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES or len(set(key)) < KEY_BYTES // 4:
        raise ValueError("is not base64 of 32 random bytes")
    return key
