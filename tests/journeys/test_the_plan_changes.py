"""What was announced never moves silently: the participant is told once, staff see the old window and the new."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.change_participant import change_arm
from followup_service.participants.participant import Participant
from followup_service.participants.plan_ahead import course_of, treatments_of
from followup_service.participants.record_treatment import cancel_treatment, end_treatment
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.visit_schedule import planned_visits
from followup_service.reminders.keep_visit import keep_visit
from followup_service.staff.site import StudyRecord
from followup_service.visits.find_planned import find_planned
from followup_service.visits.list_visits import ListedVisit, list_visits, visits_of
from followup_service.visits.record_visit import VisitFact
from followup_service.visits.visit import VisitState
from tests.hospital import Hospital, Phone

BEIJING = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def told(phone: Phone) -> list[str]:
    return [row.message for row in phone.messages() if row.visit_id is not None and row.state is OutboundState.DELIVERED]


def listed(hospital: Hospital, item: str) -> ListedVisit:
    study = hospital.app.extensions["study"]
    with hospital.session() as session:
        participant = session.scalars(select(Participant)).one()
        planned = planned_visits(study, course_of(session, participant))
        return next(visit for visit in list_visits(session, visits_of(session, participant.id), planned) if visit.item == item)


def moves_treatment(hospital: Hospital, kind: str, to: date) -> None:
    """The planned session of this kind is put off."""
    with hospital.changing() as (session, participant):
        planned = next(row for row in treatments_of(session, participant) if (row.kind, row.state) == (kind, TreatmentState.PLANNED))
        cancel_treatment(session, participant, planned, hospital.clock.now(), "tests", study=hospital.app.extensions["study"])
    hospital.treats("PKU-001", kind, to, TreatmentState.PLANNED)
    hospital.run_due()


@pytest.fixture
def phone(hospital: Hospital) -> Phone:
    """Of somebody with an ablation planned for Monday 23 March: blood tests due from 16 to 22 March."""
    hospital.clock.move(to=at("2026-03-10T12:00"))
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 3, 23), TreatmentState.PLANNED)
    hospital.run_due()
    return phone


def test_what_is_planned_within_two_weeks_is_announced_at_once(hospital: Hospital, phone: Phone) -> None:
    assert told(phone) == ["visit_due"]
    assert "(blood tests) is due between Monday, March 16 and Sunday, March 22." in phone.last_text


def test_an_ablation_put_off_moves_what_was_announced_with_one_text(hospital: Hospital, phone: Phone) -> None:
    moves_treatment(hospital, "rfa", date(2026, 3, 30))
    assert phone.received(Purpose.VISIT_CHANGE) == [
        (
            "A change: your hospital visit (blood tests) is now due between Monday, March 23 and Sunday, "
            "March 29, no longer between Monday, March 16 "
            "and Sunday, March 22. To book a day, call 010-88196000."
        )
    ]
    visit = listed(hospital, "pre_rfa_bloods")
    assert visit.opens_on == date(2026, 3, 23)
    assert [(change.was_opens_on, change.opens_on) for change in visit.changes] == [(date(2026, 3, 16), date(2026, 3, 23))]
    hospital.run_due()
    assert len(phone.received(Purpose.VISIT_CHANGE)) == 1
    assert [event.detail["now"] for event in hospital.events("visit_moved")] == [["2026-03-27", "2026-03-23", "2026-03-29"]]


def test_what_is_put_off_twice_in_a_night_is_told_once_with_what_they_knew_and_what_is(hospital: Hospital, phone: Phone) -> None:
    hospital.clock.move(to=at("2026-03-11T21:00"))
    moves_treatment(hospital, "rfa", date(2026, 3, 30))
    moves_treatment(hospital, "rfa", date(2026, 4, 6))
    hospital.move(to=at("2026-03-12T08:30"))
    [text] = phone.received(Purpose.VISIT_CHANGE)
    assert "is now due between Monday, March 30 and Sunday, April 5, no longer between Monday, March 16 and Sunday, March 22." in text


def test_what_is_put_off_and_put_back_in_a_night_is_not_told(hospital: Hospital, phone: Phone) -> None:
    hospital.clock.move(to=at("2026-03-11T21:00"))
    moves_treatment(hospital, "rfa", date(2026, 3, 30))
    with hospital.changing() as (session, participant):
        planned = next(row for row in treatments_of(session, participant) if row.state is TreatmentState.PLANNED)
        cancel_treatment(session, participant, planned, hospital.clock.now(), "tests", study=hospital.app.extensions["study"])
    hospital.treats("PKU-001", "rfa", date(2026, 3, 24), TreatmentState.PLANNED)
    hospital.move(to=at("2026-03-12T08:30"))
    [text] = phone.received(Purpose.VISIT_CHANGE)
    assert "is now due between Tuesday, March 17 and Monday, March 23, no longer between Monday, March 16 and Sunday, March 22." in text


def test_a_booked_day_is_not_moved_by_the_plan_but_staff_look_at_it(hospital: Hospital, phone: Phone) -> None:
    hospital.books("pre_rfa_bloods", at("2026-03-20T09:00"))
    hospital.run_due()
    before = told(phone)
    moves_treatment(hospital, "rfa", date(2026, 3, 30))
    assert told(phone) == before
    assert "VISIT_REPLANNED" in hospital.the_escalation().reasons
    assert listed(hospital, "pre_rfa_bloods").booked_at == at("2026-03-20T09:00")
    hospital.run_due()
    assert len([event for event in hospital.events() if event.action.startswith("escalation_")]) == 1


def test_a_visit_that_is_needed_no_more_is_called_off_once(hospital: Hospital, phone: Phone) -> None:
    hospital.move(minutes=1)
    with hospital.changing() as (session, participant):
        [planned] = treatments_of(session, participant)
        cancel_treatment(session, participant, planned, hospital.clock.now(), "tests", study=hospital.app.extensions["study"])
    hospital.run_due()
    hospital.run_due()
    assert told(phone) == ["visit_due", "visit_not_needed"]
    assert hospital.the_visit().state is VisitState.CANCELLED
    hospital.move(days=60)
    assert told(phone) == ["visit_due", "visit_not_needed"]


def test_a_visit_that_was_called_off_and_is_needed_again_is_announced_anew(hospital: Hospital, phone: Phone) -> None:
    hospital.move(minutes=1)
    with hospital.changing() as (session, participant):
        [planned] = treatments_of(session, participant)
        cancel_treatment(session, participant, planned, hospital.clock.now(), "tests", study=hospital.app.extensions["study"])
    hospital.run_due()
    hospital.treats("PKU-001", "rfa", date(2026, 4, 20), TreatmentState.PLANNED)
    hospital.move(to=at("2026-04-04T12:00"))
    assert told(phone) == ["visit_due", "visit_not_needed", "visit_due"]
    assert "between Monday, April 13 and Sunday, April 19" in phone.received(Purpose.REMINDER)[-1]


def test_what_nobody_was_told_of_moves_without_a_text(hospital: Hospital) -> None:
    hospital.clock.move(to=at("2026-02-01T12:00"))
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 3, 23), TreatmentState.PLANNED)
    hospital.run_due()
    moves_treatment(hospital, "rfa", date(2026, 3, 30))
    assert told(phone) == []
    assert hospital.visits() == []


def test_a_second_ablation_merges_its_scan_with_the_check_up_in_one_message(hospital: Hospital) -> None:
    hospital.clock.move(to=at("2026-02-20T12:00"))
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.treats("PKU-001", "rfa", date(2026, 3, 9), TreatmentState.PLANNED)
    hospital.move(to=at("2026-03-23T12:00"))
    assert any(
        "(check-up and scan) is due between Thursday, April 2 and Thursday, April 16" in text for text in phone.received(Purpose.REMINDER)
    )
    assert not any("(scan)" in text for text in phone.received(Purpose.REMINDER))


def test_an_amendment_moves_what_was_announced_and_rows_keep_the_version_they_were_made_under(hospital: Hospital) -> None:
    hospital.clock.move(to=at("2026-03-10T12:00"))
    phone = hospital.enrols()
    hospital.treats("PKU-001", "systemic", date(2026, 1, 5))
    hospital.move(to=at("2026-03-22T12:00"))
    assert told(phone) == ["visit_due"]
    study = hospital.app.extensions["study"]
    quarterly = replace(study.visits["quarterly"], when=replace(study.visits["quarterly"].when, window_days=7))
    amended = replace(study, version="2.0", visits={**study.visits, "quarterly": quarterly})
    hospital.app.extensions["study"] = amended
    hospital.app.extensions.pop("running_study", None)
    try:
        for _ in range(3):
            hospital.run_due()
        assert told(phone) == ["visit_due", "visit_changed"]
        assert (
            "now due between Sunday, March 29 and Sunday, April 12, no longer between Sunday, March 22 and Sunday, April 19"
            in phone.last_text
        )
        visit = listed(hospital, "quarterly")
        assert (visit.protocol_version, visit.changes[0].from_version, visit.changes[0].to_version) == ("1.0", "1.0", "2.0")
        with hospital.session() as session:
            assert session.scalars(select(StudyRecord)).one().protocol_version == "2.0"
        assert len(hospital.events("protocol_version_taken_up")) == 1
    finally:
        hospital.app.extensions["study"] = study
        hospital.app.extensions.pop("running_study", None)


def test_another_arm_counts_from_its_own_anchor(hospital: Hospital) -> None:
    hospital.clock.move(to=at("2026-03-10T12:00"))
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "systemic", date(2026, 1, 5))
    hospital.run_due()
    study = hospital.app.extensions["study"]
    assert hospital.participant().next_visit_at is not None
    with hospital.changing() as (session, participant):
        change_arm(session, participant, "control", hospital.clock.now(), "dr-wang", "randomised by mistake", study=study)
    hospital.run_due()
    assert listed(hospital, "quarterly").target_on == date(2026, 4, 5)
    [event] = hospital.events("arm_changed")
    assert event.detail == {"before": "rfa", "arm": "control", "reason": "randomised by mistake"}


def test_the_end_of_treatment_keeps_the_check_ups_full_for_longer(hospital: Hospital) -> None:
    hospital.clock.move(to=at("2026-03-10T12:00"))
    hospital.enrols()
    hospital.treats("PKU-001", "systemic", date(2024, 1, 5))
    study = hospital.app.extensions["study"]
    assert any("ct_or_mri" not in visit.procedures for visit in _quarterly(hospital))
    with hospital.changing() as (session, participant):
        end_treatment(session, participant, date(2026, 3, 1), hospital.clock.now(), "dr-wang", study=study)
    assert all("ct_or_mri" in visit.procedures for visit in _quarterly(hospital))
    assert [event.detail["on"] for event in hospital.events("treatment_ended")] == ["2026-03-01"]


def _quarterly(hospital: Hospital) -> list[ListedVisit]:
    study = hospital.app.extensions["study"]
    with hospital.session() as session:
        participant = session.scalars(select(Participant)).one()
        planned = planned_visits(study, course_of(session, participant))
        return [visit for visit in list_visits(session, visits_of(session, participant.id), planned) if visit.item == "quarterly"]


def test_a_response_check_booked_inside_the_window_of_a_scan_is_that_scan(hospital: Hospital) -> None:
    hospital.clock.move(to=at("2026-01-30T12:00"))
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.move(minutes=1)
    hospital.books("response_check", at("2026-02-10T10:00"))
    hospital.move(minutes=1)
    assert told(phone) == ["visit_due", "visit_now_booked"]
    assert "Your hospital visit (scan) is booked for Tuesday, February 10, 10:00 AM" in phone.received(Purpose.VISIT_CHANGE)[0]
    assert listed(hospital, "post_rfa_scan").merged_with == ("response_check", "2026-02-10")
    hospital.move(to=at("2026-02-10T12:00"))
    hospital.attends("response_check", date(2026, 2, 10))
    hospital.move(to=at("2026-03-01T12:00"))
    assert set(told(phone)[2:]) <= {"visit_booked", "visit_booked_tomorrow", "visit_booked_today"}


def test_a_check_up_of_before_an_ablation_does_not_stand_for_the_scan_after_it(hospital: Hospital) -> None:
    hospital.clock.move(to=at("2026-03-25T12:00"))
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.attends("quarterly", date(2026, 3, 25))
    hospital.treats("PKU-001", "rfa", date(2026, 3, 9))
    hospital.move(to=at("2026-03-27T12:00"))
    assert any("(scan) is due between Thursday, April 2 and Thursday, April 16" in text for text in phone.received(Purpose.REMINDER))


def test_a_visit_of_the_clinics_own_date_has_no_window_to_be_outside_of(hospital: Hospital) -> None:
    hospital.clock.move(to=at("2026-01-30T12:00"))
    hospital.enrols(arm="rfa")
    with hospital.changing() as (session, participant):
        study = hospital.app.extensions["study"]
        for on in (date(2026, 2, 20), date(2026, 3, 3)):
            planned = find_planned(study, course_of(session, participant), "response_check", on, "2026-02-20")
            fact = VisitFact(VisitState.BOOKED, datetime.combine(on, time(10), BEIJING))
            _, warnings = keep_visit(session, participant, planned, fact, hospital.clock.now(), "tests", study=study)
            assert warnings == ()
    hospital.run_due()
    assert listed(hospital, "response_check").target_on == date(2026, 3, 3)
    assert hospital.escalations() == []
