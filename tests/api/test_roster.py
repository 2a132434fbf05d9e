"""The roster over REST: read with its gaps, and changed by shifts, overrides, swaps and rotations."""

from uuid import UUID

from followup_service.staff.access_token import TokenScope
from tests.api.conftest import ApiCaller, MakeCaller
from tests.hospital import Hospital

PATH = "/sites/PKU/roster"


def test_the_roster_is_read_with_its_gaps(reader: ApiCaller, hospital: Hospital) -> None:
    shown = reader.get(f"{PATH}?days=2").json
    assert (shown["site"], shown["timezone"], shown["gaps"]) == ("PKU", "Asia/Shanghai", [])
    assert [turn["people"] for turn in shown["turns"]] == [["nurse-li", "dr-wang"]]
    hospital.ends_all_shifts()
    shown = reader.get(f"{PATH}?days=2").json
    assert [turn["people"] for turn in shown["gaps"]] == [[]]
    assert shown["stands_in"] == ["nurse-li", "dr-wang"]


def test_an_override_and_a_swap(writer: ApiCaller, hospital: Hospital) -> None:
    ill = {"starts_at": "2026-01-06T08:00:00+08:00", "ends_at": "2026-01-07T08:00:00+08:00", "overrides": True, "reason": "ill"}
    changed = writer.post(f"{PATH}/shifts", {"who": "dr-wang", "position": 1} | ill)
    assert changed.status_code == 201
    assert [turn["people"] for turn in changed.json["turns"]] == [["nurse-li", "dr-wang"], ["dr-wang"], ["nurse-li", "dr-wang"]]
    ones = {"starts_at": "2026-01-08T08:00:00+08:00", "ends_at": "2026-01-09T08:00:00+08:00"}
    others = {"starts_at": "2026-01-09T08:00:00+08:00", "ends_at": "2026-01-10T08:00:00+08:00"}
    swapped = writer.post(f"{PATH}/swaps", {"one": "nurse-li", "ones_turn": ones, "other": "dr-wang", "others_turn": others})
    assert swapped.status_code == 201
    assert [turn["people"] for turn in swapped.json["turns"]][3:5] == [["dr-wang"], ["nurse-li"]]


def test_a_rotation(writer: ApiCaller, hospital: Hospital) -> None:
    hospital.ends_all_shifts()
    weekly = {"members": ["dr-wang", "nurse-li"], "position": 1, "turn_days": 7, "hands_over_at": "08:00", "starts_on": "2026-01-05"}
    turns = writer.post(f"{PATH}/rotations", weekly).json["turns"]
    assert [turn["people"] for turn in turns] == [["dr-wang"], ["nurse-li"], ["dr-wang"]]


def test_what_makes_no_sense_is_refused(writer: ApiCaller, hospital: Hospital) -> None:
    backwards = {"starts_at": "2026-01-07T08:00:00+08:00", "ends_at": "2026-01-06T08:00:00+08:00"}
    assert list(writer.post(f"{PATH}/shifts", {"who": "dr-wang", "position": 1} | backwards).json["errors"]) == ["until"]
    assert list(writer.post(f"{PATH}/shifts", {"who": "nobody", "position": 1} | backwards).json["errors"]) == ["by"]
    alone = {"one": "nurse-li", "ones_turn": backwards, "other": "nurse-li", "others_turn": backwards}
    assert writer.post(f"{PATH}/swaps", alone).status_code == 422


def test_another_sites_roster_is_not_found(make_caller: MakeCaller, other_site: UUID, hospital: Hospital) -> None:
    stranger = make_caller(TokenScope.WRITE, site_id=other_site)
    assert stranger.get(PATH).status_code == 404
    assert stranger.get("/sites/SYD/roster").status_code == 200
