"""On which days a visit is reminded, asked about and brought to staff."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from followup_service.participants.contact_hours import due_at, in_contact_hours
from followup_service.protocol.load_study import load_study
from followup_service.protocol.reminder_schedule import BEFORE, ReminderStep, VisitDates, reminder_steps

STUDY = load_study("NCT06609434")
BOOKED = VisitDates(date(2026, 4, 5), date(2026, 4, 19), date(2026, 4, 7), confirmed=False)
UNBOOKED = replace(BOOKED, booked_on=None)


def days(dates: VisitDates, country: str = "CN") -> list[str]:
    return [f"{step.code} {step.on:%m-%d} {step.at:%H:%M}" for step in reminder_steps(STUDY, dates, country)]


def test_a_booked_visit() -> None:
    assert days(BOOKED) == [
        "before-14 03-24 09:00",
        "before-7 03-31 09:00",
        "before-3 04-04 09:00",
        "before-1 04-06 09:00",
        "before-0 04-07 08:00",
        "after-1 04-08 09:00",
        "after-7 04-14 09:00",
        "task 04-16 09:00",
    ]


def test_thinner_once_confirmed() -> None:
    assert days(replace(BOOKED, confirmed=True))[0] == "before-1 04-06 09:00"


def test_without_a_day_reminders_count_from_the_target_and_questions_from_the_end_of_the_window() -> None:
    assert days(UNBOOKED) == [
        "before-14 03-22 09:00",
        "before-7 03-29 09:00",
        "before-3 04-02 09:00",
        "before-1 04-04 09:00",
        "before-0 04-05 08:00",
        "after-3 04-22 09:00",
        "after-7 04-26 09:00",
        "task 04-28 09:00",
    ]


@pytest.mark.parametrize(("country", "first"), [("CN", "before-14 09-14 09:00"), ("GB", "before-14 09-21 09:00")])
def test_a_visit_in_a_holiday_of_the_country_is_reminded_a_week_earlier(country: str, first: str) -> None:
    national_day = VisitDates(date(2026, 10, 5), date(2026, 10, 19), date(2026, 10, 5), confirmed=False)
    assert days(national_day, country)[0] == first
    # Who has a time forgets it on a holiday as on any other day.
    assert days(national_day, country)[3:5] == ["before-1 10-04 09:00", "before-0 10-05 08:00"]


def test_the_long_holidays_of_the_whole_trial_are_known_and_are_public_holidays() -> None:
    calendar = country_holidays("CN", years=range(2024, 2027))
    known = {day.first_on + timedelta(days=n) for day in STUDY.holidays for n in range((day.last_on - day.first_on).days + 1)}
    long_ones = {day for day, name in calendar.items() if ("New Year" in name and "New Year's Day" not in name) or "National Day" in name}
    assert {day for day in long_ones if date(2024, 10, 1) <= day <= STUDY.ends_on} <= known
    assert all(calendar.is_working_day(day) is False for day in known)


def test_a_reminder_to_book_comes_before_a_holiday_and_not_in_it() -> None:
    after_the_festival = VisitDates(date(2026, 2, 25), date(2026, 3, 11), None, confirmed=False)
    assert days(after_the_festival)[:5] == [
        "before-14 02-11 09:00",
        "before-3 02-14 09:00",
        "before-1 02-24 09:00",
        "before-0 02-25 08:00",
        "after-3 03-14 09:00",
    ]
    # A booked one is reminded on the holiday too: there is nobody to call.
    assert "before-7 02-18 09:00" in days(replace(after_the_festival, booked_on=date(2026, 2, 25)))


def test_after_the_end_of_the_study_nobody_is_asked_any_more_and_staff_are_told_at_once() -> None:
    last_visit = VisitDates(date(2026, 12, 20), STUDY.ends_on, None, confirmed=False)
    assert days(last_visit)[-2:] == ["before-0 12-20 08:00", "task 01-02 09:00"]
    assert days(replace(last_visit, booked_on=date(2026, 12, 29)))[-2:] == ["after-1 12-30 09:00", "task 01-01 09:00"]


@given(st.dates(date(2026, 1, 1), date(2031, 12, 31)), st.integers(0, 14), st.booleans(), st.booleans())
def test_steps_come_in_order_one_a_day_and_reminders_never_after_the_visit(target: date, later: int, booked: bool, confirmed: bool) -> None:
    dates = VisitDates(target, target + timedelta(days=14), target + timedelta(days=later) if booked else None, confirmed)
    steps = list(reminder_steps(STUDY, dates, "CN"))
    assert steps == sorted(steps, key=lambda step: step.on)
    assert len({step.on for step in steps}) == len(steps)
    assert all((step.on <= dates.on) == (step.kind == BEFORE) for step in steps)
    assert steps[-1].kind == "task"


@given(
    st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})),
    st.dates(date(2026, 1, 1), date(2031, 12, 31)),
    st.booleans(),
)
def test_no_reminder_in_the_night_of_any_zone_and_any_week(zone: str, target: date, booked: bool) -> None:
    dates = VisitDates(target, target + timedelta(days=14), target if booked else None, confirmed=False)
    instants = [_instant(step, zone) for step in reminder_steps(STUDY, dates, "CN")]
    assert all(in_contact_hours(instant, ZoneInfo(zone), STUDY.contact_hours) for instant in instants)
    assert instants == sorted(set(instants))


def _instant(step: ReminderStep, zone: str) -> datetime:
    return due_at(step.on, step.at, ZoneInfo(zone), STUDY.contact_hours)
