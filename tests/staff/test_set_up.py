"""Opening a study, its sites, its people and their turns on call."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from followup_service.errors import ConfigError, Conflict, NotFound, Refused
from followup_service.extensions import db
from followup_service.staff.change_roster import add_shift
from followup_service.staff.roster import on_call
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import add_site, find_site, find_staff_member, open_study
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember
from tests.hospital import Hospital, Nurse


def person(hospital: Hospital, handle: str) -> StaffMember:
    with hospital.session() as session:
        return session.scalars(select(StaffMember).where(StaffMember.handle == handle)).one()


def test_a_study_is_opened_once(hospital: Hospital) -> None:
    with hospital.session() as session, pytest.raises(Conflict, match="NCT06609434 is open in this database already"):
        open_study(session, hospital.app.extensions["study"], hospital.clock.now(), "tests")


def test_without_a_study_the_service_says_how_to_open_one(app: object) -> None:
    with pytest.raises(ConfigError, match="open it with: flask --app wsgi study open"):
        running_study(db.session)


def test_a_site_code_is_taken_once(hospital: Hospital) -> None:
    with hospital.session() as session, pytest.raises(Conflict, match="site PKU is there already"):
        add_site(session, hospital.study_id, hospital.clock.now(), "tests", code="PKU")


@pytest.mark.parametrize(
    ("handle", "number", "sentence"),
    [
        ("nurse-new", "+8613900000001", "the phone of nurse-new belongs to another member of staff"),
        ("nurse-li", "+8613900000005", "nurse-li is at PKU already: use another handle"),
    ],
)
def test_a_phone_and_a_handle_belong_to_one_person(hospital: Hospital, handle: str, number: str, sentence: str) -> None:
    with pytest.raises(Conflict, match=sentence):
        hospital.employs(handle, number)


def test_the_roster_follows_the_hours_and_the_order(hospital: Hospital) -> None:
    hospital.ends_all_shifts()
    now, people = hospital.clock.now(), {handle: person(hospital, handle) for handle in ("dr-wang", "nurse-li")}
    with hospital.session() as session:
        for handle, position, starts, ends in (
            ("dr-wang", 1, 0, 8),
            ("nurse-li", 2, 0, None),
            ("dr-wang", 3, 0, None),
            ("nurse-li", 1, 8, None),
        ):
            until = now + timedelta(hours=ends) if ends else None
            add_shift(session, people[handle], position, now + timedelta(hours=starts), until, now, "tests")
        session.flush()
        names = {hours: [who.handle for who in on_call(session, hospital.site_id, now + timedelta(hours=hours))] for hours in (-1, 0, 8)}
        session.rollback()
    assert names[0] == ["dr-wang", "nurse-li"]
    assert names[8] == ["nurse-li", "dr-wang"]


def test_a_shift_that_ends_before_it_starts_is_refused(hospital: Hospital) -> None:
    now = hospital.clock.now()
    with hospital.session() as session, pytest.raises(Refused, match="give a later end"):
        add_shift(session, person(hospital, "nurse-li"), 1, now, now, now, "tests")


def test_who_or_what_is_not_there_is_told_with_what_is(hospital: Hospital) -> None:
    with hospital.session() as session:
        with pytest.raises(NotFound, match="unknown site 'XYZ': write one of PKU"):
            find_site(session, hospital.study_id, "XYZ")
        site = session.get_one(Site, hospital.site_id)
        with pytest.raises(NotFound, match="unknown member of staff 'nobody' at PKU: add them with flask staff add"):
            find_staff_member(session, site, "nobody")


SHX = ("--name", "Xi'an", "--country", "cn", "--timezone", "Asia/Shanghai", "--clinic-phone", "029-1", "--emergency-number", "120")


def test_a_site_is_set_up_by_commands_and_its_nurse_is_paged(hospital: Hospital) -> None:
    outputs = []
    for command in (
        ["sites", "add", "SHX", *SHX],
        ["staff", "add", "nurse-zhao", "--site", "SHX", "--phone", "139 2222 2222"],
        ["roster", "add", "nurse-zhao", "--site", "SHX", "--position", "1"],
    ):
        result = hospital.runs(*command)
        assert result.exit_code == 0, result.output
        outputs.append(result.output)
    code = re.search(r"\d{6}", outputs[1])
    assert code is not None
    Nurse(hospital, "+8613922222222").texts(code[0])
    with hospital.session() as session:
        hospital.site_id = find_site(session, hospital.study_id, "SHX").id
    hospital.enrols().texts("39.2")
    assert Nurse(hospital, "+8613922222222").was_paged("emergency")
    assert not hospital.nurse.was_paged()


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["staff", "add", "x", "--site", "XYZ", "--phone", "1"], "unknown site 'XYZ'"),
        (["staff", "add", "x", "--site", "PKU", "--phone", "1"], "write it like +8613800138000"),
        (["staff", "add", "x", "--site", "PKU", "--phone", "13911112222", "--language", "zh-CN"], "write zh_Hans"),
        (["staff", "add", "x" * 49, "--site", "PKU", "--phone", "13911112222"], "write 48 characters at most"),
        (["sites", "add", "SHX", *SHX, "--visit-place", "x" * 51], "visit place of site SHX has 51: write 50 characters at most"),
        (["sites", "add", "S" * 17, *SHX], "write 16 characters at most"),
        (["roster", "add", "x", "--site", "PKU", "--position", "1"], "unknown member of staff 'x'"),
    ],
)
def test_a_command_that_cannot_be_done_says_what_to_write(hospital: Hospital, command: list[str], sentence: str) -> None:
    result = hospital.runs(*command)
    assert result.exit_code == 1
    assert sentence in result.output
