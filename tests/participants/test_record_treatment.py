"""Treatments are the anchors of everything: at most three ablations, a week apart from systemic therapy, and plans that become facts."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from followup_service.errors import Conflict, Refused
from followup_service.participants.record_treatment import cancel_treatment
from followup_service.participants.treatment import TreatmentRecord, TreatmentState
from tests.hospital import Hospital

MONDAY = date(2026, 1, 5)


def kept(hospital: Hospital) -> list[TreatmentRecord]:
    with hospital.session() as session:
        return list(session.scalars(select(TreatmentRecord).order_by(TreatmentRecord.treated_on)))


def cancel(hospital: Hospital, on: date) -> None:
    with hospital.changing() as (session, participant):
        record = session.scalars(select(TreatmentRecord).where(TreatmentRecord.treated_on == on)).one()
        cancel_treatment(session, participant, record, hospital.clock.now(), "tests", study=hospital.app.extensions["study"])


def test_a_fourth_ablation_is_refused_until_one_is_cancelled(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa")
    for month in (1, 2, 3):
        hospital.treats("PKU-001", "rfa", date(2026, month, 5), state=TreatmentState.PLANNED)
    with pytest.raises(Refused, match="would be session 4; the protocol allows 3 in all"):
        hospital.treats("PKU-001", "rfa", date(2026, 4, 5), state=TreatmentState.PLANNED)
    cancel(hospital, date(2026, 3, 5))
    hospital.treats("PKU-001", "rfa", date(2026, 4, 5), state=TreatmentState.PLANNED)
    assert len([row for row in kept(hospital) if row.state is TreatmentState.PLANNED]) == 3


@pytest.mark.parametrize(("days", "warned"), [(-7, False), (-6, True), (0, True), (6, True), (7, False)])
def test_less_than_a_week_from_systemic_therapy_warns_on_either_side(hospital: Hospital, days: int, warned: bool) -> None:
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "systemic", date(2026, 1, 15), state=TreatmentState.PLANNED)
    warnings = hospital.treats("PKU-001", "rfa", date(2026, 1, 15 + days), state=TreatmentState.PLANNED)
    assert bool(warnings) is warned
    assert hospital.events("treatment_planned")[-1].detail["warnings"] == list(warnings)
    assert not warned or f"only {abs(days)} days between" in warnings[0]


def test_what_was_planned_becomes_done_and_stays_one_treatment(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", MONDAY, state=TreatmentState.PLANNED)
    hospital.treats("PKU-001", "rfa", MONDAY)
    (treatment,) = kept(hospital)
    assert (treatment.state, treatment.version) == (TreatmentState.DONE, 2)
    assert hospital.participant().next_checkin_at == datetime(2026, 1, 6, 2, tzinfo=UTC)


def test_a_cancelled_treatment_asks_nothing_and_is_not_done_after_all(hospital: Hospital) -> None:
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", MONDAY, state=TreatmentState.PLANNED)
    cancel(hospital, MONDAY)
    hospital.move(days=3)
    assert phone.told() == []
    with pytest.raises(Refused, match="was cancelled; record another day"):
        hospital.treats("PKU-001", "rfa", MONDAY)
    with pytest.raises(Conflict, match="cannot go from cancelled"):
        cancel(hospital, MONDAY)


def test_an_unknown_treatment_is_refused_with_those_there_are(hospital: Hospital) -> None:
    hospital.enrols()
    with pytest.raises(Refused, match="unknown treatment 'surgery' for PKU-001: write one of rfa, systemic"):
        hospital.treats("PKU-001", "surgery", MONDAY)


def test_an_ablation_turns_the_questions_on_whatever_the_arm(hospital: Hospital) -> None:
    phone = hospital.enrols(arm="control")
    hospital.treats("PKU-001", "rfa", MONDAY)
    hospital.move(days=1, hours=1)
    assert phone.told() == ["question.temperature"]


def test_an_ablation_recorded_late_the_next_morning_is_still_asked_about_that_day(hospital: Hospital) -> None:
    phone = hospital.enrols(arm="rfa")
    hospital.move(to=datetime(2026, 1, 6, 3, tzinfo=UTC))
    hospital.treats("PKU-001", "rfa", MONDAY)
    hospital.move(hours=1)
    assert phone.told() == ["question.temperature"]
