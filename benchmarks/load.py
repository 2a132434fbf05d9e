"""A load of signed webhooks over kept-alive loopback connections; runs as a process of its own, so that it shares no interpreter lock."""

import socket
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from urllib.parse import urlencode
from uuid import uuid4

from twilio.request_validator import RequestValidator

CONNECTIONS = 8


def signed_request(account: str, token: str, number: str, port: int, from_phone: str, body: str) -> bytes:
    """One inbound text as the bytes of an HTTP request, signed as the provider signs it."""
    form = {"AccountSid": account, "MessageSid": f"SM{uuid4().hex}", "From": from_phone, "To": number, "Body": body, "NumMedia": "0"}
    signature = RequestValidator(token).compute_signature(f"http://127.0.0.1:{port}/sms/inbound", form)
    content = urlencode(form).encode()
    head = (
        f"POST /sms/inbound HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Twilio-Signature: {signature}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def requests_a_second(port: int, requests: list[bytes], warm_up: int = 200) -> float:
    """Send all, the first ones uncounted, and return how many a second were answered with 200."""
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(_run, port, requests, warm_up).result()


def _run(port: int, requests: list[bytes], warm_up: int) -> float:
    _send_all(port, requests[:warm_up])
    counted = requests[warm_up:]
    started = time.perf_counter()
    _send_all(port, counted)
    return len(counted) / (time.perf_counter() - started)


def _send_all(port: int, requests: list[bytes]) -> None:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda start: _send(port, requests[start::CONNECTIONS]), range(CONNECTIONS)))


def _send(port: int, requests: list[bytes]) -> None:
    connection: socket.socket | None = None
    for request in requests:
        if connection is None:
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request)
        answer = _read_answer(connection)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"answered {answer[:120]!r}")
        if b"connection: close" in answer.lower():
            connection.close()
            connection = None
    if connection is not None:
        connection.close()


def _read_answer(connection: socket.socket) -> bytes:
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _receive(connection)
    head, _, content = answer.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
    while len(content) < length:
        content += _receive(connection)
    return head + b"\r\n\r\n" + content


def _receive(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data
