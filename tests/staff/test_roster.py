"""Who is on call when: shifts, rotations across a change of clocks, overrides, swaps; and the gaps, told ahead."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from followup_service.errors import Refused
from followup_service.messaging.purposes import Purpose
from followup_service.staff.change_roster import add_rotation, add_shift, swap_turns
from followup_service.staff.roster import OnCallRotation, load_roster
from followup_service.staff.set_up import find_staff_member
from followup_service.staff.site import Site
from followup_service.staff.working_days import is_working_day
from tests.hospital import Hospital

TEN_DAYS = timedelta(days=10)


def local(written: str) -> datetime:
    return datetime.fromisoformat(f"{written}+08:00")


def rotates(hospital: Hospital, *handles: str, days: int = 7, starts_on: date = date(2026, 1, 5), **values: Any) -> None:
    with hospital.session() as session:
        site = session.get_one(Site, hospital.site_id)
        members = [find_staff_member(session, site, handle) for handle in handles]
        add_rotation(session, site, 1, members, days, time(8), starts_on, values.get("ends_on"), hospital.clock.now(), "tests")
        session.commit()


def overrides(hospital: Hospital, handle: str, starts_at: datetime, ends_at: datetime | None) -> None:
    with hospital.staff(handle) as (session, person):
        add_shift(session, person, 1, starts_at, ends_at, hospital.clock.now(), "tests", overrides=True, reason="ill")


def swaps(hospital: Hospital, first_from: str, first_to: str, second_from: str, second_to: str) -> None:
    with hospital.session() as session:
        site = session.get_one(Site, hospital.site_id)
        one, other = (find_staff_member(session, site, handle) for handle in ("nurse-li", "dr-wang"))
        now = hospital.clock.now()
        swap_turns(session, one, (local(first_from), local(first_to)), other, (local(second_from), local(second_to)), now, "tests")
        session.commit()


def first_on_call(hospital: Hospital, at: datetime) -> str | None:
    with hospital.session() as session:
        people = load_roster(session, session.get_one(Site, hospital.site_id), hospital.clock.now()).on_call(at)
        return people[0].handle if people else None


def gaps(hospital: Hospital, span: timedelta = TEN_DAYS) -> list[tuple[datetime, datetime]]:
    with hospital.session() as session:
        roster = load_roster(session, session.get_one(Site, hospital.site_id), hospital.clock.now())
        found = roster.gaps(hospital.clock.now(), hospital.clock.now() + span)
        return [(gap.starts_at, gap.ends_at) for gap in found]


@pytest.fixture
def weekly(hospital: Hospital) -> Hospital:
    """nurse-li and dr-wang take turns of a week from Monday 5 January 2026, 08:00."""
    hospital.ends_all_shifts()
    rotates(hospital, "nurse-li", "dr-wang")
    return hospital


def test_turns_are_handed_over_at_the_local_hour(weekly: Hospital) -> None:
    for at, who in (("2026-01-05T09:00", "nurse-li"), ("2026-01-12T07:59", "nurse-li"), ("2026-01-12T08:00", "dr-wang")):
        assert first_on_call(weekly, local(at)) == who
    assert first_on_call(weekly, local("2026-01-19T08:00")) == "nurse-li"
    assert gaps(weekly, timedelta(days=365)) == []


def test_an_override_covers_its_time_and_nothing_else(weekly: Hospital) -> None:
    overrides(weekly, "dr-wang", local("2026-01-06T08:00"), local("2026-01-07T08:00"))
    on = ("2026-01-06T07:59", "2026-01-06T08:00", "2026-01-07T07:59", "2026-01-07T08:00")
    assert [first_on_call(weekly, local(at)) for at in on] == ["nurse-li", "dr-wang", "dr-wang", "nurse-li"]


def test_an_override_without_an_end_is_refused(weekly: Hospital) -> None:
    with pytest.raises(Refused, match="an override has an end"):
        overrides(weekly, "dr-wang", local("2026-01-06T08:00"), None)


def test_two_swap_turns(weekly: Hospital) -> None:
    swaps(weekly, "2026-01-05T10:00", "2026-01-06T08:00", "2026-01-12T08:00", "2026-01-13T08:00")
    on = ("2026-01-05T12:00", "2026-01-06T09:00", "2026-01-12T09:00", "2026-01-13T09:00")
    assert [first_on_call(weekly, local(at)) for at in on] == ["dr-wang", "nurse-li", "nurse-li", "dr-wang"]


def test_who_has_no_turn_gives_none(weekly: Hospital) -> None:
    with pytest.raises(Refused, match="nurse-li is not on call at 2026-01-12"):
        swaps(weekly, "2026-01-12T08:00", "2026-01-13T08:00", "2026-01-19T08:00", "2026-01-20T08:00")


def test_a_new_rotation_ends_the_one_before(weekly: Hospital) -> None:
    rotates(weekly, "dr-wang", starts_on=date(2026, 1, 8))
    assert [first_on_call(weekly, local(f"2026-01-0{day}T09:00")) for day in (7, 8, 9)] == ["nurse-li", "dr-wang", "dr-wang"]


def test_whoever_left_or_is_not_verified_is_not_on_call(weekly: Hospital) -> None:
    weekly.dismisses("nurse-li")
    assert first_on_call(weekly, local("2026-01-05T09:00")) is None
    assert gaps(weekly) == [(weekly.clock.now(), local("2026-01-12T08:00"))]


def test_a_turn_keeps_its_local_hour_where_the_clocks_change() -> None:
    members = [f"{number:032x}" for number in (1, 2)]
    rotation = OnCallRotation(
        position=1, members=members, turn_days=1, hands_over_at=time(8), starts_on=date(2026, 3, 28), ends_on=date(2026, 4, 1)
    )
    london = ZoneInfo("Europe/London")
    instants = [datetime.fromisoformat(f"2026-03-29T{hour}:30+00:00") for hour in ("06", "07")]
    assert [member.int if (member := rotation.member_at(at, london)) else None for at in instants] == [1, 2]
    until = datetime.fromisoformat("2026-05-01T00:00+00:00")
    handovers = list(rotation.handovers(instants[0], until, london))
    assert len(handovers) == 4
    assert {at.hour for at in handovers} == {8}


def test_gaps_are_told_ahead_to_the_coordinators_and_again_on_the_day_before(hospital: Hospital) -> None:
    coordinator = hospital.employs("coord-sun", "+8613900000004", role="coordinator")
    hospital.ends_all_shifts()
    rotates(hospital, "nurse-li", ends_on=date(2026, 1, 11))
    hospital.run_due()
    (told,) = coordinator.received(Purpose.STAFF_ANSWER)
    assert told.startswith("Nobody is on call at PKU from Sunday, January 11, 8:00 AM to ")
    for day in (6, 7, 8, 9):
        hospital.move(to=local(f"2026-01-{day:02}T09:01"))
    hospital.move(to=local("2026-01-10T08:59"))
    assert len(coordinator.received(Purpose.STAFF_ANSWER)) == 1
    hospital.move(to=local("2026-01-10T09:01"))
    assert len(coordinator.received(Purpose.STAFF_ANSWER)) == 2
    assert hospital.nurse.received(Purpose.STAFF_ANSWER) == []
    rotates(hospital, "nurse-li", starts_on=date(2026, 1, 11))
    hospital.move(days=5)
    assert len(coordinator.received(Purpose.STAFF_ANSWER)) == 2


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("CN", date(2026, 1, 4), True),
        ("CN", date(2026, 10, 1), False),
        ("GB", date(2026, 12, 25), False),
        ("GB", date(2026, 12, 24), True),
        ("XX", date(2026, 12, 25), True),
        ("XX", date(2026, 12, 26), False),
    ],
)
def test_working_days_are_those_of_the_country(country: str, day: date, works: bool) -> None:
    assert is_working_day(country, day) is works


def test_the_roster_is_shown_imported_and_changed_by_commands(hospital: Hospital, tmp_path: Path) -> None:
    hospital.ends_all_shifts()
    file = tmp_path / "roster.csv"
    file.write_text(
        "handle,position,starts,ends\nnurse-li,1,2026-01-05T08:00,2026-01-08T08:00\ndr-wang,1,2026-01-09T08:00,\n", encoding="utf-8"
    )
    assert "2 shifts added" in hospital.runs("roster", "import", str(file), "--site", "PKU").output
    shown = hospital.runs("roster", "show", "--site", "PKU", "--days", "7").output.splitlines()
    assert shown[0].startswith("Mon 2026-01-05 09:00  Thu 2026-01-08 08:00  nurse-li")
    assert "GAP: nobody" in shown[1]
    assert shown[2].split("  ")[2] == "dr-wang"
    rotated = hospital.runs(
        "roster", "rotate", "dr-wang", "nurse-li", "--site", "PKU", "--position", "2", "--days", "1", "--from", "2026-01-05"
    )
    assert rotated.exit_code == 0, rotated.output
    turns = ("--turn", "2026-01-06T08:00", "2026-01-07T08:00", "--for", "2026-01-10T08:00", "2026-01-11T08:00")
    swapped = hospital.runs("roster", "swap", "nurse-li", "dr-wang", "--site", "PKU", *turns)
    assert swapped.exit_code == 0, swapped.output
    assert first_on_call(hospital, local("2026-01-06T09:00")) == "dr-wang"


def test_an_import_is_all_or_nothing_and_names_every_bad_line(hospital: Hospital, tmp_path: Path) -> None:
    hospital.ends_all_shifts()
    file = tmp_path / "roster.csv"
    lines = ("nurse-li,1,2026-01-05T08:00,2026-01-08T08:00", "nobody,1,2026-01-05T08:00,", "dr-wang,first,2026-01-05T08:00,")
    file.write_text("handle,position,starts,ends\n" + "\n".join(lines), encoding="utf-8")
    refused = hospital.runs("roster", "import", str(file), "--site", "PKU")
    assert refused.exit_code == 1
    assert "line 3: unknown member of staff 'nobody'" in refused.output
    assert "line 4: write a position such as 1" in refused.output
    assert first_on_call(hospital, local("2026-01-05T12:00")) is None
