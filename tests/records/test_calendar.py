"""The calendar feed: a site's visits by code at a secret address, and nothing else of anybody."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from followup_service.participants.participant import ParticipantState
from followup_service.records.write_calendar import CalendarEntry, write_calendar
from tests.hospital import Hospital

MONDAY = date(2026, 1, 5)
BEIJING = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 1, 5, tzinfo=BEIJING)


def feed_of(hospital: Hospital, site: str = "PKU") -> str:
    address = hospital.runs("calendar", "create", site).output.strip()
    assert address.startswith("https://followup.example.org/calendar/")
    return address.removeprefix("https://followup.example.org")


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_what_is_booked_has_its_time_and_what_is_planned_its_day(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa", name="Wang Xiaoming")
    hospital.treats("PKU-001", "rfa", MONDAY)
    hospital.books("post_rfa_scan", datetime(2026, 2, 5, 10, tzinfo=BEIJING))
    answer = hospital.client.get(feed_of(hospital))
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    lines = unfolded(answer.text)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    scan = lines[lines.index("SUMMARY:PKU-001 post_rfa_scan rfa-1") - 5 :]
    assert {"DTSTART:20260205T020000Z", "DTEND:20260205T023000Z", "STATUS:CONFIRMED"} <= set(scan[:12])
    assert "SUMMARY:PKU-001 quarterly month-3" in lines
    assert "DTSTART;VALUE=DATE:20260405" in lines
    for private in ("Wang", "Xiaoming", "+86138", "NCT", "Beijing Cancer Hospital", "radiofrequency"):
        assert private not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_unknown_and_a_revoked_address_answer_alike(hospital: Hospital) -> None:
    address = feed_of(hospital)
    assert hospital.client.get(address).status_code == 200
    assert "1 feed of PKU ended" in hospital.runs("calendar", "revoke", "PKU").output
    unknown = hospital.client.get("/calendar/nothing.ics")
    revoked = hospital.client.get(address)
    assert (unknown.status_code, unknown.text) == (revoked.status_code, revoked.text)
    assert revoked.status_code == 404


def test_a_feed_shows_its_own_site_only_and_nobody_who_left(hospital: Hospital) -> None:
    hospital.enrols()
    hospital.treats("PKU-001", "systemic", MONDAY)
    hospital.employs_elsewhere("dr-zhao", "+8613900000009")
    assert "PKU-001" not in hospital.client.get(feed_of(hospital, "SHX")).text
    address = feed_of(hospital)
    assert "PKU-001" in hospital.client.get(address).text
    hospital.ends("PKU-001", ParticipantState.DECEASED)
    assert "PKU-001" not in hospital.client.get(address).text


def test_the_secret_is_kept_only_as_a_hash(hospital: Hospital) -> None:
    secret = feed_of(hospital).removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) >= 43
    assert secret not in str([event.detail for event in hospital.events()])
    assert (
        "there is no site" in hospital.runs("calendar", "create", "NEW").output or hospital.runs("calendar", "create", "NEW").exit_code == 1
    )


@given(st.text(max_size=120))
def test_lines_are_folded_at_75_bytes_and_nothing_breaks_out_of_its_line(occurrence: str) -> None:
    entry = CalendarEntry(UUID(int=1), "PKU-001", "quarterly", occurrence, None, MONDAY, MONDAY, MONDAY + timedelta(days=7), "TENTATIVE", 0)
    text = write_calendar([entry], "PKU", NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert [line for line in unfolded(text) if line.startswith("BEGIN:")] == ["BEGIN:VCALENDAR", "BEGIN:VEVENT"]
