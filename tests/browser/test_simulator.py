"""The simulator page in a browser: read by whoever cannot see it, in light, dark and right to left, and kept fresh without a reload."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessible import LOOKS, violations
from tests.browser.served import Desk, Served
from tests.hospital import Hospital


@pytest.fixture
def phones(served: Served) -> Hospital:
    """An alarm that somebody must take, a question for review, and phones of two languages."""
    hospital = served.hospital
    hospital.enrols("PKU-001", "+8613800138001", language="zh_Hans").texts("38度5 打寒战")
    hospital.enrols("PKU-002", "+8613800138002").texts("could you tell me about parking?")
    hospital.run_due()
    return hospital


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_to_complain_of(browser: Browser, served: Served, phones: Hospital, look: str) -> None:
    with Desk(browser, served, **LOOKS[look]) as desk:
        for phone in ("PKU-001", "PKU-002", "PKU/nurse-li", "unknown"):
            desk.page.goto(f"/simulator?phone={phone}")
            assert violations(desk.page) == [], phone
            assert desk.is_no_wider_than_its_window(), phone


def test_a_text_is_typed_and_its_page_arrives_without_a_reload(browser: Browser, served: Served, phones: Hospital) -> None:
    with Desk(browser, served) as desk, Desk(browser, served) as nurse:
        nurse.page.goto("/simulator?phone=PKU/nurse-li")
        desk.page.goto("/simulator?phone=PKU-002")
        desk.page.keyboard.press("Tab")
        desk.page.locator("#text").fill("39.8 and shivering")
        desk.page.locator("#text").press("Enter")
        expect(desk.page.locator("#team")).to_contain_text("39.8")
        phones.run_due()
        expect(nurse.page.locator("#thread")).to_contain_text("EMERGENCY PKU-002")
