"""Escalations over REST: found by the team, taken by one person, ended with an outcome and a note."""

import pytest
from sqlalchemy import select

from followup_service.audit import AuditEvent
from followup_service.messaging.purposes import Purpose
from tests.api.conftest import ApiCaller
from tests.hospital import Hospital, Phone


@pytest.fixture
def feverish(hospital: Hospital) -> Phone:
    phone = hospital.enrols()
    phone.texts("39.5 and shivering")
    return phone


def etag(caller: ApiCaller, number: int = 1) -> str:
    return caller.get(f"/escalations/{number}").headers["ETag"]


def test_a_fever_is_in_the_list_with_the_text_that_raised_it(reader: ApiCaller, feverish: Phone) -> None:
    listed = reader.get("/escalations?state=open&level=emergency&site=PKU").json["items"]
    assert [(item["number"], item["participant"], item["highest_celsius"]) for item in listed] == [(1, "PKU-001", "39.5")]
    assert "FEVER" in listed[0]["reasons"]
    events = reader.get("/escalations/1").json["events"]
    assert (events[0]["kind"], events[0]["text"]) == ("opened", "39.5 and shivering")
    assert reader.get("/escalations?level=review").json["items"] == []
    assert reader.get("/escalations?state=resolved").json["items"] == []


def test_acknowledging_stops_paging_and_tells_the_participant(writer: ApiCaller, feverish: Phone, hospital: Hospital) -> None:
    taken = writer.post("/escalations/1/acknowledge", {"by": "nurse-li"}, If_Match=etag(writer))
    assert (taken.status_code, taken.json["state"], taken.json["acknowledged_by"]) == (200, "acknowledged", "nurse-li")
    assert taken.json["next_page_at"] is None
    hospital.move(seconds=10)
    assert len(feverish.received(Purpose.ANSWER)) == 1
    with hospital.session() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "escalation_acknowledged")).one()
    assert (event.actor, event.detail["by"]) == ("token:write-all-300-here", "nurse-li")


def test_the_second_to_take_it_hears_who_was_first(writer: ApiCaller, feverish: Phone) -> None:
    seen = etag(writer)
    writer.post("/escalations/1/acknowledge", {"by": "nurse-li"}, If_Match=seen)
    stale = writer.post("/escalations/1/acknowledge", {"by": "dr-wang"}, If_Match=seen)
    assert stale.status_code == 412
    late = writer.post("/escalations/1/acknowledge", {"by": "dr-wang"}, If_Match=etag(writer))
    assert (late.status_code, late.json["detail"]) == (409, "No. 1 was already taken by nurse-li")


def test_only_a_known_person_takes_it(writer: ApiCaller, feverish: Phone) -> None:
    answer = writer.post("/escalations/1/acknowledge", {"by": "nobody"}, If_Match=etag(writer))
    assert (answer.status_code, answer.json["errors"]) == (422, {"by": ["write one of dr-wang, nurse-li"]})
    assert writer.get("/escalations/1").json["state"] == "open"


def test_resolving_needs_an_outcome_and_a_note(writer: ApiCaller, feverish: Phone) -> None:
    for missing in (
        {"note": "called"},
        {"outcome": "watching"},
        {"outcome": "watching", "note": "  "},
        {"outcome": "fine", "note": "called"},
    ):
        assert writer.post("/escalations/1/resolve", {"by": "nurse-li"} | missing, If_Match=etag(writer)).status_code == 422
    body = {"by": "nurse-li", "outcome": "sent_to_hospital", "note": "called, on the way"}
    assert writer.post("/escalations/1/resolve", body).status_code == 428
    ended = writer.post("/escalations/1/resolve", body, If_Match=etag(writer)).json
    assert (ended["state"], ended["outcome"], ended["note"]) == ("resolved", "sent_to_hospital", "called, on the way")
    assert [event["kind"] for event in ended["events"]][-1] == "resolved"
    assert writer.post("/escalations/1/resolve", body, If_Match=etag(writer)).status_code == 409


def test_a_stranger_is_a_case_without_participant_and_number(reader: ApiCaller, hospital: Hospital) -> None:
    hospital.stranger("+8613700000000").texts("我爸发烧了")
    shown = reader.get("/escalations/1")
    assert (shown.json["participant"], shown.json["events"][0]["text"]) == (None, "我爸发烧了")
    assert "13700000000" not in shown.get_data(as_text=True)


def test_a_number_too_large_for_any_database_is_not_found(reader: ApiCaller, hospital: Hospital) -> None:
    assert reader.get("/escalations/2147483648").status_code == 404
    assert reader.get("/escalations/99999999999999999999").status_code == 404


def test_putting_off_takes_it_and_says_when_it_returns(writer: ApiCaller, feverish: Phone, hospital: Hospital) -> None:
    put_off = writer.post("/escalations/1/snooze", {"by": "nurse-li", "until": "2026-01-05T12:00:00+08:00"}, If_Match=etag(writer))
    assert (put_off.status_code, put_off.json["state"], put_off.json["acknowledged_by"]) == (200, "acknowledged", "nurse-li")
    assert put_off.json["returns_at"] == "2026-01-05T04:00:00+00:00"
    too_long = writer.post("/escalations/1/snooze", {"by": "nurse-li", "until": "2026-01-06T12:00:00+08:00"}, If_Match=etag(writer))
    assert (too_long.status_code, list(too_long.json["errors"])) == (422, ["until"])
    hospital.move(hours=3, minutes=1)
    assert writer.get("/escalations/1").json["state"] == "open"


def test_handing_on_needs_a_note_and_pages_the_next_at_once(writer: ApiCaller, feverish: Phone, hospital: Hospital) -> None:
    assert writer.post("/escalations/1/hand-on", {"by": "nurse-li"}, If_Match=etag(writer)).status_code == 422
    handed = writer.post("/escalations/1/hand-on", {"by": "nurse-li", "note": "I am in theatre"}, If_Match=etag(writer))
    assert handed.status_code == 200
    (step,) = [event for event in handed.json["events"] if event["kind"] == "handed_on"]
    assert (step["actor"], step["note"]) == ("nurse-li", "I am in theatre")
    hospital.run_due()
    assert hospital.doctor.was_paged("emergency")
    assert "theatre" not in str([event.detail for event in hospital.events()])


def test_what_was_done_is_taken_back_for_ten_seconds(writer: ApiCaller, feverish: Phone, hospital: Hospital) -> None:
    writer.post("/escalations/1/acknowledge", {"by": "nurse-li"}, If_Match=etag(writer))
    undone = writer.post("/escalations/1/undo", {"by": "nurse-li"}, If_Match=etag(writer))
    assert (undone.status_code, undone.json["state"], undone.json["acknowledged_by"]) == (200, "open", None)
    again = writer.post("/escalations/1/undo", {"by": "nurse-li"}, If_Match=etag(writer))
    assert again.status_code == 409
    hospital.move(minutes=1)
    assert feverish.received(Purpose.ANSWER) == []


def test_clocks_and_links_are_shown(reader: ApiCaller, feverish: Phone) -> None:
    shown = reader.get("/escalations/1").json
    assert (shown["acknowledge_by"], shown["follows"], shown["snoozed_at"]) == ("2026-01-05T01:15:00+00:00", None, None)
    assert [event["channel"] for event in shown["events"]] == [None, "text"]


def test_a_call_that_was_made_is_a_step_and_keeps_the_promise(writer: ApiCaller, feverish: Phone, hospital: Hospital) -> None:
    early = writer.post("/escalations/1/call", {"by": "nurse-li", "reached": True}, If_Match=etag(writer))
    assert early.status_code == 409
    taken = writer.post("/escalations/1/acknowledge", {"by": "nurse-li"}, If_Match=etag(writer)).json
    assert (taken["call_by"], taken["called_at"]) == ("2026-01-05T01:30:00+00:00", None)
    assert taken["returns_at"] == taken["call_by"]
    assert taken["follow_up_at"] == "2026-01-06T01:00:00+00:00"
    called = writer.post("/escalations/1/call", {"by": "nurse-li", "reached": True, "note": "drinks"}, If_Match=etag(writer)).json
    assert (called["called_at"], called["returns_at"]) == ("2026-01-05T01:00:00+00:00", "2026-01-05T03:00:00+00:00")
    assert (called["events"][-1]["kind"], called["events"][-1]["note"]) == ("called", "drinks")
