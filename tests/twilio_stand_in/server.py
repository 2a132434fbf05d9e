"""The HTTP side of the stand-in: `with stand_in(account) as server: ...` listens on a loopback port until the block ends."""

import base64
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.twilio_stand_in.call import Call
from tests.twilio_stand_in.faults import Answer
from tests.twilio_stand_in.message import Message
from tests.twilio_stand_in.provider import Account, Outcome, Provider
from tests.twilio_stand_in.request_shapes import FORM, UNKNOWN_PARAMETER, problem_of_list, problem_of_path
from tests.twilio_stand_in.schedule import Schedule

RETRY_AFTER_SECONDS = 1
LONGEST_SILENCE = 30.0
NOT_FOUND = "20404"
STATUS_OF_CODE = {"20003": 401, "20404": 404, "20429": 429, "20500": 500, "20503": 503}


class StandIn(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, provider: Provider, address: tuple[str, int]) -> None:
        super().__init__(address, _Request)
        self.provider = provider
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that was killed leaves its connection broken: that is what this is for."""


@contextmanager
def stand_in(account: Account, port: int = 0) -> Iterator[StandIn]:
    with Schedule() as schedule, StandIn(Provider(account, schedule), ("127.0.0.1", port)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()


class _Request(BaseHTTPRequestHandler):
    server: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:  # noqa: N802 - the name that http.server calls
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            # Whoever called died between head and body: no request came about.
            self.close_connection = True
            return
        if not self._is_authorised():
            return
        if self.headers.get_content_type() != FORM:
            self.server.provider.problems.append((UNKNOWN_PARAMETER, "the body is no form"))
            self._refuse(UNKNOWN_PARAMETER, "the body is no form")
            return
        form = parse_qs(body.decode(), keep_blank_values=True)
        sid = self._sid()
        if sid is None and self._is_about_calls():
            self._answer_create(self.server.provider.call(form))
        elif sid is None:
            self._answer_create(self.server.provider.create(form))
        elif self._is_about_calls():
            self._change_call(sid, form)
        elif form == {"Body": [""]}:
            self._answer_message(self.server.provider.redact(sid))
        else:
            self._refuse("20001", "only the body can be redacted")

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        if not self._is_authorised():
            return
        sid = self._sid()
        if sid is None:
            self._answer_list()
        else:
            self._answer_message(self.server.provider.fetch(sid))

    def do_DELETE(self) -> None:  # noqa: N802 - the name that http.server calls
        if self._is_authorised():
            found = self.server.provider.delete(self._sid() or "")
            self._send(204, b"") if found else self._refuse(NOT_FOUND, "no such message")

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _sid(self) -> str | None:
        """The message that the path names; None for the list of all."""
        name = urlsplit(self.path).path.removesuffix(".json").rpartition("/")[2]
        return None if name in ("Messages", "Calls") else name

    def _is_about_calls(self) -> bool:
        return "/Calls" in urlsplit(self.path).path

    def _change_call(self, sid: str, form: dict[str, list[str]]) -> None:
        status = form.get("Status", [""])[0]
        if set(form) != {"Status"} or status not in ("canceled", "completed"):
            self._refuse("21218", "Status is canceled or completed")
            return
        call = self.server.provider.change_call(sid, status)
        self._send(200, json.dumps(call.as_json()).encode()) if call else self._refuse(NOT_FOUND, "no such call")

    def _is_authorised(self) -> bool:
        account = self.server.provider.account
        expected = base64.b64encode(f"{account.sid}:{account.token}".encode()).decode()
        path = urlsplit(self.path).path
        if self.headers.get("Authorization") != f"Basic {expected}":
            self._refuse("20003", "Authenticate")
        elif (problem := problem_of_path(path, account.sid)) is not None:
            self.server.provider.problems.append(problem)
            self._refuse(*problem)
        else:
            return True
        return False

    def _answer_create(self, outcome: Outcome) -> None:
        fault = outcome.fault
        self.server.ended.wait(fault.seconds + self.server.provider.seconds_to_answer)
        if outcome.problem is not None:
            self._refuse(*outcome.problem)
        elif fault.answer is Answer.RESET:
            self._reset()
        elif fault.answer is Answer.SILENCE:
            self.server.ended.wait(LONGEST_SILENCE)
            self._reset()
        elif fault.answer is Answer.SERVER_ERROR:
            self._refuse("20500", "An internal server error has occurred")
        elif fault.answer is Answer.BAD_GATEWAY:
            self._send(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
        elif fault.answer is Answer.TOO_MANY:
            self._refuse("20429", "Too Many Requests", {"Retry-After": str(RETRY_AFTER_SECONDS)})
        elif outcome.message is not None:
            self._send(201, _created(outcome.message, fault.answer))

    def _answer_message(self, message: Message | None) -> None:
        if message is None:
            self._refuse(NOT_FOUND, "no such message")
        else:
            self._send(200, json.dumps(message.as_json()).encode())

    def _answer_list(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        problem = problem_of_list(query)
        if problem is not None:
            self.server.provider.problems.append(problem)
            self._refuse(*problem)
            return
        filters = {name: values[0] for name, values in query.items()}
        size, token = int(filters.get("PageSize", "50")), filters.get("PageToken")
        found = self.server.provider.listed(filters)
        if token is not None:
            # A page begins after the last message of the one before, however many came since.
            after = [message.sid for message in found].index(token.removeprefix("PA")) + 1
            found = found[after:]
        page, number = found[:size], int(filters.get("Page", "0"))
        next_page = filters | {"Page": str(number + 1), "PageSize": str(size), "PageToken": f"PA{page[-1].sid}"} if found[size:] else None
        content = {
            "messages": [message.as_json() for message in page],
            "page": number,
            "page_size": size,
            "start": number * size,
            "end": number * size + max(len(page) - 1, 0),
            "uri": self.path,
            "first_page_uri": self.path,
            "previous_page_uri": None,
            "next_page_uri": f"{url.path}?{urlencode(next_page)}" if next_page else None,
        }
        self._send(200, json.dumps(content).encode())

    def _refuse(self, code: str, words: str, headers: dict[str, str] | None = None) -> None:
        status = STATUS_OF_CODE.get(code, 400)
        content = {"code": int(code), "message": words, "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
        self._send(status, json.dumps(content).encode(), headers=headers)

    def _reset(self) -> None:
        """End the connection without a word."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, status: int, content: bytes, kind: str = "application/json", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(content))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()


def _created(message: Message | Call, answer: Answer) -> bytes:
    content = message.as_json()
    if answer is Answer.NO_SID:
        del content["sid"]
    written = json.dumps(content).encode()
    return written[: len(written) // 2] if answer is Answer.TORN else written
