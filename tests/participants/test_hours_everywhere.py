"""In any zone, in any week of 2026 to 2031, at whatever change of the clocks: no unasked text by night, and no check-in twice."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.when_to_send import UNASKED
from followup_service.participants.change_participant import change_contact, set_contact_hours
from followup_service.participants.contact_hours import EARLIEST, LATEST, check_hours, closing_at, due_at, in_contact_hours, next_contact
from followup_service.participants.participant import ParticipantState
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.checkin_schedule import planned_checkins
from followup_service.protocol.definitions import ContactHours
from followup_service.protocol.load_study import load_study
from followup_service.protocol.visit_schedule import CourseOfCare, Treatment
from tests.hospital import Hospital, Phone

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


ENROLLED = count()
HAPPENS = ["nothing", "nothing", "down for three hours", "provider is down", "clock goes back", "travels", "agrees hours"]


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_with_outages_travel_and_jumping_clocks_each_text_goes_once_and_none_at_night(hospital: Hospital, data: st.DataObject) -> None:
    code, zone = f"P-{next(ENROLLED)}", data.draw(ZONES)
    hospital.clock.move(to=datetime(2026, 1, 5, 1, tzinfo=UTC) + timedelta(hours=data.draw(st.integers(0, 24 * 60))))
    phone = hospital.enrols(code, f"+86139{next(ENROLLED):08}", arm="rfa", timezone=zone)
    today = hospital.clock.now().astimezone(ZoneInfo(zone)).date()
    hospital.treats(code, "rfa", today)
    hospital.treats(code, "systemic", today + timedelta(days=8), state=TreatmentState.PLANNED)
    seen: set[UUID] = set()
    for happens in data.draw(st.lists(st.sampled_from(HAPPENS), min_size=3, max_size=7)):
        if happens == "travels":
            zone = data.draw(ZONES)
            with hospital.changing(code) as (session, participant):
                change_contact(session, participant, hospital.clock.now(), "tests", study=STUDY, timezone=zone)
        if happens == "agrees hours":
            agreed = data.draw(agreed_hours())
            with hospital.changing(code) as (session, participant):
                set_contact_hours(session, participant, agreed.opens, agreed.closes, hospital.clock.now(), "tests", study=STUDY)
        time_passes(hospital, happens, data.draw(st.integers(1, 40)))
        for row in sent_unasked(phone):
            assert row.id in seen or by_day(row.changed_at, zone), (row.message, row.changed_at, zone)
            seen.add(row.id)
    hospital.move(hours=30)
    texts = sent_unasked(phone)
    asked = [(row.checkin_id, row.message) for row in texts if row.purpose is Purpose.QUESTION]
    assert all(asked.count(question) <= 2 for question in asked), "asked, and asked again once"
    reminders = [(row.visit_id, row.message, row.due_at) for row in texts if row.purpose is Purpose.REMINDER]
    assert len(reminders) == len(set(reminders))
    # Whoever is made up next would else live through all this again.
    hospital.ends(code, ParticipantState.COMPLETED)


def time_passes(hospital: Hospital, happens: str, hours: int) -> None:
    gateway = hospital.app.extensions["sms_gateway"]
    if happens in ("down for three hours", "clock goes back"):
        hospital.clock.move(hours=3 if happens == "down for three hours" else -2)
        hospital.run_due()
        return
    gateway.down = happens == "provider is down"
    hospital.move(hours=hours)
    gateway.down = False


def sent_unasked(phone: Phone) -> list[OutboundMessage]:
    return [row for row in phone.messages() if row.purpose in UNASKED and row.state is OutboundState.DELIVERED]
