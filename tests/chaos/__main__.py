"""Runs rounds of trials until the time is over or there were enough, and prints the table."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.chaos.break_service import BROKEN, BROKEN_LIKE
from tests.chaos.databases import PostgresDatabase, SqliteDatabase, database
from tests.chaos.hospital_in_traffic import SPEED, HospitalInTraffic
from tests.chaos.launcher import Launcher
from tests.chaos.oracles import SECONDS_TO_SETTLE, Findings, judge
from tests.chaos.trials import SECONDS_TO_COME_BY, without_end
from tests.chaos.wires import Wires, wired

SECONDS_OF_A_ROUND = 240.0
DATABASES = (SqliteDatabase.name, PostgresDatabase.name)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--minutes", type=float, default=3.0, help="of trials, for each database")
    options.add_argument("--trials", type=int, default=sys.maxsize, help="end after so many, for each database")
    options.add_argument("--database", choices=DATABASES, action="append", help="one of the two; default: both, one after the other")
    options.add_argument("--hosts", type=int, default=1, help="with web server and workers each; several only on PostgreSQL")
    options.add_argument("--broken", choices=BROKEN, help="run a service that is broken like this, for the oracles to find out")
    options.add_argument("--settle", type=float, default=SECONDS_TO_SETTLE, help="seconds after a round until all must be settled")
    given = options.parse_args()
    is_good = True
    os.environ[BROKEN_LIKE] = given.broken or ""
    # Whoever is told to end removes the namespaces first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
    with Launcher() as launcher:
        for kind in given.database or DATABASES:
            if given.hosts > 1 and kind == PostgresDatabase.name:
                with wired(given.hosts) as wires:
                    is_good &= _run(kind, given, launcher, given.hosts, wires)
            else:
                is_good &= _run(kind, given, launcher)
    sys.exit(0 if is_good else 1)


def _run(kind: str, given: argparse.Namespace, launcher: Launcher, hosts: int = 1, wires: Wires | None = None) -> bool:
    seed, seconds, most = given.seed, given.minutes * 60, given.trials
    happened: Counter[str] = Counter()
    findings, rounds, began, spent = Findings(), 0, time.monotonic(), 0.0
    while spent < seconds and happened.total() < most:
        rounds += 1
        started = time.monotonic()
        with database(kind, wires) as (one, directory):
            chance = Random(f"{seed} {rounds}")  # noqa: S311 - chance that can be repeated
            hospital = HospitalInTraffic(one, directory, chance, launcher, hosts, wires)
            with hospital.running():
                began_at = time.monotonic()
                happened += _round(hospital, min(SECONDS_OF_A_ROUND, seconds - spent), most - happened.total())
                spent += time.monotonic() - began_at
                found = judge(hospital, given.settle)
            if found.lost or found.twice or found.wrong:
                _keep(hospital, found, f"{kind} seed {seed} round {rounds}")
            for kind_of_finding in ("lost", "twice", "wrong"):
                getattr(findings, kind_of_finding).extend(getattr(found, kind_of_finding))
        took = time.monotonic() - started
        print(f"# {kind}, round {rounds}: {happened.total()} trials so far; the round took {took:.0f} s", file=sys.stderr, flush=True)
    where = f"{kind}, {hosts} hosts ({'processes' if wires is None else 'network namespaces'})" if hosts > 1 else kind
    _print_table(where, seed, rounds, happened, findings, time.monotonic() - began)
    return not (findings.lost or findings.twice or findings.wrong)


def _round(hospital: HospitalInTraffic, seconds: float, most: int) -> Counter[str]:
    """Trials one after another. One whose fault never happened does not count."""
    until, armed, happened = time.monotonic() + seconds, dict[Path, str](), Counter[str]()
    for name, trial in without_end(hospital):
        file = trial(hospital)
        if file is None:
            happened[name] += 1
        else:
            armed[file] = name
        is_over = time.monotonic() > until
        # What is still armed at the end may yet be come by.
        time.sleep(SECONDS_TO_COME_BY if is_over or happened.total() + len(armed) >= most else 0.05)
        for gone in [file for file in armed if not file.exists()]:
            happened[armed.pop(gone)] += 1
        if is_over or happened.total() >= most:
            break
    if len(hospital.hosts) > 1:
        hospital.texts()
        hospital.loses_host()
        happened["a host killed for good"] += 1
    hospital.all_is_well()
    return happened


def _keep(hospital: HospitalInTraffic, found: Findings, title: str) -> None:
    """For whoever looks for the reason: logs and database stay."""
    kept = Path(tempfile.mkdtemp(prefix="chaos-kept-"))
    print(f"# {title}: {len(found.lost)} lost, {len(found.twice)} twice, {len(found.wrong)} wrong; see {kept}", file=sys.stderr)
    for sentence in (*found.lost, *found.twice, *found.wrong):
        print(f"#   {sentence}", file=sys.stderr, flush=True)
    shutil.copytree(hospital.logs, kept / "logs")
    hospital.database.keep(kept)


def _print_table(where: str, seed: int, rounds: int, happened: Counter[str], findings: Findings, seconds: float) -> None:
    print(f"\n{where}, seed {seed}: {happened.total()} trials in {rounds} rounds and {seconds:.0f} s; a second here is {SPEED:.0f} there\n")
    width = max(map(len, happened), default=0)
    for name, count in sorted(happened.items()):
        print(f"| {name:<{width}} | {count:>4} |")
    print(f"\nlost {len(findings.lost)}, twice {len(findings.twice)}, otherwise wrong {len(findings.wrong)}", flush=True)


if __name__ == "__main__":
    main()
