"""Contact hours on the participant's own clock, on ordinary days and on those when the clocks change."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from followup_service.participants.contact_hours import due_at, in_contact_hours, next_contact
from followup_service.protocol.definitions import ContactHours

HOURS = ContactHours(opens=time(8), closes=time(20))


@pytest.mark.parametrize(
    ("local", "opens"),
    [
        ("2026-01-05T07:59", "2026-01-05T08:00"),
        ("2026-01-05T08:00", "2026-01-05T08:00"),
        ("2026-01-05T19:59", "2026-01-05T19:59"),
        ("2026-01-05T20:00", "2026-01-06T08:00"),
        ("2026-03-07T23:00", "2026-03-08T08:00"),  # New York's clocks go forward in that night
        ("2026-10-31T23:00", "2026-11-01T08:00"),
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"])
def test_what_waits_for_contact_hours_waits_until_they_open_there(local: str, opens: str, zone: str) -> None:
    here = ZoneInfo(zone)
    now = datetime.fromisoformat(local).replace(tzinfo=here).astimezone(UTC)
    assert next_contact(now, here, HOURS) == datetime.fromisoformat(opens).replace(tzinfo=here)
    assert in_contact_hours(now, here, HOURS) is (local == opens)


@pytest.mark.parametrize(
    ("at", "moved_to"), [(time(6), time(8)), (time(10), time(10)), (time(23), time(19)), (time(20), time(19)), (time(19, 59), time(19, 59))]
)
def test_a_planned_time_is_moved_into_contact_hours(at: time, moved_to: time) -> None:
    here = ZoneInfo("Europe/London")
    day = datetime(2026, 3, 29, tzinfo=here).date()
    assert due_at(day, at, here, HOURS).astimezone(here).time() == moved_to
