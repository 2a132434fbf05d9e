"""What the provider or the network does is told honestly: accepted, refused, never left, or nobody knows; tried on a local server."""

import json
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from followup_service.config import SmsGateway
from followup_service.messaging.gateways import make_gateway, twilio
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.outbound_message import AttemptState
from tests.conftest import make_config

SID = "SM" + "1" * 32
CONFIG = replace(
    make_config("sqlite://", Path("instance")),
    sms_gateway=SmsGateway.TWILIO,
    twilio_account_sid="AC" + "1" * 32,
    twilio_auth_tokens=("n" * 32, "o" * 32),
    twilio_numbers=("+15005550006", "+15005550007"),
)


class Provider(ThreadingHTTPServer):
    """Answers every request with `status` and `body`, or does with the connection what `instead` says."""

    daemon_threads = True
    status, body = 201, json.dumps({"sid": SID, "status": "queued"})
    instead = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.requests: list[tuple[str, dict[str, list[str]], str]] = []
        self.released = threading.Event()


class Answer(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:  # noqa: N802 - the name that http.server calls
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.requests.append((self.path, form, self.headers.get("Authorization", "")))
        if self.server.instead == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif self.server.instead == "silence":
            self.server.released.wait(5)
            self.close_connection = True
        else:
            self._answer()

    def _answer(self) -> None:
        body = self.server.body.encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body) + (10 if self.server.instead == "torn" else 0)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with Provider() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        monkeypatch.setattr(twilio, "SECONDS_TO_ANSWER", 0.4)
        yield server
        server.released.set()
        server.shutdown()


def send(port: int, useful_for: timedelta = timedelta(hours=4)) -> SendResult:
    gateway = make_gateway(replace(CONFIG, twilio_api_url=f"http://127.0.0.1:{port}"))
    return gateway.send(
        to="+8613800138000", body="您好 €[{", callback_url="https://followup.example.org/sms/status?attempt=1", useful_for=useful_for
    )


def test_an_accepted_text_has_its_id_and_its_first_status(provider: Provider) -> None:
    assert send(provider.server_port) == SendResult(AttemptState.ACCEPTED, SID, "queued")


def test_the_request_says_what_to_whom_for_how_long_and_where_to_report(provider: Provider) -> None:
    send(provider.server_port, timedelta(hours=4))
    ((path, form, authorization),) = provider.requests
    assert path == f"/2010-04-01/Accounts/{CONFIG.twilio_account_sid}/Messages.json"
    assert form == {
        "To": ["+8613800138000"],
        "From": ["+15005550006"],
        "Body": ["您好 €[{"],
        "StatusCallback": ["https://followup.example.org/sms/status?attempt=1"],
        "ValidityPeriod": ["14400"],
    }
    assert authorization.startswith("Basic ")


@pytest.mark.parametrize(
    ("useful_for", "seconds"), [(timedelta(days=1), "36000"), (timedelta(seconds=5), "60"), (timedelta(seconds=-5), "60")]
)
def test_the_time_of_use_stays_within_what_the_provider_takes(provider: Provider, useful_for: timedelta, seconds: str) -> None:
    send(provider.server_port, useful_for)
    assert provider.requests[0][1]["ValidityPeriod"] == [seconds]


def error(code: int, status: int) -> str:
    return json.dumps({"code": code, "message": "The 'To' number +8613800138000 is wrong", "status": status})


@pytest.mark.parametrize(
    ("status", "body", "outcome", "code"),
    [
        (400, error(21211, 400), AttemptState.REFUSED, "21211"),
        (400, error(21610, 400), AttemptState.REFUSED, "21610"),
        (401, error(20003, 401), AttemptState.REFUSED, "20003"),
        (404, "not json", AttemptState.REFUSED, "404"),
        (307, "", AttemptState.REFUSED, "307"),
        (429, error(20429, 429), AttemptState.NEVER_LEFT, "20429"),
        (429, "slow down", AttemptState.NEVER_LEFT, "429"),
        (500, error(20500, 500), AttemptState.UNKNOWN, "20500"),
        (503, error(20503, 503), AttemptState.UNKNOWN, "20503"),
        (502, "<html><h1>Bad Gateway</h1></html>", AttemptState.UNKNOWN, "502"),
        (201, json.dumps({"status": "queued"}), AttemptState.UNKNOWN, "no_sid"),
        (201, json.dumps({"sid": None, "status": "queued"}), AttemptState.UNKNOWN, "no_sid"),
        (201, "{", AttemptState.UNKNOWN, "JSONDecodeError"),
        (201, "", AttemptState.UNKNOWN, "no_sid"),
        (200, "<html>", AttemptState.UNKNOWN, "JSONDecodeError"),
    ],
)
def test_each_answer_is_told_as_what_it_means(provider: Provider, status: int, body: str, outcome: AttemptState, code: str) -> None:
    provider.status, provider.body = status, body
    assert send(provider.server_port) == SendResult(outcome, error_code=code)
    assert len(provider.requests) == 1


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "17"])
def test_an_answer_of_another_shape_is_unknown(provider: Provider, body: str) -> None:
    provider.body = body
    assert send(provider.server_port).outcome is AttemptState.UNKNOWN


def test_an_accepted_text_without_a_status_is_accepted(provider: Provider) -> None:
    provider.body = json.dumps({"sid": SID})
    assert send(provider.server_port) == SendResult(AttemptState.ACCEPTED, SID)


@pytest.mark.parametrize("instead", ["reset", "silence", "torn"])
def test_a_connection_that_breaks_after_we_sent_is_unknown_and_not_tried_again(provider: Provider, instead: str) -> None:
    provider.instead = instead
    result = send(provider.server_port)
    assert result.outcome is AttemptState.UNKNOWN
    assert result.error_code is not None
    assert "+86" not in result.error_code
    assert len(provider.requests) == 1


def test_a_refused_connection_never_left() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    assert send(port).outcome is AttemptState.NEVER_LEFT


def test_nothing_is_told_to_a_server_whose_certificate_is_not_theirs(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with closing(context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)) as impostor:
        threading.Thread(target=refused_by_its_caller, args=(impostor,), daemon=True).start()
        gateway = make_gateway(replace(CONFIG, twilio_api_url=f"https://127.0.0.1:{impostor.getsockname()[1]}"))
        result = gateway.send(to="+8613800138000", body="x", callback_url="https://followup.example.org", useful_for=timedelta(hours=1))
    assert result.outcome is AttemptState.NEVER_LEFT


def refused_by_its_caller(impostor: ssl.SSLSocket) -> None:
    with suppress(OSError):
        impostor.accept()


def self_signed(directory: Path) -> tuple[Path, Path]:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "impostor")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    long_ago, far_ahead = datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)
    certificate = builder.not_valid_before(long_ago).not_valid_after(far_ahead).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    paths = directory / "certificate.pem", directory / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(pem))
    paths[1].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return paths


def test_a_server_that_cannot_be_reached_never_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener whose queue is full lets nobody connect: the time runs out before anything was sent."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as full:
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        monkeypatch.setattr(twilio, "SECONDS_TO_ANSWER", 0.3)
        assert send(full.getsockname()[1]).outcome is AttemptState.NEVER_LEFT
        for one in waiting:
            one.close()
