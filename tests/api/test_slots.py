"""Slots over REST: opened, listed, closed, and never those of another site."""

from uuid import UUID

from followup_service.staff.access_token import TokenScope
from tests.api.conftest import ApiCaller, MakeCaller
from tests.hospital import Hospital

SLOT = {"site": "PKU", "starts_at": "2026-04-08T09:00:00+08:00", "places": 2, "items": ["quarterly"]}


def test_a_slot_is_opened_listed_and_closed(writer: ApiCaller, hospital: Hospital) -> None:
    opened = writer.post("/slots", SLOT)
    assert opened.status_code == 201
    assert opened.json["taken"] == 0
    assert [item["starts_at"] for item in writer.get("/slots").json["items"]] == [opened.json["starts_at"]]
    closed = writer.post(f"/slots/{opened.json['id']}/close")
    assert closed.json["closed_at"] is not None


def test_a_slot_that_makes_no_sense_is_refused(writer: ApiCaller) -> None:
    for wrong, field in [
        ({"starts_at": "2020-04-08T09:00:00+08:00"}, "starts_at"),
        ({"places": 0}, "places"),
        ({"places": 10_000}, "places"),
        ({"items": ["massage"]}, "items"),
        ({"site": "NEW"}, "site"),
    ]:
        answer = writer.post("/slots", SLOT | wrong)
        assert answer.status_code == 422
        assert field in answer.json["errors"]


def test_another_sites_slots_are_not_there(writer: ApiCaller, make_caller: MakeCaller, other_site: UUID, hospital: Hospital) -> None:
    slot = writer.post("/slots", SLOT).json
    stranger = make_caller(TokenScope.WRITE, site_id=other_site)
    assert stranger.get("/slots").json["items"] == []
    assert stranger.post(f"/slots/{slot['id']}/close").status_code == 404
    assert stranger.post("/slots", SLOT).status_code == 422
