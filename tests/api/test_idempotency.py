"""Idempotency-Key: the same request twice is done once, and answered alike."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from followup_service.api.idempotency_key import IdempotencyKey
from tests.api.conftest import ENROLMENT, ApiCaller, MakeCaller
from tests.hospital import Hospital

KEY = "4f7d2a86-0b2c-4a5e-8d0e-3c1f0b9a7e55"


def test_the_same_request_again_gets_the_same_answer(writer: ApiCaller, hospital: Hospital) -> None:
    first = writer.post("/participants", ENROLMENT, Idempotency_Key=KEY)
    again = writer.post("/participants", ENROLMENT, Idempotency_Key=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json, again.headers["ETag"]) == (first.json, first.headers["ETag"])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert len(writer.get("/participants").json["items"]) == 1


def test_another_request_under_the_same_key_is_refused(writer: ApiCaller) -> None:
    writer.post("/participants", ENROLMENT, Idempotency_Key=KEY)
    other = writer.post("/participants", ENROLMENT | {"code": "PKU-102", "phone": "13800138102"}, Idempotency_Key=KEY)
    assert (other.status_code, list(other.json["errors"])) == (422, ["Idempotency-Key"])
    assert writer.get("/participants/PKU-102").status_code == 404


def test_a_refused_request_leaves_its_key_free(writer: ApiCaller) -> None:
    assert writer.post("/participants", ENROLMENT | {"arm": "none"}, Idempotency_Key=KEY).status_code == 422
    assert writer.post("/participants", ENROLMENT, Idempotency_Key=KEY).status_code == 201


def test_a_key_belongs_to_its_token(writer: ApiCaller, make_caller: MakeCaller) -> None:
    writer.post("/participants", ENROLMENT, Idempotency_Key=KEY)
    other = make_caller(days=7).post("/participants", ENROLMENT, Idempotency_Key=KEY)
    assert other.status_code == 409


@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "ключ"])
def test_an_unusable_key_is_refused(writer: ApiCaller, key: str) -> None:
    assert writer.post("/participants", ENROLMENT, Idempotency_Key=key.encode().decode("latin-1")).status_code == 422


def test_taking_an_escalation_twice_by_a_retry_is_one_taking(writer: ApiCaller, hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("39.5")
    seen = writer.get("/escalations/1").headers["ETag"]
    first, again = (writer.post("/escalations/1/acknowledge", {"by": "nurse-li"}, If_Match=seen, Idempotency_Key=KEY) for _ in range(2))
    assert (first.status_code, again.status_code, again.json) == (200, 200, first.json)


def test_the_same_request_at_once_from_many_is_done_once(writer: ApiCaller) -> None:
    def send(_: int) -> int:
        return writer.post("/participants", ENROLMENT, Idempotency_Key=KEY).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(send, range(8))) == [201] * 8
    assert len(writer.get("/participants").json["items"]) == 1


def test_the_kept_answer_is_encrypted(writer: ApiCaller, hospital: Hospital) -> None:
    writer.post("/participants", ENROLMENT, Idempotency_Key=KEY)
    with hospital.session() as session:
        row = session.scalars(select(IdempotencyKey)).one()
        assert b"PKU-101" not in (row.answer_encrypted or b"")
        assert "PKU-101" in row.answer


def test_keys_are_forgotten_after_a_week(writer: ApiCaller, hospital: Hospital) -> None:
    writer.post("/participants", ENROLMENT, Idempotency_Key=KEY)
    hospital.clock.move(days=8)
    writer.post("/participants", ENROLMENT | {"code": "PKU-102", "phone": "13800138102"}, Idempotency_Key="another")
    with hospital.session() as session:
        assert session.scalars(select(IdempotencyKey.key)).all() == ["another"]
