"""Errors under /api are problem documents, whatever goes wrong, and never tell what is inside."""

from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from sqlalchemy.exc import IntegrityError, OperationalError

from followup_service.api import participants, sms_webhooks
from followup_service.errors import Conflict
from tests.api.conftest import ENROLMENT, ApiCaller
from tests.hospital import Hospital

CANARIES = ("Canary Wang", "13800138101", "138 0013 8101")


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """All that is logged meanwhile, as it would be written."""
    lines, before = StringIO(), structlog.get_config()
    structlog.configure(**before | {"logger_factory": structlog.PrintLoggerFactory(file=lines)})
    yield lines
    structlog.configure(**before)


def test_what_is_not_there_is_a_problem(writer: ApiCaller) -> None:
    for path, status in (
        ("/participants/PKU-999", 404),
        ("/participants/%00", 404),
        ("/participants/" + "x" * 200, 404),
        ("/nothing", 404),
    ):
        answer = writer.get(path)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
        assert {"type", "title", "status", "detail"} <= set(answer.json)


def test_a_wrong_method_says_which_are_right(writer: ApiCaller) -> None:
    answer = writer.post("/study", {})
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 422),
        ("null", "application/json", 422),
        ("\xff", "application/json", 400),
        ("code=PKU-101", "application/x-www-form-urlencoded", 415),
        ("{}", "text/plain", 415),
        ("x" * 70_000, "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_read(hospital: Hospital, writer: ApiCaller, body: str, content_type: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {writer.token}"}
    with hospital.app.app_context():
        answer = hospital.client.post("/api/v1/participants", data=body.encode("latin-1"), content_type=content_type, headers=headers)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.json


def test_a_fault_of_ours_tells_nothing(writer: ApiCaller, monkeypatch: pytest.MonkeyPatch, logged: StringIO) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot write {ENROLMENT['name']} {ENROLMENT['phone']}")

    monkeypatch.setattr(participants, "enrol_participant", broken)
    answer = writer.enrols()
    assert (answer.status_code, answer.json["title"]) == (500, "Internal Server Error")
    assert "RuntimeError" in logged.getvalue()
    assert "participants.enrol" in logged.getvalue()
    assert not [canary for canary in CANARIES if canary in answer.get_data(as_text=True) + logged.getvalue()]


def test_a_database_that_is_away_is_503(writer: ApiCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("locked"))

    monkeypatch.setattr(participants, "enrol_participant", away)
    assert writer.enrols().status_code == 503


def test_two_who_write_the_same_at_once_do_not_break_anything(writer: ApiCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    def second(*_: object, **__: object) -> None:
        raise IntegrityError("INSERT", {}, Exception(f"duplicate key {ENROLMENT['phone']}"))

    monkeypatch.setattr(participants, "enrol_participant", second)
    answer = writer.enrols()
    assert (answer.status_code, answer.json["title"]) == (409, "Conflict")
    assert str(ENROLMENT["phone"]) not in answer.get_data(as_text=True)


@pytest.mark.parametrize(("error", "status"), [(Conflict("taken: use another"), 409), (RuntimeError("Canary Wang"), 500)])
def test_outside_the_api_an_error_is_a_plain_page(
    hospital: Hospital, logged: StringIO, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(sms_webhooks, "store_inbound", broken)
    answer = hospital.post_inbound("+8613800138101", "39.5")
    assert (answer.status_code, "json" in answer.content_type) == (status, False)
    assert not [canary for canary in CANARIES if canary in answer.get_data(as_text=True) + logged.getvalue()]


def test_names_and_numbers_never_come_out(writer: ApiCaller, hospital: Hospital, logged: StringIO) -> None:
    answers = [writer.enrols(), writer.enrols(), writer.enrols(code="PKU-102"), writer.enrols(phone="138 0013 8101 x")]
    answers += [writer.enrols(code="PKU 1"), writer.enrols(arm="x"), writer.enrols(phone="1380013810113800138101")]
    seen = writer.get("/participants/PKU-101").headers["ETag"]
    answers += [writer.patch("/participants/PKU-101", {"phone": "13800138101"}, If_Match=seen)]
    hospital.post_inbound("+8613800138101", "39.5")
    hospital.run_due()
    paths = ["", "/PKU-101", "/PKU-101/messages", "/PKU-101/reports", "/PKU-101/visits", "/PKU-101/treatments", "/PKU-101/checkins"]
    answers += [writer.get(f"/participants{path}") for path in paths]
    answers += [writer.get("/escalations"), writer.get("/escalations/1"), writer.get("/study"), writer.get("/health")]
    assert [answer.status_code for answer in answers[:2]] == [201, 409]
    said = "".join(answer.get_data(as_text=True) + str(answer.headers) for answer in answers) + logged.getvalue()
    assert "PKU-101" in said
    assert not [canary for canary in CANARIES if canary in said]


def test_answers_are_not_cached(reader: ApiCaller) -> None:
    for path in ("/study", "/participants", "/nothing"):
        assert reader.get(path).headers["Cache-Control"] == "no-store"
        assert reader.get(path).headers["X-Content-Type-Options"] == "nosniff"
