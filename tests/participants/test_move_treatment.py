"""A treatment is put on another day by one act, and whoever was told of what counts from it hears once of what is now."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from followup_service.errors import Refused
from followup_service.messaging.purposes import Purpose
from followup_service.participants.move_treatment import move_treatment
from followup_service.participants.plan_ahead import treatments_of
from followup_service.participants.record_treatment import cancel_treatment, end_treatment
from followup_service.participants.treatment import TreatmentState
from tests.hospital import Hospital

BEIJING = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 1, 5)


def moves(hospital: Hospital, was_on: date, on: date, kind: str = "rfa") -> tuple[str, ...]:
    with hospital.changing() as (session, participant):
        [record] = [row for row in treatments_of(session, participant) if (row.kind, row.treated_on) == (kind, was_on)]
        return move_treatment(session, participant, record, on, hospital.clock.now(), "dr-wang", study=hospital.app.extensions["study"])


def test_a_session_put_off_is_told_once_and_the_audit_trail_has_both_days(hospital: Hospital) -> None:
    hospital.clock.move(to=datetime(2026, 3, 10, 12, tzinfo=BEIJING))
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 3, 23), TreatmentState.PLANNED)
    hospital.treats("PKU-001", "systemic", date(2026, 4, 3), TreatmentState.PLANNED)
    hospital.move(minutes=1)
    assert phone.told() == ["visit_due"]
    [warning] = moves(hospital, date(2026, 3, 23), date(2026, 3, 30))
    assert "only 4 days between" in warning
    hospital.move(hours=1)
    assert phone.told() == ["visit_due", "visit_changed"]
    assert (
        "is now due between Monday, March 23 and Sunday, March 29, no longer between Monday, March 16 and Sunday, March 22"
        in phone.last_text
    )
    [event] = hospital.events("treatment_moved")
    assert (event.actor, event.detail["was_on"], event.detail["on"]) == ("dr-wang", "2026-03-23", "2026-03-30")
    moves(hospital, date(2026, 3, 30), date(2026, 3, 23))
    hospital.move(hours=1)
    assert len(phone.received(Purpose.VISIT_CHANGE)) == 2
    assert hospital.participant().next_checkin_at == datetime(2026, 3, 22, 18, tzinfo=BEIJING)


def test_a_day_that_was_entered_wrong_is_corrected(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 2))
    moves(hospital, date(2026, 1, 2), MONDAY)
    assert hospital.participant().next_checkin_at == datetime(2026, 1, 6, 10, tzinfo=BEIJING)


def test_what_cannot_be_moved_says_what_to_write(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", MONDAY)
    hospital.treats("PKU-001", "rfa", date(2026, 3, 9), TreatmentState.PLANNED)
    with pytest.raises(Refused, match="what took place cannot be moved to 2026-01-06: today is 2026-01-05"):
        moves(hospital, MONDAY, date(2026, 1, 6))
    with pytest.raises(Refused, match="rfa of 2026-01-05 is recorded already, as done: write another day"):
        moves(hospital, date(2026, 3, 9), MONDAY)
    with hospital.changing() as (session, participant):
        study, now = hospital.app.extensions["study"], hospital.clock.now()
        cancel_treatment(session, participant, treatments_of(session, participant)[1], now, "tests", study=study)
        end_treatment(session, participant, MONDAY, now, "tests", study=study)
    with pytest.raises(Refused, match="was cancelled: record a new one"):
        moves(hospital, date(2026, 3, 9), date(2026, 3, 16))
    hospital.treats("PKU-001", "rfa", date(2026, 3, 10), TreatmentState.PLANNED)  # takes the end of treatment back
    moves(hospital, date(2026, 3, 10), date(2026, 3, 17))
