"""Signing in as a person does it, and the pages of accounts: nothing to complain of for the browser, its policy and axe-core."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from followup_service.staff.account import Role
from tests.browser.accessible import violations
from tests.browser.served import PHONE, Desk, Served
from tests.console.people import Person, hires

LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "right to left on a phone": {"locale": "ar", "viewport": PHONE},
    "forced colours": {"forced_colors": "active"},
}
PAGES = ("/account", "/account/password", "/account/passkeys", "/second-factor", "/accounts", "/accounts/li.na", "/new-account", "/nothing")


@pytest.fixture
def admin(served: Served) -> Person:
    hires(served.hospital, "li.na")
    return hires(served.hospital, "admin", Role.ADMINISTRATOR, everywhere=True)


def test_signing_in_with_both_factors_and_out_again(browser: Browser, served: Served, admin: Person) -> None:
    with Desk(browser, served, admin) as desk:
        desk.signs_in()
        expect(desk.page.get_by_role("heading", level=1)).to_have_text("Roster")
        desk.page.get_by_text("Full Name of admin").first.click()
        desk.page.get_by_role("button", name="Sign out").click()
        expect(desk.page.get_by_text("You are signed out.")).to_be_visible()


def test_a_passkey_is_added_and_takes_the_place_of_the_code(browser: Browser, served: Served, admin: Person) -> None:
    with Desk(browser, served, admin) as desk:
        devtools = desk.context.new_cdp_session(desk.page)
        devtools.send("WebAuthn.enable")
        authenticator = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator | {"automaticPresenceSimulation": True}})
        desk.enters()
        desk.goes_to("/account/passkeys")
        desk.page.get_by_role("textbox").fill("my phone")
        desk.page.get_by_role("button", name="Go on").click()
        expect(desk.page.get_by_text("The passkey is added.")).to_be_visible()
        desk.page.locator("form[action$='sign-out'] button").dispatch_event("click")
        expect(desk.page.get_by_text("You are signed out.")).to_be_visible()
        desk.gives_password()
        desk.page.get_by_role("button", name="Use a passkey").click()
        expect(desk.page.get_by_role("heading", level=1)).to_have_text("Roster")
    assert [event.detail for event in served.hospital.events("signed_in")][-1] == {"factor": "passkey"}


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_accounts_are_accessible_and_fit(browser: Browser, served: Served, admin: Person, look: str) -> None:
    context: dict[str, Any] = LOOKS[look]
    with Desk(browser, served, admin, **context) as desk:
        desk.goes_to("/sign-in")
        assert violations(desk.page) == []
        desk.enters()
        for path in PAGES:
            desk.goes_to(path)
            assert violations(desk.page) == [], path
            assert desk.is_no_wider_than_its_window(), path
        desk.complaints = [one for one in desk.complaints if "404" not in one]


def test_it_works_without_javascript(browser: Browser, served: Served, admin: Person) -> None:
    with Desk(browser, served, admin, java_script_enabled=False) as desk:
        desk.signs_in()
        desk.goes_to("/accounts")
        desk.page.get_by_role("link", name="li.na").click()
        expect(desk.page.get_by_role("heading", level=1)).to_have_text("Full Name of li.na")


def test_letters_are_short_cuts_only_outside_fields(browser: Browser, served: Served, admin: Person) -> None:
    with Desk(browser, served, admin) as desk:
        desk.enters()
        desk.goes_to("/accounts")
        desk.page.keyboard.press("j")
        expect(desk.page.get_by_role("link", name="admin", exact=True)).to_be_focused()
        desk.page.keyboard.press("j")
        expect(desk.page.get_by_role("link", name="li.na")).to_be_focused()
        desk.page.keyboard.press("?")
        expect(desk.page.get_by_role("dialog")).to_be_visible()
        desk.page.keyboard.press("Escape")
        desk.goes_to("/new-account")
        desk.page.locator("#name").press_sequentially("jk?")
        expect(desk.page.locator("#name")).to_have_value("jk?")
        expect(desk.page.get_by_role("dialog")).to_be_hidden()
