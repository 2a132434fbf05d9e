"""How fast a level must be acted on, and the chain of pages until somebody does: steps as data, walked by pure functions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)


class Channel(StrEnum):
    """By what a page goes out."""

    TEXT = "text"
    VOICE = "voice"
    EMAIL = "email"


class Paged(StrEnum):
    """Whom a step pages."""

    FIRST_ON_CALL = "first_on_call"
    SECOND_ON_CALL = "second_on_call"
    EVERYONE_ON_CALL = "everyone_on_call"
    PRINCIPAL_INVESTIGATOR = "principal_investigator"


@dataclass(frozen=True, slots=True)
class PagingStep:
    """One step of a chain, and how long its answer is waited for. `when_late` is passed over until the acknowledgement is late."""

    page: tuple[Paged, ...]
    by: Channel
    wait_minutes: int
    when_late: bool


@dataclass(frozen=True, slots=True)
class LocalHours:
    """The hours of a site: its zone, when its contact hours open and close, and which days it works."""

    zone: ZoneInfo
    opens: time
    closes: time
    is_working_day: Callable[[date], bool]

    def at(self, day: date, local: time) -> datetime:
        return datetime.combine(day, local, self.zone).astimezone(UTC)

    def are_open(self, since: datetime, until: datetime) -> bool:
        """Whether they are from one instant to the other, without a night between."""
        day = since.astimezone(self.zone).date()
        return self.at(day, self.opens) <= since and until <= self.at(day, self.closes)

    def morning_after(self, at: datetime) -> date:
        """The day on which they open next."""
        day = at.astimezone(self.zone).date()
        return day if at < self.at(day, self.opens) else day + timedelta(days=1)

    def next_working_day(self, after: date) -> date:
        day = after + timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day


@dataclass(frozen=True, slots=True)
class PagingClock:
    """The clocks of one level. Exactly one of `acknowledge_within_minutes` and `by_next_working_day_at` is set.

    After the `chain` the steps of `round_again` follow for ever; once nobody has taken it for `slower_after_minutes`, each waits
    `slower_every_minutes`. What is for the next working day is paged from that time on, and on working days only.
    Whoever takes it calls the participant within `call_within_minutes`, where the level has that, as the participant is told. Taken but
    without an outcome after `outcome_within_minutes` it returns; it is put off for `snooze_at_most_minutes` at a time.
    """

    acknowledge_within_minutes: int | None
    call_within_minutes: int | None
    after_a_night_by: time | None
    by_next_working_day_at: time | None
    outcome_within_minutes: int
    snooze_at_most_minutes: int
    chain: tuple[PagingStep, ...]
    round_again: tuple[PagingStep, ...]
    slower_after_minutes: int | None
    slower_every_minutes: int | None

    @property
    def waits_for_a_working_day(self) -> bool:
        return self.by_next_working_day_at is not None

    @property
    def steps_in_all(self) -> int:
        """So many steps on from any step all others have had their turn."""
        return len(self.chain) + len(self.round_again)

    def step(self, number: int) -> PagingStep:
        """The step of this number, counted from 0: first the chain, then round again for ever."""
        if number < len(self.chain):
            return self.chain[number]
        return self.round_again[(number - len(self.chain)) % len(self.round_again)]


def acknowledge_by(clock: PagingClock, at: datetime, hours: LocalHours) -> datetime:
    """Until when somebody must have taken what came in at this instant. By day the minutes count; what would run into the site's
    night has until `after_a_night_by` in the morning."""
    if clock.by_next_working_day_at is not None:
        return hours.at(hours.next_working_day(at.astimezone(hours.zone).date()), clock.by_next_working_day_at)
    assert clock.acknowledge_within_minutes is not None  # noqa: S101 - the study file has one of the two
    due = at + timedelta(minutes=clock.acknowledge_within_minutes)
    if clock.after_a_night_by is None or hours.are_open(at, due):
        return due
    return hours.at(hours.morning_after(at), clock.after_a_night_by)


def call_by(clock: PagingClock, at: datetime, hours: LocalHours) -> datetime | None:
    """Until when whoever took it at this instant calls the participant, whose hours these are: a full quarter of an hour, as one says it.
    Where the level waits for the morning, what would run into the night counts from then. None where nobody is promised a call."""
    if clock.call_within_minutes is None:
        return None
    within = timedelta(minutes=clock.call_within_minutes)
    due = at + within
    if clock.after_a_night_by is not None and not hours.are_open(at, due):
        due = hours.at(hours.morning_after(at), hours.opens) + within
    return due + (datetime.min.replace(tzinfo=UTC) - due) % QUARTER


def outcome_by(clock: PagingClock, at: datetime, hours: LocalHours) -> datetime:
    """Until when what was taken at this instant must have an outcome."""
    due = at + timedelta(minutes=clock.outcome_within_minutes)
    return _on_a_working_day(clock, due, hours)


def next_page_at(clock: PagingClock, step: PagingStep, began_at: datetime, now: datetime, hours: LocalHours) -> datetime:
    """When the step after this one, taken now, is due."""
    wait = step.wait_minutes
    if clock.slower_after_minutes is not None and now - began_at >= timedelta(minutes=clock.slower_after_minutes):
        wait = clock.slower_every_minutes or wait
    return _on_a_working_day(clock, now + timedelta(minutes=wait), hours)


def _on_a_working_day(clock: PagingClock, due: datetime, hours: LocalHours) -> datetime:
    """The same instant, or for what can wait for a working day the level's time of the next one."""
    day = due.astimezone(hours.zone).date()
    if clock.by_next_working_day_at is None or hours.is_working_day(day):
        return due
    return hours.at(hours.next_working_day(day), clock.by_next_working_day_at)
