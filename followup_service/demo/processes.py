"""The demo's web server and worker: child processes that end with it."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Self

from followup_service.config import PROJECT
from followup_service.demo.environment import HOST, LOGS

SECONDS_TO_STOP = 15.0


class Processes:
    """Starts both on entering and stops both on leaving, whatever happened in between.

    They run in sessions of their own: a Ctrl-C in the terminal reaches only us, and we stop them in order.
    """

    def __init__(self, port: int, environment: Mapping[str, str]) -> None:
        web = ["gunicorn", "wsgi:app", "--preload", "--worker-class", "gthread", "--threads", "8", "--bind", f"{HOST}:{port}"]
        quiet = ["--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket"]
        self._commands = {"web server": [*web, *quiet], "worker": ["flask", "--app", "wsgi", "worker"]}
        self._environment = dict(environment)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        try:
            for name, command in self._commands.items():
                self._running[name] = self._start(name, command)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def ended(self) -> str | None:
        """What is no longer running, in words; None while both are."""
        for name, process in self._running.items():
            if process.poll() is not None:
                return f"The {name} ended by itself (status {process.returncode}); see {self.log_of(name)}"
        return None

    def log_of(self, name: str) -> str:
        return str((LOGS / f"demo-{name.replace(' ', '-')}.log").relative_to(PROJECT))

    def _start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (PROJECT / self.log_of(name)).open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
                [sys.executable, "-m", *command],
                cwd=PROJECT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
