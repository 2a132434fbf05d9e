"""Verifying a staff phone: its owner texts back a code that the team gave them in person, so that a mistyped number never gets a page."""

import re
import secrets
from datetime import datetime
from unicodedata import normalize

from followup_service.audit import record_event
from followup_service.encryption import keyring
from followup_service.staff.staff_member import StaffMember

MOST_FAILURES = 5
_CODE = re.compile(r"\s*(\d{3})[ -]?(\d{3})\s*[.!。]?\s*")


def new_phone_code(person: StaffMember, now: datetime, actor: str) -> str:
    """The code to give to this person by another way than this phone. It is kept as a hash; a phone that was verified counts no more."""
    code = f"{secrets.randbelow(1_000_000):06}"
    person.phone_verified_at, person.phone_code_failures = None, 0
    person.phone_code_hash = _hash(person, code)
    record_event(person, "phone_code_made", now, actor)
    return code


def is_phone_code(body: str) -> bool:
    """Whether a text has the form of a code."""
    return _CODE.fullmatch(normalize("NFKC", body)) is not None


def verify_phone(person: StaffMember, body: str, now: datetime) -> bool:
    """Take a code from this phone. After some wrong ones no code helps: a new one must be made."""
    match = _CODE.fullmatch(normalize("NFKC", body))
    if match is None or person.phone_code_hash is None:
        return False
    fits = secrets.compare_digest(_hash(person, match[1] + match[2]), person.phone_code_hash)
    if person.phone_code_failures >= MOST_FAILURES or not fits:
        person.phone_code_failures += 1
        return False
    person.phone_verified_at, person.phone_code_hash = now, None
    record_event(person, "phone_verified", now, person.handle)
    return True


def _hash(person: StaffMember, code: str) -> bytes:
    return keyring().index(f"phone code of {person.id.hex}: {code}")
