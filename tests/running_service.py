"""The service as it runs in production: a web server of several processes, and a worker, on the database of a test."""

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode

from followup_service.config import PROJECT, Config
from tests.hospital import FORM
from tests.twilio_signature import sign

SECONDS_TO_START = 30


def environment(config: Config) -> dict[str, str]:
    """The variables with which another process opens the same database with the same keys."""
    return {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")} | {
        "DATABASE_URL": config.database_url,
        "SECRET_KEY": config.secret_key,
        "FIELD_ENCRYPTION_KEYS": ",".join(base64.b64encode(key).decode() for key in config.field_encryption_keys),
        "PHONE_INDEX_KEY": base64.b64encode(config.phone_index_key).decode(),
        "PUBLIC_BASE_URL": config.public_base_url,
        "SPOOL_DIR": str(config.spool_directory),
    }


@contextmanager
def process(command: list[str], config: Config) -> Iterator[subprocess.Popen[str]]:
    """A process of the service; ended with the block if it still runs."""
    started = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", *command], cwd=PROJECT, env=environment(config), stderr=subprocess.PIPE, text=True
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait()
        if started.stderr:
            started.stderr.close()


class WebServer:
    """Gunicorn with several processes, as the provider reaches it."""

    def __init__(self, config: Config, port: int) -> None:
        self.config, self.port = config, port

    def post(self, path: str, values: dict[str, str], signed_as: str | None = None) -> int:
        """Send a signed form and return the status; `signed_as` is the path that the provider signed, if it is another."""
        signature = sign(self.config.public_base_url + (signed_as or path), values.items(), self.config.twilio_auth_tokens[0])
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, urlencode(values), {"Content-Type": FORM, "X-Twilio-Signature": signature})
            return connection.getresponse().status
        finally:
            connection.close()


@contextmanager
def web_server(config: Config, workers: int) -> Iterator[WebServer]:
    port = _free_port()
    command = [
        "gunicorn",
        "wsgi:app",
        "--preload",
        f"--workers={workers}",
        "--threads=4",
        f"--bind=127.0.0.1:{port}",
        "--graceful-timeout=1",
        "--log-level=error",
    ]
    with process(command, config) as started:
        wait_until(lambda: _answers(port), started)
        yield WebServer(config, port)
        started.terminate()
        started.wait(timeout=10)


def wait_until(condition: Callable[[], bool], started: subprocess.Popen[str], seconds: float = SECONDS_TO_START) -> None:
    """Wait for something that the process brings about; fail with its words where it ends or takes too long."""
    until = time.monotonic() + seconds
    while not condition():
        if started.poll() is not None or time.monotonic() > until:
            started.kill()
            raise AssertionError(f"it did not happen; the process said:\n{started.communicate()[1]}")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
