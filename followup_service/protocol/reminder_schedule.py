"""On which days a visit is reminded, asked about afterwards, and brought to staff (all ours; the days stand in the study file)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import NamedTuple

from followup_service.protocol.definitions import Study

BEFORE, AFTER, TASK = "before", "after", "task"


@dataclass(frozen=True, slots=True)
class VisitDates:
    """What reminders count from. `booked_on` is the local day of the booking; `confirmed`: the participant said that they come."""

    target_on: date
    closes_on: date
    booked_on: date | None
    confirmed: bool

    @property
    def on(self) -> date:
        """The day that reminders speak of."""
        return self.booked_on or self.target_on

    @property
    def eve(self) -> date:
        return self.on - timedelta(days=1)


class ReminderStep(NamedTuple):
    """One thing to do for a visit on a local day: `code` is such as before-14, after-1 or task."""

    code: str
    on: date
    at: time

    @property
    def kind(self) -> str:
        return kind_of(self.code)


def kind_of(code: str) -> str:
    """BEFORE, AFTER or TASK."""
    return code.partition("-")[0]


def days_of(code: str) -> int:
    """The number of days in a code such as before-14."""
    return int(code.partition("-")[2])


def reminder_steps(study: Study, dates: VisitDates, country: str) -> Iterator[ReminderStep]:
    """The steps of one visit by time; a day has one at most.

    A visit in a holiday of the country is reminded so many days earlier (record: nothing; ours [R]); of a booked one the day before and the
    day itself are said all the same. A reminder to book falls on no holiday, when nobody could take the booking: it comes on the last
    day before. After the end of the study nobody is asked any more: the task comes instead.
    """
    reminders, opens = study.reminders, study.contact_hours.opens
    days = reminders.days_before_once_confirmed if dates.confirmed else reminders.days_before
    earlier = reminders.days_earlier_in_holidays if _holiday_begins(study, country, dates.on) else 0
    before: dict[date, ReminderStep] = {}
    for number in sorted(days, reverse=True):
        on = dates.on - timedelta(days=number)
        if dates.booked_on is None or on < dates.eve:
            on -= timedelta(days=earlier)
        begins = _holiday_begins(study, country, on) if dates.booked_on is None else None
        on = begins - timedelta(days=1) if begins else on
        before[on] = ReminderStep(f"{BEFORE}-{number}", on, opens if on == dates.on else reminders.at)
    yield from before.values()
    over, asked = dates.closes_on, reminders.days_after_window
    if dates.booked_on is not None:
        over, asked = dates.booked_on, reminders.days_after_booked
    last = over
    for number in sorted(asked):
        if over + timedelta(days=number) > study.ends_on:
            break
        last = over + timedelta(days=number)
        yield ReminderStep(f"{AFTER}-{number}", last, reminders.at)
    yield ReminderStep(TASK, last + timedelta(days=reminders.days_until_task), reminders.at)


def _holiday_begins(study: Study, country: str, day: date) -> date | None:
    """The first day of the holiday that this day belongs to; None on an ordinary day."""
    for holiday in study.holidays:
        if holiday.country == country and holiday.first_on <= day <= holiday.last_on:
            return holiday.first_on
    return None
