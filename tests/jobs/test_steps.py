"""What the clock does: one that fails keeps nobody else waiting, and a second run makes nothing twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from followup_service.audit import AuditSeal
from followup_service.escalations.repeat_page import repeat_page
from followup_service.jobs import care_steps, steps
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.definitions import Study
from tests.hospital import Hospital, Phone


@pytest.fixture
def phones(hospital: Hospital) -> list[Phone]:
    """Two participants after an RFA session, both with a check-in due tomorrow."""
    treated_on = hospital.clock.now().date()
    enrolled = [hospital.enrols(f"PKU-00{number}", f"+861380013800{number}", arm="rfa") for number in (1, 2)]
    for code in ("PKU-001", "PKU-002"):
        hospital.treats(code, "rfa", treated_on)
    return enrolled


def test_a_step_that_fails_does_not_keep_the_pages_waiting(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital.enrols().texts("39.5")
    hospital.clock.move(minutes=16)
    monkeypatch.setattr(steps, "STEPS", (Mock(side_effect=RuntimeError("canary"), __name__="broken"), *steps.STEPS))
    assert not hospital.nurse.calls()
    hospital.run_due()
    assert hospital.nurse.calls()


@pytest.mark.parametrize(("step", "hours", "texts"), [("start_due_checkins", 0, 1), ("step_checkin", 5, 2)])
def test_one_participant_whose_check_in_breaks_keeps_nobody_else_waiting(
    hospital: Hospital, phones: list[Phone], monkeypatch: pytest.MonkeyPatch, step: str, hours: int, texts: int
) -> None:
    works, broken_for = getattr(care_steps, step), hospital.participant("PKU-001").id

    def breaks_for_one(session: object, participant: Any, *args: object, **named: object) -> object:
        if participant.id == broken_for:
            raise RuntimeError("canary")
        return works(session, participant, *args, **named)

    monkeypatch.setattr(care_steps, step, breaks_for_one)
    moves_to_the_check_ins(hospital)
    hospital.run_due()
    hospital.clock.move(hours=hours)
    hospital.run_due()
    assert len(phones[1].received(Purpose.QUESTION)) == texts
    (escalation,) = [escalation for escalation in hospital.escalations() if escalation.participant_id == broken_for]
    assert escalation.reasons == ["HANDLING_FAILED"]
    assert any("PKU-001" in page for page in hospital.nurse.pages())


def test_a_second_run_at_the_same_instant_makes_nothing_twice(hospital: Hospital, phones: list[Phone]) -> None:
    hospital.move(days=1, hours=12)
    asked = [phone.received(Purpose.QUESTION) for phone in phones]
    assert all(asked)
    for _ in range(3):
        hospital.run_due()
    assert [phone.received(Purpose.QUESTION) for phone in phones] == asked


def test_two_workers_at_one_tick_ask_each_question_once(hospital: Hospital, phones: list[Phone]) -> None:
    moves_to_the_check_ins(hospital)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: hospital.run_due(), range(6)))
    assert [len(phone.received(Purpose.QUESTION)) for phone in phones] == [1, 1]
    assert hospital.escalations() == []


def test_the_audit_trail_is_sealed_once_a_day(hospital: Hospital) -> None:
    for _ in range(3):
        for _ in range(2):
            hospital.run_due()
        hospital.clock.move(to=hospital.clock.now() + timedelta(days=1))
    with hospital.session() as session:
        assert list(session.scalars(select(AuditSeal.number).order_by(AuditSeal.number))) == [1, 2, 3]


def moves_to_the_check_ins(hospital: Hospital) -> None:
    due = [hospital.participant(code).next_checkin_at for code in ("PKU-001", "PKU-002")]
    hospital.clock.move(to=max(filter(None, due)) + timedelta(seconds=1))


def test_one_alarm_that_cannot_be_paged_keeps_no_other_from_its_page(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital.enrols().texts("39.2")
    hospital.enrols("PKU-002", "+8613800138002").texts("39.3")
    first = hospital.escalations()[0].id

    def breaks_for_the_first(session: Session, escalation_id: UUID, now: datetime, *, study: Study) -> None:
        if escalation_id == first:
            raise RuntimeError("broken")
        repeat_page(session, escalation_id, now, study=study)

    monkeypatch.setattr("followup_service.jobs.alarm_steps.repeat_page", breaks_for_the_first)
    hospital.clock.move(minutes=6)
    hospital.run_due()
    (again,) = hospital.nurse.calls()
    assert "P K U 0 0 2" in (again.body or "")


@pytest.mark.parametrize("error", [OperationalError("SELECT", {}, Exception("refused")), StaleDataError("somebody else was first")])
def test_a_database_that_is_away_is_no_failure_of_the_text(hospital: Hospital, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    hospital.enrols()
    with monkeypatch.context() as patch:
        patch.setattr("followup_service.api.sms_webhooks.handle_reply", Mock(side_effect=OperationalError("SELECT", {}, Exception())))
        patch.setattr("followup_service.jobs.text_steps.handle_reply", Mock(side_effect=error))
        hospital.post_inbound("+8613800138000", "39.5")
        for _ in range(5):
            hospital.clock.move(seconds=21)
            hospital.run_due()
    assert [text.failures for text in hospital.inbound()] == [0]
    hospital.run_due()
    assert hospital.the_escalation().reasons == ["FEVER"]


def test_a_text_that_the_database_refuses_for_minutes_reaches_a_person(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not every such error passes: a row that is too large for an index is one as well."""
    hospital.enrols()
    refused = Mock(side_effect=OperationalError("INSERT", {}, Exception("index row size exceeds the maximum")))
    with monkeypatch.context() as patch:
        patch.setattr("followup_service.api.sms_webhooks.handle_reply", refused)
        patch.setattr("followup_service.jobs.text_steps.handle_reply", refused)
        hospital.post_inbound("+8613800138000", "39.5")
        for _ in range(4):
            hospital.clock.move(minutes=2)
            hospital.run_due()
        hospital.clock.move(minutes=2)
        hospital.run_due()
    assert hospital.the_escalation().reasons == ["HANDLING_FAILED"]
    assert hospital.nurse.pages()
