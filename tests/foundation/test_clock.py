"""One clock for everybody: it can be moved by a test or a rehearsal, and only then."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from followup_service import clock
from followup_service.clock import MovableClock, SystemClock
from followup_service.columns import new_id


def test_it_stands_still_until_it_is_moved() -> None:
    moving = MovableClock(datetime.fromisoformat("2026-01-05T09:00+08:00"))
    assert moving.now() == moving.now() == datetime(2026, 1, 5, 1, tzinfo=UTC)
    moving.move(hours=2)
    assert moving.now() == datetime(2026, 1, 5, 3, tzinfo=UTC)
    assert moving.move(to=datetime(2026, 1, 6, tzinfo=timezone(timedelta(hours=8)))).isoformat() == "2026-01-05T16:00:00+00:00"


def test_a_time_without_offset_is_refused_with_what_to_write() -> None:
    with pytest.raises(ValueError, match="write it like 2026-01-05T09:00:00\\+00:00"):
        MovableClock(datetime(2026, 1, 5, 9))  # noqa: DTZ001 - the mistake that must be refused


def test_it_is_put_back_even_after_an_error() -> None:
    def stop_the_clock() -> None:
        with clock.use(MovableClock(datetime(2020, 1, 1, tzinfo=UTC))):
            assert clock.now().year == 2020
            raise KeyError

    with pytest.raises(KeyError):
        stop_the_clock()
    assert clock.now().year > 2020


def test_the_machines_clock_is_aware_and_runs() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_ids_are_version_seven_and_never_repeat_even_while_the_clock_stands() -> None:
    with clock.use(MovableClock(datetime(2026, 1, 5, tzinfo=UTC))):
        ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {made.version for made in ids} == {7}
    assert {made.int >> 80 for made in ids} == {int(datetime(2026, 1, 5, tzinfo=UTC).timestamp() * 1000)}
