"""The stand-in answers Twilio's own library as Twilio would: what it keeps, lists, refuses and forgets."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from inspect import signature
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance, MessageList

from followup_service import clock
from followup_service.clock import MovableClock
from tests.twilio_stand_in.faults import Answer, Course, Fault
from tests.twilio_stand_in.provider import Account
from tests.twilio_stand_in.request_shapes import CREATE, LIST
from tests.twilio_stand_in.server import StandIn, stand_in

ACCOUNT = Account("AC" + "1" * 32, "t" * 32, ("+15005550006",))
PHONE = "+8613800138000"
EVENING = datetime(2026, 1, 5, 23, 58, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in(ACCOUNT) as server:
        yield server


class ToStandIn(TwilioHttpClient):  # type: ignore[misc]
    def __init__(self, address: str) -> None:
        super().__init__(timeout=1)
        self._address = address

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        return super().request(method, url.replace("https://api.twilio.com", self._address), *args, **kwargs)


def client(server: StandIn, token: str = ACCOUNT.token) -> Client:
    return Client(ACCOUNT.sid, token, http_client=ToStandIn(server.url))


def send(server: StandIn, body: str = "Good morning", **given: Any) -> MessageInstance:
    values = {"to": PHONE, "from_": ACCOUNT.numbers[0], "body": body} | given
    return client(server).messages.create(**values)


def code_of(server: StandIn, **given: Any) -> int | None:
    with pytest.raises(TwilioRestException) as refused:
        send(server, **given)
    return refused.value.code


def test_a_text_is_taken_shown_blacked_out_and_deleted(server: StandIn) -> None:
    sid = send(server).sid
    assert server.provider.schedule.wait_until_idle(2)
    messages = client(server).messages
    assert (messages(sid).fetch().status, messages(sid).fetch().body) == ("delivered", "Good morning")
    assert [message.body for message in server.provider.handset(PHONE)] == ["Good morning"]
    messages(sid).update(body="")
    assert messages(sid).fetch().body == ""
    assert messages(sid).delete()
    with pytest.raises(TwilioRestException):
        messages(sid).fetch()


def test_the_list_is_read_page_by_page_newest_first_while_it_grows(server: StandIn) -> None:
    sent = [send(server, body=str(number)).body for number in range(7)]
    pages = client(server).messages.stream(to=PHONE, page_size=2)
    read = [next(pages).body]
    send(server, body="meanwhile")
    read += [message.body for message in pages]
    assert read == sent[::-1]


def test_a_filter_by_date_finds_whole_days_instants_and_nothing_unsent(server: StandIn) -> None:
    moving = MovableClock(EVENING)
    with clock.use(moving):
        for body in ("23:58", "23:59", "00:00"):
            server.provider.texts(PHONE, body, reaches_us=False)
            moving.move(minutes=1)
        server.provider.course = Course(statuses=("sent",), seconds=60)
        send(server, body="not sent yet")
    ours = client(server).messages
    after = EVENING + timedelta(minutes=1)
    assert [message.body for message in ours.list(to=ACCOUNT.numbers[0], date_sent_after=after)] == ["00:00", "23:59"]
    assert [message.body for message in ours.list(date_sent="2026-01-06")] == ["00:00"]
    assert [message.body for message in ours.list(date_sent_before="2026-01-05")] == ["23:59", "23:58"]
    assert [message.body for message in ours.list(to=PHONE)] == ["not sent yet"]
    assert ours.list(to=PHONE, date_sent_after="2026-01-01") == []


def test_what_twilio_would_not_take_is_refused_with_its_code_and_noted(server: StandIn) -> None:
    assert code_of(server, body="x" * 1601) == 21617
    assert code_of(server, body="") == 21602
    assert code_of(server, to="13800138000") == 21211
    assert code_of(server, from_="+15005550099") == 21606
    assert code_of(server, status_callback="followup.example.org") == 21609
    assert code_of(server, validity_period=36001) == 20001
    assert code_of(server, status_callback="https://follow_up.example.org/") == 21609
    assert code_of(server, send_as_mms="perhaps") == 20001
    assert code_of(server, messaging_service_sid="MG1") == 20001
    assert len(server.provider.problems) == 9
    with pytest.raises(TwilioException, match="20003"):
        client(server, token="x" * 32).messages.list()


def test_the_shapes_have_every_field_that_twilios_own_library_sends() -> None:
    for method, shapes in ((MessageList.create, CREATE), (MessageList.list, LIST)):
        names = {"".join(word.capitalize() for word in name.split("_")) for name in signature(method).parameters} - {"Self", "Limit"}
        assert names - {"DateSentBefore", "DateSentAfter"} <= set(shapes)


@pytest.mark.parametrize("path", ["Messages/SM1.json", "Messages", "Media.json", "Messages/CA" + "0" * 32 + ".json"])
def test_a_path_that_twilio_does_not_have_is_not_found_and_noted(server: StandIn, path: str) -> None:
    answer = requests.get(f"{server.url}/2010-04-01/Accounts/{ACCOUNT.sid}/{path}", auth=(ACCOUNT.sid, ACCOUNT.token), timeout=5)
    assert (answer.status_code, len(server.provider.problems)) == (404, 1)


def test_a_request_whose_sender_died_before_its_end_is_none(server: StandIn) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port)) as dying:
        dying.sendall(b"POST /2010-04-01/Accounts/x/Messages.json HTTP/1.1\r\nContent-Length: 50\r\n\r\nTo=")
        dying.shutdown(socket.SHUT_WR)
        assert dying.recv(1) == b""
    assert server.provider.problems == []


def test_whoever_wrote_stop_gets_nothing_until_start(server: StandIn) -> None:
    server.provider.texts(PHONE, "Stop ", reaches_us=False)
    assert code_of(server) == 21610
    server.provider.texts(PHONE, "START", reaches_us=False)
    assert send(server).sid


@pytest.mark.parametrize("fault", [Fault(True, Answer.RESET), Fault(True, Answer.SILENCE), Fault(True, Answer.TORN)])
def test_an_answer_may_get_lost_and_the_text_arrives_all_the_same(server: StandIn, fault: Fault) -> None:
    server.provider.faults.append(fault)
    with pytest.raises((OSError, ValueError)):
        send(server)
    assert server.provider.schedule.wait_until_idle(2)
    assert len(server.provider.handset(PHONE)) == 1


@pytest.mark.parametrize("fault", [Fault(False, Answer.RESET), Fault(False, Answer.SERVER_ERROR), Fault(False, Answer.TOO_MANY)])
def test_what_was_not_taken_arrives_nowhere(server: StandIn, fault: Fault) -> None:
    server.provider.faults.append(fault)
    with pytest.raises((OSError, TwilioRestException)):
        send(server)
    assert client(server).messages.list() == []


class Receiver(ThreadingHTTPServer):
    """Answers webhooks with the next of `answers`, then with 200, and keeps their forms."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Received)
        self.forms: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Received(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:  # noqa: N802 - the name that http.server calls
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True))
        signature = self.headers["X-Twilio-Signature"]
        assert RequestValidator(ACCOUNT.token).validate(self.server.url + self.path, form, signature)
        self.server.forms.append(form)
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield receiver
        receiver.shutdown()


def test_callbacks_are_signed_and_come_twice_or_the_last_one_first(server: StandIn, receiver: Receiver) -> None:
    server.provider.courses.extend([Course(times=2), Course(statuses=("sent", "undelivered"), error_code="30005", reverse=True)])
    for _ in range(2):
        send(server, status_callback=f"{receiver.url}/sms/status?attempt=1")
        assert server.provider.schedule.wait_until_idle(2)
    said = [(form["MessageStatus"], form.get("ErrorCode")) for form in receiver.forms]
    assert sorted(said[:4]) == [("delivered", None)] * 2 + [("sent", None)] * 2
    assert sorted(said[4:]) == [("sent", None), ("undelivered", "30005")]
    assert [message.attempt for message in server.provider.sent()] == ["1", "1"]
    assert len(server.provider.handset(PHONE)) == 1


def test_a_webhook_is_tried_again_as_its_address_asks_and_then_elsewhere(server: StandIn, receiver: Receiver) -> None:
    provider = server.provider
    provider.inbound_url = f"{receiver.url}/sms/inbound#ct=2000&rt=4000&rc=3&rp=ct,rt,5xx"
    receiver.answers = [503, 503]
    provider.texts(PHONE, "39.5")
    assert provider.schedule.wait_until_idle(2)
    assert [tried.status for tried in provider.webhooks.tried] == [503, 503, 200]
    provider.inbound_url, provider.fallback_url = "http://127.0.0.1:1/sms/inbound", f"{receiver.url}/sms/inbound"
    provider.texts(PHONE, "39.5")
    assert provider.schedule.wait_until_idle(2)
    assert [tried.status for tried in provider.webhooks.tried[3:]] == [None, None, 200]
    assert provider.schedule.errors == []
    assert {form["Body"] for form in receiver.forms} == {"39.5"}
