"""The calendar feed: a site's visits by code at a secret address, and nothing else of anybody."""

from contextvars import Context
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event
from icalendar.enums import STATUS

from followup_service.participants.participant import ParticipantState
from followup_service.participants.plan_ahead import treatments_of
from followup_service.participants.record_treatment import cancel_treatment
from followup_service.participants.treatment import TreatmentState
from followup_service.records.write_calendar import CalendarEntry, write_calendar
from tests.hospital import Hospital
from tests.participants.test_move_treatment import moves

MONDAY = date(2026, 1, 5)
BEIJING = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 1, 5, tzinfo=BEIJING)


def feed_of(hospital: Hospital, site: str = "PKU") -> str:
    address = hospital.runs("calendar", "create", site).output.strip()
    assert address.startswith("https://followup.example.org/calendar/")
    return address.removeprefix("https://followup.example.org")


def events_of(hospital: Hospital, address: str) -> dict[str, Event]:
    """The feed's events by what they say they are."""
    # In a context of its own, as in a server: the request shares no database session with the test.
    text = Context().run(hospital.client.get, address).data
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(text).walk("VEVENT")}


def test_what_is_booked_has_its_time_and_what_is_planned_its_day(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa", name="Wang Xiaoming")
    hospital.treats("PKU-001", "rfa", MONDAY)
    hospital.books("post_rfa_scan", datetime(2026, 2, 5, 10, tzinfo=BEIJING))
    address = feed_of(hospital)
    answer = Context().run(hospital.client.get, address)
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    assert b"DTSTART:20260205T020000Z\r\nDTEND:20260205T023000Z" in answer.data
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in answer.data
    events = events_of(hospital, address)
    scan, check_up = events["PKU-001 post_rfa_scan rfa-1"], events["PKU-001 quarterly month-3"]
    assert (scan["STATUS"], check_up["STATUS"]) == ("CONFIRMED", "TENTATIVE")
    assert (check_up.start, check_up.end, check_up["TRANSP"]) == (date(2026, 4, 5), date(2026, 4, 6), "TRANSPARENT")
    assert check_up["DESCRIPTION"] == "window 2026-03-22 to 2026-04-19"
    for private in ("Wang", "Xiaoming", "+86138", "NCT", "Beijing Cancer Hospital", "radiofrequency"):
        assert private not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_whatever_changes_an_event_keeps_its_uid_and_has_a_higher_sequence(hospital: Hospital) -> None:
    hospital.clock.move(to=datetime(2026, 3, 10, tzinfo=BEIJING))
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 3, 23), TreatmentState.PLANNED)
    address = feed_of(hospital)
    seen = [events_of(hospital, address)["PKU-001 pre_rfa_bloods rfa-1"]]

    def changed() -> Event:
        seen.append(events_of(hospital, address)["PKU-001 pre_rfa_bloods rfa-1"])
        assert seen[-1]["UID"] == seen[-2]["UID"]
        assert seen[-1]["SEQUENCE"] > seen[-2]["SEQUENCE"]
        return seen[-1]

    moves(hospital, date(2026, 3, 23), date(2026, 3, 30))
    assert changed().start == date(2026, 3, 27)
    hospital.run_due()
    hospital.books("pre_rfa_bloods", datetime(2026, 3, 26, 9, tzinfo=BEIJING))
    assert changed().start == datetime(2026, 3, 26, 1, tzinfo=UTC)
    hospital.clock.move(to=datetime(2026, 3, 27, tzinfo=BEIJING))
    hospital.attends("pre_rfa_bloods", date(2026, 3, 27))
    came = changed()
    assert (came.start, came["DESCRIPTION"]) == (date(2026, 3, 27), "window 2026-03-23 to 2026-03-29; attended 2026-03-27")


def test_what_is_called_off_is_shown_as_cancelled(hospital: Hospital) -> None:
    hospital.clock.move(to=datetime(2026, 3, 10, 12, tzinfo=BEIJING))
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 3, 23), TreatmentState.PLANNED)
    hospital.run_due()
    address = feed_of(hospital)
    with hospital.changing() as (session, participant):
        [planned] = treatments_of(session, participant)
        cancel_treatment(session, participant, planned, hospital.clock.now(), "tests", study=hospital.app.extensions["study"])
    hospital.run_due()
    assert events_of(hospital, address)["PKU-001 pre_rfa_bloods rfa-1"]["STATUS"] == "CANCELLED"


def test_two_visits_on_one_journey_are_one_event_and_the_other_is_taken_back(hospital: Hospital) -> None:
    hospital.clock.move(to=datetime(2026, 1, 30, 12, tzinfo=BEIJING))
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", MONDAY)
    hospital.run_due()
    hospital.books("response_check", datetime(2026, 2, 10, 10, tzinfo=BEIJING))
    events = events_of(hospital, feed_of(hospital))
    assert events["PKU-001 post_rfa_scan rfa-1"]["STATUS"] == "CANCELLED"
    assert events["PKU-001 response_check 2026-02-10 + post_rfa_scan rfa-1"]["STATUS"] == "CONFIRMED"


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
    entry = CalendarEntry(
        UUID(int=1), "PKU-001", "quarterly", occurrence, None, MONDAY, MONDAY, MONDAY + timedelta(days=7), STATUS.TENTATIVE, 0
    )
    text = write_calendar([entry], "PKU", NOW)
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    lines = text.replace(b"\r\n ", b"").split(b"\r\n")
    assert [line for line in lines if line.startswith(b"BEGIN:")] == [b"BEGIN:VCALENDAR", b"BEGIN:VEVENT"]
