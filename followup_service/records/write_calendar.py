"""Writes a site's visits as iCalendar (RFC 5545): codes and planned items, no names, no study, no place beyond the site's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event
from icalendar.enums import STATUS, TRANSP

LASTS = timedelta(minutes=30)
REFRESHED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One visit: at its booked time, or for the whole of a day. `changes` grows with every change of it or of what it counts from."""

    participant_id: UUID
    code: str
    item: str
    occurrence: str
    booked_at: datetime | None
    on: date
    opens_on: date
    closes_on: date
    status: STATUS
    changes: int
    together_with: tuple[str, ...] = ()
    remark: str | None = None


def write_calendar(entries: Iterable[CalendarEntry], site: str, now: datetime) -> bytes:
    """The whole calendar in UTF-8. A visit keeps its UID for ever, so that calendar programs move it instead of showing it twice."""
    calendar = Calendar.new(
        prodid="-//followup-service//visits//EN",
        uid=f"visits-{site}@followup-service",
        name=f"Visits {site}",
        method="PUBLISH",
        calscale="GREGORIAN",
        refresh_interval=REFRESHED,
        last_modified=now,
        subcomponents=[_event(entry, now) for entry in entries],
    )
    # RFC 7986 5.7: this property has no default type, so its type is named.
    calendar["REFRESH-INTERVAL"].params["VALUE"] = "DURATION"
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry, now: datetime) -> Event:
    # Instants in UTC: a calendar program needs no table of time zones to show them rightly.
    starts = entry.booked_at.astimezone(UTC) if entry.booked_at is not None else entry.on
    event = Event.new(
        uid=f"{entry.participant_id.hex}-{entry.item}-{entry.occurrence}@followup-service",
        stamp=now.astimezone(UTC),
        sequence=entry.changes,
        start=starts,
        end=starts + (LASTS if isinstance(starts, datetime) else timedelta(days=1)),
        summary=" ".join((entry.code, entry.item, entry.occurrence, *(f"+ {item}" for item in entry.together_with))),
        description="; ".join(filter(None, (f"window {entry.opens_on} to {entry.closes_on}", entry.remark))),
        status=entry.status,
    )
    if entry.booked_at is None:
        event.transparency = TRANSP.TRANSPARENT
    return event
