"""Over REST: further phones, tags, contact hours, invited participants, the end of treatment, and why no text was sent."""

from sqlalchemy import select

from followup_service.participants.participant_phone import ParticipantPhone
from tests.api.conftest import ApiCaller
from tests.hospital import Hospital, Phone

CODE = "/participants/PKU-101"


def patched(writer: ApiCaller, **form: object) -> dict[str, object]:
    etag = writer.get(CODE).headers["ETag"]
    answer = writer.patch(CODE, form, If_Match=etag)
    assert answer.status_code in (200, 409, 422), answer.json
    return dict(answer.json)


def test_a_caregivers_phone_is_added_and_taken_off_and_its_number_never_comes_out(writer: ApiCaller, hospital: Hospital) -> None:
    writer.enrols()
    added = writer.post(f"{CODE}/phones", {"phone": "138 0013 8777", "kind": "caregiver", "told": ["alarms"]})
    assert (added.status_code, added.json["kind"], added.json["told"]) == (201, "caregiver", ["alarms"])
    assert "8777" not in added.text
    Phone(hospital, "+8613800138777").texts("39.2")
    assert hospital.the_escalation().participant_id == hospital.participant("PKU-101").id
    removed = writer.post(f"{CODE}/phones/{added.json['id']}/remove", {})
    assert removed.json["removed_because"] == "by_staff"
    assert writer.get(f"{CODE}/phones").json["items"] == []
    with hospital.session() as session:
        assert session.scalars(select(ParticipantPhone)).one().removed_at is not None


def test_two_share_a_phone_with_tags(writer: ApiCaller, hospital: Hospital) -> None:
    writer.enrols()
    second = {"code": "PKU-102", "phone": "+86 138-0013-8101", "tag": "B"}
    assert writer.enrols(**second).status_code == 409
    assert patched(writer, tag="A")["tag"] == "A"
    assert writer.enrols(**second).json["tag"] == "B"
    assert patched(writer, tag=None)["errors"] == {"phone": ["in use"]}


def test_contact_hours_are_agreed_and_given_up(writer: ApiCaller, hospital: Hospital) -> None:
    writer.enrols()
    assert patched(writer, contact_hours={"opens": "09:00", "closes": "18:00"})["contact_hours"] == {"opens": "09:00", "closes": "18:00"}
    assert "contact_hours" in patched(writer, contact_hours={"opens": "01:00", "closes": "18:00"})["errors"]  # type: ignore[operator]
    assert patched(writer, contact_hours=None)["contact_hours"] is None


def test_who_is_invited_consents_later(writer: ApiCaller, hospital: Hospital) -> None:
    assert writer.enrols(consent=None).json["state"] == "invited"
    answer = writer.post(f"{CODE}/consent", {"on": "2026-01-05", "version": "1.0"})
    assert (answer.json["state"], answer.json["consent"]) == ("active", {"on": "2026-01-05", "version": "1.0"})
    assert writer.post(f"{CODE}/consent", {"on": "2026-01-05", "version": "1.0"}).status_code == 409


def test_complete_lost_found_and_opted_out(writer: ApiCaller, hospital: Hospital) -> None:
    writer.enrols()
    assert writer.post(f"{CODE}/lose", {"reason": "moved away"}).json["state"] == "lost_to_follow_up"
    assert writer.post(f"{CODE}/resume", {"reason": "rang us"}).json["state"] == "active"
    assert writer.post(f"{CODE}/opt-out", {"reason": "asked on the phone"}).json["opted_out_by"] == "staff"
    assert writer.post(f"{CODE}/complete", {"reason": "month 24"}).json["state"] == "completed"


def test_treatment_ends_and_the_end_is_taken_back(writer: ApiCaller, hospital: Hospital) -> None:
    writer.enrols()
    writer.post(f"{CODE}/treatments", {"kind": "systemic", "on": "2026-01-04", "state": "done"})
    assert writer.post(f"{CODE}/end-of-treatment", {"on": "2026-01-05"}).json == {"on": "2026-01-05"}
    assert writer.get(CODE).json["treatment_ended_on"] == "2026-01-05"
    assert writer.post(f"{CODE}/end-of-treatment", {"on": "2026-01-03"}).status_code == 422
    assert writer.post(f"{CODE}/end-of-treatment", {"on": None}).json == {"on": None}


def test_why_no_text_was_sent(writer: ApiCaller, hospital: Hospital) -> None:
    writer.enrols()
    writer.post(f"{CODE}/pause", {"reason": "in hospital"})
    answer = writer.get(f"{CODE}/why?on=2026-01-05")
    words = "Paused, in hospital for example: who writes is answered, nothing else is sent."
    assert {"code": "paused", "about": None, "words": words} in answer.json["reasons"]
    assert (answer.json["code"], answer.json["on"]) == ("PKU-101", "2026-01-05")
    assert writer.get(f"{CODE}/why").json == answer.json
    assert writer.get(f"{CODE}/why?on=yesterday").status_code == 422
