"""The weekly fire drill: a made-up fever goes the whole way to the phone of whoever is on call, is told as a drill, and counts nowhere."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from followup_service.audit import verify_chains
from followup_service.config import WeeklyDrill
from followup_service.escalations.drill import Drill
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.messaging.purposes import Purpose
from followup_service.staff.access_token import TokenScope, make_token
from followup_service.staff.site import Site
from tests.hospital import Hospital

TUESDAY_AT_TEN = datetime.fromisoformat("2026-01-06T10:00+08:00")


@pytest.fixture
def weekly(hospital: Hospital) -> Iterator[Hospital]:
    """A hospital that drills on Tuesdays at ten."""
    config = hospital.app.extensions["config"]
    hospital.app.extensions["config"] = replace(config, weekly_drill=WeeklyDrill(1, time(10)))
    hospital.run_due()
    yield hospital
    hospital.app.extensions["config"] = config


def drills(hospital: Hospital) -> list[Drill]:
    with hospital.session() as session:
        return list(session.scalars(select(Drill).order_by(Drill.started_at)))


def reads(hospital: Hospital, path: str) -> Any:
    """What a program that may read everything gets."""
    with hospital.session() as session:
        now = hospital.clock.now()
        values = {"study_id": hospital.study_id, "site_id": None, "scope": TokenScope.READ, "actor": "tests"}
        secret = make_token(session, name=f"{uuid4()}", now=now, expires_at=now + timedelta(days=1), **values)
        session.commit()
    with hospital.app.app_context():
        answer = hospital.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    return answer.json


def test_on_its_day_the_fever_reaches_the_nurse_as_a_drill_and_her_answer_proves_the_way(weekly: Hospital) -> None:
    weekly.move(to=TUESDAY_AT_TEN)
    assert weekly.nurse.pages() == ["DRILL at PKU, no patient: does an alarm reach you? Please reply 1. No. 900001."]
    assert weekly.doctor.pages() == []
    weekly.clock.move(minutes=2)
    weekly.nurse.texts("1")
    assert weekly.nurse.last_text == "Thank you. The drill has passed: alarms reach you. Nothing more to do."
    (drill,) = drills(weekly)
    assert (drill.proven_at, drill.proven_by, drill.failed_at) == (TUESDAY_AT_TEN + timedelta(minutes=2), "nurse-li", None)
    weekly.move(hours=3)
    assert len(weekly.nurse.pages()) == 1
    assert reads(weekly, "/health")["path_last_proven_at"].startswith("2026-01-06T02:02:00")
    assert "proven after 2 min by nurse-li" in weekly.runs("drill", "show").output


@pytest.mark.parametrize("answer", ["1", "2", "3", "4", "1 900001"])
def test_any_answer_to_a_page_proves_it(weekly: Hospital, answer: str) -> None:
    weekly.move(to=TUESDAY_AT_TEN)
    weekly.nurse.texts(answer)
    assert drills(weekly)[0].proven_by == "nurse-li"


def test_in_the_nurses_own_language(hospital: Hospital) -> None:
    with hospital.staff("nurse-li") as (_, nurse):
        nurse.language = "zh_Hans"
    assert hospital.runs("drill", "now", "--site", "PKU").exit_code == 0
    hospital.run_due()
    assert hospital.nurse.pages() == ["演练（PKU，没有病人）：您的手机收到呼叫了吗？请回复1。编号900001。"]


def test_where_the_first_on_call_does_not_answer_the_next_one_proves_it(weekly: Hospital) -> None:
    weekly.move(to=TUESDAY_AT_TEN + timedelta(minutes=6))
    assert [page[:5] for page in weekly.doctor.pages()] == ["DRILL"]
    weekly.doctor.texts("1")
    assert drills(weekly)[0].proven_by == "dr-wang"
    weekly.nurse.texts("1")
    assert weekly.nurse.last_text == "No. 900001 was already closed by dr-wang. Nothing more to do."


def test_where_nobody_answers_in_the_time_of_an_emergency_it_fails_the_operator_hears_and_health_is_red(weekly: Hospital) -> None:
    operator = weekly.employs("ops-an", "+8613900000009", role="coordinator")
    weekly.runs("staff", "mark", "ops-an", "--site", "PKU", "--operator")
    weekly.move(to=TUESDAY_AT_TEN + timedelta(minutes=15))
    (drill,) = drills(weekly)
    assert (drill.proven_at, drill.failed_at) == (None, TUESDAY_AT_TEN + timedelta(minutes=15))
    assert [page[:35] for page in operator.pages()] == ["DRILL FAILED at PKU: nobody answere"]
    pages = len(weekly.nurse.pages())
    weekly.move(hours=5)
    assert len(weekly.nurse.pages()) == pages
    with weekly.app.app_context():
        assert weekly.client.get("/readyz").json["problems"] == ["drill_failed"]
    assert weekly.runs("drill", "now", "--site", "PKU").exit_code == 0
    weekly.run_due()
    weekly.nurse.texts("1")
    with weekly.app.app_context():
        assert weekly.client.get("/readyz").status_code == 200


def test_a_drill_is_nowhere_but_among_the_drills(weekly: Hospital) -> None:
    weekly.enrols().texts("39.5")
    weekly.nurse.texts("2")
    weekly.move(to=TUESDAY_AT_TEN - timedelta(seconds=1))
    lists = ("/participants", "/escalations", "/escalations/figures")
    before = {path: reads(weekly, path) for path in lists}
    weekly.move(to=TUESDAY_AT_TEN)
    assert len(drills(weekly)) == 1
    assert {path: reads(weekly, path) for path in lists} == before
    assert reads(weekly, "/health")["unacknowledged_escalations"] == 0
    weekly.nurse.texts("1")
    assert {path: reads(weekly, path) for path in lists} == before
    assert weekly.runs("participants", "why", "PKU", "--on", "2026-01-06").exit_code == 1
    with weekly.session() as session:
        assert list(verify_chains(session)) == []


def test_nothing_is_ever_sent_to_the_made_up_participant(weekly: Hospital) -> None:
    weekly.move(to=TUESDAY_AT_TEN + timedelta(days=15))
    with weekly.session() as session:
        rows = session.scalars(select(OutboundMessage).where(OutboundMessage.participant_id.is_not(None))).all()
    assert rows
    assert {(row.not_sent_reason, row.body) for row in rows} == {("drill", None)}
    assert {row.purpose for row in rows} == {Purpose.ALARM_ANSWER}


def test_a_real_alarm_that_waits_puts_the_drill_off(weekly: Hospital) -> None:
    phone = weekly.enrols()
    weekly.move(to=TUESDAY_AT_TEN - timedelta(minutes=1))
    phone.texts("39.5")
    weekly.move(minutes=2)
    assert drills(weekly) == []
    weekly.nurse.texts("2")
    weekly.move(hours=1)
    assert len(drills(weekly)) == 1


def test_a_real_alarm_in_the_midst_of_a_drill_is_what_an_answer_without_a_number_means(weekly: Hospital) -> None:
    phone = weekly.enrols()
    weekly.move(to=TUESDAY_AT_TEN)
    phone.texts("39.5")
    weekly.nurse.texts("1")
    assert weekly.nurse.last_text.startswith("No. 1 (PKU-001) is yours.")
    weekly.nurse.texts("1 900001")
    assert drills(weekly)[0].proven_by == "nurse-li"


@pytest.mark.parametrize(
    ("seen_at", "next_at"),
    [
        ("2026-01-06T09:59+08:00", "2026-01-06T10:00+08:00"),
        ("2026-01-06T10:00+08:00", "2026-01-13T10:00+08:00"),
        ("2026-02-16T09:00+08:00", "2026-02-24T10:00+08:00"),  # the Tuesday is New Year's day, and China works again on the 24th
    ],
)
def test_it_is_weekly_and_a_holiday_moves_it_to_the_next_working_day(weekly: Hospital, seen_at: str, next_at: str) -> None:
    weekly.clock.move(to=datetime.fromisoformat(seen_at))
    weekly.run_due()
    with weekly.session() as session:
        session.get_one(Site, weekly.site_id).next_drill_at = None
        session.commit()
    weekly.run_due()
    with weekly.session() as session:
        assert session.get_one(Site, weekly.site_id).next_drill_at == datetime.fromisoformat(next_at)


def test_two_workers_at_one_tick_hold_one(weekly: Hospital) -> None:
    weekly.move(to=TUESDAY_AT_TEN)
    with weekly.session() as session:
        session.get_one(Site, weekly.site_id).next_drill_at = TUESDAY_AT_TEN
        session.commit()
    weekly.run_due()
    assert len(drills(weekly)) == 1


def test_a_drill_by_hand_says_why_it_cannot_be_now(hospital: Hospital) -> None:
    hospital.runs("outbox", "hold", "--reason", "x", "--scope", "everything")
    assert "pages are on hold" in hospital.runs("drill", "now", "--site", "PKU").output
    hospital.runs("outbox", "release")
    assert hospital.runs("drill", "now", "--site", "PKU").exit_code == 0
    assert "under way at PKU already" in hospital.runs("drill", "now", "--site", "PKU").output
    assert "unknown site" in hospital.runs("drill", "now", "--site", "XXX").output
