"""Pages: together they show every row once, also where rows are added in between."""

import pytest

from tests.api.conftest import ApiCaller
from tests.hospital import Hospital


def pages(caller: ApiCaller, path: str) -> list[list[dict[str, object]]]:
    found, next_ = [], path
    while next_:
        answer = caller.get(next_)
        assert answer.status_code == 200, answer.json
        found.append(answer.json["items"])
        next_ = answer.json["next"]
    return found


def test_participants_come_by_code_each_once(reader: ApiCaller, hospital: Hospital) -> None:
    codes = [f"PKU-{number:03}" for number in range(1, 8)]
    for place, code in enumerate(reversed(codes)):
        hospital.enrols(code, f"+861380013{place:04}")
    found = pages(reader, "/participants?limit=3&state=active&site=PKU")
    assert [[item["code"] for item in page] for page in found] == [codes[:3], codes[3:6], codes[6:]]


def test_texts_both_ways_come_newest_first_each_once(reader: ApiCaller, hospital: Hospital) -> None:
    phone = hospital.enrols()
    for body in ("37.1", "39.2", "how are you"):
        hospital.clock.move(minutes=10)
        phone.texts(body)
    whole = pages(reader, "/participants/PKU-001/messages")[0]
    in_twos = [item for page in pages(reader, "/participants/PKU-001/messages?limit=2") for item in page]
    assert len(whole) >= 5
    assert in_twos == whole
    assert [item["at"] for item in whole] == sorted((item["at"] for item in whole), reverse=True)


def test_a_row_added_between_pages_neither_repeats_nor_hides_another(reader: ApiCaller, hospital: Hospital) -> None:
    for number in (1, 2, 3):
        hospital.enrols(f"PKU-{number:03}", f"+861380013800{number}").texts("39.5")
    first = reader.get("/escalations?limit=2").json
    hospital.enrols("PKU-004", "+8613800138004").texts("39.5")
    second = reader.get(first["next"]).json
    assert [item["number"] for item in first["items"] + second["items"]] == [3, 2, 1]
    assert second["next"] is None


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "1.5"])
def test_a_limit_has_its_bounds(reader: ApiCaller, limit: str) -> None:
    assert list(reader.get(f"/participants?limit={limit}").json["errors"]) == ["limit"]


def test_a_broken_or_foreign_cursor_is_refused_with_what_to_write(reader: ApiCaller, hospital: Hospital) -> None:
    for number in (1, 2):
        hospital.enrols(f"PKU-00{number}", f"+861380013800{number}").texts("39.5")
    cursor = reader.get("/participants?limit=1").json["next"].rpartition("cursor=")[2]
    for path in ("/participants?cursor=nonsense", f"/participants?cursor={cursor}x", f"/escalations?cursor={cursor}"):
        answer = reader.get(path)
        assert (answer.status_code, answer.json["errors"]) == (422, {"cursor": ["take it from `next`, or leave it out"]})


def test_a_misspelt_filter_is_refused(reader: ApiCaller) -> None:
    assert reader.get("/participants?sate=active").json["errors"] == {"sate": ["unknown field: write only cursor, limit, site, state"]}
