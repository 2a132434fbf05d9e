"""Writes a site's visits as iCalendar (RFC 5545): codes and planned items, no names, no study, no place beyond the site's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

LONGEST_LINE = 75
LASTS = timedelta(minutes=30)
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One visit: at its booked time, or for the whole day of its target. `changes` counts how often it changed."""

    participant_id: UUID
    code: str
    item: str
    occurrence: str
    booked_at: datetime | None
    target_on: date
    opens_on: date
    closes_on: date
    status: str
    changes: int


def write_calendar(entries: Iterable[CalendarEntry], site: str, now: datetime) -> str:
    """The whole calendar, lines folded and ended as the standard asks."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//followup-service//visits//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(f'Visits {site}')}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for entry in entries:
        lines += _event(entry, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(entry: CalendarEntry, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.participant_id.hex}-{_escaped(entry.item)}-{_escaped(entry.occurrence)}@followup-service"
    yield f"DTSTAMP:{_instant(now)}"
    yield f"SEQUENCE:{entry.changes}"
    if entry.booked_at is not None:
        yield f"DTSTART:{_instant(entry.booked_at)}"
        yield f"DTEND:{_instant(entry.booked_at + LASTS)}"
    else:
        yield f"DTSTART;VALUE=DATE:{entry.target_on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.target_on + timedelta(days=1):%Y%m%d}"
        yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{_escaped(f'{entry.code} {entry.item} {entry.occurrence}')}"
    yield f"DESCRIPTION:{_escaped(f'window {entry.opens_on} to {entry.closes_on}')}"
    yield f"STATUS:{entry.status}"
    yield "END:VEVENT"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)


def _folded(line: str) -> Iterator[str]:
    """At most 75 bytes a line, never in the middle of a character; what follows begins with a space."""
    start, used = "", 0
    for character in line:
        size = len(character.encode())
        if used + size > LONGEST_LINE:
            yield start
            start, used = " ", 1
        start, used = start + character, used + size
    yield start
