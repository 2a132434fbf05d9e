"""How fast somebody must act, and who is paged after whom: by day, at night, at weekends and in holidays."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from followup_service.protocol.load_study import load_study
from followup_service.protocol.paging_clock import Channel, LocalHours, Paged, acknowledge_by, next_page_at, outcome_by
from followup_service.protocol.rule_definitions import Level

STUDY = load_study("NCT06609434")
BEIJING = ZoneInfo("Asia/Shanghai")
CLOSED = {date(2026, 1, 10), date(2026, 1, 11), date(2026, 1, 12)}
HOURS = LocalHours(BEIJING, time(8), time(20), lambda day: day not in CLOSED)


def local(written: str) -> datetime:
    return datetime.fromisoformat(f"{written}+08:00")


@pytest.mark.parametrize(
    ("level", "came_in", "until"),
    [
        ("emergency", "2026-01-05T03:00", "2026-01-05T03:15"),
        ("urgent", "2026-01-05T09:00", "2026-01-05T10:00"),
        ("urgent", "2026-01-05T19:00", "2026-01-05T20:00"),
        ("urgent", "2026-01-05T19:01", "2026-01-06T08:30"),
        ("urgent", "2026-01-05T23:59", "2026-01-06T08:30"),
        ("urgent", "2026-01-06T00:01", "2026-01-06T08:30"),
        ("urgent", "2026-01-06T07:59", "2026-01-06T08:30"),
        ("urgent", "2026-01-06T08:00", "2026-01-06T09:00"),
        ("review", "2026-01-05T09:00", "2026-01-06T12:00"),
        ("review", "2026-01-09T09:00", "2026-01-13T12:00"),
    ],
)
def test_until_when_somebody_must_have_taken_it(level: str, came_in: str, until: str) -> None:
    assert acknowledge_by(STUDY.paging[Level(level)], local(came_in), HOURS) == local(until)


def test_a_night_is_the_sites_night_also_where_the_clocks_change() -> None:
    london = LocalHours(ZoneInfo("Europe/London"), time(8), time(20), lambda _: True)
    evening = datetime.fromisoformat("2026-03-28T21:00+00:00")
    assert acknowledge_by(STUDY.paging[Level.URGENT], evening, london) == datetime.fromisoformat("2026-03-29T08:30+01:00")


def test_what_can_wait_for_a_working_day_is_never_due_on_another() -> None:
    review = STUDY.paging[Level.REVIEW]
    friday = local("2026-01-09T12:00")
    assert next_page_at(review, review.step(0), friday, friday, HOURS) == local("2026-01-13T12:00")
    assert outcome_by(review, friday, HOURS) == local("2026-01-13T12:00")


def test_the_chain_begins_with_one_person_and_goes_round_for_ever_with_all() -> None:
    emergency = STUDY.paging[Level.EMERGENCY]
    assert (emergency.step(0).page, emergency.step(0).by) == ((Paged.FIRST_ON_CALL,), Channel.TEXT)
    for number in range(len(emergency.chain), 1000):
        assert emergency.step(number) in emergency.round_again
        assert Paged.EVERYONE_ON_CALL in emergency.step(number).page


@pytest.mark.parametrize(("hours", "minutes"), [(0, 5), (2.9, 5), (3, 30), (100, 30)])
def test_after_three_hours_the_steps_of_an_emergency_become_slower(hours: float, minutes: int) -> None:
    emergency = STUDY.paging[Level.EMERGENCY]
    began = local("2026-01-05T09:00")
    now = datetime.fromtimestamp(began.timestamp() + hours * 3600, BEIJING)
    assert (next_page_at(emergency, emergency.step(8), began, now, HOURS) - now).total_seconds() == minutes * 60
