"""Whatever is refused is refused in the language of the page: also what the parts below the pages say, and the codes in it."""

import re
from html import unescape

import pytest

from followup_service.console.page_language import PAGE_LANGUAGES, page_words
from followup_service.staff.account import Role
from tests.console.people import Person, hires
from tests.hospital import Hospital

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
TRANSLATED = [language for language in PAGE_LANGUAGES if language != "en"]
CONTACT, STATE = "/participants/PKU-001/contact", "/participants/PKU-001/state"
ENROLS = {"site": "PKU", "code": "PKU-009", "arm": "control", "language": "en", "phone": "+8613800138009", "consented_on": ""}
EVENT = {"term": "Fever", "grade": "2", "onset_on": "2026-01-05", "serious": "no"}

# Where, what is written, and the sentence that is refused with, as it stands in the catalogues.
REFUSALS = [
    (
        CONTACT,
        {"phone": "+8613800138002"},
        "this phone number belongs to another participant of the study: give another number; those who share one each need a tag",
    ),
    (CONTACT, {"phone": "12"}, "this is no phone number of %(country)s nor an international one: write it like %(example)s"),
    (CONTACT, {"language": "tlh"}, "unknown language '%(language)s' for %(participant)s: %(what)s"),
    (CONTACT, {"timezone": "Mars"}, "unknown time zone '%(timezone)s' for %(participant)s: write it like Asia/Shanghai"),
    (STATE, {"step": "active", "reason": "back"}, "%(participant)s is %(state)s already"),
    ("/participants/PKU-003/state", {"step": "paused", "reason": "x"}, "%(status)s cannot go from %(current)s to %(to)s"),
    ("/enrol", ENROLS | {"consent_version": "1.0"}, "consent of %(participant)s needs its day and its wording"),
    ("/enrol", ENROLS | {"tag": "STOP"}, "'%(tag)s' is no tag: %(what)s"),
    ("/roster/PKU/shift", {"who": "nobody"}, "unknown member of staff '%(handle)s': %(what)s"),
    ("/roster/PKU/shift", {"who": "nurse-li", "starts_at": "soon"}, "write it like %(example)s"),
    ("/roster/PKU/shift", {"who": "nurse-li", "starts_at": "2026-01-31T08:00", "position": "99"}, "write a number from 1 to %(most)s"),
    (
        "/roster/PKU/shift",
        {"who": "nurse-li", "starts_at": "2026-01-31T08:00", "ends_at": "2026-01-30T08:00", "position": "1"},
        "the shift ends before it starts: give a later end",
    ),
    ("/escalations/1/adverse-events", {}, "No. %(number)s is not resolved: end it with its outcome first"),
    ("/adverse-events/1/change", EVENT | {"onset_on": "2027-01-05"}, "the onset lies in the future: write the day on which it began"),
    ("/adverse-events/1/change", EVENT | {"term": "Boredom"}, "'%(term)s' is no term of %(dictionary)s: write one, or an 'Other, specify'"),
    ("/escalations/2/adverse-events", {}, "No. %(number)s has '%(term)s' as adverse event %(event)s already"),
    ("/participants/PKU-001/write/resume", {}, "nothing waits: the service's own texts go out"),
    ("/account/password", {"password": "short", "again": "short"}, "write at least %(least)s characters, %(different)s of them different"),
    ("/account", {"timezone": "Mars"}, "Choose a time zone of the list."),
]


@pytest.fixture
def wang(hospital: Hospital) -> Person:
    """An investigator; PKU-001 has an open alarm, PKU-002 one that ended and its draft, and PKU-003 has left."""
    hospital.enrols().texts("39.5")
    hospital.enrols("PKU-002", "+8613800138002").texts("39.5")
    hospital.enrols("PKU-003", "+8613800138003")
    person = hires(hospital, "wang.wei", Role.INVESTIGATOR, staff="dr-wang")
    person.signs_in()
    person.sends("/escalations/2/resolve", {"outcome": "sent_to_hospital", "note": "told by phone"})
    person.sends("/escalations/2/adverse-events")
    person.sends("/participants/PKU-003/state", {"step": "withdrawn", "reason": "asked to"})
    return person


def said(language: str, sentence: str) -> list[str]:
    """What stands between the values of a sentence, where the catalogue has one that begins so."""
    words = page_words()[language]
    (whole,) = {template for template in words._catalog if isinstance(template, str) and template.startswith(sentence)}
    return [part for part in re.split(r"%\(\w+\)s", words.gettext(whole)) if part.strip(" :،,.")]


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_refused_is_said_in_the_language_of_the_page(wang: Person, language: str) -> None:
    for path, form, sentence in REFUSALS:
        answer = wang.sends(f"{path}?lang={language}", form)
        page = unescape(answer.text)
        assert answer.status_code in (409, 422), f"{path} {form} answered {answer.status_code}"
        missing = [part for part in said(language, sentence) if part not in page]
        assert not missing, f"{path} {form} in {language}: {missing}"


def test_states_and_fields_in_a_refusal_are_said_as_the_page_calls_them(wang: Person) -> None:
    told = unescape(wang.sends(f"{STATE}?lang=es", {"step": "active", "reason": "back"}).text)
    assert "«en seguimiento»" in told
    left = unescape(wang.sends("/participants/PKU-003/state?lang=es", {"step": "paused", "reason": "x"}).text)
    assert "El seguimiento no puede pasar de «fuera del estudio» a «en pausa»" in left
    wrong = unescape(wang.sends("/roster/PKU/shift?lang=fr", {"who": "nurse-li", "starts_at": "soon"}).text)
    assert "De : écrivez-le ainsi : 2026-01-31T08:00" in wrong


def test_why_no_text_was_sent_is_said_in_the_language_of_the_page(wang: Person) -> None:
    assert "Withdrawn: one closing text, then only answers." in wang.shown("/participants/PKU-003/why")
    shown = wang.shown("/participants/PKU-003/why?lang=ar")
    assert "انسحب: رسالة ختامية واحدة، ثم الردود فقط." in shown
    assert "Withdrawn" not in shown


def test_a_file_is_found_wanting_in_the_language_of_the_page(wang: Person) -> None:
    lines = "code,arm,language,phone,consented_on,consent_version\nPKU-009,control,en,+8613800138002,2026-01-05,1.0\nPKU-010,control,en\n"
    shown = unescape(wang.sends("/enrol/file?lang=zh-Hans", {"text": lines}).text)
    assert "这个电话号码属于本研究的另一名受试者" in shown
    assert "这一行的字段数与第一行不同" in shown
    assert "another participant" not in shown


def test_what_somebody_else_did_meanwhile_is_said_in_the_language_of_the_page(wang: Person, hospital: Hospital) -> None:
    hospital.enrols("PKU-004", "+8613800138004").texts("STOP")
    number = max(row.number for row in hospital.escalations())
    other = hires(hospital, "li.na", staff="nurse-li")
    other.signs_in()
    assert other.sends(f"/escalations/{number}/acknowledge").status_code == 303
    wang.sends("/worklist/bulk?lang=es", {"number": str(number), "what": "acknowledge"})
    assert "nurse-li ya tomó" in wang.shown("/worklist?lang=es")
