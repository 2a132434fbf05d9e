"""Treatments, visits, check-ins, reports and texts of a participant over REST."""

from datetime import date

import pytest
from sqlalchemy import select

from followup_service.audit import AuditEvent
from tests.api.conftest import ApiCaller
from tests.hospital import Hospital, Phone

CORRECTED = ("visit_missed", "treatment_moved", "treatment_cancelled")


@pytest.fixture
def phone(hospital: Hospital) -> Phone:
    return hospital.enrols(arm="rfa")


def test_a_treatment_is_recorded_with_warnings(writer: ApiCaller, phone: Phone) -> None:
    writer.post("/participants/PKU-001/treatments", {"kind": "rfa", "on": "2026-01-05", "state": "done"})
    close = writer.post("/participants/PKU-001/treatments", {"kind": "systemic", "on": "2026-01-09", "state": "planned"})
    assert close.status_code == 201
    assert len(close.json["warnings"]) == 1
    assert "only 4 days between" in close.json["warnings"][0]
    listed = writer.get("/participants/PKU-001/treatments").json["items"]
    assert [(item["kind"], item["on"], item["state"]) for item in listed] == [
        ("rfa", "2026-01-05", "done"),
        ("systemic", "2026-01-09", "planned"),
    ]
    assert listed[0]["recorded_by"] == "token:write-all-300-here"


def test_a_fourth_session_is_refused(writer: ApiCaller, phone: Phone) -> None:
    for on in ("2025-10-01", "2025-11-01", "2025-12-01"):
        assert writer.post("/participants/PKU-001/treatments", {"kind": "rfa", "on": on, "state": "done"}).status_code == 201
    fourth = writer.post("/participants/PKU-001/treatments", {"kind": "rfa", "on": "2026-01-04", "state": "done"})
    assert fourth.status_code == 422
    assert "would be session 4; the protocol allows 3" in fourth.json["detail"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "surgery"}, "kind"),
        ({"on": "0001-01-01"}, "on"),
        ({"on": "9999-12-31"}, "on"),
        ({"state": "cancelled"}, "state"),
        ({"on": 5}, "on"),
        ({"on": "2026-01-06"}, "on"),
    ],
)
def test_a_wrong_treatment_is_refused(writer: ApiCaller, phone: Phone, change: dict[str, object], field: str) -> None:
    answer = writer.post("/participants/PKU-001/treatments", {"kind": "rfa", "on": "2026-01-05", "state": "done"} | change)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_a_cancelled_treatment_plans_no_visits(writer: ApiCaller, phone: Phone) -> None:
    made = writer.post("/participants/PKU-001/treatments", {"kind": "rfa", "on": "2026-02-05", "state": "planned"}).json
    assert any(visit["item"] == "post_rfa_scan" for visit in writer.get("/participants/PKU-001/visits").json["items"])
    cancelled = writer.post(f"/participants/PKU-001/treatments/{made['id']}/cancel")
    assert (cancelled.status_code, cancelled.json["state"]) == (200, "cancelled")
    assert writer.get("/participants/PKU-001/visits").json["items"] == []


def test_a_session_is_put_on_another_day(writer: ApiCaller, phone: Phone) -> None:
    made = writer.post("/participants/PKU-001/treatments", {"kind": "rfa", "on": "2026-02-05", "state": "planned"}).json
    moved = writer.post(f"/participants/PKU-001/treatments/{made['id']}/move", {"on": "2026-02-12"})
    assert (moved.status_code, moved.json["on"], moved.json["id"], moved.json["warnings"]) == (200, "2026-02-12", made["id"], [])
    scan = next(visit for visit in writer.get("/participants/PKU-001/visits").json["items"] if visit["item"] == "post_rfa_scan")
    assert scan["target_on"] == "2026-03-12"
    assert writer.post(f"/participants/PKU-001/treatments/{made['id']}/move", {"on": "soon"}).json["errors"].keys() == {"on"}


def test_another_participants_treatment_cannot_be_cancelled(writer: ApiCaller, phone: Phone, hospital: Hospital) -> None:
    hospital.enrols("PKU-002", "+8613800138002")
    made = writer.post("/participants/PKU-001/treatments", {"kind": "rfa", "on": "2026-01-05", "state": "done"}).json
    assert writer.post(f"/participants/PKU-002/treatments/{made['id']}/cancel").status_code == 404


def test_a_visit_is_booked_and_attended(writer: ApiCaller, phone: Phone, hospital: Hospital) -> None:
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    scan = next(visit for visit in writer.get("/participants/PKU-001/visits").json["items"] if visit["item"] == "post_rfa_scan")
    assert (scan["state"], scan["target_on"], scan["opens_on"], scan["closes_on"]) == ("planned", "2026-02-05", "2026-01-29", "2026-02-12")
    address = f"/participants/PKU-001/visits/post_rfa_scan/{scan['occurrence']}"
    booked = writer.post(f"{address}/book", {"at": "2026-02-05T10:00:00+08:00"})
    assert (booked.status_code, booked.json["state"], booked.json["booked_at"]) == (200, "booked", "2026-02-05T02:00:00+00:00")
    assert writer.post(f"{address}/attend", {"on": "2026-02-05"}).json["errors"] == {"on": ["write a day that has come"]}
    hospital.clock.move(days=31)
    assert writer.post(f"{address}/attend", {"on": "2026-02-05"}).json["state"] == "attended"
    assert writer.post(f"{address}/miss").status_code == 409


def test_what_was_entered_wrong_is_put_right_with_a_reason_that_stays(writer: ApiCaller, phone: Phone, hospital: Hospital) -> None:
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.clock.move(days=31)
    scan = next(visit for visit in writer.get("/participants/PKU-001/visits").json["items"] if visit["item"] == "post_rfa_scan")
    address = f"/participants/PKU-001/visits/post_rfa_scan/{scan['occurrence']}"
    writer.post(f"{address}/attend", {"on": "2026-02-04"})
    assert writer.post(f"{address}/miss", {"reason": "it was another patient"}).json["state"] == "missed"
    made = writer.post("/participants/PKU-001/treatments", {"kind": "systemic", "on": "2026-01-20", "state": "done"}).json
    treatment = f"/participants/PKU-001/treatments/{made['id']}"
    assert writer.post(f"{treatment}/move", {"on": "2026-01-19", "reason": "read off the wrong line"}).status_code == 200
    assert writer.post(f"{treatment}/cancel", {"reason": "it was another patient"}).json["state"] == "cancelled"
    with hospital.session() as session:
        kept = session.scalars(select(AuditEvent).where(AuditEvent.action.in_(CORRECTED)).order_by(AuditEvent.sequence)).all()
        assert [(event.action, event.detail["reason"]) for event in kept] == [
            ("visit_missed", "it was another patient"),
            ("treatment_moved", "read off the wrong line"),
            ("treatment_cancelled", "it was another patient"),
        ]
        assert (kept[0].detail["was"], kept[0].detail["was_attended_on"]) == ("attended", "2026-02-04")


def test_a_visit_cannot_be_missed_before_its_window(writer: ApiCaller, phone: Phone, hospital: Hospital) -> None:
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    early = writer.post("/participants/PKU-001/visits/quarterly/month-3/miss")
    assert (early.status_code, early.json["detail"]) == (422, "quarterly month-3 cannot be missed yet: its window opens on 2026-03-22")
    hospital.clock.move(days=100)
    assert writer.post("/participants/PKU-001/visits/quarterly/month-3/miss").json["state"] == "missed"


def test_a_visit_of_the_clinics_own_date_is_named_by_its_day(writer: ApiCaller, phone: Phone) -> None:
    booked = writer.post("/participants/PKU-001/visits/response_check/2026-02-20/book", {"at": "2026-02-20T08:30:00+08:00"})
    assert (booked.status_code, booked.json["target_on"]) == (200, "2026-02-20")
    listed = writer.get("/participants/PKU-001/visits").json["items"]
    assert [(visit["item"], visit["occurrence"], visit["state"]) for visit in listed] == [("response_check", "2026-02-20", "booked")]


@pytest.mark.parametrize("visit", ["quarterly/month-3", "quarterly/month-4", "massage/month-3"])
def test_a_visit_that_is_not_planned_is_not_found(writer: ApiCaller, phone: Phone, visit: str) -> None:
    assert writer.post(f"/participants/PKU-001/visits/{visit}/book", {"at": "2026-02-20T08:30:00+08:00"}).status_code == 404


@pytest.mark.parametrize("at", ["2026-02-05T10:00:00", "2026-02-05", "soon", "9999-12-31T23:59:59-12:00"])
def test_a_booking_needs_a_time_with_its_offset(writer: ApiCaller, phone: Phone, hospital: Hospital, at: str) -> None:
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    assert list(writer.post("/participants/PKU-001/visits/quarterly/month-3/book", {"at": at}).json["errors"]) == ["at"]


def test_reports_and_texts_of_a_fever(reader: ApiCaller, phone: Phone) -> None:
    phone.texts("38,9 since this morning")
    temperature = reader.get("/participants/PKU-001/reports?kind=temperature").json["items"][0]
    assert (temperature["celsius"], temperature["protocol_version"]) == ("38.9", "1.0")
    texts = reader.get("/participants/PKU-001/messages").json["items"]
    received = next(text for text in texts if text["direction"] == "in")
    assert (received["body"], received["state"]) == ("38,9 since this morning", "handled")
    sent = [text for text in texts if text["direction"] == "out"]
    assert {text["state"] for text in sent} == {"delivered"}
    assert all(text["body"] and text["parts"] and text["language"] == "en" for text in sent)


def test_a_checkin_is_shown_with_its_answers(reader: ApiCaller, phone: Phone, hospital: Hospital) -> None:
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.move(hours=26)
    asked = reader.get("/participants/PKU-001/checkins?state=asking").json["items"]
    assert [(item["plan"], item["question"], item["answers"]) for item in asked] == [("after_rfa", "temperature", [])]
    phone.texts("36.8")
    shown = reader.get(f"/participants/PKU-001/checkins/after_rfa/{asked[0]['occurrence']}").json
    assert [answer["question"] for answer in shown["answers"]] == ["temperature"]
    assert shown["question"] == "worst_pain"
    assert reader.get("/participants/PKU-001/checkins/after_rfa/2020-01-01").status_code == 404


def test_the_study_says_which_words_to_write(reader: ApiCaller, hospital: Hospital) -> None:
    study = reader.get("/study").json
    assert (study["code"], study["version"]) == ("NCT06609434", "1.0")
    assert [arm["code"] for arm in study["arms"]] == ["rfa", "control"]
    assert study["sites"] == [{"code": "PKU", "name": "Beijing Cancer Hospital", "timezone": "Asia/Shanghai", "country": "CN"}]
    assert study["contact_hours"] == {"opens": "08:00", "closes": "20:00"}
    assert "temperature" in next(plan for plan in study["checkins"] if plan["code"] == "after_rfa")["questions"]
    assert "en" in study["languages"]
