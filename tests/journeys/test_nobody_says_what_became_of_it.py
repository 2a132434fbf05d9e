"""The provider says once what became of a text. Where nobody answered that call, it is asked, and what it says counts all the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from followup_service.config import SmsGateway
from followup_service.messaging.delivery import ASK_AFTER, FIRST_LOOK
from followup_service.messaging.gateways import make_gateway
from followup_service.messaging.outbound_message import Attempt, OutboundState
from followup_service.messaging.purposes import Purpose
from tests.hospital import Hospital
from tests.twilio_stand_in.faults import Answer, Course, Fault
from tests.twilio_stand_in.provider import Account, Provider
from tests.twilio_stand_in.server import stand_in

NUMBER = "+8613800138000"


@pytest.fixture
def provider(hospital: Hospital) -> Iterator[Provider]:
    """Twilio, whose callbacks find nobody who answers."""
    config = hospital.app.extensions["config"]
    with stand_in(Account(config.twilio_account_sid, config.twilio_auth_tokens[0], config.twilio_numbers)) as server:
        hospital.app.extensions["sms_gateway"] = make_gateway(replace(config, sms_gateway=SmsGateway.TWILIO, twilio_api_url=server.url))
        server.provider.course = Course(reported=False)
        yield server.provider
        assert server.provider.problems == []


def fails(code: str) -> Course:
    return Course(("sent", "undelivered"), error_code=code, reported=False)


def asks(hospital: Hospital, provider: Provider, after: timedelta = ASK_AFTER[0]) -> None:
    assert provider.schedule.wait_until_idle(5)
    hospital.clock.move(seconds=after.total_seconds())
    hospital.run_due()


def to_be_asked(hospital: Hospital) -> list[Attempt]:
    with hospital.session() as session:
        return list(session.scalars(select(Attempt).where(Attempt.next_look_at.is_not(None))))


def test_a_page_that_failed_unheard_of_rings_as_soon_as_the_provider_is_asked(hospital: Hospital, provider: Provider) -> None:
    provider.course_of[hospital.nurse.number] = fails("30003")
    hospital.enrols().texts("39.2")
    assert [page.state for page in hospital.nurse.messages(Purpose.PAGE)] == [OutboundState.QUEUED]
    asks(hospital, provider, ASK_AFTER[0] - timedelta(seconds=1))
    assert hospital.nurse.calls() == []
    asks(hospital, provider, timedelta(seconds=1))
    hospital.run_due()
    assert len(hospital.nurse.calls()) == 1


def test_a_participants_text_that_failed_unheard_of_is_brought_to_the_team(hospital: Hospital, provider: Provider) -> None:
    provider.course_of[NUMBER] = fails("30005")
    hospital.enrols(number=NUMBER).texts("36.8")
    asks(hospital, provider)
    assert hospital.the_escalation().reasons == ["UNDELIVERABLE"]
    assert to_be_asked(hospital) == []


def test_what_arrived_unheard_of_is_delivered_in_our_books_and_asked_about_no_more(hospital: Hospital, provider: Provider) -> None:
    phone = hospital.enrols(number=NUMBER)
    phone.texts("36.8")
    assert [text.state for text in phone.messages()] == [OutboundState.QUEUED]
    asks(hospital, provider)
    assert [text.state for text in phone.messages()] == [OutboundState.DELIVERED]
    assert to_be_asked(hospital) == []


def test_of_whom_the_callbacks_come_nobody_asks(hospital: Hospital, provider: Provider) -> None:
    phone = hospital.enrols(number=NUMBER)
    phone.texts("36.8")
    (message,) = provider.handset(NUMBER) if provider.schedule.wait_until_idle(5) else ()
    config = hospital.app.extensions["config"]
    values = {"AccountSid": config.twilio_account_sid, "MessageSid": message.sid, "MessageStatus": "delivered"}
    assert hospital.post_signed(f"/sms/status?attempt={message.attempt}", values).status_code == 200
    assert to_be_asked(hospital) == []


def test_a_carrier_that_never_says_more_than_sent_is_asked_a_few_times_with_growing_gaps(hospital: Hospital, provider: Provider) -> None:
    provider.course_of[NUMBER] = Course(("sent",), reported=False)
    phone = hospital.enrols(number=NUMBER)
    phone.texts("36.8")
    taken_at, looks = hospital.clock.now(), []
    while to_be_asked(hospital):
        (attempt,) = to_be_asked(hospital)
        assert attempt.next_look_at is not None
        looks.append(attempt.next_look_at - taken_at)
        asks(hospital, provider, attempt.next_look_at - hospital.clock.now())
    assert tuple(looks) == ASK_AFTER
    assert [text.state for text in phone.messages()] == [OutboundState.SENT]
    assert hospital.escalations() == []


def test_a_provider_that_does_not_answer_is_asked_again_a_minute_later(hospital: Hospital, provider: Provider) -> None:
    phone = hospital.enrols(number=NUMBER)
    phone.texts("36.8")
    twilio = hospital.app.extensions["sms_gateway"]
    hospital.app.extensions["sms_gateway"] = make_gateway(
        replace(hospital.app.extensions["config"], sms_gateway=SmsGateway.TWILIO, twilio_api_url="http://127.0.0.1:9")
    )
    asks(hospital, provider)
    assert [text.state for text in phone.messages()] == [OutboundState.QUEUED]
    hospital.app.extensions["sms_gateway"] = twilio
    asks(hospital, provider, timedelta(minutes=1))
    assert [text.state for text in phone.messages()] == [OutboundState.DELIVERED]


def test_a_text_that_the_provider_has_deleted_is_asked_about_no_more(hospital: Hospital, provider: Provider) -> None:
    hospital.enrols(number=NUMBER).texts("36.8")
    (message,) = provider.sent()
    assert provider.delete(message.sid)
    asks(hospital, provider)
    assert to_be_asked(hospital) == []


def test_a_lost_answer_found_in_the_list_is_followed_to_its_end(hospital: Hospital, provider: Provider) -> None:
    """What is found is still on its way; how it ended nobody tells."""
    provider.faults.append(Fault(True, Answer.RESET))
    provider.course_of[NUMBER] = Course(("sent",), reported=False)
    phone = hospital.enrols(number=NUMBER)
    phone.texts("36.8")
    asks(hospital, provider, FIRST_LOOK)
    assert [text.state for text in phone.messages()] == [OutboundState.SENT]
    (message,) = provider.sent()
    message.status = "delivered"
    asks(hospital, provider)
    assert [text.state for text in phone.messages()] == [OutboundState.DELIVERED]
