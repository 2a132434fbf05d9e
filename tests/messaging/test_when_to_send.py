"""What nobody asked for goes out by day, by the participant's own hours, and so often a day; what is held up is kept with its reason."""

from datetime import UTC, datetime, time, timedelta

import pytest

from followup_service.errors import Refused
from followup_service.jobs.send_outbox import send_all_due
from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.change_participant import set_contact_hours
from followup_service.participants.treatment import TreatmentState
from tests.hospital import Hospital
from tests.sending import Desk

A_DAY = 6  # unasked_texts_a_day


@pytest.fixture
def desk(hospital: Hospital) -> Desk:
    hospital.enrols()
    return Desk(hospital)


def agrees(hospital: Hospital, opens: time | None, closes: time | None) -> None:
    with hospital.changing() as (session, participant):
        study = hospital.app.extensions["study"]
        set_contact_hours(session, participant, opens, closes, hospital.clock.now(), "nurse-li", study=study)


def test_so_many_a_day_and_the_rest_the_next_morning(hospital: Hospital, desk: Desk) -> None:
    texts = [desk.queues(Purpose.QUESTION, useful_until=hospital.clock.now() + timedelta(days=2)) for _ in range(A_DAY + 2)]
    hospital.move(hours=12)
    assert len(desk.gateway.calls) == A_DAY
    hospital.move(to=datetime(2026, 1, 6, 0, tzinfo=UTC))  # eight in Beijing
    assert len(desk.gateway.calls) == A_DAY + 2
    assert {desk.text(text).state for text in texts} == {OutboundState.QUEUED}


def test_what_is_of_no_use_tomorrow_is_kept_as_not_sent_for_the_daily_limit(hospital: Hospital, desk: Desk) -> None:
    texts = [desk.queues(Purpose.QUESTION) for _ in range(A_DAY + 1)]
    send_all_due(hospital.app)
    assert (desk.text(texts[-1]).state, desk.text(texts[-1]).not_sent_reason) == (OutboundState.NOT_SENT, "daily_limit")


def test_answers_and_alarms_do_not_count_and_are_not_held_back(hospital: Hospital, desk: Desk) -> None:
    for _ in range(A_DAY):
        desk.queues(Purpose.ANSWER)
        desk.queues(Purpose.QUESTION)
    desk.queues(Purpose.ALARM_ANSWER, "emergency_now")
    send_all_due(hospital.app)
    assert len(desk.gateway.calls) == 2 * A_DAY + 1


def test_a_question_of_the_evening_that_is_of_no_use_in_the_morning_says_why(hospital: Hospital, desk: Desk) -> None:
    hospital.clock.move(to=datetime(2026, 1, 5, 12, 30, tzinfo=UTC))  # half past eight in the evening
    text = desk.queues(Purpose.QUESTION)
    send_all_due(hospital.app)
    assert desk.text(text).not_sent_reason == "outside_contact_hours"
    assert desk.gateway.calls == []


def test_the_provider_gives_up_a_question_before_the_night(hospital: Hospital, desk: Desk) -> None:
    hospital.clock.move(to=datetime(2026, 1, 5, 11, 45, tzinfo=UTC))
    desk.queues(Purpose.QUESTION)
    desk.queues(Purpose.ALARM_ANSWER, "emergency_now")
    send_all_due(hospital.app)
    assert [call.useful_for for call in desk.gateway.calls] == [timedelta(hours=4), timedelta(minutes=15)]


def test_hours_agreed_with_a_participant_hold_for_them(hospital: Hospital, desk: Desk) -> None:
    agrees(hospital, time(13), time(17))
    text = desk.queues(Purpose.QUESTION)
    send_all_due(hospital.app)
    assert (desk.text(text).state, desk.text(text).due_at) == (OutboundState.CREATED, datetime(2026, 1, 5, 5, tzinfo=UTC))
    hospital.move(to=datetime(2026, 1, 5, 5, tzinfo=UTC))
    assert len(desk.gateway.calls) == 1
    assert [event.detail for event in hospital.events("contact_hours_changed")] == [{"hours": "13:00-17:00"}]
    agrees(hospital, None, None)
    assert hospital.participant().contact_opens is None


def test_an_evening_question_comes_an_hour_before_hours_that_close_early(hospital: Hospital) -> None:
    phone = hospital.enrols(arm="rfa")
    agrees(hospital, time(9), time(17))
    hospital.treats("PKU-001", "rfa", hospital.clock.now().date() + timedelta(days=2), state=TreatmentState.PLANNED)
    hospital.move(to=datetime(2026, 1, 6, 7, 59, tzinfo=UTC))
    assert "question.temperature" not in phone.told()
    hospital.move(minutes=1)  # four in the afternoon
    assert phone.told()[-1] == "question.temperature"


@pytest.mark.parametrize(("opens", "closes"), [(time(5), time(20)), (time(9), time(23)), (time(9), time(10)), (time(18), time(9))])
def test_hours_that_reach_into_the_night_are_refused(hospital: Hospital, opens: time, closes: time) -> None:
    hospital.enrols()
    with pytest.raises(Refused, match="write hours between 06:00 and 22:00"):
        agrees(hospital, opens, closes)
