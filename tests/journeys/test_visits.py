"""A visit from the first reminder to the day itself: by the participant's own clock, confirmed, moved, missed."""

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from followup_service.checkins.stop_followup import resume_followup
from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.change_participant import change_contact
from followup_service.participants.participant import ParticipantState
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.rule_definitions import Level
from followup_service.visits.visit import VisitState
from tests.hospital import Hospital, Phone

MONDAY = date(2026, 1, 5)
BEIJING = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def told(phone: Phone, *purposes: Purpose) -> list[tuple[str, str]]:
    """When which texts about visits arrived, in Beijing."""
    rows = [row for row in phone.messages() if row.visit_id is not None and row.state is OutboundState.DELIVERED]
    return [(f"{row.due_at.astimezone(BEIJING):%m-%d %H:%M}", row.message) for row in rows if not purposes or row.purpose in purposes]


def keys(texts: Iterable[tuple[str, str]]) -> list[str]:
    return [key for _, key in texts]


@pytest.fixture
def phone(hospital: Hospital) -> Phone:
    """Of somebody in the control arm whose first check-up is due on 5 April: quiet months but for the check-ins."""
    hospital.clock.move(to=at("2026-03-10T12:00"))
    phone = hospital.enrols()
    hospital.treats("PKU-001", "systemic", MONDAY)
    return phone


def test_a_visit_without_a_day_is_reminded_with_its_window_and_how_to_book(hospital: Hospital, phone: Phone) -> None:
    hospital.move(to=at("2026-04-05T12:00"))
    assert told(phone) == [
        ("03-22 09:00", "visit_due"),
        ("03-29 09:00", "visit_has_no_day"),
        ("04-02 09:00", "visit_is_near"),
        ("04-04 09:00", "visit_last_day"),
        ("04-05 08:00", "visit_is_now"),
    ]
    text = phone.received(Purpose.REMINDER)[0]
    assert "(check-up) is due between Sunday, March 22 and Sunday, April 19. To book a day, call 010-88196000." in text
    assert text.endswith("Do you have a day already? Reply 1 yes, 2 no, I need one.")


def test_a_booked_visit_is_reminded_with_day_time_place_and_what_to_bring(hospital: Hospital, phone: Phone) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"), preparation="Please drink only water that morning.")
    hospital.move(to=at("2026-04-07T12:00"))
    assert told(phone) == [
        ("03-24 09:00", "visit_booked"),
        ("03-31 09:00", "visit_booked"),
        ("04-04 09:00", "visit_booked"),
        ("04-06 09:00", "visit_booked_tomorrow"),
        ("04-07 08:00", "visit_booked_today"),
    ]
    assert "(check-up) is tomorrow, Tuesday, April 7, 10:30 AM, at the clinic." in phone.received(Purpose.REMINDER)[3]
    assert phone.received(Purpose.REMINDER)[0] == (
        "A reminder: your hospital visit (check-up) is on Tuesday, April 7, 10:30 AM, at the clinic. "
        "Please bring your hospital card and a list of your medicines. Please drink only water that morning. "
        "Can you come? Reply 1 yes, 2 for another day."
    )


def test_a_booking_that_is_news_is_announced_and_not_repeated_on_the_next_morning(hospital: Hospital, phone: Phone) -> None:
    hospital.clock.move(to=at("2026-03-30T15:00"))
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.move(to=at("2026-04-05T12:00"))
    assert told(phone) == [("03-30 15:00", "visit_now_booked"), ("04-04 09:00", "visit_booked")]
    first, _ = phone.received(Purpose.REMINDER)
    assert first.startswith("Your hospital visit (check-up) is booked for Tuesday, April 7, 10:30 AM, at the clinic. Please bring")
    assert first.endswith("Can you come? Reply 1 yes, 2 for another day.")


def test_who_has_a_day_of_their_own_is_not_told_to_book_one(hospital: Hospital, phone: Phone) -> None:
    hospital.move(to=at("2026-03-22T09:00"))
    phone.replies("1")
    hospital.move(to=at("2026-04-05T12:00"))
    assert told(phone, Purpose.REMINDER)[1:] == [("04-04 09:00", "visit_has_a_day")]
    assert "You told us that you have a day." in phone.received(Purpose.REMINDER)[-1]


def test_tomorrow_is_not_said_on_the_day_itself(hospital: Hospital, phone: Phone) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    with hospital.changing() as (_, participant):
        participant.contact_opens, participant.contact_closes = time(0), time(23, 59)
    hospital.move(to=at("2026-04-06T08:59"))
    hospital.app.extensions["sms_gateway"].down = True
    hospital.move(to=at("2026-04-07T00:30"))
    hospital.app.extensions["sms_gateway"].down = False
    hospital.move(to=at("2026-04-07T09:00"))
    assert "visit_booked_tomorrow" not in keys(told(phone))
    assert keys(told(phone))[-1] == "visit_booked_today"


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        ("Europe/London", ["03-24T09:00", "03-31T08:00"]),  # the clocks went forward on 29 March
        ("America/New_York", ["03-24T13:00", "03-31T13:00"]),
        ("Australia/Lord_Howe", ["03-23T22:00", "03-30T22:00"]),
    ],
)
def test_reminders_come_by_the_participants_own_clock(hospital: Hospital, zone: str, utc: list[str]) -> None:
    phone = hospital.enrols(timezone=zone)
    hospital.treats("PKU-001", "systemic", hospital.clock.now().astimezone(ZoneInfo(zone)).date())
    hospital.books("quarterly", datetime(2026, 4, 7, 12, 30, tzinfo=ZoneInfo(zone)))
    hospital.move(to=datetime(2026, 4, 1, tzinfo=ZoneInfo("UTC")))
    assert [f"{row.due_at:%m-%dT%H:%M}" for row in phone.messages(Purpose.REMINDER)] == utc


@pytest.mark.parametrize("yes", ["1", "Yes, I'll be there", "１"])
def test_who_confirms_is_thanked_and_reminded_only_once_more(hospital: Hospital, phone: Phone, yes: str) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.move(to=at("2026-03-24T09:00"))
    phone.replies(yes)
    assert phone.last_text.startswith("Thank you. We expect you on Tuesday, April 7, 10:30 AM, at the clinic.")
    assert hospital.the_visit().state is VisitState.CONFIRMED
    hospital.move(to=at("2026-04-07T12:00"))
    assert told(phone, Purpose.REMINDER) == [("03-24 09:00", "visit_booked"), ("04-06 09:00", "visit_booked_tomorrow")]
    assert "Can you come?" not in phone.received(Purpose.REMINDER)[-1]
    assert hospital.escalations() == []


@pytest.mark.parametrize("wish", ["2", "I can't come Tuesday", "Sorry, can we move the appointment to another day?"])
def test_who_cannot_come_chooses_among_the_days_that_staff_opened(hospital: Hospital, phone: Phone, wish: str) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.opens_slots(at("2026-04-08T09:00"), at("2026-04-14T14:00"), at("2026-04-30T09:00"))
    hospital.move(to=at("2026-03-31T09:30"))
    phone.replies(wish)
    assert phone.last_text == (
        "We can offer: 1 = Wednesday, April 8, 9:00 AM; 2 = Tuesday, April 14, 2:00 PM. Reply with the "
        "number of the day that suits you, or 0 if none does."
    )
    assert hospital.the_visit().booked_at == at("2026-04-07T10:30")  # the old day stands until there is a new one
    phone.replies("2")
    assert phone.last_text.startswith("Your hospital visit (check-up) is booked for Tuesday, April 14, 2:00 PM, at the clinic.")
    visit = hospital.the_visit()
    assert (visit.booked_at, visit.state) == (at("2026-04-14T14:00"), VisitState.CONFIRMED)
    assert [slot.taken for slot in hospital.slots()] == [0, 1, 0]
    assert hospital.escalations() == []
    hospital.move(to=at("2026-04-14T15:00"))
    assert told(phone, Purpose.REMINDER)[2:] == [("04-13 09:00", "visit_booked_tomorrow")]


def test_without_an_open_day_inside_the_window_a_person_calls(hospital: Hospital, phone: Phone) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.opens_slots(at("2026-05-04T09:00"))
    hospital.move(to=at("2026-03-31T09:30"))
    phone.replies("2")
    assert phone.last_text.startswith("Thank you. Somebody from the team will call you about the day.")
    assert hospital.the_escalation().reasons == ["VISIT_MOVE_ASKED"]
    assert hospital.the_escalation().level is Level.REVIEW


@pytest.mark.parametrize("answer", ["0", "Thursday would be better"])
def test_where_no_offered_day_suits_a_person_calls(hospital: Hospital, phone: Phone, answer: str) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.opens_slots(at("2026-04-08T09:00"))
    hospital.move(to=at("2026-03-31T09:30"))
    phone.replies("2", answer)
    assert "will call you" in phone.last_text
    assert "VISIT_MOVE_ASKED" in hospital.the_escalation().reasons


def test_of_two_who_want_the_last_place_one_gets_it_and_the_other_another_offer(hospital: Hospital, phone: Phone) -> None:
    other = hospital.enrols("PKU-002", "+8613800138002")
    hospital.treats("PKU-002", "systemic", MONDAY)
    for code in ("PKU-001", "PKU-002"):
        hospital.books("quarterly", at("2026-04-07T10:30"), code=code)
    hospital.opens_slots(at("2026-04-08T09:00"), at("2026-04-09T09:00"))
    hospital.move(to=at("2026-03-31T09:30"))
    for one in (phone, other):
        one.replies("2")
    for one in (phone, other):
        one.replies("1")
    assert "booked for Wednesday, April 8, 9:00 AM" in phone.last_text
    assert other.last_text.startswith("Sorry, that day was taken just now. We can offer: 1 = Thursday, April 9, 9:00 AM.")
    other.replies("1")
    assert "booked for Thursday, April 9, 9:00 AM" in other.last_text


def test_a_fever_beside_the_wish_for_another_day_is_an_alarm_first(hospital: Hospital, phone: Phone) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.move(to=at("2026-03-31T09:30"))
    phone.texts("I can't come to the appointment, I have 39.2 and chills")
    assert hospital.nurse.was_paged("emergency")


def test_attended_stops_the_reminders_at_once(hospital: Hospital, phone: Phone) -> None:
    hospital.move(to=at("2026-03-24T12:00"))
    hospital.attends("quarterly", date(2026, 3, 24))
    hospital.move(to=at("2026-05-05T12:00"))
    assert told(phone) == [("03-22 09:00", "visit_due")]
    assert hospital.escalations() == []


def test_a_missed_visit_is_asked_about_after_one_day_and_seven_and_then_staff_are_told(hospital: Hospital, phone: Phone) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.move(to=at("2026-04-16T08:59"))
    assert told(phone)[-2:] == [("04-08 09:00", "visit_was_booked"), ("04-14 09:00", "visit_not_heard")]
    assert phone.received(Purpose.REMINDER)[-2:] == [
        "Your hospital visit (check-up) was on Tuesday, April 7, 10:30 AM. Did you come? Reply 1 yes, 2 for another day.",
        "We have not heard from you yet about your hospital visit (check-up). Did you come? Reply 1 yes, 2 for another day.",
    ]
    assert hospital.the_visit().state is VisitState.MISSED
    assert hospital.escalations() == []
    hospital.move(to=at("2026-04-16T09:00"))
    assert hospital.the_escalation().reasons == ["VISIT_MISSED"]
    hospital.move(days=20)
    assert len(keys(told(phone))) == 7


def test_who_says_that_they_came_is_left_alone_and_staff_record_it(hospital: Hospital, phone: Phone) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.move(to=at("2026-04-08T09:30"))
    phone.replies("1")
    assert phone.last_text == "Thank you for telling us. The team will note your visit."
    assert hospital.the_escalation().reasons == ["VISIT_SAID_ATTENDED"]
    hospital.move(days=20)
    assert keys(told(phone))[-1] == "visit_noted"


def test_who_missed_it_gets_another_day_inside_the_window(hospital: Hospital, phone: Phone) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.opens_slots(at("2026-04-15T09:00"))
    hospital.move(to=at("2026-04-08T09:30"))
    phone.replies("2", "1")
    assert hospital.the_visit().booked_at == at("2026-04-15T09:00")
    assert hospital.escalations() == []


def test_a_window_that_ended_without_a_day_is_asked_about_after_three_days_and_seven(hospital: Hospital, phone: Phone) -> None:
    hospital.move(to=at("2026-04-29T12:00"))
    assert told(phone)[5:] == [("04-22 09:00", "visit_was_due"), ("04-26 09:00", "visit_not_heard")]
    assert hospital.the_escalation().reasons == ["VISIT_MISSED"]


def test_another_day_after_the_window_is_a_deviation_that_staff_are_warned_of(hospital: Hospital, phone: Phone) -> None:
    hospital.opens_slots(at("2026-05-04T09:00"))
    hospital.move(to=at("2026-04-22T09:30"))
    phone.replies("2")
    assert set(hospital.the_escalation().reasons) == {"VISIT_MOVE_ASKED", "VISIT_OUTSIDE_WINDOW"}


def test_a_booking_outside_the_window_is_kept_and_warned_of(hospital: Hospital, phone: Phone) -> None:
    warnings = hospital.books("quarterly", at("2026-04-21T10:30"))
    assert warnings == ("2026-04-21 is outside the window of quarterly month-3, 2026-03-22 to 2026-04-19: a deviation to document",)
    assert hospital.the_escalation().reasons == ["VISIT_OUTSIDE_WINDOW"]


def test_who_was_told_of_one_day_is_told_once_of_the_other(hospital: Hospital, phone: Phone) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.move(to=at("2026-03-24T12:00"))
    hospital.books("quarterly", at("2026-04-09T14:00"))
    hospital.run_due()
    assert phone.received(Purpose.VISIT_CHANGE) == [
        (
            "A change: your hospital visit (check-up) is now on Thursday, April 9, 2:00 PM, at the clinic, "
            "no longer on Tuesday, April 7, 10:30 AM. "
            "Please bring your hospital card and a list of your medicines."
        )
    ]
    hospital.move(days=1)
    assert len(phone.received(Purpose.VISIT_CHANGE)) == 1


def test_a_reminder_beside_the_question_of_a_check_in_asks_nothing_itself(hospital: Hospital, phone: Phone) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.treats("PKU-001", "systemic", date(2026, 4, 4), TreatmentState.PLANNED)
    hospital.move(to=at("2026-04-04T09:00"))  # since 08:00 the temperature before the treatment is asked for
    assert phone.told()[-1] == "visit_booked"
    assert "Can you come?" not in phone.last_text
    phone.replies("36.8")
    assert phone.told()[-1] == "checkin_done"
    hospital.move(to=at("2026-04-06T09:00"))
    assert "Can you come?" in phone.last_text


@pytest.mark.parametrize("state", [ParticipantState.WITHDRAWN, ParticipantState.DECEASED, ParticipantState.COMPLETED])
def test_whoever_left_the_trial_is_reminded_of_nothing(hospital: Hospital, phone: Phone, state: ParticipantState) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.move(to=at("2026-03-24T12:00"))
    hospital.ends("PKU-001", state)
    hospital.move(to=at("2026-05-07T12:00"))
    assert told(phone) == [("03-24 09:00", "visit_booked")]
    assert [escalation.reasons for escalation in hospital.escalations()] == []


def test_what_opted_out_participants_would_have_got_is_kept_with_the_reason_and_staff_hear_of_the_missed(
    hospital: Hospital, phone: Phone
) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    phone.texts("STOP")
    hospital.move(to=at("2026-04-08T12:00"))
    kept = [row for row in hospital.texts_of_visits() if row.state is OutboundState.NOT_SENT]
    assert [row.not_sent_reason for row in kept] == ["opted_out"] * 5
    assert "VISIT_MISSED" in hospital.the_escalation().reasons


def test_three_hours_of_downtime_send_each_text_once_and_five_days_nothing_stale(hospital: Hospital, phone: Phone) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.move(to=at("2026-03-31T08:59"))
    hospital.clock.move(hours=3)
    for _ in range(3):
        hospital.run_due()
    assert keys(told(phone)) == ["visit_booked"] * 2
    hospital.clock.move(to=at("2026-04-06T23:30"))  # down over the reminders of 4 and 6 April, and it is night
    hospital.run_due()
    assert len(told(phone)) == 2
    hospital.move(to=at("2026-04-07T10:00"))
    assert told(phone)[2:] == [("04-07 08:00", "visit_booked_today")]
    reasons = {row.not_sent_reason for row in hospital.texts_of_visits() if row.state is OutboundState.NOT_SENT}
    assert reasons <= {"too_late", "outside_contact_hours"}


def test_a_visit_in_the_spring_festival_is_reminded_a_week_earlier_but_for_the_day_before_and_the_morning(hospital: Hospital) -> None:
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.books("post_rfa_scan", at("2026-02-16T10:00"))
    hospital.clock.move(to=at("2026-01-25T12:00"))
    hospital.move(to=at("2026-02-16T09:00"))
    days = [day for day, _ in told(phone)]
    assert days == ["01-26 09:00", "02-02 09:00", "02-06 09:00", "02-15 09:00", "02-16 08:00"]


def test_the_plan_closes_with_one_text_on_the_morning_after_the_study(hospital: Hospital, phone: Phone) -> None:
    hospital.clock.move(to=at("2026-12-31T23:00"))
    hospital.move(to=at("2027-01-03T12:00"))
    assert [(row.message, f"{row.due_at.astimezone(BEIJING):%m-%d %H:%M}") for row in phone.messages(Purpose.CLOSING)] == [
        ("closing", "01-01 08:00")
    ]
    phone.texts("39.5")
    assert hospital.nurse.was_paged("emergency")


def test_after_the_closing_text_nothing_is_asked_about_a_last_visit_but_staff_hear_of_it(hospital: Hospital) -> None:
    hospital.clock.move(to=at("2026-12-10T12:00"))
    phone = hospital.enrols()
    hospital.treats("PKU-001", "systemic", date(2025, 12, 20))
    hospital.move(to=at("2027-01-20T12:00"))
    assert "is due between Sunday, December 6 and Thursday, December 31." in phone.received(Purpose.REMINDER)[0]
    assert phone.told()[-1] == "closing"
    assert "VISIT_MISSED" in hospital.the_escalation().reasons


def test_idle_means_idle(hospital: Hospital, phone: Phone) -> None:
    hospital.run_due()
    before = hospital.participant()
    hospital.clock.move(minutes=5)
    hospital.run_due()
    assert hospital.participant().next_visit_at == before.next_visit_at == at("2026-03-21T09:00")


def test_blood_tests_before_an_ablation_that_took_place_are_not_asked_about(hospital: Hospital) -> None:
    hospital.clock.move(to=at("2026-03-10T12:00"))
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 3, 23), TreatmentState.PLANNED)
    hospital.move(to=at("2026-03-23T12:00"))
    hospital.treats("PKU-001", "rfa", date(2026, 3, 23))
    hospital.move(to=at("2026-04-05T12:00"))
    assert "visit_was_due" not in keys(told(phone))
    assert not any("VISIT_MISSED" in escalation.reasons for escalation in hospital.escalations())


def test_who_was_lost_and_is_found_again_is_reminded_again(hospital: Hospital, phone: Phone) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.move(to=at("2026-03-24T12:00"))
    hospital.ends("PKU-001", ParticipantState.LOST)
    hospital.move(to=at("2026-04-01T12:00"))
    with hospital.changing() as (session, participant):
        resume_followup(session, participant, hospital.clock.now(), "tests", "rang us", study=hospital.app.extensions["study"])
    hospital.move(to=at("2026-04-07T12:00"))
    assert [day for day, _ in told(phone)] == ["03-24 09:00", "04-04 09:00", "04-06 09:00", "04-07 08:00"]


@pytest.mark.parametrize(
    ("zone", "when", "due"),
    [
        ("Europe/London", "2026-03-31T08:00", "2026-03-31T16:00"),  # westward: the same morning, there
        ("Pacific/Auckland", "2026-03-31T08:00", "2026-03-31T08:00"),  # eastward: 13:00 there, so at once
        ("Europe/London", "2026-03-31T10:00", "2026-04-04T16:00"),  # sent this morning already: not again
    ],
)
def test_who_travels_is_reminded_by_the_new_clock_each_once(hospital: Hospital, phone: Phone, zone: str, when: str, due: str) -> None:
    hospital.books("quarterly", at("2026-04-07T10:30"))
    hospital.move(to=at(when))
    sent = len(told(phone))
    with hospital.changing() as (session, participant):
        change_contact(session, participant, hospital.clock.now(), "tests", study=hospital.app.extensions["study"], timezone=zone)
    hospital.move(to=at(due))
    assert len(told(phone)) == sent + 1
    reminders = [row.dedupe_key for row in hospital.texts_of_visits() if row.purpose is Purpose.REMINDER]
    assert len(set(reminders)) == len(reminders)
