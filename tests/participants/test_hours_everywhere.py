"""In any zone, in any week of 2026 to 2031, at whatever change of the clocks: no unasked text by night, and no check-in twice."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.when_to_send import UNASKED
from followup_service.participants.change_participant import change_contact, set_contact_hours
from followup_service.participants.contact_hours import EARLIEST, LATEST, check_hours, closing_at, due_at, in_contact_hours, next_contact
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.checkin_schedule import planned_checkins
from followup_service.protocol.definitions import ContactHours
from followup_service.protocol.load_study import load_study
from followup_service.protocol.visit_schedule import CourseOfCare, Treatment
from tests.hospital import Hospital

STUDY = load_study("NCT06609434")
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 12, 31, tzinfo=UTC)
ZONES = st.sampled_from(sorted(available_timezones()))
INSTANTS = st.integers(0, int((LAST - FIRST).total_seconds())).map(lambda seconds: FIRST + timedelta(seconds=seconds))


def as_time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


@st.composite
def agreed_hours(draw: st.DrawFn) -> ContactHours:
    opens = draw(st.integers(EARLIEST.hour * 60, LATEST.hour * 60 - 120))
    hours = ContactHours(as_time(opens), as_time(draw(st.integers(opens + 120, LATEST.hour * 60))))
    check_hours(hours.opens, hours.closes)
    return hours


def by_day(instant: datetime, zone: str) -> bool:
    return EARLIEST <= instant.astimezone(ZoneInfo(zone)).time() < LATEST


@given(zone=ZONES, now=INSTANTS, hours=agreed_hours())
@example(zone="Australia/Lord_Howe", now=datetime(2026, 10, 3, 15, 29, tzinfo=UTC), hours=ContactHours(time(8), time(20)))
@example(zone="America/Nuuk", now=datetime(2027, 3, 28, 0, 30, tzinfo=UTC), hours=ContactHours(time(6), time(22)))
def test_what_waits_goes_out_at_the_next_opening_and_never_at_night(zone: str, now: datetime, hours: ContactHours) -> None:
    here = ZoneInfo(zone)
    goes_at = next_contact(now, here, hours)
    assert now <= goes_at <= now + timedelta(hours=26)
    assert in_contact_hours(goes_at, here, hours)
    assert by_day(goes_at, zone)
    assert goes_at < closing_at(goes_at, here, hours)


@given(zone=ZONES, on=st.dates(date(2026, 1, 1), date(2031, 12, 31)), at=st.times(), hours=agreed_hours())
@example(zone="America/New_York", on=date(2026, 3, 8), at=time(2, 30), hours=ContactHours(time(8), time(20)))
@example(zone="Australia/Lord_Howe", on=date(2026, 4, 5), at=time(1, 45), hours=ContactHours(time(6), time(22)))
def test_what_is_planned_falls_due_by_day_on_its_own_date(zone: str, on: date, at: time, hours: ContactHours) -> None:
    here = ZoneInfo(zone)
    due = due_at(on, at, here, hours)
    assert in_contact_hours(due, here, hours)
    assert due.astimezone(here).date() == on


@given(zone=ZONES, ablated_on=st.dates(date(2026, 1, 1), date(2026, 12, 1)), weeks=st.integers(0, 50), hours=agreed_hours())
def test_every_check_in_of_any_week_is_planned_once_and_by_day(zone: str, ablated_on: date, weeks: int, hours: ContactHours) -> None:
    course = CourseOfCare("rfa", ablated_on, (Treatment("rfa", ablated_on), Treatment("systemic", ablated_on + timedelta(days=9), True)))
    first = ablated_on + timedelta(weeks=weeks)
    planned = planned_checkins(STUDY, course, first, first + timedelta(days=6))
    assert len({(checkin.plan, checkin.occurrence) for checkin in planned}) == len(planned)
    for checkin in planned:
        assert by_day(due_at(checkin.on, checkin.at, ZoneInfo(zone), hours), zone)


ENROLLED = iter(range(10_000))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_with_outages_travel_and_jumping_clocks_each_text_goes_once_and_none_at_night(hospital: Hospital, data: st.DataObject) -> None:
    number = next(ENROLLED)
    code, phone_number = f"P-{number}", f"+86139{number:08}"
    zone = data.draw(ZONES)
    hospital.clock.move(to=datetime(2026, 1, 5, 1, tzinfo=UTC) + timedelta(hours=data.draw(st.integers(0, 24 * 60))))
    phone = hospital.enrols(code, phone_number, arm="rfa", timezone=zone)
    today = hospital.clock.now().astimezone(ZoneInfo(zone)).date()
    hospital.treats(code, "rfa", today)
    hospital.treats(code, "systemic", today + timedelta(days=8), state=TreatmentState.PLANNED)
    zones = {hospital.clock.now(): zone}
    for _ in range(data.draw(st.integers(2, 6))):
        happens = data.draw(st.sampled_from(["runs", "runs", "down", "provider down", "clock back", "travels", "hours"]))
        hours = data.draw(st.integers(1, 40))
        with hospital.changing(code) as (session, participant):
            if happens == "travels":
                zone = data.draw(ZONES)
                change_contact(session, participant, hospital.clock.now(), "tests", study=STUDY, timezone=zone)
            elif happens == "hours":
                agreed = data.draw(agreed_hours())
                set_contact_hours(session, participant, agreed.opens, agreed.closes, hospital.clock.now(), "tests", study=STUDY)
        zones[hospital.clock.now()] = zone
        gateway = hospital.app.extensions["sms_gateway"]
        if happens == "down":
            hospital.clock.move(hours=3)
            hospital.run_due()
        elif happens == "clock back":
            hospital.clock.move(hours=-2)
            hospital.run_due()
        else:
            gateway.down = happens == "provider down"
            hospital.move(hours=hours)
            gateway.down = False
    hospital.move(hours=30)
    texts = [row for row in phone.messages() if row.purpose in UNASKED and row.state is OutboundState.DELIVERED]
    for row in texts:
        local = row.changed_at.astimezone(ZoneInfo(zone_at(zones, row.changed_at))).time()
        assert EARLIEST <= local < LATEST, (row.message, local)
    asked = [(row.checkin_id, row.message) for row in texts if row.purpose is Purpose.QUESTION]
    assert all(asked.count(question) <= 2 for question in asked), "asked, and asked again once"
    assert len({row.dedupe_key for row in texts if row.dedupe_key}) == len([row for row in texts if row.dedupe_key])


def zone_at(zones: dict[datetime, str], at: datetime) -> str:
    """The participant's zone when a text went out: the last change before it."""
    earlier = [instant for instant in zones if instant <= at]
    return zones[max(earlier)] if earlier else next(iter(zones.values()))
