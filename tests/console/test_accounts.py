"""The administrator's pages and commands: making accounts, giving roles, ending them; never one's own, and only at one's own sites."""

import re
from uuid import UUID

import pytest

from followup_service.audit import verify_chains
from followup_service.staff.access import May, access_of
from followup_service.staff.account import Role
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import add_site
from tests.console.people import Person, account_of, hires
from tests.hospital import Hospital

NEW = {"name": "zhao.yi", "full_name": "Zhao Yi", "role": "monitor", "site": "PKU"}


@pytest.fixture
def admin(hospital: Hospital) -> Person:
    person = hires(hospital, "admin", Role.ADMINISTRATOR, everywhere=True)
    person.signs_in()
    return person


def roles_of(hospital: Hospital, name: str) -> list[str]:
    detail = [event.detail for event in hospital.events("roles_given") if event.subject_id == account_of(hospital, name).id]
    return list(detail[-1]["roles"])


def test_an_account_is_made_and_its_link_is_shown_once(admin: Person, hospital: Hospital) -> None:
    answer = admin.sends("/new-account", NEW)
    assert answer.status_code == 200
    link = re.search(r"https://followup\.example\.org(/console/set-up/[\w-]+)", answer.text)
    assert link is not None
    assert Person(hospital, "x").opens(link[1]).status_code == 200
    assert "not set up yet" in admin.shown("/accounts")
    assert roles_of(hospital, "zhao.yi") == ["monitor@PKU"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "admin"}, "already"),
        ({"name": "<script>"}, "write a sign-in name"),
        ({"name": "a"}, "write a sign-in name"),
        ({"full_name": " "}, "full name"),
        ({"role": "god"}, "Choose a role of the list"),
        ({"site": "XXX"}, "Choose a site of the list"),
        ({"staff": "x"}, "Choose a member of staff of the list"),
    ],
)
def test_what_is_not_an_account(admin: Person, change: dict[str, str], says: str) -> None:
    answer = admin.sends("/new-account", NEW | change)
    assert answer.status_code in (409, 422)
    assert says in answer.text
    assert "<script>" not in answer.text.partition("<main")[2]


def test_roles_count_with_the_next_request(admin: Person, hospital: Hospital) -> None:
    li = hires(hospital, "li.na", Role.COORDINATOR)
    li.signs_in()
    assert li.opens("/accounts").status_code == 404
    answer = admin.sends("/accounts/li.na", {"role": ["administrator", "monitor", ""], "site": ["PKU", "*", "PKU"], "blinded": "1"})
    assert answer.status_code == 303
    assert roles_of(hospital, "li.na") == ["administrator@PKU", "monitor@* blinded"]
    assert li.opens("/accounts").status_code == 200


def test_an_account_without_a_role_is_refused(admin: Person, hospital: Hospital) -> None:
    hires(hospital, "li.na")
    assert admin.sends("/accounts/li.na", {"role": "", "site": "PKU"}).status_code == 422
    assert roles_of(hospital, "li.na") == ["coordinator@PKU"]


def test_disabling_enabling_and_resetting(admin: Person, hospital: Hospital) -> None:
    li = hires(hospital, "li.na")
    li.signs_in()
    assert admin.sends("/accounts/li.na/disable").status_code == 303
    assert not li.is_signed_in()
    assert admin.sends("/accounts/li.na/enable").status_code == 303
    assert "/console/set-up/" in admin.sends("/accounts/li.na/reset").text
    assert li.signs_in().status_code == 422


def test_nobody_changes_the_own_account(admin: Person) -> None:
    assert admin.sends("/accounts/admin", {"role": "investigator", "site": "*"}).status_code == 422
    assert admin.sends("/accounts/admin/disable").status_code == 422
    assert admin.is_signed_in()


def test_an_administrator_of_a_site_keeps_to_it(hospital: Hospital) -> None:
    here = hires(hospital, "here", Role.ADMINISTRATOR)
    here.signs_in()
    hires(hospital, "li.na")
    hires(hospital, "wide", Role.COORDINATOR, everywhere=True)
    assert here.opens("/accounts/li.na").status_code == 200
    assert here.opens("/accounts/wide").status_code == 404
    assert "wide" not in here.shown("/accounts")
    assert here.sends("/new-account", NEW | {"site": "*"}).status_code == 422
    assert here.sends("/accounts/li.na", {"role": "investigator", "site": "*"}).status_code == 422


@pytest.mark.parametrize(("blinded", "sees"), [(False, True), (True, False)])
def test_blinded_in_one_role_is_blinded(hospital: Hospital, blinded: bool, sees: bool) -> None:
    hires(hospital, "li.na", Role.COORDINATOR, blinded=blinded)
    hires(hospital, "admin", Role.ADMINISTRATOR, everywhere=True)
    with hospital.session() as session:
        access = access_of(session, account_of(hospital, "li.na"), running_study(session))
        assert access.may(May.SEE_ARM, hospital.site_id) is sees
        assert access.may(May.READ_PARTICIPANTS, hospital.site_id)
        assert not access.may(May.READ_PARTICIPANTS, UUID(int=1))


def test_a_role_at_one_site_is_none_at_another(hospital: Hospital) -> None:
    with hospital.session() as session:
        values = {"name": "Sydney", "timezone": "Australia/Sydney", "country": "AU", "clinic_phone": "02-1", "emergency_number": "000"}
        other = add_site(session, hospital.study_id, hospital.clock.now(), "tests", code="SYD", **values).id
        session.commit()
    hires(hospital, "li.na", Role.COORDINATOR)
    with hospital.session() as session:
        access = access_of(session, account_of(hospital, "li.na"), running_study(session))
        assert access.sites_where(May.TRIAGE) == {hospital.site_id}
        assert not access.may(May.TRIAGE, other)
        assert access.site_codes(May.TRIAGE) == ["PKU"]


def test_the_commands(hospital: Hospital) -> None:
    made = hospital.runs("accounts", "create", "admin", "--full-name", "Ada Admin", "--role", "administrator", "--study-wide")
    assert made.exit_code == 0, made.output
    link = re.search(r"https://followup\.example\.org(/console/set-up/[\w-]+)", made.output)
    assert link is not None
    assert Person(hospital, "x").opens(link[1]).status_code == 200
    assert "not set up" in hospital.runs("accounts", "list").output
    assert hospital.runs("accounts", "disable", "admin").exit_code == 0
    assert Person(hospital, "x").opens(link[1]).status_code == 404
    assert "disabled" in hospital.runs("accounts", "list").output
    assert "disabled already" in hospital.runs("accounts", "disable", "admin").output
    assert hospital.runs("accounts", "enable", "admin").exit_code == 0
    assert "/console/set-up/" in hospital.runs("accounts", "reset", "ADMIN").output
    assert "no account 'nobody'" in hospital.runs("accounts", "reset", "nobody").output
    assert "write either" in hospital.runs("accounts", "create", "x.y", "--full-name", "X", "--role", "monitor").output
    staff = ("accounts", "create", "li.na", "--full-name", "Li Na", "--role", "investigator", "--site", "PKU", "--staff", "nurse-li")
    assert hospital.runs(*staff).exit_code == 0
    assert account_of(hospital, "li.na").timezone == "Asia/Shanghai"


def test_the_audit_chain_of_accounts_holds(admin: Person, hospital: Hospital) -> None:
    admin.sends("/new-account", NEW)
    admin.sends("/accounts/zhao.yi/disable")
    with hospital.session() as session:
        assert list(verify_chains(session)) == []
