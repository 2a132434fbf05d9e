"""Launcher: a process that has read everything in and becomes web servers, workers and migrations by forking: none takes seconds to start.

What it forks is a process like any other, with a group of its own, and stays as it was when it was forked.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from followup_service.config import PROJECT
from tests.chaos.wires import enter

SECONDS_TO_END = 60.0


class Launcher:
    """`with Launcher() as launcher: ...`. Whoever comes by a file in `failpoints` does what its name says (see failpoints.py)."""

    def __enter__(self) -> Self:
        self._directory = tempfile.TemporaryDirectory(prefix="chaos-failpoints-")
        self.failpoints = Path(self._directory.name)
        variables = dict(os.environ) | {"FAILPOINT": f"in:{self.failpoints}"}
        command = [sys.executable, "-W", "ignore::UserWarning", "-m", "tests.chaos.launcher"]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
            command, cwd=PROJECT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._process:
            self._process.kill()
        self._directory.cleanup()

    def start(self, becomes: str, argument: str, environment: Mapping[str, str], log: Path, namespace: str = "") -> int:
        """The id of a new process, and of its group. It runs the function `becomes` of service.py and writes into the log."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([becomes, argument, dict(environment), str(log), namespace]) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def wait_for_end(process_id: int) -> None:
    until = time.monotonic() + SECONDS_TO_END
    while Path(f"/proc/{process_id}").exists():
        assert time.monotonic() < until, f"process {process_id} does not end"
        time.sleep(0.01)


def _main() -> None:
    from tests.chaos import service  # noqa: PLC0415 - whoever only starts a launcher need not read it in

    service.read_in()
    # Nobody waits for those who end.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        becomes, argument, environment, log, namespace = json.loads(line)
        process_id = os.fork()
        if process_id == 0:
            if namespace:
                enter(namespace)
            _become(getattr(service, becomes), argument, environment, log)
        print(process_id, flush=True)


def _become(run: Callable[[str], None], argument: str, environment: Mapping[str, str], log: str) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for descriptor, name, flags in ((0, os.devnull, os.O_RDONLY), (1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)):
        os.dup2(os.open(name, flags, 0o600), descriptor)
    os.dup2(1, 2)
    os.environ.update(environment)
    run(argument)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    _main()
