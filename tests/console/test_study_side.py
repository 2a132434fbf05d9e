"""Enrolling by form and by file, the calendar, delivery problems and the texts, as the study's team sees them."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import g
from werkzeug.test import TestResponse

from followup_service.console.study_in_words import wait_in_words
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.participants.participant import ParticipantState
from followup_service.protocol.definitions import Approval
from followup_service.staff.account import Role
from followup_service.staff.take_up_version import take_up_version
from tests.console.people import Person, hires
from tests.hospital import Hospital

FORM = {
    "site": "PKU",
    "code": "PKU-017",
    "arm": "rfa",
    "language": "en",
    "phone": "138 0013 8017",
    "consented_on": "2026-01-05",
    "consent_version": "1.0",
    "name": "Wang Fang",
}
HEADER = "code,arm,language,phone,consented_on,consent_version\n"
TWO = f"\ufeff{HEADER}PKU-021,rfa,en,13800138021,2026-01-05,1.0\r\nPKU-022,control,zh_Hans,13800138022,2026-01-05,1.0\r\n"


@pytest.fixture
def li(hospital: Hospital) -> Person:
    person = hires(hospital)
    person.signs_in()
    return person


def sends_file(person: Person, text: str) -> TestResponse:
    return person.sends("/enrol/file", {"file": (io.BytesIO(text.encode()), "people.csv")})


def test_one_is_enrolled_and_a_slip_loses_nothing_of_what_was_written(hospital: Hospital, li: Person) -> None:
    for slip in (
        {"phone": "12"},
        {"site": "XXX"},
        {"consented_on": "yesterday"},
        {"consent_version": ""},
        {"arm": "x"},
        {"language": "tlh"},
    ):
        answer = li.sends("/enrol", FORM | slip)
        assert answer.status_code == 422, slip
        assert "Wang Fang" in answer.text
        assert 'role="alert"' in answer.text
    assert li.sends("/enrol", FORM).location == "/console/participants/PKU-017"
    row = hospital.participant("PKU-017")
    assert (row.phone, row.timezone, row.state) == ("+8613800138017", "Asia/Shanghai", ParticipantState.ACTIVE)
    assert [event.actor for event in hospital.events("enrolled")] == ["li.na"]
    assert li.sends("/enrol", FORM).status_code == 422


def test_without_consent_somebody_is_only_invited(hospital: Hospital, li: Person) -> None:
    li.sends("/enrol", FORM | {"consented_on": "", "consent_version": ""})
    assert hospital.participant("PKU-017").state is ParticipantState.INVITED


def test_a_file_is_shown_before_it_counts(hospital: Hospital, li: Person) -> None:
    shown = sends_file(li, TWO)
    assert "To be enrolled: 2" in shown.text
    assert "PKU-022" in shown.text
    assert hospital.events("enrolled") == []
    answer = li.sends("/enrol/file", {"text": TWO, "confirmed": "1"})
    assert answer.location == "/console/participants"
    assert [event.detail["code"] for event in hospital.events("enrolled")] == ["PKU-021", "PKU-022"]


def test_one_bad_line_and_nobody_is_enrolled(hospital: Hospital, li: Person) -> None:
    bad = TWO + "PKU-023,rfa,en,12,2026-01-05,1.0\n"
    for answer in (sends_file(li, bad), li.sends("/enrol/file", {"text": bad, "confirmed": "1"})):
        assert answer.status_code == 422
        assert "Nothing was enrolled" in answer.text
    for empty in ("", "x" * 50_001):
        assert sends_file(li, empty).status_code == 422
    assert hospital.events("enrolled") == []


def test_who_must_not_know_the_arm_cannot_enrol_and_sees_no_visits(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", hospital.clock.now().date())
    blinded = hires(hospital, "blinded", blinded=True)
    blinded.signs_in()
    for path in ("/enrol", "/enrol/file", "/calendar"):
        shown = blinded.shown(path).partition("<main")[2]
        assert "blinded" in shown
        assert "PKU-001" not in shown
        assert 'name="arm"' not in shown
    assert blinded.sends("/enrol", FORM).status_code == 422
    assert sends_file(blinded, TWO).status_code == 422


def test_the_calendar_shows_what_is_booked_and_what_is_planned(hospital: Hospital, li: Person) -> None:
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", hospital.clock.now().date())
    hospital.books("response_check", hospital.clock.now() + timedelta(days=26, hours=2))
    booked = li.shown("/calendar")
    assert "PKU-001" in booked
    assert "booked" in booked
    hour = (hospital.clock.now().astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(hours=2)).strftime("%H:%M")
    assert hour in booked.partition("<tbody>")[2]
    assert "no hour yet" in li.shown("/calendar?from=2026-04-01") + li.shown("/calendar?from=2026-05-01")
    assert li.opens("/calendar?from=never").status_code == 200
    assert li.opens("/calendar?site=SYD").status_code == 404


def test_what_did_not_arrive_is_listed_with_its_reason(hospital: Hospital, li: Person) -> None:
    hospital.enrols().texts("39.5")
    with hospital.session() as session:
        for row in session.query(OutboundMessage).order_by(OutboundMessage.id):
            row.state = OutboundState.UNDELIVERED if row.staff_id else OutboundState.NOT_SENT
            row.not_sent_reason = None if row.staff_id else "opted_out"
        session.commit()
    shown = li.shown("/delivery")
    assert "nurse-li" in shown
    assert "PKU-001" not in shown.partition("<tbody")[2]
    not_sent = li.shown("/delivery?tab=not_sent")
    assert "PKU-001" in not_sent
    assert "texts stopped" in not_sent
    assert "Nothing here" in li.shown("/delivery?tab=unknown")


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_every_text_in_a_language_with_its_size(hospital: Hospital, role: Role) -> None:
    reader = hires(hospital, "reader", role)
    reader.signs_in()
    shown = reader.shown("/texts?language=zh_Hans")
    for told in ('lang="zh-Hans"', "question.temperature", "UCS-2"):
        assert told in shown
    assert "GSM-7" in reader.shown("/texts?language=en")


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.OPERATOR])
def test_the_protocol_is_read_as_the_service_follows_it(hospital: Hospital, role: Role) -> None:
    reader = hires(hospital, "reader", role)
    reader.signs_in()
    shown = reader.shown("/protocol")
    for told in (
        "Nobody has approved this file",
        "above 38.3 to 43.0",
        "days before: 14, 7, 3, 1, 0",
        "on days 1, 2, 3, 5, 7, 10, 14, 21, 28 after each session: Radiofrequency ablation",
        "ct or mri at each visit to month 24, then every 6 months",
        "first on call · call · 5 min",
        "by 12:00 of the next working day",
        "shaking chills",
    ):
        assert told in shown, told
    chinese = reader.shown("/protocol?lang=zh_Hans")
    assert "您现在体温多少？" in chinese


def test_the_texts_of_the_protocol_name_what_is_filled_in_later(li: Person) -> None:
    assert "<bdi>[clinic phone]</bdi>" in li.shown("/protocol")
    arabic = li.shown("/protocol?lang=ar")
    assert "<bdi>[هاتف العيادة]</bdi>" in arabic
    assert "%(" not in arabic


def test_the_name_to_sign_in_with_is_not_called_like_the_name_of_a_participant(li: Person) -> None:
    assert ">姓名</label>" in li.shown("/enrol?lang=zh_Hans")
    signing_in = Person(li.hospital, "nobody").opens("/sign-in?lang=zh_Hans").text
    assert ">登录名</label>" in signing_in
    assert "姓名" not in signing_in


@pytest.fixture
def study_put_back(hospital: Hospital) -> Iterator[None]:
    study = hospital.app.extensions["study"]
    yield
    hospital.app.extensions["study"] = study
    hospital.app.extensions.pop("running_study", None)


@pytest.mark.usefixtures("study_put_back")
def test_an_amendment_shows_since_when_it_is_followed(hospital: Hospital, li: Person) -> None:
    taken_up = hospital.clock.now() + timedelta(days=3)
    amended = replace(hospital.app.extensions["study"], version="1.1", approvals=(Approval("1.1", "Prof. Chen", "lead", date(2026, 1, 7)),))
    hospital.clock.move(to=taken_up)
    with hospital.session() as session:
        take_up_version(session, hospital.study_id, taken_up, study=amended)
        session.commit()
    hospital.app.extensions["study"] = amended
    hospital.app.extensions.pop("running_study", None)
    li.signs_in()
    shown = li.shown("/protocol")
    assert "Prof. Chen" in shown
    assert shown.index("1.1") < shown.index("by nobody yet")
    assert "8 Jan 2026" in shown


@pytest.mark.parametrize(("language", "says"), [("en", "2 days"), ("ar", "2 يومان"), ("fr", "2 jours")])
def test_a_number_of_days_has_the_form_that_the_pages_language_has_for_it(hospital: Hospital, language: str, says: str) -> None:
    with hospital.app.test_request_context("/"):
        g.shown_language = language
        assert wait_in_words(2 * 1440) == says
        g.shown_language = "ar"
        assert [wait_in_words(days * 1440) for days in (5, 14, 100)] == ["5 أيام", "14 يومًا", "100 يوم"]
