"""A page by e-mail: what the server says is told honestly, and the message holds nothing but the words; tried on a local server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from uuid import UUID

import pytest

from followup_service.config import SmsGateway
from followup_service.messaging.gateways import make_page_gateways, smtp
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.outbound_message import AttemptState
from followup_service.protocol.paging_clock import Channel
from tests.conftest import make_config

WORDS = "危急 PKU-001，编号1。请查看手机上的呼叫短信，并在手机上回复。"
ATTEMPT = UUID(int=7)


class MailServer(ThreadingTCPServer):
    """Answers each command with what `says` has for it, else with yes; `hangs_up_at` ends the connection without a word."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.says: dict[str, str] = {}
        self.hangs_up_at = ""
        self.mails: list[bytes] = []
        self.heard: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Session(StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 mail.example.org")
        while line := self.rfile.readline():
            command = line.decode().strip()
            self.server.heard.append(command)
            verb = command.split()[0].upper()
            if verb == self.server.hangs_up_at:
                return
            if verb == "DATA" and "DATA" not in self.server.says:
                self._say("354 go on")
                self.server.mails.append(self._mail())
                if self.server.hangs_up_at == "END":
                    return
                self._say(self.server.says.get("END", "250 taken"))
            else:
                self._say(self.server.says.get(verb, "250-mail.example.org\r\n250 AUTH PLAIN" if verb == "EHLO" else "250 yes"))

    def _mail(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    monkeypatch.setattr(smtp, "SECONDS_TO_ANSWER", 1.0)
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


def page(address: str) -> SendResult:
    config = replace(
        make_config("sqlite://", Path("instance")), sms_gateway=SmsGateway.TWILIO, smtp_url=address, email_from="alarms@hospital.example"
    )
    gateway = make_page_gateways(config)[Channel.EMAIL]
    return gateway.page(to="zhou@hospital.example", words=WORDS, language="zh_Hans", attempt_id=ATTEMPT)


def test_what_was_taken_holds_the_words_and_no_more(server: MailServer) -> None:
    assert page(f"smtp://127.0.0.1:{server.port}") == SendResult(AttemptState.ACCEPTED, f"mail-{ATTEMPT.hex}", "sent")
    (mail,) = server.mails
    message = message_from_bytes(mail, policy=default)
    assert isinstance(message, EmailMessage)
    assert (message["From"], message["To"], message["Subject"]) == ("alarms@hospital.example", "zhou@hospital.example", WORDS)
    assert (message["Message-ID"], message["Auto-Submitted"]) == (f"<{ATTEMPT.hex}@hospital.example>", "auto-generated")
    assert message.get_content().strip() == WORDS
    assert not list(message.iter_attachments())


def test_who_needs_a_password_gives_it(server: MailServer) -> None:
    server.says["AUTH"] = "235 welcome"
    assert page(f"smtp://alarms:p%40ss@127.0.0.1:{server.port}").outcome is AttemptState.ACCEPTED
    assert any(command.startswith("AUTH PLAIN") for command in server.heard)


@pytest.mark.parametrize(
    ("verb", "answer", "outcome", "code"),
    [
        ("RCPT", "550 no such user", AttemptState.REFUSED, "smtp_550"),
        ("RCPT", "450 try later", AttemptState.NEVER_LEFT, "smtp_450"),
        ("MAIL", "553 not from you", AttemptState.REFUSED, "smtp_553"),
        ("END", "554 refused", AttemptState.REFUSED, "smtp_554"),
        ("AUTH", "535 wrong password", AttemptState.REFUSED, "smtp_535"),
    ],
)
def test_what_the_server_refuses_did_not_leave(server: MailServer, verb: str, answer: str, outcome: AttemptState, code: str) -> None:
    server.says[verb] = answer
    assert page(f"smtp://alarms:secret@127.0.0.1:{server.port}" if verb == "AUTH" else f"smtp://127.0.0.1:{server.port}") == SendResult(
        outcome, error_code=code
    )


def test_a_connection_that_breaks_after_the_message_is_told_as_unknown(server: MailServer) -> None:
    server.hangs_up_at = "END"
    assert page(f"smtp://127.0.0.1:{server.port}") == SendResult(AttemptState.UNKNOWN, error_code="SMTPServerDisconnected")


def test_a_server_that_is_not_there_was_given_nothing() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    assert page(f"smtp://127.0.0.1:{port}") == SendResult(AttemptState.NEVER_LEFT, error_code="ConnectionRefusedError")


def test_another_machine_is_spoken_to_only_encrypted(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "is_loopback", lambda host: False)
    assert page(f"smtp://127.0.0.1:{server.port}").outcome is AttemptState.NEVER_LEFT
    assert not any(command.startswith(("MAIL", "AUTH")) for command in server.heard)
