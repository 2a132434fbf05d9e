"""A text that reaches us after a newer one reports what it reports, and undoes nothing."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from followup_service.escalations.escalation import EscalationState
from followup_service.messaging.inbox import ReceivedText
from followup_service.messaging.purposes import Purpose
from tests.hospital import Hospital
from tests.sending import Desk

NUMBER = "+8613800138000"
SIDS = count()


@pytest.fixture
def desk(hospital: Hospital) -> Desk:
    hospital.enrols(number=NUMBER)
    hospital.clock.move(hours=1)
    return Desk(hospital)


def found_late(desk: Desk, body: str, written_at: datetime, number: str = NUMBER) -> None:
    """The provider's list shows a text that its call never brought."""
    config = desk.hospital.app.extensions["config"]
    text = ReceivedText(config.twilio_account_sid, f"SMlate{next(SIDS)}", number, body, raw=body, texted_at=written_at)
    desk.gateway.inbox.append(text)
    desk.hospital.clock.move(minutes=6)
    desk.hospital.run_due()
    desk.hospital.run_due()
    assert desk.hospital.inbound()[-1].handled_at is not None


def told(desk: Desk) -> list[str]:
    return [message.message for message in desk.hospital.stranger(NUMBER).messages()]


def test_yesterdays_fever_is_an_alarm_also_after_todays_all_is_well(hospital: Hospital, desk: Desk) -> None:
    written_at = hospital.clock.now()
    hospital.clock.move(hours=20)
    hospital.post_inbound(NUMBER, "36.8")
    found_late(desk, "39.5", written_at)
    assert "FEVER" in hospital.the_escalation().reasons
    assert hospital.nurse.messages(Purpose.PAGE)


def test_yesterdays_all_is_well_ends_no_alarm_of_today(hospital: Hospital, desk: Desk) -> None:
    written_at = hospital.clock.now()
    hospital.clock.move(hours=20)
    hospital.post_inbound(NUMBER, "39.5")
    found_late(desk, "36.8, better now", written_at)
    assert hospital.the_escalation().state is EscalationState.OPEN
    assert hospital.the_escalation().reasons == ["FEVER"]


def test_a_stop_before_todays_start_stops_nothing(hospital: Hospital, desk: Desk) -> None:
    hospital.post_inbound(NUMBER, "STOP")
    hospital.clock.move(minutes=1)
    written_at = hospital.clock.now()
    hospital.clock.move(hours=1)
    hospital.post_inbound(NUMBER, "START")
    found_late(desk, "STOP", written_at)
    assert hospital.participant().opted_out_at is None


def test_a_start_before_todays_stop_starts_nothing(hospital: Hospital, desk: Desk) -> None:
    hospital.post_inbound(NUMBER, "STOP")
    hospital.clock.move(minutes=1)
    hospital.post_inbound(NUMBER, "START")
    written_at = hospital.clock.now()
    hospital.clock.move(hours=1)
    hospital.post_inbound(NUMBER, "STOP")
    found_late(desk, "START", written_at)
    assert hospital.participant().opted_out_at is not None


def test_a_stop_that_nothing_took_back_counts_however_late(hospital: Hospital, desk: Desk) -> None:
    written_at = hospital.clock.now()
    hospital.clock.move(hours=1)
    hospital.post_inbound(NUMBER, "36.8")
    found_late(desk, "STOP", written_at)
    assert hospital.participant().opted_out_at is not None


def test_what_was_written_before_the_question_is_no_answer_to_it(hospital: Hospital) -> None:
    phone = hospital.enrols(number=NUMBER, arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.move(to=datetime(2026, 1, 6, 2, tzinfo=UTC))
    phone.replies("36.8")
    assert phone.told()[-1] == "question.worst_pain"
    asked_at, desk = hospital.clock.now(), Desk(hospital)
    found_late(desk, "4", asked_at - timedelta(minutes=5))
    (checkin,) = [checkin for checkin in hospital.checkins() if checkin.ended_at is None]
    assert checkin.question == "worst_pain"
    found_late(desk, "4", asked_at + timedelta(minutes=5))
    assert hospital.checkins()[0].question != "worst_pain"


def test_a_nurse_takes_late_what_she_knew_of_and_not_what_came_since(hospital: Hospital, desk: Desk) -> None:
    hospital.post_inbound(NUMBER, "38.9")
    hospital.run_due()
    hospital.clock.move(minutes=1)
    written_at = hospital.clock.now()
    found_late(desk, "1", written_at, hospital.nurse.number)
    assert hospital.the_escalation().acknowledged_by == "nurse-li"
    hospital.clock.move(minutes=1)
    hospital.post_inbound(NUMBER, "40.2 and shaking chills")
    hospital.run_due()
    assert hospital.the_escalation().state is EscalationState.OPEN
    for body in ("1", "1 1", "2"):
        found_late(desk, body, written_at, hospital.nurse.number)
        assert hospital.the_escalation().state is EscalationState.OPEN
    assert hospital.nurse.messages(Purpose.STAFF_ANSWER)[-1].message == "page_none"
