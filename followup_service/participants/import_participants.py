"""Enrolling many participants from a CSV file: all of them or none, and every bad row is named with what to write."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TextIO
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.errors import FollowupError, Refused
from followup_service.participants.enrol_participant import Enrolment, enrol_participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.sentences import said

REQUIRED = ("code", "arm", "language", "phone", "consented_on", "consent_version")
OPTIONAL = ("site", "timezone", "enrolled_on", "name", "tag")
COLUMNS = REQUIRED + OPTIONAL


@dataclass(frozen=True, slots=True)
class Hospital:
    """Where a row's participant belongs to, as far as enrolment needs it."""

    id: UUID
    timezone: str
    country: str


@dataclass(frozen=True, slots=True)
class BadRow:
    line: int
    problem: str


def import_participants(
    session: Session,
    study_id: UUID,
    file: TextIO,
    hospitals: Mapping[str, Hospital],
    now: datetime,
    actor: str,
    *,
    study: Study,
    check_language: Callable[[str, str], str],
    default_site: str | None = None,
) -> tuple[int, tuple[BadRow, ...]]:
    """How many were enrolled, and the bad rows. Where there is a bad one the caller rolls everything back."""
    rows = csv.DictReader(file, strict=True)
    bad, good = [], 0
    try:
        bad = list(_wrong_header(rows))
        for row in rows if not bad else ():
            try:
                site = hospitals[_site(row, hospitals, default_site)]
                enrolment = _enrolment(row, site, check_language)
                with session.begin_nested():
                    enrol_participant(session, study_id, site.id, enrolment, now, actor, study=study)
                good += 1
            except FollowupError as error:
                bad.append(BadRow(rows.line_num, error.detail))
    except (csv.Error, UnicodeDecodeError):
        bad.append(BadRow(rows.line_num + 1, said("this is no CSV in UTF-8: save the file anew as CSV UTF-8")))
    return good, tuple(bad)


def _wrong_header(rows: "csv.DictReader[str]") -> Iterator[BadRow]:
    names = [name.strip() for name in rows.fieldnames or ()]
    rows.fieldnames = names
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing:
        yield BadRow(1, said("missing columns: write %(columns)s in the first line, too", columns=tuple(missing)))
    if unknown:
        yield BadRow(1, said("unknown columns %(columns)s: write only %(known)s", columns=tuple(unknown), known=tuple(COLUMNS)))
    if len(names) != len(set(names)):
        yield BadRow(1, said("a column stands twice: write each once"))


def _site(row: dict[str, Any], hospitals: Mapping[str, Hospital], default: str | None) -> str:
    code = (row.get("site") or "").strip() or default
    if code not in hospitals:
        raise Refused(said("unknown site '%(site)s': write one of %(known)s", site=code or "", known=tuple(hospitals)))
    if default is not None and code != default:
        raise Refused(said("this row is of %(site)s, but --site says %(other_site)s: leave one of them out", site=code, other_site=default))
    return code


def _enrolment(row: dict[str, Any], site: Hospital, check_language: Callable[[str, str], str]) -> Enrolment:
    if None in row or None in row.values():
        raise Refused(said("this row has more or fewer fields than the first line: put a field with a comma in it between double quotes"))
    values = {name: value.strip() for name, value in row.items()}
    empty = [name for name in REQUIRED if not values[name]]
    if empty:
        raise Refused(said("%(columns)s: write something there", columns=tuple(empty)))
    return Enrolment(
        code=values["code"],
        arm=values["arm"],
        language=check_language(values["language"], values["code"]),
        phone=values["phone"],
        timezone=values.get("timezone") or site.timezone,
        country=site.country,
        consented_on=_day("consented_on", values["consented_on"]),
        consent_version=values["consent_version"],
        enrolled_on=_day("enrolled_on", values["enrolled_on"]) if values.get("enrolled_on") else None,
        name=values.get("name") or None,
        tag=values.get("tag") or None,
    )


def _day(column: str, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Refused(said("%(column)s: '%(written)s' is no day: write it like 2026-01-31", column=column, written=written)) from None
