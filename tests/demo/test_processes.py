"""Web server and worker end with the demo, and a port in use is not an error."""

import socket
import subprocess
import sys

import pytest

from followup_service.demo import environment, processes
from followup_service.demo.environment import HOST, free_port
from followup_service.demo.processes import Processes


@pytest.fixture
def sleepers(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> Processes:
    """Two processes that would never end by themselves, in the place of the real ones."""
    monkeypatch.setattr(processes, "PROJECT", tmp_path)
    monkeypatch.setattr(processes, "LOGS", tmp_path)
    both = Processes(8000, {})
    both._commands = {"web server": ["timeit", "-n", "1", "-r", "1", "import time; time.sleep(600)"], "worker": ["this"]}
    return both


def fail_within(both: Processes) -> None:
    with both:
        raise RuntimeError("in between")


def test_both_are_stopped_when_something_fails(sleepers: Processes) -> None:
    with pytest.raises(RuntimeError, match="in between"):
        fail_within(sleepers)
    started = list(sleepers._running.values())
    assert len(started) == 2
    assert all(process.poll() is not None for process in started)


def test_one_that_ends_by_itself_is_told_with_its_log(sleepers: Processes) -> None:
    with sleepers:
        sleepers._running["worker"].wait(30)
        ended = sleepers.ended()
    assert ended is not None
    assert "The worker ended by itself (status 0); see demo-worker.log" in ended


def test_the_next_free_port_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(environment, "FIRST_PORT", port)
        assert free_port() > port


def test_the_demo_says_what_it_offers() -> None:
    told = subprocess.run([sys.executable, "-m", "followup_service.demo", "--help"], capture_output=True, text=True, check=True)
    assert "--once" in told.stdout
