"""Participants over REST: enrolled once, changed by who has seen them, stopped by one act."""

from datetime import date

import pytest
from sqlalchemy import select

from followup_service.audit import AuditEvent
from followup_service.messaging.approvals import Status, sign
from followup_service.messaging.purposes import Purpose
from tests.api.conftest import ApiCaller
from tests.hospital import Hospital, Phone

pytestmark = pytest.mark.usefixtures("hospital")


def test_who_is_enrolled_can_be_read_and_has_no_number(writer: ApiCaller) -> None:
    made = writer.enrols()
    assert made.status_code == 201
    assert made.json == {
        "code": "PKU-101",
        "site": "PKU",
        "arm": "rfa",
        "state": "active",
        "language": "zh_Hans",
        "timezone": "Asia/Shanghai",
        "phone_on_file": True,
        "name_on_file": True,
        "phone_wrong_since": None,
        "tag": None,
        "contact_hours": None,
        "enrolled_on": "2026-01-05",
        "treatment_ended_on": None,
        "consent": {"on": "2026-01-04", "version": "1.0"},
        "opted_out_at": None,
        "opted_out_by": None,
        "next_checkin_at": made.json["next_checkin_at"],
        "protocol_version": "1.0",
        "created_at": "2026-01-05T01:00:00+00:00",
    }
    read = writer.get("/participants/PKU-101")
    assert (read.status_code, read.json, read.headers["ETag"]) == (200, made.json, made.headers["ETag"])


def test_the_number_is_read_as_one_of_the_sites_country(writer: ApiCaller, hospital: Hospital) -> None:
    writer.enrols()
    assert hospital.participant("PKU-101").phone == "+8613800138101"


def test_the_audit_names_the_token(writer: ApiCaller, hospital: Hospital) -> None:
    writer.enrols()
    with hospital.session() as session:
        actors = session.scalars(select(AuditEvent.actor).where(AuditEvent.action.in_(("enrolled", "consent_given")))).all()
    assert actors == ["token:write-all-300-here"] * 2


@pytest.mark.parametrize(
    ("change", "status", "field", "advice"),
    [
        ({"site": "NEW"}, 422, "site", "write one of PKU"),
        ({"arm": "placebo"}, 422, "arm", "write one of rfa, control"),
        ({"language": "zh"}, 422, "language", "write zh_Hans"),
        ({"phone": "12"}, 422, "phone", "write it like +8613800138000"),
        ({"timezone": "Beijing"}, 422, "timezone", "write it like Asia/Shanghai"),
        ({"consent": {"on": "2026-02-01", "version": "1.0"}}, 422, "consented_on", "write a day that has come"),
        ({"consent": {"on": "4.1.2026", "version": "1.0"}}, 422, "consent.on", "write the day like 2026-01-31"),
        ({"consent": {"on": "2026-01-04"}}, 422, "consent.version", "Missing data for required field."),
        ({"code": "PKU 1"}, 422, "code", "write 1 to 32 letters, digits or . _ - such as PKU-017"),
        ({"name": "half \ud83d emoji"}, 422, "name", "write plain text, without control characters"),
        (
            {"nickname": "Bo"},
            422,
            "nickname",
            "unknown field: write only code, site, arm, language, phone, name, timezone, enrolled_on, tag, consent",
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write(
    writer: ApiCaller, change: dict[str, object], status: int, field: str, advice: str
) -> None:
    answer = writer.enrols(**change)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["errors"][field] == [advice]
    assert answer.json["status"] == status
    assert writer.get("/participants").json["items"] == []


def test_a_code_or_number_in_use_is_a_conflict(writer: ApiCaller) -> None:
    writer.enrols()
    same_code = writer.enrols(phone="138 0013 8999")
    same_phone = writer.enrols(code="PKU-102", phone="+86 138-0013-8101")
    assert (same_code.status_code, same_code.json["errors"]) == (409, {"code": ["in use"]})
    assert (same_phone.status_code, same_phone.json["errors"]) == (409, {"phone": ["in use"]})


def test_a_change_needs_the_version_it_was_decided_on(writer: ApiCaller, hospital: Hospital) -> None:
    seen = writer.enrols().headers["ETag"]
    assert writer.patch("/participants/PKU-101", {"language": "en"}).status_code == 428
    changed = writer.patch("/participants/PKU-101", {"language": "en", "phone": "+447911123456"}, If_Match=seen)
    assert (changed.status_code, changed.json["language"]) == (200, "en")
    stale = writer.patch("/participants/PKU-101", {"timezone": "Europe/London"}, If_Match=seen)
    assert (stale.status_code, stale.json["title"]) == (412, "Precondition failed")
    assert hospital.participant("PKU-101").timezone == "Asia/Shanghai"
    assert hospital.participant("PKU-101").phone == "+447911123456"
    fresh = writer.patch("/participants/PKU-101", {"timezone": "Europe/London"}, If_Match=changed.headers["ETag"])
    assert fresh.json["timezone"] == "Europe/London"


def test_withdrawal_sends_one_closing_text_and_death_none(writer: ApiCaller, hospital: Hospital) -> None:
    left, died = hospital.enrols(), hospital.enrols("PKU-002", "+8613800138002")
    assert writer.post("/participants/PKU-001/withdraw", {"reason": "wishes to"}).json["state"] == "withdrawn"
    assert writer.post("/participants/PKU-002/decease", {"reason": "told by the family"}).json["state"] == "deceased"
    hospital.run_due()
    assert len(left.received(Purpose.CLOSING)) == 1
    assert died.received() == []
    assert writer.post("/participants/PKU-002/resume", {"reason": "mistake"}).status_code == 409


def test_a_pause_ends_with_resume(writer: ApiCaller, hospital: Hospital) -> None:
    hospital.enrols()
    paused = writer.post("/participants/PKU-001/pause", {"reason": "in hospital"}).json
    assert (paused["state"], paused["next_checkin_at"]) == ("paused", None)
    resumed = writer.post("/participants/PKU-001/resume", {"reason": "home again"}).json
    assert (resumed["state"], resumed["next_checkin_at"] is None) == ("active", False)


def test_staff_start_texts_again_with_a_reason(writer: ApiCaller, hospital: Hospital) -> None:
    phone: Phone = hospital.enrols()
    phone.texts("STOP")
    assert writer.get("/participants/PKU-001").json["opted_out_by"] == "participant"
    assert writer.post("/participants/PKU-001/opt-in", {}).json["errors"] == {"reason": ["Missing data for required field."]}
    assert writer.post("/participants/PKU-001/opt-in", {"reason": "asked by phone"}).json["opted_out_at"] is None


def test_an_enrolment_cannot_be_dated_tomorrow(writer: ApiCaller) -> None:
    assert writer.enrols(enrolled_on="2026-01-06").json["errors"] == {"enrolled_on": ["write a day that has come"]}
    assert writer.enrols(enrolled_on="2026-01-05").status_code == 201


def test_nobody_is_enrolled_into_a_language_whose_texts_are_not_approved(strict: Hospital, writer: ApiCaller) -> None:
    refused = writer.enrols()
    assert refused.status_code == 422
    assert "flask texts approve --language zh_Hans" in refused.json["errors"]["language"][0]
    sign("zh_Hans", "NCT06609434", Status.APPROVED, "Ethics committee", date(2026, 1, 4))
    made = writer.enrols()
    assert made.status_code == 201
    changed = writer.patch("/participants/PKU-101", {"language": "en"}, **{"If-Match": made.headers["ETag"]})
    assert (changed.status_code, "not approved" in changed.json["detail"]) == (422, True)
