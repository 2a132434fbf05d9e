"""The audit trail shows what the reader may see and no more; the roster shows its gaps, and takes shifts and rotations."""

import pytest

from followup_service.staff.account import Role
from tests.console.people import Person, hires
from tests.hospital import Hospital


@pytest.fixture
def wang(hospital: Hospital) -> Person:
    person = hires(hospital, "wang.wei", Role.INVESTIGATOR)
    person.signs_in()
    return person


def test_who_did_what_is_found(hospital: Hospital, wang: Person) -> None:
    hospital.enrols("PKU-001")
    hospital.enrols("PKU-002", "+8613800138002")
    wang.sends("/participants/PKU-002/state", {"step": "paused", "reason": "in hospital"})
    shown = wang.shown("/audit?actor=wang")
    assert "in hospital" in shown
    assert "PKU-002" in shown
    assert ">PKU-001<" not in shown
    assert "PKU-001" in wang.shown("/audit?code=pku-001")
    assert "Nothing fits." in wang.shown("/audit?since=2027-01-01")
    for written in ("%25", "_", "' OR 1=1--"):
        assert "Nothing fits." in wang.shown(f"/audit?actor={written}"), written
    assert wang.opens("/audit?since=never&before=never").status_code == 200


def test_what_belongs_to_no_site_is_for_the_whole_study_only(hospital: Hospital, wang: Person) -> None:
    assert "study opened" not in wang.shown("/audit")
    assert "signed in" not in wang.shown("/audit").partition("<tbody>")[2]
    wide = hires(hospital, "wide", Role.MONITOR, everywhere=True)
    wide.signs_in()
    shown = wide.shown("/audit").partition("<tbody>")[2]
    assert "study opened" in shown
    assert "signed in" in shown


def test_a_blinded_reader_learns_no_arm_from_it(hospital: Hospital) -> None:
    hospital.enrols("PKU-001", arm="rfa")
    blinded = hires(hospital, "blinded", Role.MONITOR, blinded=True)
    blinded.signs_in()
    shown = blinded.shown("/audit?code=PKU-001").partition("<tbody>")[2]
    assert "consent recorded" in shown
    assert "rfa" not in shown


def test_the_roster_shows_who_is_on_call_and_when_nobody_is(hospital: Hospital, wang: Person) -> None:
    shown = wang.shown("/roster")
    assert "1 · <bdi>nurse-li" in shown
    assert "nobody is on call" not in shown
    hospital.ends_all_shifts()
    shown = wang.shown("/roster?site=PKU")
    assert "Times in which nobody is on call: 1" in shown
    assert wang.opens("/roster?site=XXX").status_code == 404


def test_shifts_and_rotations_are_added(hospital: Hospital, wang: Person) -> None:
    hospital.ends_all_shifts()
    shift = {"who": "dr-wang", "position": "1", "starts_at": "2026-01-06T08:00", "ends_at": "2026-01-07T08:00"}
    assert wang.sends("/roster/PKU/shift", shift).status_code == 303
    assert "6 Jan 2026 08:00" in wang.shown("/roster")
    turns = {"members": "nurse-li, dr-wang", "position": "2", "turn_days": "7", "hands_over_at": "08:00", "starts_on": "2026-01-08"}
    assert wang.sends("/roster/PKU/rotation", turns).status_code == 303
    assert [event.actor for event in hospital.events("rotation_joined")] == ["wang.wei"] * 2
    for wrong in (
        shift | {"who": "nobody"},
        shift | {"starts_at": "tomorrow"},
        shift | {"position": "0"},
        shift | {"ends_at": "2026-01-05T08:00"},
    ):
        assert wang.sends("/roster/PKU/shift", wrong).status_code == 422
    assert wang.sends("/roster/PKU/rotation", turns | {"members": ""}).status_code == 422


def test_a_monitor_reads_the_roster_and_changes_nothing(hospital: Hospital) -> None:
    reader = hires(hospital, "reader", Role.MONITOR)
    reader.signs_in()
    assert "Add a shift" not in reader.shown("/roster")
    assert reader.sends("/roster/PKU/shift", {"who": "nurse-li"}).status_code == 404
