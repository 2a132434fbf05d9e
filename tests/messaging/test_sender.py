"""The pace of a number: all workers share it, a page goes first, and nothing is saved up."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from followup_service.jobs.send_outbox import claim, send_all_due
from followup_service.messaging.purposes import Purpose
from tests.hospital import Hospital
from tests.sending import Desk


@pytest.fixture
def desk(hospital: Hospital) -> Iterator[Desk]:
    """A desk whose number may send one part a second."""
    hospital.enrols()
    config = hospital.app.extensions["config"]
    hospital.app.extensions["config"] = replace(config, sending_rate=1.0)
    yield Desk(hospital)
    hospital.app.extensions["config"] = config


def leave_within(hospital: Hospital, seconds: int) -> int:
    """How many texts leave in so many seconds, at ten looks a second."""
    count = 0
    for _ in range(seconds * 10):
        count += send_all_due(hospital.app)
        hospital.clock.move(seconds=0.1)
    return count


def test_one_part_a_second_leaves_from_a_long_code(hospital: Hospital, desk: Desk) -> None:
    for _ in range(15):
        desk.queues()
    assert leave_within(hospital, 6) in (6, 7)


def test_a_text_of_three_parts_takes_the_time_of_three(hospital: Hospital, desk: Desk) -> None:
    hospital.enrols("PKU-002", "+8613800138002", language="ru")
    texts = [desk.queues(Purpose.ALARM_ANSWER, "hold_treatment", to="PKU-002") for _ in range(6)]
    assert leave_within(hospital, 9) in (3, 4)
    assert desk.text(texts[0]).parts == 3


def test_after_a_quiet_hour_no_more_leaves_at_once_than_ever(hospital: Hospital, desk: Desk) -> None:
    desk.queues()
    leave_within(hospital, 1)
    hospital.clock.move(hours=1)
    for _ in range(10):
        desk.queues()
    assert leave_within(hospital, 1) in (1, 2)


def test_workers_on_all_hosts_share_the_pace(hospital: Hospital, desk: Desk) -> None:
    for _ in range(20):
        desk.queues()
    with ThreadPoolExecutor(4) as pool:
        claims = list(pool.map(lambda _: claim(hospital.app, 16), range(8)))
    assert sum(len(envelopes) for envelopes in claims) in (1, 2)


def test_a_page_waits_for_nothing_but_the_text_before_it(hospital: Hospital, desk: Desk) -> None:
    for _ in range(20):
        desk.queues()
    leave_within(hospital, 2)
    desk.queues(Purpose.PAGE, "page_none", to="nurse-li")
    before = len(desk.gateway.calls)
    leave_within(hospital, 2)
    assert desk.gateway.calls[before].to == hospital.nurse.number
