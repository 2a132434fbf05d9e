"""Two on one phone, one with two phones, a caregiver's, and a number that became somebody else's: nothing is guessed, no alarm is lost."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from followup_service.checkins.checkin import Answer
from followup_service.errors import Conflict, Refused
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.add_phone import add_phone, remove_phone
from followup_service.participants.change_participant import change_contact
from followup_service.participants.participant import ParticipantState
from followup_service.participants.participant_phone import ParticipantPhone, PhoneKind, Told
from followup_service.protocol.rule_definitions import Level
from tests.hospital import Hospital, Phone

SHARED = "+8613800138000"
FURTHER = "+8613800138777"
TUESDAY_AT_TEN = datetime(2026, 1, 6, 2, tzinfo=UTC)


def shared(hospital: Hospital) -> Phone:
    """Two participants, A and B, on one phone, each on the morning after an ablation."""
    hospital.enrols("PKU-001", SHARED, arm="rfa", tag="A")
    phone = hospital.enrols("PKU-002", SHARED, arm="rfa", tag="B")
    for code in ("PKU-001", "PKU-002"):
        hospital.treats(code, "rfa", date(2026, 1, 5))
    return phone


def asked(hospital: Hospital) -> Phone:
    phone = shared(hospital)
    hospital.move(to=TUESDAY_AT_TEN)
    assert sorted(body[:2] for body in phone.received(Purpose.QUESTION)) == ["A:", "B:"]
    return phone


def further(hospital: Hospital, kind: PhoneKind, *told: Told) -> Phone:
    with hospital.changing() as (session, participant):
        add_phone(session, participant, FURTHER, kind, told, hospital.clock.now(), "nurse-li", country="CN")
    return Phone(hospital, FURTHER)


def answers(hospital: Hospital) -> list[str]:
    with hospital.session() as session:
        return [row.value for row in session.scalars(select(Answer).order_by(Answer.answered_at, Answer.id))]


def codes(hospital: Hospital) -> dict[str, list[str]]:
    """The reasons of each participant's episode."""
    owners = {hospital.participant(code).id: code for code in ("PKU-001", "PKU-002")}
    return {owners[episode.participant_id]: episode.reasons for episode in hospital.escalations() if episode.participant_id in owners}


def test_with_the_tag_before_it_an_answer_is_that_participants(hospital: Hospital) -> None:
    phone = asked(hospital)
    phone.replies("B 36.8", "a: 36.5")
    assert answers(hospital) == ["36.80", "36.50"]
    assert [body[:2] for body in phone.received(Purpose.ANSWER)] == ["B:", "A:"]
    assert hospital.escalations() == []


def test_in_chinese_a_space_after_the_tag_is_enough(hospital: Hospital) -> None:
    hospital.enrols("PKU-001", SHARED, language="zh_Hans", tag="红")
    phone = hospital.enrols("PKU-002", SHARED, language="zh_Hans", tag="蓝")
    phone.replies("蓝 打寒战")
    assert codes(hospital) == {"PKU-002": ["RIGOR"]}
    phone.replies("红肿得厉害")
    assert phone.last_text.startswith("这部手机有几个人在用")


def test_without_it_nobody_is_guessed_and_the_tag_alone_settles_it(hospital: Hospital) -> None:
    phone = asked(hospital)
    phone.replies("36.8")
    assert answers(hospital) == []
    assert phone.last_text == "Several people use this phone. Who is your message about? Please reply with one of: A, B."
    phone.replies("b")
    assert answers(hospital) == ["36.80"]
    assert phone.last_text.startswith("B: How bad was your worst pain")
    hospital.move(hours=2)
    assert hospital.escalations() == []


def test_an_alarm_of_an_unclear_sender_pages_for_both_at_once(hospital: Hospital) -> None:
    phone = asked(hospital)
    phone.replies("39.2")
    assert codes(hospital) == {"PKU-001": ["FEVER", "UNCLEAR_SENDER"], "PKU-002": ["FEVER", "UNCLEAR_SENDER"]}
    assert {page.split(":")[0] for page in hospital.nurse.pages()} == {"EMERGENCY PKU-001", "EMERGENCY PKU-002"}
    assert [row.message for row in phone.messages() if row.purpose in (Purpose.ALARM_ANSWER, Purpose.ANSWER)] == ["emergency_now", "whose"]
    phone.replies("A")
    assert len(hospital.nurse.pages()) == 2
    assert all(episode.resolved_at is None for episode in hospital.escalations())
    assert answers(hospital) == ["39.20"]


def test_where_nobody_says_whose_a_text_was_a_person_finds_out(hospital: Hospital) -> None:
    phone = asked(hospital)
    phone.replies("a bit tired today")
    hospital.move(minutes=59)
    assert hospital.escalations() == []
    hospital.move(minutes=2)
    assert codes(hospital) == {"PKU-001": ["UNCLEAR_SENDER"], "PKU-002": ["UNCLEAR_SENDER"]}
    assert {episode.level for episode in hospital.escalations()} == {Level.REVIEW}


def test_stop_from_a_shared_phone_stops_the_texts_of_both(hospital: Hospital) -> None:
    phone = asked(hospital)
    phone.replies("STOP")
    assert all(hospital.participant(code).opted_out_at for code in ("PKU-001", "PKU-002"))
    hospital.move(days=3)
    assert [row.message for row in phone.messages() if row.state is OutboundState.DELIVERED][2:] == ["opted_out", "opted_out"]
    assert codes(hospital) == {"PKU-001": ["OPTED_OUT", "UNCLEAR_SENDER"], "PKU-002": ["OPTED_OUT", "UNCLEAR_SENDER"]}


def test_a_machine_that_answers_without_end_is_not_asked_whose_it_is_without_end(hospital: Hospital) -> None:
    phone = shared(hospital)
    for _ in range(20):
        phone.replies("I am out of the office")
    assert len(phone.received(Purpose.ANSWER)) == 2


def test_of_two_the_one_who_is_still_in_touch_needs_no_tag(hospital: Hospital) -> None:
    phone = shared(hospital)
    hospital.ends("PKU-001", ParticipantState.DECEASED)
    phone.replies("39.2")
    assert codes(hospital) == {"PKU-002": ["FEVER"]}


def test_two_share_a_phone_only_with_tags_that_differ(hospital: Hospital) -> None:
    hospital.enrols("PKU-001", SHARED)
    for tag in (None, "B"):
        with pytest.raises(Conflict, match="belongs to another participant"):
            hospital.enrols("PKU-002", SHARED, tag=tag)
    change(hospital, tag="A")
    with pytest.raises(Conflict, match="same tag"):
        hospital.enrols("PKU-002", SHARED, tag="a")
    hospital.enrols("PKU-002", SHARED, tag="B")
    with pytest.raises(Conflict):
        change(hospital, tag="")
    with pytest.raises(Conflict, match="same tag"):
        change(hospital, tag="b")


@pytest.mark.parametrize("tag", ["1", "STOP", "fever", "A1", "two words", "muchtoolong"])
def test_a_tag_says_nothing_but_which_of_two(hospital: Hospital, tag: str) -> None:
    with pytest.raises(Refused, match="is no tag"):
        hospital.enrols(tag=tag)


def test_from_a_second_phone_it_is_the_same_participant_and_the_answer_goes_there(hospital: Hospital) -> None:
    first = hospital.enrols()
    second = further(hospital, PhoneKind.SECOND)
    second.replies("38.2")
    assert hospital.the_escalation().participant_id == hospital.participant().id
    assert (first.told(), second.told()) == ([], ["borderline_now"])
    hospital.move(minutes=61)
    assert first.told() == ["question.measure_again"]
    second.replies("36.9")
    assert second.told()[-1] == "checkin_done"


def test_a_caregiver_reports_and_is_told_what_was_agreed(hospital: Hospital) -> None:
    first = hospital.enrols()
    caregiver = further(hospital, PhoneKind.CAREGIVER, Told.ALARMS)
    caregiver.replies("he has a fever of 39")
    assert hospital.the_escalation().reasons[0] == "FEVER"
    assert (first.told(), caregiver.told()) == ([], ["emergency_now"])
    hospital.move(minutes=1)
    first.replies("39.4, shaking")
    assert caregiver.last_text.startswith("For the person you care for: ")
    assert caregiver.told() == ["emergency_now", "emergency_now"]


def test_a_caregiver_is_told_nothing_that_was_not_agreed(hospital: Hospital) -> None:
    first = hospital.enrols(arm="rfa")
    caregiver = further(hospital, PhoneKind.CAREGIVER)
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    first.replies("39.4")
    hospital.nurse.replies("1")
    hospital.move(days=1, hours=6)
    assert "question.temperature" in first.told()
    assert caregiver.messages() == []


def test_a_caregiver_who_writes_stop_is_left_alone_and_the_participant_is_not(hospital: Hospital) -> None:
    hospital.enrols()
    caregiver = further(hospital, PhoneKind.CAREGIVER, Told.ALARMS)
    caregiver.replies("STOP")
    assert hospital.participant().opted_out_at is None
    assert caregiver.told() == ["opted_out"]
    assert hospital.the_escalation().reasons == ["OPTED_OUT"]
    with hospital.session() as session:
        assert session.scalars(select(ParticipantPhone)).one().removed_because == "opted_out"


def test_from_a_phone_that_was_taken_off_it_is_a_stranger(hospital: Hospital) -> None:
    hospital.enrols()
    caregiver = further(hospital, PhoneKind.CAREGIVER)
    with hospital.changing() as (session, participant):
        phone = session.scalars(select(ParticipantPhone)).one()
        remove_phone(session, participant, phone, "by_staff", hospital.clock.now(), "nurse-li")
    caregiver.replies("39.2")
    assert "UNKNOWN_SENDER" in hospital.the_escalation().reasons


@pytest.mark.parametrize(
    "text", ["Wrong number, sorry", "You've got the wrong person. Who is this?", "你发错了，我不认识这个人", "打错电话了"]
)
def test_a_number_that_is_somebody_elses_gets_no_more_texts_and_staff_are_told(hospital: Hospital, text: str) -> None:
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.move(to=TUESDAY_AT_TEN)
    phone.replies(text)
    assert hospital.the_escalation().reasons == ["WRONG_NUMBER"]
    assert phone.told() == ["question.temperature", "wrong_number"]
    hospital.move(days=30)
    assert len(phone.told()) == 2
    phone.replies("38.9 who are you")
    assert "UNKNOWN_SENDER" in hospital.escalations()[-1].reasons


def test_with_the_right_number_the_texts_go_on(hospital: Hospital) -> None:
    old = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    old.replies("wrong number")
    change(hospital, phone="+8613911111111")
    hospital.move(to=TUESDAY_AT_TEN)
    assert "question.temperature" in Phone(hospital, "+8613911111111").told()
    assert "question.temperature" not in old.told()


def test_a_wrong_number_that_was_typed_is_not_a_wrong_phone(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.replies("38.7", "oops wrong number")
    assert hospital.participant().phone_wrong_since is None
    assert set(hospital.the_escalation().reasons) == {"FEVER", "QUESTION_FOR_TEAM"}


def test_an_alarm_from_a_wrong_number_is_an_alarm(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.replies("you have the wrong number, but my mother has a fever of 39")
    assert hospital.the_escalation().reasons[0] == "FEVER"


def change(hospital: Hospital, **values: str) -> None:
    with hospital.changing() as (session, participant):
        change_contact(
            session, participant, hospital.clock.now(), "nurse-li", study=hospital.app.extensions["study"], country="CN", **values
        )


def test_no_text_of_one_ever_goes_out_without_their_tag(hospital: Hospital) -> None:
    phone = asked(hospital)
    hospital.move(days=10)
    with hospital.session() as session:
        rows = session.scalars(select(OutboundMessage).where(OutboundMessage.state == OutboundState.DELIVERED)).all()
        assert rows
        tags = {(row.participant_id, row.body[:2]) for row in rows if row.participant_id}
    assert sorted(tag for _, tag in tags) == ["A:", "B:"]
    assert phone.received()
