"""A call to staff through Twilio: what is asked of it, in every language, and what becomes of the request, told honestly."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from followup_service.config import SmsGateway
from followup_service.messaging.gateways import make_page_gateways
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.gateways.spoken import VOICES, say_and_hang_up
from followup_service.messaging.outbound_message import AttemptState
from followup_service.protocol.load_study import load_study
from followup_service.protocol.paging_clock import Channel
from tests.conftest import make_config
from tests.twilio_stand_in.call import problem_of_twiml
from tests.twilio_stand_in.faults import FAULTS, Answer, Fault
from tests.twilio_stand_in.provider import Account
from tests.twilio_stand_in.server import StandIn, stand_in

NUMBER = "+15005550006"
CONFIG = replace(
    make_config("sqlite://", Path("instance")),
    sms_gateway=SmsGateway.TWILIO,
    twilio_account_sid="AC" + "1" * 32,
    twilio_auth_tokens=("n" * 32,),
    twilio_numbers=(NUMBER,),
    twilio_voice_number=NUMBER,
)
ATTEMPT = UUID(int=7)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in(Account(CONFIG.twilio_account_sid, CONFIG.twilio_auth_tokens[0], CONFIG.twilio_numbers)) as server:
        yield server


def page(url: str, words: str = "EMERGENCY & <none>", language: str = "en") -> SendResult:
    calls = make_page_gateways(replace(CONFIG, twilio_api_url=url))[Channel.VOICE]
    return calls.page(to="+8613900000001", words=words, language=language, attempt_id=ATTEMPT)


def test_a_call_says_the_words_and_where_the_key_and_the_status_go(server: StandIn) -> None:
    result = page(server.url)
    (call,) = server.provider.phone_calls
    assert result == SendResult(AttemptState.ACCEPTED, call.sid, "queued")
    assert (call.to, call.from_, call.said) == ("+8613900000001", NUMBER, "EMERGENCY & <none>")
    assert call.answer_url == f"https://followup.example.org/voice/answer?attempt={ATTEMPT.hex}&language=en"
    assert call.callback_url == f"https://followup.example.org/voice/status?attempt={ATTEMPT.hex}"


@pytest.mark.parametrize("language", load_study("NCT06609434").languages)
def test_there_is_a_voice_for_every_language_of_the_study(server: StandIn, language: str) -> None:
    assert page(server.url, "…", language).outcome is AttemptState.ACCEPTED
    assert server.provider.problems == []
    assert problem_of_twiml(say_and_hang_up("…", language)) is None
    assert language in VOICES


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (FAULTS["429"], AttemptState.NEVER_LEFT),
        (FAULTS["500 after acceptance"], AttemptState.UNKNOWN),
        (FAULTS["dropped after acceptance"], AttemptState.UNKNOWN),
        (FAULTS["201 without sid"], AttemptState.UNKNOWN),
        (Fault(False, Answer.REFUSED, code="21215"), AttemptState.REFUSED),
    ],
)
def test_what_the_provider_does_is_told_as_of_a_text(server: StandIn, fault: Fault, outcome: AttemptState) -> None:
    server.provider.faults.append(fault)
    assert page(server.url).outcome is outcome


@pytest.mark.parametrize(("status", "ends"), [("queued", True), ("ringing", True), ("in-progress", False)])
def test_what_rings_is_taken_back_and_who_has_picked_up_hears_it_to_its_end(server: StandIn, status: str, ends: bool) -> None:
    page(server.url)
    (call,) = server.provider.phone_calls
    call.status = status
    calls = make_page_gateways(replace(CONFIG, twilio_api_url=server.url))[Channel.VOICE]
    assert calls.take_back(call.sid) is ends
    assert call.status == ("canceled" if ends else status)
    assert calls.take_back("CA" + "0" * 32) is False


def test_nobody_is_called_from_a_number_that_is_not_there() -> None:
    assert make_page_gateways(replace(CONFIG, twilio_voice_number="")) == {}
