"""While the database is away a page says so in words, and an open one goes on asking."""

import re

import pytest

from tests.console.people import Person, hires
from tests.hospital import Hospital
from tests.outage import database_away

pytestmark = pytest.mark.parametrize("app", ["postgres"], indirect=True)


@pytest.fixture
def li(hospital: Hospital) -> Person:
    person = hires(hospital, "li.na", staff="nurse-li")
    person.signs_in()
    return person


def test_a_page_and_its_live_part_say_that_the_database_is_away(hospital: Hospital, li: Person) -> None:
    hospital.enrols().texts("39.5")
    live = re.search(r'hx-get="/console([^"]*seen=[^"]*)"', li.shown("/worklist"))
    assert live is not None
    with database_away(hospital):
        page, part = li.opens("/worklist"), li.opens(live[1], X_Live="1", HX_Request="true")
        assert (page.status_code, part.status_code) == (503, 503)
        assert "The database is away for a moment" in page.text
        assert "Nothing was changed. Try again in a minute." in page.text
    assert li.opens("/worklist").status_code == 200
    assert li.opens(live[1], X_Live="1").status_code in (200, 204)
