"""A known, stable symptom pages nobody for a limited time, and is kept and shown all the same; fever and emergencies always page."""

import pytest

from followup_service.messaging.purposes import Purpose
from tests.api.conftest import ApiCaller
from tests.hospital import Hospital, Phone

MARK = {"by": "nurse-li", "code": "ABDOMINAL_PAIN", "until": "2026-01-10T09:00:00+08:00", "note": "since the operation, seen yesterday"}
PATH = "/participants/PKU-001/expected-symptoms"


@pytest.fixture
def phone(hospital: Hospital) -> Phone:
    return hospital.enrols()


def test_the_same_or_less_is_kept_and_pages_nobody(writer: ApiCaller, phone: Phone, hospital: Hospital) -> None:
    marked = writer.post(PATH, MARK)
    assert (marked.status_code, marked.json["severity"], marked.json["marked_by"]) == (201, "moderate", "nurse-li")
    phone.texts("my belly hurts")
    assert hospital.escalations() == []
    assert phone.received(Purpose.ALARM_ANSWER) == []
    reports = writer.get("/participants/PKU-001/reports").json["items"]
    assert "ABDOMINAL_PAIN" in {report["code"] for report in reports}
    assert "since the operation" not in str([event.detail for event in hospital.events()])


@pytest.mark.parametrize(
    "body", ["my belly hurts worse than yesterday", "terrible belly pain", "my belly hurts and 38.5", "shaking chills"]
)
def test_worse_and_fever_and_emergencies_page(writer: ApiCaller, phone: Phone, hospital: Hospital, body: str) -> None:
    writer.post(PATH, MARK)
    phone.texts(body)
    assert hospital.nurse.was_paged()


def test_it_ends_by_itself_and_by_staff(writer: ApiCaller, phone: Phone, hospital: Hospital) -> None:
    writer.post(PATH, MARK)
    hospital.move(days=5)
    phone.texts("my belly hurts")
    assert len(hospital.escalations()) == 1
    writer.post(PATH, MARK | {"until": "2026-01-15T09:00:00+08:00"})
    assert writer.post(f"{PATH}/ABDOMINAL_PAIN/end", {"by": "dr-wang"}).status_code == 200
    assert writer.post(f"{PATH}/ABDOMINAL_PAIN/end", {"by": "dr-wang"}).status_code == 404
    assert [item["until"] for item in writer.get(PATH).json["items"]] == ["2026-01-10T01:00:00+00:00"] * 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "FEVER"}, "code"),
        ({"code": "RIGOR"}, "code"),
        ({"until": "2026-01-20T09:00:00+08:00"}, "until"),
        ({"until": "2026-01-05T09:00:00+08:00"}, "until"),
        ({"by": "nobody"}, "by"),
        ({"severity": "awful"}, "severity"),
    ],
)
def test_what_may_not_be_expected_is_refused(writer: ApiCaller, phone: Phone, change: dict[str, str], field: str) -> None:
    refused = writer.post(PATH, MARK | change)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    assert writer.get(PATH).json["items"] == []
