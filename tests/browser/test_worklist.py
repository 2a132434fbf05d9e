"""The worklist in a browser: a fever arrives while it is open, and is dealt with by keyboard; nothing moves under the pointer."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessible import LOOKS, violations
from tests.browser.served import Desk, Served
from tests.console.people import Person, hires
from tests.records.conftest import Ward

# In the dark only the colours differ, and these pages have all of them.
ALIKE = ("/worklist", "/escalations/1", "/participants", "/participants/PKU-001")
OTHERS = (
    "/participants/PKU-001/why",
    "/participants/PKU-001/care",
    "/participants/PKU-001/write",
    "/protocol",
    "/roster",
    "/calendar",
    "/enrol",
    "/enrol/file",
    "/delivery",
    "/texts",
    "/adverse-events",
    "/adverse-events/1",
    "/escalations/3",
)

# A laptop, tablets held both ways, and the laptop at 400 %.
WIDTHS = (1280, 1024, 768, 320)


@pytest.fixture
def li(served: Served) -> Person:
    return hires(served.hospital, "li.na", staff="nurse-li")


def looks_again(desk: Desk) -> None:
    """What the page's own loop does every few seconds."""
    desk.page.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")


def test_a_fever_that_arrives_is_taken_and_ended_by_keyboard(browser: Browser, served: Served, li: Person) -> None:
    hospital = served.hospital
    with Desk(browser, served, li) as desk:
        desk.enters()
        desk.goes_to("/worklist")
        page = desk.page
        expect(page.get_by_text("Nothing needs you now.")).to_be_visible()
        hospital.enrols().texts("39.5")
        looks_again(desk)
        expect(page.locator("#no1")).to_contain_text("39.5")
        expect(page).to_have_title(re.compile(r"^\(1\) "))
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.locator("#no1")).to_contain_text("acknowledged by nurse-li")
        page.keyboard.press("u")
        expect(page.get_by_text("Taken back.")).to_be_visible()
        page.locator("#no1 a.whole").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("PKU-001")
        expect(page.get_by_role("button", name="Mark as unread")).to_be_visible()
        page.keyboard.press("a")
        expect(page.get_by_role("heading", name="Record a call")).to_be_visible()
        page.keyboard.press("e")
        page.keyboard.type("called, is well")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#now")).to_contain_text("resolved")
        desk.goes_to("/worklist?tab=closed")
        expect(page.locator("#no1")).not_to_contain_text("Unread")


def test_nothing_moves_under_the_pointer(browser: Browser, served: Served, li: Person) -> None:
    hospital = served.hospital
    hospital.enrols("PKU-001", "+8613800138001").texts("could you tell me about parking?")
    with Desk(browser, served, li) as desk:
        desk.enters()
        desk.goes_to("/worklist")
        page = desk.page
        page.locator("#no1 input[type=checkbox]").check()
        page.locator("#note").fill("half a no")
        page.locator("#no1").hover()
        hospital.enrols("PKU-002", "+8613800138002").texts("39.5")
        looks_again(desk)
        expect(page.locator("#waiting")).to_contain_text("EMERGENCY New: 1")
        expect(page.locator("#no2")).to_have_count(0)
        expect(page.locator("#no1 input[type=checkbox]")).to_be_checked()
        expect(page.locator("#note")).to_have_value("half a no")
        page.get_by_role("link", name="Show", exact=True).click()
        expect(page.locator("#rows li.card").first).to_have_id("no2")


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_to_complain_of(browser: Browser, served: Served, li: Person, look: str) -> None:
    hospital = served.hospital
    hospital.enrols("PKU-001", "+8613800138001", language="zh_Hans", name="王芳").texts("38度5 打寒战")
    hospital.enrols("PKU-002", "+8613800138002").texts("could you tell me about parking?")
    hospital.enrols("PKU-003", "+8613800138003").texts("39.5")
    Ward(hospital).resolves(3)
    Ward(hospital).drafts(3)
    with Desk(browser, served, li, **LOOKS[look]) as desk:
        desk.enters()
        for path in ALIKE if look == "dark" else ALIKE + OTHERS:
            desk.goes_to(path)
            assert violations(desk.page) == [], path
            for width in WIDTHS if look == "light" else (desk.page.viewport_size["width"],):
                desk.page.set_viewport_size({"width": width, "height": 800})
                assert desk.is_no_wider_than_its_window(), f"{path} in a window of {width}"


def test_own_words_are_counted_while_they_are_typed_and_taken_back_by_keyboard(browser: Browser, served: Served, li: Person) -> None:
    served.hospital.enrols()
    with Desk(browser, served, li) as desk:
        desk.enters()
        desk.goes_to("/participants/PKU-001")
        page = desk.page
        page.keyboard.press("r")
        page.wait_for_url("**/write")
        page.keyboard.press("r")
        page.keyboard.type("We call at four.")
        expect(page.locator("#size")).to_contain_text("GSM-7 · 16")
        expect(page.locator("input[value=typed]")).to_be_checked()
        page.keyboard.press("Control+Enter")
        expect(page.locator("#thread")).to_contain_text("It leaves in a few seconds.")
        page.keyboard.press("u")
        expect(page.locator("#flash")).to_contain_text("Taken back: it was not sent.")
        expect(page.locator("#thread")).to_contain_text("not sent: taken back")
