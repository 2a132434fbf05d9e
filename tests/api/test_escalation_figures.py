"""The figures over REST: of the caller's sites, for a period."""

from uuid import UUID

from followup_service.staff.access_token import TokenScope
from tests.api.conftest import ApiCaller, MakeCaller
from tests.hospital import Hospital


def test_the_figures_of_a_period(reader: ApiCaller, hospital: Hospital) -> None:
    hospital.enrols().texts("39.5")
    hospital.move(minutes=4)
    hospital.nurse.texts("1")
    shown = reader.get("/escalations/figures?since=2026-01-05&until=2026-01-11").json
    assert (shown["since"], shown["until"]) == ("2026-01-05", "2026-01-11")
    assert [row["level"] for row in shown["open_now"]] == ["emergency", "urgent", "review"]
    assert shown["by_level"][0]["to_acknowledge"] == {"count": 1, "median": 240.0, "p90": 240.0}
    week, whole = shown["by_week"]
    assert (week["site"], week["week"], week["alarms"], week["led_to_action"]) == ("PKU", "2026-01-05", 1, {"part": 0, "whole": 0})
    assert (whole["week"], whole["to_outcome"]) == (None, {"count": 0, "median": None, "p90": None})


def test_left_out_it_is_the_last_twelve_weeks(reader: ApiCaller) -> None:
    shown = reader.get("/escalations/figures").json
    assert (shown["since"], shown["until"]) == ("2025-10-13", "2026-01-05")


def test_another_sites_figures_are_not_the_callers(make_caller: MakeCaller, other_site: UUID, hospital: Hospital) -> None:
    hospital.enrols().texts("39.5")
    stranger = make_caller(TokenScope.READ, site_id=other_site)
    shown = stranger.get("/escalations/figures").json
    assert [(row["site"], row["alarms"]) for row in shown["by_week"]] == [("SYD", 0)]
    assert [row["waiting"] for row in shown["open_now"]] == [0, 0, 0]
    assert stranger.get("/escalations/figures?site=PKU").json["errors"] == {"site": ["write one of SYD"]}


def test_a_period_that_ends_before_it_begins_is_refused(reader: ApiCaller) -> None:
    answer = reader.get("/escalations/figures?since=2026-01-11&until=2026-01-05")
    assert (answer.status_code, answer.json["errors"]) == (422, {"since": ["write a day that is not after `until`"]})
