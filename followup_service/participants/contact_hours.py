"""Contact hours: the local hours, by the participant's own clock, in which a text that nobody asked for may go out."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from followup_service.errors import Refused
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import ContactHours, Study

# Whatever is agreed with a participant: this is night to everybody else in the house.
EARLIEST, LATEST = time(6), time(22)
SHORTEST = timedelta(hours=2)
BEFORE_CLOSING = timedelta(hours=1)


def hours_of(participant: Participant, study: Study) -> ContactHours:
    """The hours agreed with this participant, else the study's."""
    if participant.contact_opens is None or participant.contact_closes is None:
        return study.contact_hours
    return ContactHours(participant.contact_opens, participant.contact_closes)


def check_hours(opens: time, closes: time) -> None:
    """Raises Refused for hours that reach into the night or leave no time to answer."""
    if opens < EARLIEST or closes > LATEST or _later(opens, SHORTEST) > closes:
        what = f"write hours between {EARLIEST:%H:%M} and {LATEST:%H:%M}, at least two hours long, such as 09:00 and 18:00"
        raise Refused(f"contact hours from {opens:%H:%M} to {closes:%H:%M}: {what}", {"contact_hours": [what]})


def due_at(on: date, at: time, zone: ZoneInfo, hours: ContactHours) -> datetime:
    """The instant of a local time of day, moved into contact hours: a later one to an hour before they close.

    A time that the clocks skip is taken as late as the gap is long; of one that they repeat, the first.
    """
    if at >= hours.closes:
        at = _later(hours.closes, -BEFORE_CLOSING)
    return _instant(on, max(at, hours.opens), zone)


def in_contact_hours(now: datetime, zone: ZoneInfo, hours: ContactHours) -> bool:
    return hours.opens <= now.astimezone(zone).time() < hours.closes


def next_contact(now: datetime, zone: ZoneInfo, hours: ContactHours) -> datetime:
    """`now` where contact hours are open, else when they open next."""
    if in_contact_hours(now, zone, hours):
        return now
    local = now.astimezone(zone)
    return _instant(local.date(), hours.opens, zone) if local.time() < hours.opens else next_opening(now, zone, hours)


def next_opening(now: datetime, zone: ZoneInfo, hours: ContactHours) -> datetime:
    """When contact hours open on the next day."""
    return _instant(now.astimezone(zone).date() + timedelta(days=1), hours.opens, zone)


def closing_at(now: datetime, zone: ZoneInfo, hours: ContactHours) -> datetime:
    """When the contact hours of today close, or closed."""
    return _instant(now.astimezone(zone).date(), hours.closes, zone)


def _instant(on: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, at, tzinfo=zone).astimezone(UTC)


def _later(at: time, by: timedelta) -> time:
    return (datetime.combine(date.min + timedelta(days=1), at) + by).time()
