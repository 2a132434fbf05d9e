"""On whose word a language's texts go out: reviewed by a clinician, approved by an ethics committee; each bound to the words by a hash.

Kept in translations/<language>/approvals.toml, one table for each study. Without a table the texts are a draft.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask import current_app

from followup_service.errors import ConfigError, Refused
from followup_service.messaging.catalogues import TRANSLATIONS, check_language
from followup_service.messaging.wording import wording
from followup_service.protocol.definitions import Study
from followup_service.protocol.sentences import said

_HEADER = "# Written by `flask texts approve`: who reviewed and who approved the texts of this language, and which words that was.\n"
_FORM = f'a table {{by = "Name", on = 2026-01-31, words = "{"0" * 8}…"}}'


class Status(StrEnum):
    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class SignOff:
    """Somebody's word on the texts of one language and study. `words` is the hash of what they saw."""

    status: Status
    by: str
    on: date
    words: str


def words_hash(language: str, study_code: str) -> str:
    """SHA-256 over every word that can go out in this language, with the place where it is used."""
    pairs = sorted(wording(language, study_code).items())
    return hashlib.sha256(json.dumps(pairs, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def sign_offs(language: str, study_code: str) -> tuple[SignOff, ...]:
    """The review and the approval, as far as there are any. Raises ConfigError where the file cannot be read."""
    tables = _read(language).get(study_code, {})
    return tuple(_sign_off(language, status, tables[status]) for status in (Status.REVIEWED, Status.APPROVED) if status in tables)


def is_approved(language: str, study_code: str) -> bool:
    """Whether an ethics committee approved the texts of this language as they stand."""
    fitting = words_hash(language, study_code)
    return any(one.status is Status.APPROVED and one.words == fitting for one in sign_offs(language, study_code))


def sign(language: str, study_code: str, status: Status, by: str, on: date) -> Path:
    """Write a review or an approval of the words as they are now, in place of an earlier one; the file that was written."""
    tables = _read(language)
    kept: dict[str, dict[str, Any]] = {code: dict(signed) for code, signed in tables.items()}
    kept.setdefault(study_code, {})[status.value] = {"by": by, "on": on, "words": words_hash(language, study_code)}
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_HEADER + "".join(_tables(kept)), encoding="utf-8")
    return path


def check_approvals(study: Study) -> None:
    """Read every file now. Raises ConfigError for one that is broken."""
    for language in study.languages:
        sign_offs(language, study.code)


def may_write_in(language: str | None, study: Study) -> bool:
    """Whether participants may be moved to this language: the study has it, and its texts are approved where that is required."""
    return language in study.languages and (not _approval_is_required() or is_approved(language, study.code))


def check_participants_language(written: str, code: str, study: Study) -> str:
    """The language as written where participants may be texted in it; else Refused with what to do."""
    language = check_language(written, code)
    if language not in study.languages:
        advice = said("write one of %(known)s", known=tuple(study.languages))
        problem = said(
            "the study has no texts in '%(language)s' for %(participant)s: %(what)s", language=language, participant=code, what=advice
        )
        raise Refused(problem, {"language": [advice]})
    if not may_write_in(language, study):
        advice = said(
            "have them approved, then run: flask texts approve --language %(language)s --by COMMITTEE --on DATE", language=language
        )
        problem = said(
            "the texts in '%(language)s' are not approved as they stand, so %(participant)s cannot be texted in it: %(what)s",
            language=language,
            participant=code,
            what=advice,
        )
        raise Refused(problem, {"language": [advice]})
    return language


def _approval_is_required() -> bool:
    return bool(current_app.extensions["config"].require_approved_texts)


def _path(language: str) -> Path:
    return TRANSLATIONS / language / "approvals.toml"


def _read(language: str) -> dict[str, Any]:
    path = _path(language)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError([f"{path} cannot be read ({error}): mend it, or remove it and approve the texts again"]) from error


def _sign_off(language: str, status: Status, table: Any) -> SignOff:
    if isinstance(table, dict) and table.keys() == {"by", "on", "words"} and type(table["on"]) is date:
        return SignOff(status, str(table["by"]), table["on"], str(table["words"]))
    raise ConfigError([f"{_path(language)}: {status} is not as `flask texts approve` writes it: write {_FORM}, or approve the texts again"])


def _tables(signed: dict[str, dict[str, Any]]) -> Iterator[str]:
    """TOML; its basic strings are those of JSON."""
    for code, statuses in sorted(signed.items()):
        for status, table in sorted(statuses.items()):
            by, words = (json.dumps(table[name], ensure_ascii=False) for name in ("by", "words"))
            yield f"\n[{code}.{status}]\nby = {by}\non = {table['on']}\nwords = {words}\n"
