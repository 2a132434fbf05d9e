"""The only place that reads the time. A rehearsal or a test puts a clock here that it moves itself."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Protocol
from zoneinfo import available_timezones


class Clock(Protocol):
    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, aware, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError(f"{at.isoformat()} has no offset: write it like {at.isoformat()}+00:00")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def move(self, to: datetime | None = None, **by: float) -> datetime:
        """Move to an instant, or by `timedelta` keywords (`hours=2`)."""
        self._at = to.astimezone(UTC) if to is not None else self._at + timedelta(**by)
        return self._at


_clock: Clock = SystemClock()


def now() -> datetime:
    return _clock.now()


def monotonic() -> float:
    """Seconds that only grow: for lengths of time, never for dates."""
    return time.monotonic()


@cache
def timezones() -> frozenset[str]:
    """The names of all time zones. Kept, for each look walks through the files of all zones."""
    return frozenset(available_timezones())


@contextmanager
def use(clock: Clock) -> Iterator[None]:
    """Read the time from `clock` inside the `with` block, in every thread."""
    global _clock  # noqa: PLW0603 - the one switch that lets a rehearsal move time
    before, _clock = _clock, clock
    try:
        yield
    finally:
        _clock = before
