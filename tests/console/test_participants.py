"""The list of participants and the page of one: found by the letters of a code, and shown to nobody beyond their role."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import event

from followup_service.console import participant
from followup_service.escalations.escalation import EventKind
from followup_service.escalations.keep_step import keep_step
from followup_service.extensions import db
from followup_service.participants.participant import ParticipantState
from followup_service.staff.account import Role
from tests.console.people import Person, account_of, hires
from tests.hospital import Hospital

NUMBER = "+8613800138000"


@pytest.fixture
def li(hospital: Hospital) -> Person:
    person = hires(hospital)
    person.signs_in()
    return person


def several(hospital: Hospital, count: int) -> None:
    for number in range(1, count + 1):
        hospital.enrols(f"PKU-{number:03}", f"+86138001380{number:02}")


def test_codes_are_searched_letter_by_letter(hospital: Hospital, li: Person) -> None:
    several(hospital, 12)
    found = li.shown("/participants?q=pku-01")
    assert "PKU-010" in found
    assert "PKU-009" not in found
    for written in ("%", "_", "' OR 1=1--", "\\", "x" * 10_000, "<script>alert(1)</script>"):
        answer = li.opens(f"/participants?q={written.replace('%', '%25')}")
        assert answer.status_code == 200
        assert "PKU-0" not in answer.text, written
        assert "<script>alert" not in answer.text


def test_filters_and_further_pages(hospital: Hospital, li: Person) -> None:
    several(hospital, 52)
    hospital.ends("PKU-003", ParticipantState.PAUSED)
    first = li.shown("/participants")
    assert "PKU-050" in first
    assert "PKU-051" not in first
    second = li.shown("/participants?after=PKU-050")
    assert "PKU-051" in second
    assert "PKU-050" not in second.partition("<tbody>")[2].partition("</tbody>")[0]
    paused = li.shown("/participants?state=paused")
    assert "PKU-003" in paused
    assert "PKU-004" not in paused


def test_a_number_is_looked_up_by_a_form_and_stands_in_no_address(hospital: Hospital, li: Person) -> None:
    hospital.enrols("PKU-001", NUMBER)
    answer = li.sends("/participants/find-phone", {"phone": "138 0013 8000"})
    assert answer.location == "/console/participants/PKU-001"
    answer = li.sends("/participants/find-phone", {"phone": "+8613800138999"})
    assert answer.location == "/console/participants"
    assert "Nobody whom you may see" in li.shown("/participants")


def test_the_page_tells_the_story(hospital: Hospital, li: Person) -> None:
    phone = hospital.enrols("PKU-001", NUMBER, language="zh_Hans", name="Wang Fang")
    phone.texts("38度5 打寒战")
    hospital.nurse.texts("1")
    shown = li.shown("/participants/PKU-001")
    assert 'lang="zh-Hans"><bdi>38度5 打寒战</bdi>' in shown
    for told in (
        "38.5 °C",
        "shaking chills",
        "EMERGENCY · No. 1 · opened",
        "paged",
        "acknowledged by nurse-li",
        "Wang Fang",
        NUMBER,
        "delivered",
    ):
        assert told in shown, told
    assert "threshold" in shown
    assert 'class="dot high"' in shown


def test_what_a_participant_wrote_is_never_markup(hospital: Hospital, li: Person) -> None:
    hospital.enrols().texts("<script>alert(1)</script>\u202e")
    shown = li.opens("/participants/PKU-001").text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


@pytest.mark.parametrize("role", [Role.MONITOR, Role.DATA_MANAGER])
def test_without_contact_data(hospital: Hospital, role: Role) -> None:
    hospital.enrols("PKU-001", NUMBER, name="Wang Fang").texts("38.9")
    reader = hires(hospital, "reader", role)
    reader.signs_in()
    shown = reader.shown("/participants/PKU-001") + reader.shown("/participants")
    assert "38.9 °C" in shown
    assert "not shown to your role" in shown
    assert NUMBER not in shown
    assert "Wang Fang" not in shown
    assert reader.sends("/participants/find-phone", {"phone": NUMBER}).status_code == 404


def test_a_blinded_role_never_sees_the_arm_nor_what_tells_it(hospital: Hospital) -> None:
    on = hospital.clock.now().date()
    hospital.enrols("PKU-001", NUMBER, arm="rfa").texts("38.9")
    hospital.treats("PKU-001", "rfa", on)
    seeing, blinded = hires(hospital, "seeing"), hires(hospital, "blinded", blinded=True)
    pages = (
        "/participants/PKU-001",
        "/participants",
        f"/participants/PKU-001/why?on={on - timedelta(days=1)}",
        f"/participants/PKU-001/why?on={on}",
    )
    told = ("rfa", "blation", "treatment done")
    for person, tells in ((seeing, True), (blinded, False)):
        person.signs_in()
        shown = "".join(person.shown(path).partition("<main")[2] for path in pages)
        assert [word for word in told if word in shown] == (list(told) if tells else []), person.name


def test_stopping_texts_with_a_reason(hospital: Hospital, li: Person) -> None:
    hospital.enrols()
    assert li.sends("/participants/PKU-001/state", {"step": "stop_texts", "reason": " "}).status_code == 422
    assert li.sends("/participants/PKU-001/state", {"step": "sing", "reason": "x"}).status_code == 422
    assert li.sends("/participants/PKU-001/state", {"step": "stop_texts", "reason": "asked on the ward"}).status_code == 303
    assert hospital.participant().opted_out_at is not None
    shown = li.shown("/participants/PKU-001")
    assert "texts stopped" in shown
    assert "asked on the ward" in shown
    assert "li.na" in shown
    assert li.sends("/participants/PKU-001/state", {"step": "start_texts", "reason": "asked again"}).status_code == 303
    assert hospital.participant().opted_out_at is None


def test_what_a_change_says_of_itself_is_said_in_the_language_of_the_page(hospital: Hospital, li: Person) -> None:
    hospital.enrols().texts("STOP")
    li.sends("/participants/PKU-001/state", {"step": "paused", "reason": "stay in hospital"})
    shown = unescape(li.shown("/participants/PKU-001?lang=es"))
    assert "por quién: el participante" in shown
    assert "antes: en seguimiento" in shown
    assert "motivo: stay in hospital" in shown
    assert "source" not in shown
    assert "versión del consentimiento: 1.0" in shown


def test_what_the_service_did_and_by_what_it_paged_is_said_in_the_language_of_the_page(hospital: Hospital, li: Person) -> None:
    hospital.enrols().texts("38.5")
    for page in ("/participants/PKU-001", "/escalations/1"):
        shown = li.shown(f"{page}?lang=zh_Hans")
        assert "<bdi>系统</bdi>" in shown
        assert "<bdi>service</bdi>" not in shown
    assert re.search(r"已呼叫</strong> · <bdi>系统</bdi> · <time.*?</time> · 短信</p>", shown)


def test_pausing_and_going_on(hospital: Hospital, li: Person) -> None:
    hospital.enrols()
    assert li.sends("/participants/PKU-001/state", {"step": "paused", "reason": "in hospital"}).status_code == 303
    assert hospital.participant().state is ParticipantState.PAUSED
    assert li.sends("/participants/PKU-001/state", {"step": "active", "reason": "home again"}).status_code == 303
    assert hospital.participant().state is ParticipantState.ACTIVE


def test_changing_contact_data(hospital: Hospital, li: Person) -> None:
    hospital.enrols()
    answer = li.sends("/participants/PKU-001/contact", {"phone": "139 0000 0077", "language": "fr", "timezone": "Europe/Paris"})
    assert answer.status_code == 303
    changed = hospital.participant()
    assert (changed.language, changed.timezone) == ("fr", "Europe/Paris")
    with hospital.session():
        assert changed.phone == "+8613900000077"
    assert [event.actor for event in hospital.events("contact_changed")] == ["li.na"]
    assert li.sends("/participants/PKU-001/contact", {"phone": "12", "language": "fr"}).status_code == 422
    assert li.sends("/participants/PKU-001/contact", {"language": "klingon"}).status_code == 422


def test_times_are_the_participants_first_and_the_readers_in_brackets(hospital: Hospital) -> None:
    hospital.enrols(timezone="Europe/London").texts("38.9")
    li = hires(hospital)
    li.signs_in()
    assert account_of(hospital, "li.na").timezone == "Asia/Shanghai"
    shown = li.shown("/participants/PKU-001")
    assert '5 Jan 2026 01:00 <span class="zone">London</span>' in shown
    assert '[5 Jan 2026 09:00 <span class="zone">Shanghai</span>]' in shown


def test_why_no_text_was_sent(hospital: Hospital, li: Person) -> None:
    hospital.enrols()
    li.sends("/participants/PKU-001/state", {"step": "stop_texts", "reason": "asked"})
    assert "Asked for no more texts" in li.shown("/participants/PKU-001/why")
    assert li.opens("/participants/PKU-001/why?on=yesterday").status_code == 422


def test_older_entries_are_a_page_further(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(participant, "ENTRIES", 10)
    phone = hospital.enrols()
    for number in range(12):
        hospital.move(minutes=1)
        phone.texts(f"remark {number}")
    li = hires(hospital)
    li.signs_in()
    first = li.shown("/participants/PKU-001?only=texts")
    assert "remark 11" in first
    assert "remark 0<" not in first
    older = first.partition("before=")[2].partition('"')[0]
    assert "remark 0<" in li.shown(f"/participants/PKU-001?only=texts&before={older}")


def test_nothing_is_lost_between_the_pages_of_a_timeline(hospital: Hospital, li: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(participant, "ENTRIES", 3)
    phone = hospital.enrols()
    phone.texts("remark 0")
    hospital.clock.move(minutes=1)
    phone.texts("38.5")
    is_paged_for_hours(hospital)
    for number in range(1, 5):
        hospital.clock.move(minutes=1)
        phone.texts(f"remark {number}")
    li.signs_in()
    shown, address = "", "/participants/PKU-001"
    while address:
        page = li.shown(address)
        shown += page
        older = re.search(r'class="button quiet" href="/console([^"]*before=[^"]+)"', page)
        address = older[1] if older else ""
    assert [shown.count(f"<bdi>remark {number}</bdi>") for number in range(5)] == [1] * 5
    assert shown.count("<bdi>38.5</bdi>") == 1
    assert all(f'datetime="{step.at.isoformat()}"' in shown for step in hospital.steps())
    assert all(shown.count(f'<li id="e{text.id.hex}"') == 1 for text in phone.messages())


def is_paged_for_hours(hospital: Hospital) -> None:
    episode = next(row for row in hospital.escalations() if row.is_alarm)
    with hospital.session() as session:
        for _ in range(40):
            hospital.clock.move(minutes=5)
            keep_step(session, episode, None, EventKind.PAGED, hospital.clock.now())
        session.commit()


def test_every_entry_of_the_timeline_has_an_address(hospital: Hospital, li: Person) -> None:
    hospital.enrols().texts("39.5")
    shown = li.shown("/participants/PKU-001")
    entries = re.findall(r'<li id="(e[0-9a-f]{32})"', shown)
    assert len(entries) > 5
    assert all(f'<a href="#{entry}"><time' in shown for entry in entries)


def test_the_number_of_queries_does_not_grow(hospital: Hospital, li: Person) -> None:
    several(hospital, 2)
    phone = hospital.enrols("PKU-099", "+8613800138099")
    phone.texts("37.0")
    pages = ("/participants", "/participants/PKU-099", "/participants/PKU-099/write")
    few = [queries(hospital, li, path) for path in pages]
    for number in range(10, 30):
        hospital.enrols(f"PKU-{number:03}", f"+86138001381{number:02}")
    for number in range(12):
        hospital.move(minutes=1)
        phone.texts(f"38.{number} and pain")
    many = [queries(hospital, li, path) for path in pages]
    assert many == few
    assert max(many) <= 16


def queries(hospital: Hospital, person: Person, path: str) -> int:
    counted: list[str] = []
    with hospital.app.app_context():
        engine = db.engine

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        counted.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    person.shown(path)
    event.remove(engine, "before_cursor_execute", count)
    return len([statement for statement in counted if statement.startswith("SELECT")])
