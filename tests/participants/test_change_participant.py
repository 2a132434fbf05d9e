"""What changes about a participant counts at once, also for texts that wait to be sent."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from followup_service.errors import Conflict, Refused
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.change_participant import change_contact, opt_in, opt_out
from followup_service.participants.participant import OptOutSource
from tests.hospital import Hospital, Phone


def change(hospital: Hospital, **values: Any) -> None:
    with hospital.changing() as (session, participant):
        study = hospital.app.extensions["study"]
        change_contact(session, participant, hospital.clock.now(), "nurse-li", study=study, country="CN", **values)


def test_a_waiting_text_goes_to_the_new_number_in_the_new_language(hospital: Hospital) -> None:
    old = hospital.enrols()
    with hospital.changing() as (session, participant):
        study = hospital.app.extensions["study"]
        queue_text(session, participant, Purpose.ANSWER, "question.temperature", hospital.clock.now(), study=study)
    change(hospital, phone="139 1111 1111", language="zh_Hans")
    hospital.run_due()
    assert old.received() == []
    (text,) = Phone(hospital, "+8613911111111").received()
    assert "体温" in text


def test_after_the_change_the_old_number_is_a_stranger(hospital: Hospital) -> None:
    old = hospital.enrols()
    change(hospital, phone="+8613911111111")
    old.texts("39.2")
    Phone(hospital, "+8613911111111").texts("39.2")
    assert [page.split(":")[0] for page in hospital.nurse.pages()] == ["EMERGENCY unknown number", "EMERGENCY PKU-001"]


def test_a_new_time_zone_moves_the_next_question(hospital: Hospital) -> None:
    hospital.enrols()
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    change(hospital, timezone="Europe/Paris")
    assert hospital.participant().next_checkin_at == datetime(2026, 1, 6, 9, tzinfo=UTC)


def test_the_audit_says_what_changed_and_not_the_number(hospital: Hospital) -> None:
    hospital.enrols()
    change(hospital, phone="+8613911111111", language="zh_Hans", timezone="Asia/Urumqi")
    (event,) = hospital.events("contact_changed")
    assert event.actor == "nurse-li"
    assert event.detail == {"phone": "changed", "language": "en -> zh_Hans", "timezone": "Asia/Shanghai -> Asia/Urumqi"}


def test_nothing_changed_is_no_event(hospital: Hospital) -> None:
    hospital.enrols()
    change(hospital, phone="138 0013 8000", language="en")
    assert hospital.events("contact_changed") == []
    assert hospital.participant().version == 1


def test_anothers_number_and_an_unknown_zone_are_refused(hospital: Hospital) -> None:
    hospital.enrols()
    hospital.enrols("PKU-002", "+8613800138002")
    with pytest.raises(Conflict, match="belongs to another participant"):
        change(hospital, phone="+8613800138002")
    with pytest.raises(Refused, match="write it like Asia/Shanghai"):
        change(hospital, timezone="Beijing time")


def test_staff_stop_and_start_texts_with_a_reason(hospital: Hospital) -> None:
    hospital.enrols()
    now = hospital.clock.now()
    with hospital.changing() as (_, participant):
        assert opt_out(participant, OptOutSource.STAFF, now, "nurse-li")
        assert not opt_out(participant, OptOutSource.STAFF, now, "nurse-li")
    assert hospital.participant().next_checkin_at is None
    with hospital.changing() as (session, participant):
        study = hospital.app.extensions["study"]
        assert opt_in(session, participant, now, "nurse-li", "asked on the phone", study=study)
        assert not opt_in(session, participant, now, "nurse-li", "again", study=study)
    assert [event.detail for event in hospital.events("opted_in")] == [{"reason": "asked on the phone"}]
    assert hospital.participant().next_checkin_at is not None
