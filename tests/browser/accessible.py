"""What axe-core finds on a page: nothing, in light, dark and right to left."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.served import PHONE

LOOKS = {"light": {}, "dark": {"color_scheme": "dark"}, "right to left on a phone": {"locale": "ar", "viewport": PHONE}}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    """One line for each breach, with the elements it is about."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:4]]}" for one in found]
