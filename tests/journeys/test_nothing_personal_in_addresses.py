"""Addresses end up in logs and on other screens, error pages in tickets: neither tells who somebody is or what they wrote."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote_plus, urljoin

import pytest
from werkzeug.test import TestResponse

from followup_service.staff.account import Role
from tests.console.people import Person, hires
from tests.hospital import Hospital
from tests.sending import Desk

NAME, NUMBER, WORDS = "Wilhelmina Canary", "+8613800138000", "39.2 after the zebrafinch soup"
CANARIES = ("wilhelmina", "13800138000", "zebrafinch", "13900000001")
ADDRESSES = re.compile(r'\b(?:href|action|formaction|src|hx-[a-z]+)="([^"]*)"')
# What a phone or a mail program opens, and no server hears of.
OPENED_HERE = ("tel:", "mailto:", "sms:", "#", "data:")
MOST_PAGES = 40


@pytest.fixture
def li(hospital: Hospital) -> Person:
    """A coordinator who sees everything of her site, after a fever was reported, paged and answered."""
    person = hires(hospital, "li.na", Role.COORDINATOR, staff="nurse-li")
    assert person.signs_in().status_code == 303
    return person


@pytest.fixture
def desk(hospital: Hospital) -> Desk:
    phone, desk = hospital.enrols(name=NAME, number=NUMBER), Desk(hospital)
    phone.texts(WORDS)
    hospital.nurse.texts("1")
    phone.texts(f"{WORDS} again")
    hospital.run_due()
    return desk


def told(written: str) -> list[str]:
    written = unquote_plus(unquote_plus(unescape(written))).lower()
    return [canary for canary in CANARIES if canary in written]


def addresses(page: TestResponse) -> Iterator[str]:
    for found in ADDRESSES.findall(page.text):
        if not found.startswith(OPENED_HERE):
            yield unescape(found)


def test_no_address_of_any_page_and_none_given_to_the_provider_tells_of_anybody(hospital: Hospital, desk: Desk, li: Person) -> None:
    seen, to_open = set[str](), ["/console/worklist", "/console/participants", "/console/delivery", "/console/calendar"]
    while to_open and len(seen) < MOST_PAGES:
        here = to_open.pop(0)
        if here in seen:
            continue
        seen.add(here)
        page = li.opens(here)
        linked = [urljoin(here, address) for address in [*addresses(page), page.location or ""]]
        assert [address for address in linked if told(address)] == [], here
        to_open += [address for address in linked if address.startswith("/console/") and not address.startswith("/console/static/")]
    assert {"/console/participants/PKU-001", "/console/escalations/1"} <= {address.partition("?")[0] for address in seen}
    assert WORDS in li.shown("/participants/PKU-001")
    assert len(desk.gateway.calls) > 1
    assert [call.callback_url for call in desk.gateway.calls if told(call.callback_url)] == []


def test_who_is_looked_for_by_number_is_found_at_an_address_without_it(desk: Desk, li: Person) -> None:
    found = li.sends("/participants/find-phone", {"phone": NUMBER})
    assert found.status_code == 303
    assert "PKU-001" in found.location
    assert told(found.location) == []


@pytest.mark.parametrize(
    ("broken", "path", "form"),
    [
        ("followup_service.console.participants.sites_seen", "/participants", None),
        ("followup_service.console.participant.change_contact", "/participants/PKU-001/contact", {"name": NAME, "phone": NUMBER}),
    ],
)
def test_a_page_that_breaks_shows_nothing_of_what_it_was_about(
    desk: Desk, li: Person, monkeypatch: pytest.MonkeyPatch, broken: str, path: str, form: dict[str, str] | None
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot show {NAME} {NUMBER} {WORDS}")

    monkeypatch.setattr(broken, breaks)
    page = li.opens(path) if form is None else li.sends(path, form)
    assert (page.status_code, told(page.text + str(page.headers))) == (500, [])


@pytest.mark.parametrize("path", [f"/participants/{NAME}", f"/participants/{NUMBER}", f"/{WORDS}", f"/escalations/{NUMBER}"])
def test_what_is_not_there_is_not_repeated(desk: Desk, li: Person, path: str) -> None:
    page = li.opens(path)
    assert (page.status_code, told(page.text)) == (404, [])


def test_a_webhook_that_breaks_answers_with_nothing_of_the_text(hospital: Hospital, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot read {WORDS} of {NUMBER}")

    for place in ("handle_reply", "store_inbound"):
        monkeypatch.setattr(f"followup_service.api.sms_webhooks.{place}", breaks)
        answer = hospital.post_inbound(NUMBER, WORDS)
        assert told(answer.text + str(answer.headers)) == []
