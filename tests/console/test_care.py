"""Visits and treatments on the pages: recorded, warned of, refused in words, and put right with the old value kept."""

from datetime import date, timedelta

import pytest

from followup_service.participants.plan_ahead import treatments_of
from followup_service.participants.treatment import TreatmentRecord, TreatmentState
from followup_service.staff.account import Role
from followup_service.visits.visit import VisitState
from tests.console.people import Person, hires
from tests.hospital import Hospital

CARE, VISITS, TREATMENTS = "/participants/PKU-001/care", "/participants/PKU-001/visits", "/participants/PKU-001/treatments"
MONDAY = date(2026, 1, 5)
SCAN = {"item": "post_rfa_scan", "occurrence": "rfa-1", "form": "v1"}


@pytest.fixture
def li(hospital: Hospital) -> Person:
    hospital.enrols(arm="rfa")
    person = hires(hospital)
    person.signs_in()
    return person


def records(hospital: Hospital) -> list[TreatmentRecord]:
    with hospital.changing() as (session, participant):
        return treatments_of(session, participant)


def treatment(person: Person, kind: str, on: date, step: str = "done") -> str:
    """The refusal, if there is one; else what the page says afterwards."""
    answer = person.sends(TREATMENTS, {"form": "new", "kind": kind, "on": on.isoformat(), "step": step})
    return person.shown(CARE) if answer.status_code == 303 else answer.text


def visit(person: Person, step: str, on: date | None = None, at: str = "", **more: str) -> str:
    day = on.isoformat() if on else ""
    answer = person.sends(VISITS, SCAN | {"step": step, "on": day, "at": at} | more)
    return person.shown(CARE) if answer.status_code == 303 else answer.text


def test_a_treatment_plans_visits_and_too_few_days_are_warned_of(hospital: Hospital, li: Person) -> None:
    assert "Recorded." in treatment(li, "rfa", MONDAY)
    assert "scan" in li.shown(CARE)
    close = treatment(li, "systemic", MONDAY + timedelta(days=4), "planned")
    assert "only 4 days between Radiofrequency ablation on 5 Jan 2026 and Systemic therapy on 9 Jan 2026" in close
    assert {(event.actor, event.detail["kind"]) for event in hospital.events("treatment_planned")} == {("li.na", "systemic")}


def test_a_fourth_session_is_refused_with_what_was_written_still_there(hospital: Hospital, li: Person) -> None:
    for month in (9, 10, 11):
        treatment(li, "rfa", date(2025, month, 3))
    refused = treatment(li, "rfa", MONDAY)
    assert "would be session 4; the protocol allows 3 in all" in refused
    assert 'value="2026-01-05"' in refused
    answer = li.sends(f"{TREATMENTS}?lang=zh_Hans", {"form": "new", "kind": "rfa", "on": "2026-01-05", "step": "done"})
    assert answer.status_code == 422
    assert "第4次" in answer.text
    assert "would be session" not in answer.text
    assert "射频消融" in answer.text


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"step": "done", "on": "2026-01-06", "kind": "rfa"}, "record the treatment as planned"),
        ({"step": "done", "on": "soon", "kind": "rfa"}, "Write the day like"),
        ({"step": "sing", "on": "2026-01-05", "kind": "rfa"}, "Choose what happened"),
        ({"step": "done", "on": "2026-01-05", "kind": "surgery"}, "write one of rfa, systemic"),
        ({"step": "ended", "on": "2026-01-06"}, "today is 5 Jan 2026"),
        ({"step": "move", "on": "2026-01-04", "why": "x"}, "Write why"),
    ],
)
def test_a_wrong_treatment_is_refused_in_words(hospital: Hospital, li: Person, form: dict[str, str], says: str) -> None:
    answer = li.sends(TREATMENTS, form | {"form": "new"})
    assert (answer.status_code, says in answer.text) == (422, True), answer.text
    assert not hospital.events("treatment_done")


def test_a_planned_session_takes_place_is_moved_and_cancelled(hospital: Hospital, li: Person) -> None:
    treatment(li, "rfa", MONDAY + timedelta(days=10), "planned")
    [record] = records(hospital)
    on_file = {"form": "t1", "treatment": record.id.hex}
    assert li.sends(TREATMENTS, on_file | {"step": "move", "on": "2026-01-20"}).status_code == 422
    assert li.sends(TREATMENTS, on_file | {"step": "move", "on": "2026-01-20", "why": "no bed"}).status_code == 303
    assert li.sends(TREATMENTS, on_file | {"step": "done", "on": "2026-01-04"}).status_code == 303
    [record] = records(hospital)
    assert (record.state, record.treated_on) == (TreatmentState.DONE, date(2026, 1, 4))
    assert li.sends(TREATMENTS, on_file | {"step": "cancelled", "why": "another participant's"}).status_code == 303
    moved = [(event.detail["was_on"], event.detail["on"], event.detail.get("reason")) for event in hospital.events("treatment_moved")]
    assert moved == [("2026-01-15", "2026-01-20", "no bed"), ("2026-01-20", "2026-01-04", None)]
    assert "another participant's" in li.shown("/participants/PKU-001?only=changes")
    assert li.sends(TREATMENTS, on_file | {"treatment": "ff" * 16, "step": "cancelled", "why": "x"}).status_code == 404


def test_the_end_of_treatment_is_recorded_and_taken_back(hospital: Hospital, li: Person) -> None:
    treatment(li, "systemic", date(2025, 12, 1))
    assert li.sends(TREATMENTS, {"form": "end", "step": "ended", "on": "2025-12-20"}).status_code == 303
    assert hospital.participant().treatment_ended_on == date(2025, 12, 20)
    assert li.sends(TREATMENTS, {"form": "end", "step": "goes_on"}).status_code == 303
    assert hospital.participant().treatment_ended_on is None


def test_a_visit_within_its_window_and_one_outside(hospital: Hospital, li: Person) -> None:
    treatment(li, "rfa", date(2025, 12, 1))
    assert "outside" not in visit(li, "booked", date(2026, 1, 7), "09:30", preparation="空腹")
    [scan] = [one for one in hospital.visits() if one.item == "post_rfa_scan"]
    assert (scan.state, scan.booked_at.isoformat(), scan.preparation) == (VisitState.BOOKED, "2026-01-07T01:30:00+00:00", "空腹")
    told = visit(li, "booked", date(2026, 1, 20), "10:00")
    assert "20 Jan 2026 is outside the window of scan rfa-1, 25 Dec 2025 to 8 Jan 2026: a deviation to document" in told
    assert "outside the window" in told
    assert [row.reasons for row in hospital.escalations()] == [["VISIT_OUTSIDE_WINDOW"]]


def test_a_visit_recorded_wrong_is_put_right_and_both_values_stay(hospital: Hospital, li: Person) -> None:
    treatment(li, "rfa", date(2025, 12, 1))
    assert "today is 5 Jan 2026" in visit(li, "attended", date(2026, 2, 1))
    assert "Recorded." in visit(li, "attended", date(2026, 1, 2))
    assert "write why that was wrong" in visit(li, "attended", date(2026, 1, 4))
    assert "Recorded." in visit(li, "attended", date(2026, 1, 4), why="a slip of the pen")
    assert "Recorded." in visit(li, "missed", why="it was PKU-002")
    [scan] = [one for one in hospital.visits() if one.item == "post_rfa_scan"]
    assert (scan.state, scan.attended_on) == (VisitState.MISSED, None)
    corrected = [event for event in hospital.events() if event.detail.get("was")]
    assert [(event.action, event.detail["was"], event.detail["was_attended_on"], event.detail["reason"]) for event in corrected] == [
        ("visit_attended", "attended", "2026-01-02", "a slip of the pen"),
        ("visit_missed", "attended", "2026-01-04", "it was PKU-002"),
    ]
    shown = li.shown("/participants/PKU-001?only=changes")
    assert "it was PKU-002" in shown
    assert "li.na" in shown


def test_a_visit_whose_day_the_clinic_sets_is_added(hospital: Hospital, li: Person) -> None:
    answer = li.sends(VISITS, {"form": "own-response-check", "item": "response_check", "step": "booked", "on": "2026-02-20", "at": "08:30"})
    assert answer.status_code == 303
    assert [(one.item, one.occurrence) for one in hospital.visits()] == [("response_check", "2026-02-20")]
    assert li.sends(VISITS, {"item": "response_check", "step": "booked", "on": "2026-02-20", "at": "noon"}).status_code == 422
    assert li.sends(VISITS, {"item": "massage", "step": "booked", "on": "2026-02-20", "at": "08:30"}).status_code == 404


def test_who_is_blinded_or_only_reads_records_nothing(hospital: Hospital, li: Person) -> None:
    treatment(li, "rfa", MONDAY)
    for name, role, blinded in (("blind", Role.COORDINATOR, True), ("only.reads", Role.MONITOR, False)):
        person = hires(hospital, name, role, blinded=blinded)
        person.signs_in()
        assert person.opens(CARE).status_code == 404
        assert person.sends(VISITS, SCAN | {"step": "missed"}).status_code == 404
        assert person.sends(TREATMENTS, {"step": "done", "kind": "rfa", "on": "2026-01-05"}).status_code == 404
        assert CARE not in person.shown("/participants/PKU-001")
