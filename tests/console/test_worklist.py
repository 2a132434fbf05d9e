"""The worklist and the page of an escalation: what needs me now, in its order, and what can be done about it and taken back."""

import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import event, select

from followup_service.console import worklist
from followup_service.conversation import read_reply
from followup_service.escalations.escalation import EscalationState
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.staff.account import Role
from tests.console.people import BASE, Person, hires
from tests.conversation.test_resemblance import resemblance_of
from tests.hospital import Hospital, Phone

NUMBER = "+8613800138000"


@pytest.fixture
def li(hospital: Hospital) -> Person:
    person = hires(hospital, staff="nurse-li")
    person.signs_in()
    return person


def fever(hospital: Hospital, code: str = "PKU-001", body: str = "39.5") -> None:
    hospital.enrols(code, f"+86138001380{code[-2:]}").texts(body)


def codes(shown: str) -> list[str]:
    """The participants of the list, in its order."""
    return re.findall(r'<a class="whole"[^>]*><bdi>([^<]+)', shown)


def address_of_list(shown: str) -> str:
    found = re.search(r'id="rows"[^>]*hx-get="/console([^"]+)"', shown)
    assert found is not None
    return found[1]


class OpenList:
    """A list that somebody left open: what it shows, and whether asking again brings something else."""

    def __init__(self, person: Person, address: str = "/worklist") -> None:
        self.person, self.shown = person, person.shown(address)

    def has_news(self) -> bool:
        answer = self.person.opens(address_of_list(self.shown), X_Live="1")
        if answer.status_code == 204:
            return False
        assert answer.status_code == 200
        self.shown = unescape(answer.text)
        return True


def gets_no_answer(phone: Phone) -> None:
    """A text to what is no mobile phone any more."""
    phone.hospital.app.extensions["sms_gateway"].fails_next[phone.number] = "30006"
    phone.texts("HELP")


def acts(person: Person, what: str, number: int = 1, **values: str) -> int:
    return person.sends(f"/escalations/{number}/{what}", values).status_code


def state(hospital: Hospital) -> EscalationState:
    return hospital.the_escalation().state


def test_by_level_then_by_deadline(hospital: Hospital, li: Person) -> None:
    fever(hospital, "PKU-001", "my shoulder hurts badly")
    fever(hospital, "PKU-002", "38.5")
    hospital.clock.move(minutes=1)
    fever(hospital, "PKU-003", "38.5 shaking chills")
    hospital.clock.move(minutes=1)
    fever(hospital, "PKU-004", "39 and I cannot breathe")
    shown = li.shown("/worklist")
    rows = {row.number: row for row in hospital.escalations()}
    order = sorted(rows.values(), key=lambda row: (-row.level.rank, row.acknowledge_by))
    assert codes(shown) == [f"PKU-{row.number:03}" for row in order]
    for said in ("▲", "EMERGENCY", "Unread", "min left", "39 and I cannot breathe"):
        assert said in shown


def test_taken_in_one_action_and_taken_back_for_ten_seconds(hospital: Hospital, li: Person) -> None:
    fever(hospital)
    assert acts(li, "acknowledge", back="/console/worklist") == 303
    assert hospital.the_escalation().acknowledged_by == "nurse-li"
    shown = li.shown("/worklist?tab=mine")
    assert codes(shown) == ["PKU-001"]
    assert "/escalations/1/undo" in shown
    assert acts(li, "undo") == 303
    assert state(hospital) is EscalationState.OPEN
    acts(li, "acknowledge")
    hospital.clock.move(seconds=11)
    assert "/escalations/1/undo" not in li.shown("/worklist")
    assert acts(li, "undo") == 409


def test_who_took_it_by_text_goes_on_with_it_here(hospital: Hospital, li: Person) -> None:
    fever(hospital)
    hospital.nurse.texts("1")
    assert codes(li.shown("/worklist?tab=mine")) == ["PKU-001"]
    assert acts(li, "call", reached="yes", note="well again") == 303
    assert acts(li, "resolve", outcome="advised_by_phone", note="paracetamol") == 303
    assert hospital.the_escalation().resolved_by == "nurse-li"
    closed = li.shown("/worklist?tab=closed")
    assert codes(closed) == ["PKU-001"]
    assert "advised by phone" in closed
    assert codes(li.shown("/worklist")) == []


def test_somebody_else_was_first(hospital: Hospital, li: Person) -> None:
    fever(hospital)
    other = hires(hospital, "wang.wei", staff="dr-wang")
    other.signs_in()
    version = hospital.the_escalation().version
    assert acts(other, "acknowledge", version=str(version)) == 303
    assert acts(li, "acknowledge", version=str(version)) in (409, 412)
    assert hospital.the_escalation().acknowledged_by == "dr-wang"
    assert codes(li.shown("/worklist")) == []
    assert codes(li.shown("/worklist?tab=all")) == ["PKU-001"]


def test_put_off_it_comes_back_by_itself(hospital: Hospital, li: Person) -> None:
    fever(hospital)
    assert acts(li, "snooze", minutes="10080") == 422
    assert acts(li, "snooze", minutes="15") == 303
    assert codes(li.shown("/worklist")) == []
    assert codes(li.shown("/worklist?tab=snoozed")) == ["PKU-001"]
    hospital.move(minutes=16)
    assert codes(li.shown("/worklist")) == ["PKU-001"]


def test_the_words_that_made_the_alarm_are_marked_and_those_set_aside_are_not(hospital: Hospital, li: Person) -> None:
    fever(hospital, body="No cough. 38.9 & <i>shaking chills</i>")
    marked = '>No cough. <mark class="read">38.9</mark> &amp; &lt;i&gt;<mark class="read">shaking chills</mark>&lt;/i&gt;</bdi>'
    assert marked in li.opens("/escalations/1").text


def test_the_words_of_a_command_are_marked_and_what_words_were_read_as_is_said(hospital: Hospital, li: Person) -> None:
    fever(hospital, body="39.5. No cough, shaking chills. STOP")
    shown = li.shown("/escalations/1")
    assert '<mark class="read">STOP</mark>' in shown
    assert "<q><bdi>shaking chills</bdi></q> shaking chills · <q><bdi>STOP</bdi></q> asks for no more texts</p>" in shown
    assert "<q><bdi>STOP</bdi></q> pide no recibir más mensajes" in li.shown("/escalations/1?lang=es")


def test_a_text_of_which_nothing_was_understood_is_marked_as_unread(hospital: Hospital, li: Person) -> None:
    fever(hospital, body="asdf jkl")
    assert '<mark class="unread">asdf jkl</mark></bdi></p>\n' in li.shown("/escalations/1")


def test_a_text_that_was_kept_without_the_words_of_its_command_is_shown(hospital: Hospital, li: Person) -> None:
    fever(hospital, body="39.5 STOP")
    with hospital.session() as session:
        text = session.scalars(select(InboundMessage)).one()
        text.reading = json.dumps({name: value for name, value in json.loads(text.reading).items() if name != "said"})
        session.commit()
    assert '<mark class="read">39.5</mark> STOP</bdi>' in li.shown("/escalations/1")


def test_the_sentence_that_only_reads_like_an_alarm_is_marked_as_a_guess(
    hospital: Hospital, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_reply, "load_resemblance", lambda: resemblance_of(emergencies=["brzzk"]))
    fever(hospital, body="We were out. Dad is all brzzk")
    assert '<mark class="unread">We were out. </mark><mark class="guess">Dad is all brzzk</mark></bdi>' in li.shown("/escalations/1")


def test_handed_over_with_a_note_the_next_one_is_paged(hospital: Hospital, li: Person) -> None:
    fever(hospital)
    acts(li, "acknowledge")
    assert acts(li, "hand-over", note=" ") == 422
    assert acts(li, "hand-over", note="I am in theatre until noon") == 303
    hospital.run_due()
    assert hospital.doctor.was_paged()
    assert "I am in theatre until noon" in li.shown("/escalations/1")


def test_unread_until_it_was_opened_and_again_with_news(hospital: Hospital, li: Person) -> None:
    phone = hospital.enrols()
    phone.texts("39.5")
    page = li.shown("/escalations/1")
    until = re.search(r'name="until" value="([^"]+)"', page)
    assert until is not None
    assert li.sends("/escalations/1/read", {"until": "yesterday"}).status_code == 422
    assert li.sends("/escalations/1/read", {"until": until[1]}).status_code == 303
    assert "Unread" not in li.shown("/worklist")
    hospital.clock.move(minutes=1)
    phone.texts("39.9 and shaking chills")
    assert "Unread" in li.shown("/worklist")
    li.sends("/escalations/1/read", {"until": hospital.clock.now().isoformat()})
    assert "Unread" not in li.shown("/worklist")
    li.sends("/escalations/1/unread")
    assert "Unread" in li.shown("/worklist")


def test_a_step_that_comes_too_late_says_what_changed_and_keeps_what_was_written(hospital: Hospital, li: Person) -> None:
    fever(hospital)
    version = hospital.the_escalation().version
    hospital.nurse.texts("1")
    late = li.sends(
        "/escalations/1/resolve",
        {"outcome": "watching", "note": "told to rest", "version": str(version)},
        Referer=f"{BASE}/console/escalations/1",
    )
    assert late.status_code == 412
    shown = unescape(late.text)
    assert "No. 1 changed since you read it, last: acknowledged (nurse-li)" in shown
    assert "told to rest" in shown
    assert 'href="/console/escalations/1"' in shown


def test_what_was_put_off_waits_again_as_soon_as_the_participant_writes(hospital: Hospital, li: Person) -> None:
    fever(hospital)
    acts(li, "acknowledge")
    hospital.clock.move(minutes=1)
    acts(li, "snooze", minutes="60")
    assert codes(li.shown("/worklist")) == []
    hospital.clock.move(minutes=5)
    open_list = OpenList(li)
    Phone(hospital, "+8613800138001").texts("39.5")
    assert open_list.has_news()
    assert codes(open_list.shown) == ["PKU-001"]
    assert "Unread" in open_list.shown
    acts(li, "snooze", minutes="60")
    assert codes(li.shown("/worklist")) == []


def test_every_time_says_its_zone(hospital: Hospital, li: Person) -> None:
    fever(hospital)
    for path in ("/worklist", "/escalations/1", "/participants/PKU-001", "/account"):
        times = re.findall(r"<time [^>]*>(.*?)</time>", li.shown(path), re.DOTALL)
        assert times, path
        assert all('class="zone"' in time for time in times), path


def test_asking_again_costs_nothing_where_nothing_changed(hospital: Hospital, li: Person) -> None:
    fever(hospital)
    address = address_of_list(li.shown("/worklist"))
    assert li.opens(address, X_Live="1").status_code == 204
    fever(hospital, "PKU-002", "40.1 shaking chills")
    answer = li.opens(address, X_Live="1")
    assert "<html" not in answer.text
    # Nothing moves under the pointer: what is new is said above the list, with its level.
    assert codes(answer.text) == ["PKU-001"]
    assert "New: 1" in answer.text
    assert "EMERGENCY" in answer.text.partition("<ol")[0]
    assert sorted(codes(li.opens(address, X_Live="1", X_At_Top="1").text)) == ["PKU-001", "PKU-002"]
    opened = li.shown("/escalations/1")
    live = re.search(r'id="now"[^>]*hx-get="/console([^"]+)"', opened)
    assert live is not None
    assert li.opens(live[1], X_Live="1").status_code == 204
    assert acts(li, "acknowledge") == 303
    assert "This changed since you opened it" in li.opens(live[1], X_Live="1").text


def test_an_open_list_hears_of_every_change(hospital: Hospital, li: Person) -> None:
    other = hires(hospital, "wang.wei", staff="dr-wang")
    other.signs_in()
    list_of_li = OpenList(li)
    assert not list_of_li.has_news()
    phone = hospital.enrols()
    far_away = hospital.enrols("PKU-002", "+8613800138002")
    changes: dict[str, Callable[[], object]] = {
        "a new fever": lambda: phone.texts("38.5"),
        "a text that joins it": lambda: phone.texts("38.5"),
        "worse": lambda: phone.texts("39.9 and shaking chills"),
        "taken by somebody else": lambda: acts(other, "acknowledge"),
        "worse for whoever took it": lambda: phone.texts("I cannot breathe"),
        "taken again": lambda: acts(other, "acknowledge"),
        "put off": lambda: acts(other, "snooze", minutes="15"),
        "a text that did not arrive": lambda: gets_no_answer(far_away),
        "read on another page": lambda: li.sends("/escalations/1/read", {"until": hospital.clock.now().isoformat()}),
        "unread again": lambda: li.sends("/escalations/1/unread"),
        "resolved": lambda: acts(other, "resolve", outcome="sent_to_hospital", note="went to the emergency room"),
        "taken back": lambda: acts(other, "undo"),
    }
    for what, happens in changes.items():
        happens()
        assert list_of_li.has_news(), what
        assert not list_of_li.has_news(), f"{what}, told twice"


def test_what_others_read_is_no_news(hospital: Hospital, li: Person) -> None:
    fever(hospital)
    other = hires(hospital, "wang.wei")
    other.signs_in()
    list_of_li = OpenList(li)
    other.sends("/escalations/1/read", {"until": hospital.clock.now().isoformat()})
    assert not list_of_li.has_news()


def test_what_can_be_taken_back_no_more_leaves_the_open_list(hospital: Hospital, li: Person) -> None:
    fever(hospital)
    acts(li, "acknowledge")
    list_of_li = OpenList(li)
    assert "/escalations/1/undo" in list_of_li.shown
    assert not list_of_li.has_news()
    hospital.clock.move(seconds=11)
    assert list_of_li.has_news()
    assert "/escalations/1/undo" not in list_of_li.shown
    assert not list_of_li.has_news()


def test_what_is_new_is_told_on_whatever_page_of_the_list(hospital: Hospital, li: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "PAGE", 1)
    fever(hospital, "PKU-001", "39.9 shaking chills")
    fever(hospital, "PKU-002", "39.9 shaking chills")
    first, second = OpenList(li), OpenList(li, "/worklist?first=1")
    assert codes(first.shown) + codes(second.shown) == ["PKU-001", "PKU-002"]
    # One goes to the end of the list, the other before its beginning.
    fever(hospital, "PKU-003", "could you tell me about parking?")
    fever(hospital, "PKU-004", "I cannot breathe")
    for page in (first, second):
        assert page.has_news()
        assert "New: 2" in page.shown
        assert "EMERGENCY" in page.shown.partition("<ol")[0]
    assert codes(first.shown) + codes(second.shown) == ["PKU-001", "PKU-002"]


def test_only_reviews_are_dealt_with_together(hospital: Hospital, li: Person) -> None:
    fever(hospital, "PKU-001", "could you tell me about parking?")
    fever(hospital, "PKU-002", "what do you make of my horoscope")
    fever(hospital, "PKU-003", "39.5")
    levels = [row.level.value for row in hospital.escalations()]
    assert levels[:2] == ["review", "review"]
    together = {"number": ["1", "2"], "what": "resolve", "outcome": "administrative", "note": "answered on the ward"}
    assert li.sends("/worklist/bulk", together | {"number": ["1", "3"]}).status_code == 422
    assert li.sends("/worklist/bulk", together | {"note": ""}).status_code == 422
    assert li.sends("/worklist/bulk", together | {"number": ["1", "77"]}).status_code == 404
    assert {row.state for row in hospital.escalations()} == {EscalationState.OPEN}
    assert li.sends("/worklist/bulk", together).status_code == 303
    assert [row.state.value for row in hospital.escalations()] == ["resolved", "resolved", "open"]


def test_a_reader_sees_no_button_and_no_number(hospital: Hospital) -> None:
    hospital.enrols("PKU-001", NUMBER, name="Wang Fang").texts("39.5")
    monitor = hires(hospital, "reader", Role.MONITOR)
    monitor.signs_in()
    shown = monitor.shown("/worklist") + monitor.shown("/escalations/1")
    assert "39.5" in shown
    for hidden in ("Acknowledge<", "/resolve", NUMBER, "Wang Fang"):
        assert hidden not in shown


def test_what_a_stranger_wrote_is_in_the_list_as_written(hospital: Hospital, li: Person) -> None:
    hospital.stranger().texts("<script>alert(1)</script> 39.5")
    shown = li.opens("/worklist").text + li.opens("/escalations/1").text
    assert "Unknown number" in shown
    assert "<script>alert" not in shown


@pytest.mark.parametrize("path", ["/worklist", "/escalations/1", "/participants/PKU-001/write"])
def test_a_look_that_finds_no_change_asks_one_question(hospital: Hospital, li: Person, path: str) -> None:
    fever(hospital)
    with hospital.app.app_context():
        engine = db.engine
    found = re.search(r'hx-get="/console([^"]*seen=[^"]*)"', li.shown(path))
    assert found is not None
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: statements.append(statement))
    assert li.opens(found[1], X_Live="1").status_code == 204
    assert len([statement for statement in statements if not statement.startswith("BEGIN")]) == 1


def test_the_list_takes_as_many_queries_for_many_as_for_few(hospital: Hospital, li: Person) -> None:
    statements: list[str] = []

    def counted() -> int:
        statements.clear()
        li.shown("/worklist")
        return len(statements)

    with hospital.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: statements.append(statement))
    fever(hospital)
    few = counted()
    for number in range(2, 7):
        fever(hospital, f"PKU-{number:03}")
    assert counted() == few
