"""Who sees which page: every route, by every role, at the own site and at another one. A new page is tested as soon as it has a route.

What a role sees is decided before a row is read, and which words a page shows after: these run on SQLite alone. Whose rows they are is
asked of each database.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import literal, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from followup_service.console.blueprint import RULES, Open
from followup_service.participants.change_participant import change_arm
from followup_service.records.adverse_event import AdverseEvent
from followup_service.staff.access import PERMISSIONS, May, access_of, sites_reached
from followup_service.staff.account import Role
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import add_site
from tests.console.people import Person, account_of, hires
from tests.hospital import Hospital
from tests.records.conftest import Ward

# Every page is opened by its own tests too; here by every role.
pytestmark = pytest.mark.no_cover
OPEN_TO_ALL = {
    "sign_in", "second_step", "passkey_offer", "set_up", "second_factor", "second_factor_picture",
}  # fmt: skip
# A row of the hospital PKU for each kind of value in an address, and one that nobody has.
ROWS = {
    "code": "PKU-001",
    "site": "PKU",
    "number": 1,
    "event": 1,
    "name": "hidden.heron",
    "secret": "x",
    "passkey_id": UUID(int=1),
    "anything": "x",
    "text_id": UUID(int=3),
}
NOWHERE = {
    "code": "PKU-999",
    "site": "XXX",
    "number": 999,
    "event": 999,
    "name": "nobody",
    "secret": "y",
    "passkey_id": UUID(int=2),
    "anything": "y",
    "text_id": UUID(int=4),
}
OF_BOTH_ARMS = {"/console/protocol"}
TELLS_THE_ARM = re.compile(r"(?i)\brfa\b|_rfa|rfa_|ablation|systemic")
OF_NO_SITE = {"secret", "anything", "passkey_id"}


@pytest.fixture
def peopled(hospital: Hospital) -> Hospital:
    """A row of each kind at PKU."""
    hospital.enrols().texts("39.5")
    hospital.enrols("PKU-002", "+8613800138002").texts("39.5")
    Ward(hospital).resolves(2)
    Ward(hospital).drafts(2)
    hires(hospital, "hidden.heron")
    return hospital


@pytest.fixture
def elsewhere(hospital: Hospital) -> UUID:
    with hospital.session() as session:
        values = {"name": "Sydney", "timezone": "Australia/Sydney", "country": "AU", "clinic_phone": "02-1", "emergency_number": "000"}
        site_id = add_site(session, hospital.study_id, hospital.clock.now(), "tests", code="SYD", **values).id
        session.commit()
    return site_id


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint in RULES]


def methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"OPTIONS", "HEAD"}


def address(app: Flask, rule: Rule, values: dict[str, object] = ROWS) -> str:
    with app.test_request_context():
        return str(app.url_map.bind("").build(rule.endpoint, {name: values[name] for name in rule.arguments}))


def asked(person: Person, token: str, method: str, path: str) -> TestResponse:
    return person.opens(path) if method == "GET" else person.sends(path, token=token)


def body(answer: TestResponse) -> str:
    return re.sub(r'(csrf_token" value=|X-CSRFToken": )"[^"]+"', "", answer.text)


def test_a_stranger_is_asked_to_sign_in_everywhere(app: Flask, peopled: Hospital) -> None:
    stranger = Person(peopled, "stranger")
    token = stranger.token()
    assert {endpoint.partition(".")[2] for endpoint, rule in RULES.items() if rule.needs is Open.TO_ALL} == OPEN_TO_ALL
    for rule in rules(app):
        if RULES[rule.endpoint].needs is Open.TO_ALL:
            continue
        for method in methods(rule):
            answer = asked(stranger, token, method, address(app, rule))
            if method == "GET":
                assert (answer.status_code, str(answer.location)[:16]) == (303, "/console/sign-in"), rule.rule
            else:
                assert answer.status_code == 401, rule.rule


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", Role)
def test_a_role_sees_what_the_table_says_and_all_else_is_not_there(app: Flask, peopled: Hospital, role: Role) -> None:
    person = hires(peopled, f"the.{role}".replace("_", "."), role)
    person.signs_in()
    token = person.token()
    nowhere = body(person.opens("/nowhere"))
    for rule in rules(app):
        needs = RULES[rule.endpoint].needs
        if not isinstance(needs, May):
            continue
        for method in sorted(methods(rule)):
            answer = asked(person, token, method, address(app, rule))
            said = f"{role}: {method} {rule.rule} answered {answer.status_code}"
            assert answer.status_code < 500, said
            assert (answer.status_code == 404) == (needs not in PERMISSIONS[role]), said
            if answer.status_code == 404 and method == "GET":
                assert body(answer) == nowhere, said


@pytest.mark.parametrize("role", Role)
def test_a_row_of_another_site_is_as_if_it_did_not_exist(app: Flask, peopled: Hospital, elsewhere: UUID, role: Role) -> None:
    person = hires(peopled, f"the.{role}".replace("_", "."), role, site_id=elsewhere)
    person.signs_in()
    token = person.token()
    for rule in rules(app):
        if not (rule.arguments - OF_NO_SITE) or not isinstance(RULES[rule.endpoint].needs, May):
            continue
        for method in sorted(methods(rule)):
            there, nowhere = (asked(person, token, method, address(app, rule, values)) for values in (ROWS, NOWHERE))
            assert (there.status_code, nowhere.status_code) == (404, 404), f"{role}: {method} {rule.rule}"
            assert body(there) == body(nowhere), f"{role}: {method} {rule.rule}"


def test_a_live_look_at_an_episode_of_another_site_is_told_of_no_change_either(peopled: Hospital, elsewhere: UUID) -> None:
    person = hires(peopled, "li.na", site_id=elsewhere)
    person.signs_in()
    numbers = (peopled.escalations()[0].number, 77)
    assert [person.opens(f"/escalations/{number}?seen=", X_Live="1").status_code for number in numbers] == [404, 404]


@pytest.mark.parametrize("role", Role)
def test_no_page_says_anything_of_another_site(app: Flask, peopled: Hospital, elsewhere: UUID, role: Role) -> None:
    person = hires(peopled, f"the.{role}".replace("_", "."), role, site_id=elsewhere)
    person.signs_in()
    for rule in rules(app):
        if "GET" in methods(rule) and not rule.arguments and RULES[rule.endpoint].needs is not Open.TO_ALL:
            answer = person.opens(address(app, rule))
            assert answer.status_code < 500
            for telling in ("PKU", "nurse-li", "hidden.heron", "+86138"):
                assert telling not in answer.text, f"{role}: {rule.rule} names {telling}"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [role for role in Role if May.READ_PARTICIPANTS in PERMISSIONS[role]])
def test_no_page_tells_a_blinded_role_which_treatment_was_allotted(app: Flask, peopled: Hospital, role: Role) -> None:
    """Neither a page nor the answer to a form. The protocol says of both arms what they are, and of nobody which it is."""
    an_ablation(peopled)
    for name, blinded in (("sees.all", False), ("is.blinded", True)):
        person = hires(peopled, name, role, blinded=blinded)
        person.signs_in()
        token = person.token()
        told = {
            f"{method} {rule.rule}"
            for rule in rules(app)
            if isinstance(RULES[rule.endpoint].needs, May) and rule.rule not in OF_BOTH_ARMS
            for method in sorted(methods(rule))
            if TELLS_THE_ARM.search(asked(person, token, method, address(app, rule)).text)
        }
        assert bool(told) is not blinded, f"{name} is told by {sorted(told)}"


def an_ablation(hospital: Hospital) -> None:
    """PKU-001 was allotted to it and had one: a treatment, the visit that it asks for, and an adverse event that may come of it."""
    on = hospital.clock.now().date()
    with hospital.changing() as (session, participant):
        change_arm(session, participant, "rfa", hospital.clock.now(), "tests", "entered wrong", study=hospital.app.extensions["study"])
    hospital.treats("PKU-001", "rfa", on)
    hospital.books("post_rfa_scan", hospital.clock.now() + timedelta(days=30))
    with hospital.session() as session:
        event = session.scalars(select(AdverseEvent)).one()
    Ward(hospital).changes(event, relations={"rfa": "probable", "systemic": "unlikely"})


def test_nothing_is_changed_by_reading(app: Flask, peopled: Hospital) -> None:
    """Every page that can be read leaves rows and audit trail as they were; only when the reader was last seen is kept."""
    person = hires(peopled, "wang.wei", Role.INVESTIGATOR, everywhere=True)
    person.signs_in()
    before = len(peopled.events()), [row.state for row in peopled.escalations()]
    for rule in rules(app):
        if "GET" in methods(rule):
            person.opens(address(app, rule))
    assert (len(peopled.events()), [row.state for row in peopled.escalations()]) == before


def test_an_address_that_is_none_says_nothing_to_a_stranger(hospital: Hospital) -> None:
    stranger = Person(hospital, "stranger")
    assert stranger.opens("/no/such/page").status_code == 303
    assert hospital.client.get("/").location == "/console/"


def test_the_table_keeps_apart_what_must_be_apart() -> None:
    assert May.READ_CONTACT not in PERMISSIONS[Role.MONITOR] | PERMISSIONS[Role.DATA_MANAGER]
    assert May.READ_PARTICIPANTS not in PERMISSIONS[Role.OPERATOR] | PERMISSIONS[Role.ADMINISTRATOR]
    assert [role for role in Role if May.SIGN in PERMISSIONS[role]] == [Role.INVESTIGATOR]
    assert set().union(*PERMISSIONS.values()) == set(May)
    writing = {May.TRIAGE, May.WRITE_TEXTS, May.WRITE_FREELY, May.ENROL, May.RECORD, May.SIGN, May.CHANGE_ROSTER, May.MANAGE_ACCOUNTS}
    assert not writing & PERMISSIONS[Role.MONITOR]


LIVE_PAGES = ("/worklist", "/escalations/1", "/participants/PKU-001/write")


def live_address(person: Person, page: str) -> str:
    found = re.search(r'hx-get="/console([^"]*seen=[^"]*)"', person.shown(page))
    assert found is not None, page
    return found[1]


@pytest.mark.parametrize(
    ("happens", "status"),
    [
        (lambda person, _admin: person.hospital.clock.move(minutes=31), 401),
        (lambda person, _admin: person.signs_out(), 401),
        (lambda _person, admin: admin.sends("/accounts/li.na/disable"), 401),
        (lambda _person, admin: admin.sends("/accounts/li.na", {"role": "administrator", "site": "PKU"}), 404),
    ],
    ids=["idle", "signed out", "disabled", "another role"],
)
def test_an_open_page_is_told_nothing_more_once_its_reader_may_not_look(
    peopled: Hospital, happens: Callable[[Person, Person], object], status: int
) -> None:
    """A look that finds no change is answered before anything else is asked: whether there is somebody who may look is part of it."""
    li, admin = hires(peopled, "li.na"), hires(peopled, "admin", Role.ADMINISTRATOR, everywhere=True)
    li.signs_in()
    admin.signs_in()
    # In the minute in which they are read nothing changes.
    addresses = [live_address(li, page) for page in LIVE_PAGES]
    assert [li.opens(address, X_Live="1", HX_Request="true").status_code for address in addresses] == [204, 204, 204]
    kept = li.browser.get_cookie("session", domain="followup.example.org")
    happens(li, admin)
    if kept is not None and li.browser.get_cookie("session", domain="followup.example.org") is None:
        li.browser.set_cookie("session", kept.value, domain="followup.example.org")
    assert [li.opens(address, X_Live="1", HX_Request="true").status_code for address in addresses] == [status] * 3


def test_what_one_reader_has_seen_opens_nothing_to_another(peopled: Hospital, elsewhere: UUID) -> None:
    li, stranger, far = hires(peopled, "li.na"), Person(peopled, "stranger"), hires(peopled, "far.away", site_id=elsewhere)
    li.signs_in()
    far.signs_in()
    for page, there in zip(LIVE_PAGES, (200, 404, 404), strict=True):
        address = live_address(li, page)
        assert stranger.opens(address, X_Live="1", HX_Request="true").status_code == 401
        assert far.opens(address, X_Live="1", HX_Request="true").status_code == there


@pytest.mark.parametrize("role", Role)
def test_the_database_reaches_the_sites_that_the_table_says(peopled: Hospital, elsewhere: UUID, role: Role) -> None:
    """What a role may is said once; a question that asks for its own reader goes by the same."""
    for number, site_id in enumerate((peopled.site_id, elsewhere, None)):
        name = f"the.{role}.{number}".replace("_", ".")
        hires(peopled, name, role, site_id=site_id, everywhere=site_id is None)
        with peopled.session() as session:
            account, study = account_of(peopled, name), running_study(session)
            access = access_of(session, account, study)
            for may in set(May) - {May.SEE_ARM}:
                found = session.scalars(sites_reached(literal(account.id), literal(study.id), may))
                assert set(found) == access.sites_where(may), f"{role} {may} {site_id}"
