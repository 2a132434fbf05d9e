"""Writing to a participant from the pages: approved texts first, seconds to take it back, and never to whoever must not be written to."""

import re
from datetime import UTC, datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text as sql

from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import ParticipantState
from followup_service.staff.access import PERMISSIONS, May
from followup_service.staff.account import Role
from tests.console.people import Person, hires
from tests.hospital import Hospital

WRITE = "/participants/PKU-001/write"
NIGHT = datetime(2026, 1, 5, 15, 30, tzinfo=UTC)  # 23:30 in Beijing


@pytest.fixture
def li(hospital: Hospital) -> Person:
    person = hires(hospital, "li.na", staff="nurse-li")
    person.signs_in()
    return person


def written(hospital: Hospital) -> list[OutboundMessage]:
    return hospital.outbox(Purpose.WRITTEN)


def test_whoever_writes_without_scripts_is_seen_from_the_first_preview_on(hospital: Hospital, li: Person) -> None:
    hospital.enrols()
    ana = hires(hospital, "ana")
    ana.signs_in()
    ana.sends(WRITE, {"message": "typed", "typed": "We call at", "step": "preview"})
    assert "Full Name of ana has been writing since" in li.shown(WRITE)
    assert "Full Name of ana has been writing since" in li.shown("/participants/PKU-001")
    ana.sends(WRITE, {"message": "typed", "typed": "We call at four.", "step": "send"})
    assert "has been writing" not in li.shown(WRITE)


def test_signs_that_double_a_text_are_made_plain_by_one_button(hospital: Hospital, li: Person) -> None:
    hospital.enrols()
    shown = unescape(li.sends(WRITE, {"message": "typed", "typed": "Don’t wait – call", "step": "preview"}).text)
    assert "UCS-2" in shown
    assert 'value="plainer"' in shown
    plain = unescape(li.sends(WRITE, {"message": "typed", "typed": "Don’t wait – call", "step": "plainer"}).text)
    assert "Don't wait - call</textarea>" in plain
    assert "GSM-7" in plain
    assert 'value="plainer"' not in plain
    assert written(hospital) == []


def test_an_approved_text_goes_out_in_the_participants_language_after_ten_seconds(hospital: Hospital, li: Person) -> None:
    phone = hospital.enrols(language="zh_Hans")
    assert "请您方便时给我们打电话：010-88196000。" in li.shown(WRITE)
    assert li.sends(WRITE, {"message": "write_please_call", "step": "send"}).status_code == 303
    hospital.run_due()
    assert phone.received() == []
    shown = li.shown(WRITE)
    assert "Take back" in shown
    assert "It leaves in a few seconds." in shown
    hospital.move(seconds=11)
    assert phone.received() == ["请您方便时给我们打电话：010-88196000。"]
    shown = li.shown("/participants/PKU-001")
    assert "written by a person" in shown
    assert "li.na" in shown
    assert "delivered" in shown
    assert [event.actor for event in hospital.events("text_written")] == ["li.na"]


def test_what_was_taken_back_is_not_sent_and_what_left_cannot_be_taken_back(hospital: Hospital, li: Person) -> None:
    phone = hospital.enrols()
    li.sends(WRITE, {"message": "write_will_call", "step": "send"})
    li.sends(WRITE, {"message": "write_how_now", "step": "send"})
    first, second = (f"{WRITE}/{row.id}/take-back" for row in written(hospital))
    assert li.sends(first).status_code == 303
    hospital.move(seconds=11)
    assert phone.received() == ["How do you feel now? Please write to us in a few words."]
    assert li.sends(first).status_code == 409
    assert li.sends(second).status_code == 409
    assert [row.not_sent_reason for row in written(hospital)] == ["taken_back", None]
    assert "taken back" in li.shown("/participants/PKU-001")


def test_own_words_are_shown_before_they_go_and_lie_encrypted(hospital: Hospital, li: Person) -> None:
    phone = hospital.enrols()
    words = "Please drink a glass of water, then write to us.\r\nLi"
    preview = li.sends(WRITE, {"message": "typed", "typed": words, "step": "preview"})
    assert preview.status_code == 200
    assert "GSM-7 · 51" in preview.text
    assert written(hospital) == []
    li.sends(WRITE, {"message": "typed", "typed": words, "step": "send"})
    with hospital.session() as session:
        for table in ("outbound_messages", "audit_events"):
            assert "glass of water" not in str(session.execute(sql(f"SELECT * FROM {table}")).all())  # noqa: S608 - two names
    hospital.move(seconds=11)
    assert phone.received() == [words.replace("\r\n", "\n")]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Write something"),
        ("Dear Wang Fang, please call", "Leave out the name"),
        ("About PKU-001", "Leave out the code"),
        ("look at https://example.com", "Write no link"),
        ("Your chemo is tomorrow", "tells whoever else reads this phone"),
        ("x" * 700, "Too long"),
    ],
)
def test_words_that_must_not_lie_on_a_phone_are_refused_and_kept_in_the_form(hospital: Hospital, li: Person, typed: str, told: str) -> None:
    hospital.enrols(name="Wang Fang")
    answer = li.sends(WRITE, {"message": "typed", "typed": typed})
    assert answer.status_code == 422
    assert told in answer.text
    assert typed in answer.text
    assert written(hospital) == []


def test_a_telling_word_goes_only_where_its_writer_says_so(hospital: Hospital, li: Person) -> None:
    phone = hospital.enrols()
    li.sends(WRITE, {"message": "typed", "typed": "Please cycle home", "step": "send", "although_telling": "yes"})
    hospital.move(seconds=11)
    assert phone.received() == ["Please cycle home"]


def test_others_see_who_has_words_that_are_not_sent_yet(hospital: Hospital, li: Person) -> None:
    hospital.enrols().texts("39.5")
    ana = hires(hospital, "ana")
    ana.signs_in()
    pages = (WRITE, "/participants/PKU-001", "/escalations/1")

    def told(person: Person) -> list[str]:
        """Since when, as each of the pages says it."""
        return [said for page in pages for said in re.findall(r"Full Name of ana has been writing since (\d\d:\d\d)", person.shown(page))]

    began = f"{hospital.clock.now().astimezone(ZoneInfo('Asia/Shanghai')):%H:%M}"
    assert ana.sends(f"{WRITE}/size", {"typed": "Please"}).status_code == 200
    assert (told(li), told(ana)) == ([began] * 3, [])
    hospital.clock.move(minutes=2)
    ana.sends(f"{WRITE}/size", {"typed": "Please take"})
    hospital.clock.move(minutes=2)
    assert told(li) == [began] * 3
    hospital.clock.move(minutes=2)
    assert told(li) == []
    ana.sends("/escalations/1/writing", {"note": "she said"})
    assert len(told(li)) == 3
    ana.sends("/escalations/1/writing", {"note": " "})
    assert told(li) == []
    ana.sends(f"{WRITE}/size", {"typed": "Please"})
    sends_own_words(ana)
    assert told(li) == []


def sends_own_words(person: Person) -> None:
    assert person.sends(WRITE, {"message": "typed", "typed": "Please take your temperature again.", "step": "send"}).status_code == 303


def test_a_refusal_of_a_lower_part_is_in_the_language_of_the_page(hospital: Hospital, li: Person) -> None:
    hospital.enrols().texts("39.5")
    ana = hires(hospital, "ana")
    ana.signs_in()
    assert ana.sends("/escalations/1/acknowledge").status_code == 303
    refused = li.sends("/escalations/1/acknowledge?lang=fr")
    assert (refused.status_code, "le n° 1 a déjà été pris par ana" in unescape(refused.text)) == (409, True)


def test_what_a_person_wrote_stands_among_the_steps_of_the_alarm(hospital: Hospital, li: Person) -> None:
    hospital.enrols().texts("39.5")
    hospital.clock.move(minutes=1)
    sends_own_words(li)
    hospital.move(seconds=11)
    shown = li.shown("/escalations/1").partition("What happened")[2]
    assert "Please take your temperature again." in shown
    assert "written by a person" in shown
    assert "delivered" in shown
    assert shown.index("Please take") < shown.index("39.5")
    hospital.enrols("PKU-002", "+8613800138002").texts("39.5")
    assert "Please take" not in li.shown("/escalations/2")


def test_the_size_is_counted_as_it_is_sent(hospital: Hospital, li: Person) -> None:
    hospital.enrols()
    assert "GSM-7 · 5" in li.sends(f"{WRITE}/size", {"typed": "hello"}).text
    longer = li.sends(f"{WRITE}/size", {"typed": "it’s " * 20}).text
    assert "UCS-2 · 99" in longer
    assert "Parts: 2 of 4" in longer
    assert "’" in longer


def test_own_words_take_a_permission_of_their_own(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital.enrols()
    monkeypatch.setitem(PERMISSIONS, Role.COORDINATOR, PERMISSIONS[Role.COORDINATOR] - {May.WRITE_FREELY})  # type: ignore[arg-type]
    li = hires(hospital)
    li.signs_in()
    assert "own words" not in li.shown(WRITE)
    assert li.sends(WRITE, {"message": "typed", "typed": "hello", "step": "send"}).status_code == 404
    assert li.sends(f"{WRITE}/size", {"typed": "hello"}).status_code == 404
    assert li.sends(WRITE, {"message": "write_read", "step": "send"}).status_code == 303
    assert len(written(hospital)) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda hospital, phone: phone.texts("STOP"), "texts stopped"),
        (lambda hospital, _phone: hospital.ends("PKU-001", ParticipantState.WITHDRAWN), "withdrawn"),
        (lambda hospital, _phone: hospital.ends("PKU-001", ParticipantState.DECEASED), "deceased"),
    ],
)
def test_whoever_must_not_be_written_to_has_no_form_and_a_form_sent_all_the_same_sends_nothing(
    hospital: Hospital, li: Person, change: object, told: str
) -> None:
    phone = hospital.enrols()
    change(hospital, phone)  # type: ignore[operator]
    shown = li.shown(WRITE)
    assert f"No text can be sent: {told}" in shown
    assert 'value="write_read"' not in shown
    assert li.sends(WRITE, {"message": "write_read", "step": "send"}).status_code == 409
    assert written(hospital) == []


def test_a_stop_within_the_ten_seconds_still_counts(hospital: Hospital, li: Person) -> None:
    phone = hospital.enrols()
    li.sends(WRITE, {"message": "write_read", "step": "send"})
    phone.texts("STOP")
    hospital.move(seconds=11)
    assert [(row.state, row.not_sent_reason) for row in written(hospital)] == [(OutboundState.NOT_SENT, "opted_out")]


def test_at_night_it_waits_for_the_morning_unless_its_writer_says_now(hospital: Hospital, li: Person) -> None:
    hospital.clock.move(to=NIGHT)
    li.signs_in()
    hospital.enrols()
    shown = li.shown(WRITE)
    assert "outside their contact hours" in shown
    assert "there it is <strong>23:30" in shown
    li.sends(WRITE, {"message": "write_read", "step": "send", "when": "now"})
    li.sends(WRITE, {"message": "write_how_now", "step": "send", "when": "morning"})
    at_once, later = written(hospital)
    assert (at_once.due_at - NIGHT).seconds < 120
    assert later.due_at == datetime(2026, 1, 6, 0, 0, tzinfo=UTC)


def test_from_an_escalation_the_text_belongs_to_it_and_the_answer_comes_to_it(hospital: Hospital, li: Person) -> None:
    phone = hospital.enrols()
    phone.texts("39.5")
    assert f"{WRITE}?no=1" in li.shown("/escalations/1")
    li.sends(f"{WRITE}?no=1", {"message": "write_measured_again", "step": "send"})
    assert [row.escalation_id for row in written(hospital)] == [hospital.the_escalation().id]
    hospital.move(seconds=11)
    phone.texts("36.9")
    assert "REPLY_TO_A_PERSON" in hospital.the_escalation().reasons
    assert "36.9" in li.shown("/escalations/1")
