"""Hosts with networks of their own: who is cut off notices, who dies unheard keeps nobody waiting, and nothing is left behind.

Where we may have no namespaces, as without root, hosts are groups of processes: then it says why, and a host can be killed only.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from followup_service.config import PROJECT
from tests.chaos.databases import Database, PostgresDatabase, database
from tests.chaos.wires import INSIDE, Wires, left_behind, namespace, wired

SECONDS_TO_NOTICE = 8.0
# A run that starts something on its host and dies.
DIES = """
import os, signal, subprocess
from tests.chaos.wires import enter, namespace, wired
with wired(1) as wires:
    if wires is not None:
        enter(namespace(1))
        started = subprocess.Popen(["sleep", "60"])
        print(started.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
# Takes a lock, asks the database something when it is told to, and says after how many seconds it heard that it is away; then the same of
# its coming back.
ASKS = """
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from followup_service import database
from tests.chaos.wires import enter
from tests.conftest import make_config

url, statement, name = sys.argv[1:]
if name:
    enter(name)
database.SECONDS_OF_SILENCE = 2
engine = create_engine(url, **database.engine_options(make_config(url, Path())))
database.prepare(engine)
with engine.connect() as connection:
    connection.execute(text("SELECT pg_advisory_xact_lock(1)"))
    print("has it", flush=True)
    sys.stdin.readline()
    began = monotonic()
    try:
        connection.execute(text(statement))
    except OperationalError:
        print(monotonic() - began, flush=True)
sys.stdin.readline()
began = monotonic()
while True:
    with suppress(OperationalError), engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        print(monotonic() - began, flush=True)
        break
"""


class Asking:
    """A process on host 1, with a lock that others wait for."""

    def __init__(self, one: Database, statement: str, wires: Wires | None) -> None:
        name = namespace(1) if wires is not None else ""
        command = [sys.executable, "-c", ASKS, one.url_for_hosts, statement, name]
        self.process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert self.said() == "has it"

    def said(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def told_to_go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()


@contextmanager
def asking(one: Database, statement: str, wires: Wires | None) -> Iterator[Asking]:
    started = Asking(one, statement, wires)
    with started.process:
        yield started
        started.process.kill()


def seconds_until_the_lock_is_free(one: Database) -> float:
    url = make_url(one.url).set(drivername="postgresql").render_as_string(hide_password=False)
    began = time.monotonic()
    with psycopg.connect(url) as connection:
        connection.execute("SET lock_timeout = '60s'")
        connection.execute("SELECT pg_advisory_xact_lock(1)")
    return time.monotonic() - began


@pytest.mark.parametrize(("statement", "asks_first"), [("SELECT 1", False), ("SELECT pg_sleep(1)", True)])
def test_a_host_that_is_cut_off_from_the_database_notices_and_keeps_its_rows_from_nobody(statement: str, asks_first: bool) -> None:
    with wired(1) as wires, database(PostgresDatabase.name, wires) as (one, _), asking(one, statement, wires) as host:
        if asks_first:
            host.told_to_go_on()
            time.sleep(0.5)
        if wires is None:
            host.process.kill()
        else:
            wires.cut(1, INSIDE)
            if not asks_first:
                host.told_to_go_on()
        assert seconds_until_the_lock_is_free(one) < SECONDS_TO_NOTICE
        if wires is not None:
            assert float(host.said()) < SECONDS_TO_NOTICE
            wires.mend(1)
            host.told_to_go_on()
            assert float(host.said()) < SECONDS_TO_NOTICE


def test_nothing_is_left_behind() -> None:
    with wired(2) as wires:
        made = left_behind(os.getpid())
        # Two namespaces, two bridges, and two cables for each host; or nothing at all.
        assert len(made) == (0 if wires is None else 8)
    assert left_behind(os.getpid()) == []


def test_what_a_run_left_that_died_goes_with_the_next_one() -> None:
    died = subprocess.Popen([sys.executable, "-c", DIES], cwd=PROJECT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own words
    with died:
        assert died.stdout is not None
        lives_on = died.stdout.readline().strip()
    with wired(1) as wires:
        assert (wires is not None) == bool(lives_on)
        assert left_behind(died.pid) == []
    if lives_on:
        until = time.monotonic() + SECONDS_TO_NOTICE
        while Path(f"/proc/{lives_on}/cwd").exists():
            assert time.monotonic() < until, "a process of the run that died lives on"
            time.sleep(0.05)


def test_whoever_may_not_have_them_is_told_so_and_gets_processes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    with wired(2) as wires:
        assert wires is None
    assert "groups of processes and no network namespaces: that needs" in capsys.readouterr().err
    assert left_behind(os.getpid()) == []
