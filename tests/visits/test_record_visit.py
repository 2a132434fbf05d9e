"""Visits: which planned one staff mean, what may follow what, and what stays in the list when the plan moves."""

from datetime import date, datetime

import pytest

from followup_service.errors import IllegalTransition, NotFound, Refused
from followup_service.participants.change_participant import lock_participant
from followup_service.protocol.load_study import load_study
from followup_service.protocol.visit_schedule import CourseOfCare, Treatment, planned_visits
from followup_service.visits.find_planned import find_planned
from followup_service.visits.list_visits import list_visits, visits_of
from followup_service.visits.record_visit import VisitFact, record_visit
from followup_service.visits.visit import VisitState
from tests.hospital import Hospital

STUDY = load_study("NCT06609434")
RFA = date(2026, 1, 5)
COURSE = CourseOfCare("rfa", RFA, (Treatment("rfa", RFA),))
TEN = datetime.fromisoformat("2026-02-05T10:00+08:00")


def test_the_visit_nearest_to_the_day_is_meant() -> None:
    assert find_planned(STUDY, COURSE, "quarterly", date(2026, 7, 20)).occurrence == "month-6"
    assert find_planned(STUDY, COURSE, "quarterly", date(2026, 7, 20), "month-3").target_on == date(2026, 4, 5)


def test_a_visit_that_no_treatment_plans_is_not_found() -> None:
    with pytest.raises(NotFound, match="record the treatment"):
        find_planned(STUDY, CourseOfCare("rfa", RFA), "post_rfa_scan", RFA)
    with pytest.raises(NotFound, match="write one of"):
        find_planned(STUDY, COURSE, "massage", RFA)


def test_a_visit_done_on_another_journey_names_that_one() -> None:
    course = CourseOfCare("rfa", RFA, (Treatment("rfa", RFA), Treatment("rfa", date(2026, 3, 5))))
    with pytest.raises(Refused, match="same journey as quarterly month-3"):
        find_planned(STUDY, course, "post_rfa_scan", date(2026, 4, 5), "rfa-2")


def test_a_booking_can_move_and_what_was_attended_stays(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa")
    planned = find_planned(STUDY, COURSE, "post_rfa_scan", TEN.date())
    with hospital.session() as session:
        participant = lock_participant(session, hospital.participant().id)

        def record(fact: VisitFact) -> VisitState:
            return record_visit(
                session, participant, planned, fact, hospital.clock.now(), "tests", study=STUDY, today=date(2026, 2, 6)
            ).state

        assert record(VisitFact(VisitState.BOOKED, TEN)) is VisitState.BOOKED
        assert record(VisitFact(VisitState.BOOKED, TEN.replace(hour=14))) is VisitState.BOOKED
        assert record(VisitFact(VisitState.MISSED)) is VisitState.MISSED
        assert record(VisitFact(VisitState.ATTENDED, attended_on=date(2026, 2, 6))) is VisitState.ATTENDED
        with pytest.raises(IllegalTransition):
            record(VisitFact(VisitState.MISSED))
        listed = list_visits(session, visits_of(session, participant.id), planned_visits(STUDY, COURSE))
        unplanned = list_visits(session, visits_of(session, participant.id), ())
    scan = next(visit for visit in listed if visit.item == "post_rfa_scan")
    assert (scan.state, scan.booked_at, scan.attended_on) == ("attended", TEN.replace(hour=14), date(2026, 2, 6))
    assert [(visit.item, visit.state) for visit in unplanned] == [("post_rfa_scan", "attended")]
    assert {visit.state for visit in listed if visit is not scan} == {"planned"}
