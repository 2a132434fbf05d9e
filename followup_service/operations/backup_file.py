"""The file of a backup: encrypted piece by piece (AES-256-GCM), so that a changed, swapped or missing piece shows, the end too.

A readable header says of what the backup is; then pieces follow, each with its length. A piece is bound to the header, to its place and to
whether it is the last one. The key is derived from the newest of FIELD_ENCRYPTION_KEYS for this file alone.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from followup_service.encryption import Keyring
from followup_service.errors import Conflict, Refused

MAGIC = b"FOLLOWUP-BACKUP-1\n"
PIECE = 1 << 20
_TAG = 16
_LENGTH = 4
_LONGEST_HEADER = 1 << 16
_SALT = 16
_PURPOSE = "backup"


class UnreadableBackup(Refused):
    """No backup, a damaged one, or one under a key that is not configured."""

    title = "Unreadable backup"


@dataclass(frozen=True, slots=True)
class About:
    """Of what a backup is: which kind of database (sqlite or postgresql), when it was made, and of which migration its tables are."""

    kind: str
    made_at: datetime
    revision: str


def write_backup(path: Path, about: About, data: Iterable[bytes], keys: Keyring) -> int:
    """Write all of `data`, or no file at all. Returns the size in bytes. Raises Conflict where the file is there already."""
    if path.exists():
        raise Conflict(f"{path} is there already: give another name")
    part = path.with_name(f"{path.name}.part")
    try:
        with open(part, "xb", opener=_only_for_us) as file:
            _write(file, about, data, keys)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except FileExistsError:
        raise Conflict(f"{part} is there: another backup is being written, or one was broken off; remove it then") from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path.stat().st_size


def read_about(path: Path) -> About:
    """The header alone, not yet proven to be true."""
    with path.open("rb") as file:
        return _about(_header(file)[0])


def read_backup(path: Path, keys: Keyring) -> Iterator[bytes]:
    """The data, piece by piece, each proven. Raises UnreadableBackup: at the end too, where the file was cut off."""
    with path.open("rb") as file:
        header, bound = _header(file)
        _, key = keys.key_for(_PURPOSE, bytes.fromhex(header["salt"]), bytes.fromhex(header["key"]))
        cipher, number, is_last = AESGCM(key), 0, False
        while sealed := _sealed(file):
            if is_last:
                raise UnreadableBackup("something was added behind the end of this backup")
            piece, is_last = _opened(cipher, number, sealed, bound)
            number += 1
            yield piece
        if not is_last:
            raise UnreadableBackup("this backup was cut off: its end is missing")


def _write(file: BinaryIO, about: About, data: Iterable[bytes], keys: Keyring) -> None:
    salt = os.urandom(_SALT)
    key_id, key = keys.key_for(_PURPOSE, salt)
    header = json.dumps(
        {"kind": about.kind, "made_at": about.made_at.isoformat(), "revision": about.revision, "key": key_id.hex(), "salt": salt.hex()}
    ).encode()
    file.write(MAGIC + len(header).to_bytes(_LENGTH) + header)
    cipher, bound, number, waiting = AESGCM(key), hashlib.sha256(header).digest(), 0, b""
    for piece in _in_pieces(data):
        if waiting:
            _seal(file, cipher, number, waiting, bound, is_last=False)
            number += 1
        waiting = piece
    _seal(file, cipher, number, waiting, bound, is_last=True)


def _seal(file: BinaryIO, cipher: AESGCM, number: int, piece: bytes, bound: bytes, *, is_last: bool) -> None:
    sealed = cipher.encrypt(_nonce(number, is_last), piece, bound)
    file.write(len(sealed).to_bytes(_LENGTH) + sealed)


def _opened(cipher: AESGCM, number: int, sealed: bytes, bound: bytes) -> tuple[bytes, bool]:
    for is_last in (False, True):
        try:
            return cipher.decrypt(_nonce(number, is_last), sealed, bound), is_last
        except InvalidTag:
            continue
    raise UnreadableBackup(f"this backup is damaged (piece {number + 1}), or its key is not the one that it names")


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11) + bytes([is_last])


def _in_pieces(data: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of one size, whatever comes, and a shorter one at the end."""
    waiting = bytearray()
    for some in data:
        waiting += some
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)


def _header(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    if file.read(len(MAGIC)) != MAGIC:
        raise UnreadableBackup("this is no backup of ours")
    length = int.from_bytes(file.read(_LENGTH))
    written = file.read(min(length, _LONGEST_HEADER))
    try:
        header = json.loads(written)
        _about(header)
        bytes.fromhex(header["salt"] + header["key"])
    except (ValueError, KeyError, TypeError):
        raise UnreadableBackup("the header of this backup is damaged") from None
    return header, hashlib.sha256(written).digest()


def _about(header: dict[str, Any]) -> About:
    return About(header["kind"], datetime.fromisoformat(header["made_at"]), header["revision"])


def _sealed(file: BinaryIO) -> bytes:
    """The next piece as it stands in the file; empty at its end."""
    written = file.read(_LENGTH)
    if not written:
        return b""
    length = int.from_bytes(written)
    sealed = file.read(length) if _TAG <= length <= PIECE + _TAG else b""
    if len(written) < _LENGTH or len(sealed) < max(length, _TAG):
        raise UnreadableBackup("this backup was cut off or is damaged: a piece is not whole")
    return sealed


def _only_for_us(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
