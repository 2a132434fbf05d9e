"""Trials: each is one fault and the text that meets it. What happened is counted by its kind."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from tests.chaos.hospital_in_traffic import HospitalInTraffic
from tests.chaos.wires import INSIDE, OUTSIDE
from tests.twilio_stand_in.faults import COURSES, FAULTS, Answer, Course, Fault

SECONDS_TO_COME_BY = 1.0
WEB = ("text_received", "text_committed", "text_handled", "handling_committed", "receipt_committed")
SPOOL = ("spool_written", "spool_renamed", "spooled_text_committed")
BACKFILL = ("missed_texts_listed", "missed_text_stored")
SENDING = ("texts_claimed", "claim_committed", "before_the_call", "after_the_call", "results_kept", "results_committed")
SETTLING = ("leases_given_up", "looked_for", "unknown_settled")
ASKING = "answer_kept"
# A lease lasts 1.5 seconds here, and silence is noticed after two.
SECONDS_CUT_OFF = (2.0, 5.0)
BOTH = (INSIDE, OUTSIDE)

# Runs in a hospital; a file is one that is gone once the fault has happened.
Trial = Callable[[HospitalInTraffic], Path | None]


def trials(hosts: int, wires: bool = False) -> dict[str, Trial]:
    """Every kind of fault by its name; some need more than one host, some that these have cables."""
    found: dict[str, Trial] = {}
    for action, word in (("kill", "killed"), ("stop", "stopped past the lease"), ("fail", "failed")):
        found |= {f"{word} at {name}": partial(_at_failpoint, name, action) for name in (*WEB, *SENDING) if action != "fail"}
        found |= {f"{word} at {name}": partial(_while_settling, name, action) for name in SETTLING if action != "fail"}
        found |= {f"{word} at {ASKING}": partial(_while_asking, action)}
    found |= {f"failed at {name}": partial(_at_failpoint, name, "fail") for name in ("text_handled", "texts_claimed", "results_kept")}
    found |= {f"killed at {name}": partial(_while_database_is_away, name) for name in SPOOL}
    found |= {f"killed at {name}": partial(_while_a_text_is_missing, name) for name in BACKFILL}
    found |= {f"provider: {name}": partial(_provider, fault) for name, fault in FAULTS.items()}
    found |= {f"provider: {name}, no callbacks": partial(_provider, fault, silent=True) for name, fault in FAULTS.items() if fault.takes}
    found |= {f"provider: {name}": partial(_course, course) for name, course in COURSES.items()}
    if hosts > 1:
        found["a host killed, and back"] = _host_killed
    if wires:
        found |= {f"cut off at {name}": partial(_cut_off_at, name, BOTH) for name in SENDING}
        found |= {f"cut off from the database at {name}": partial(_cut_off_at, name, [INSIDE]) for name in SENDING}
        found["a host cut off"] = partial(_cut_off, BOTH)
        found["a host cut off from the database"] = partial(_cut_off, [INSIDE])
        found["a host cut off from the provider"] = partial(_cut_off, [OUTSIDE])
    return found | {
        "provider: refuses connections": _refused,
        "provider: slow": partial(_provider, Fault(seconds=0.7)),
        "provider: the phone is off, then on": partial(_course, Course(("sent", "undelivered"), error_code="30003")),
        "provider: the phone is off, no callbacks": partial(_course, Course(("sent", "undelivered"), error_code="30003", reported=False)),
        "provider: no such phone, no callbacks": partial(_course, Course(("sent", "undelivered"), error_code="30005", reported=False)),
        "provider: the number takes no texts": partial(_provider, Fault(False, Answer.REFUSED, code="21211")),
        "database away": _database_away,
        "text never reaches us": _never_reaches_us,
        "text comes five times at once": _five_times,
        "web server killed": partial(_group_killed, "web"),
        "workers killed": partial(_group_killed, "workers"),
        "a web process killed": partial(_one_killed, "web"),
        "a worker killed": partial(_one_killed, "workers"),
        "schema migrated under the running service": _migrated,
        "schema migrated by two at once": partial(_migrated, at_once=2),
        "migration killed at its begin, and run again": partial(_migration_killed, "migrations_begun"),
        "migration killed before its commit, and run again": partial(_migration_killed, "migrations_run"),
    }


def without_end(hospital: HospitalInTraffic) -> Iterator[tuple[str, Trial]]:
    """Trials in chance order; all kinds come before one comes again."""
    kinds = list(trials(len(hospital.hosts), hospital.wires is not None).items())
    while True:
        hospital.chance.shuffle(kinds)
        yield from kinds


def _at_failpoint(name: str, action: str, hospital: HospitalInTraffic) -> Path:
    file = hospital.arms(name, action)
    hospital.texts()
    _wait_for(file)
    return file


def _while_settling(name: str, action: str, hospital: HospitalInTraffic) -> Path:
    """Somebody's answer gets lost first: then there is something to be settled."""
    hospital.provider.faults.append(FAULTS["silent after acceptance"])
    hospital.provider.courses.append(COURSES["no callbacks"])
    file = hospital.arms(name, action)
    hospital.texts()
    return file


def _while_asking(action: str, hospital: HospitalInTraffic) -> Path:
    """Nobody says what became of a text: the provider is asked."""
    hospital.provider.courses.append(COURSES["no callbacks"])
    file = hospital.arms(ASKING, action)
    hospital.texts()
    return file


def _while_database_is_away(name: str, hospital: HospitalInTraffic) -> Path:
    file = hospital.arms(name, "kill")
    hospital.loses_database(1.0)
    return file


def _while_a_text_is_missing(name: str, hospital: HospitalInTraffic) -> Path:
    file = hospital.arms(name, "kill")
    hospital.texts(reaches_us=False)
    return file


def _provider(fault: Fault, hospital: HospitalInTraffic, silent: bool = False) -> None:
    hospital.provider.faults.append(fault)
    if silent:
        hospital.provider.courses.append(COURSES["no callbacks"])
    hospital.texts()


def _course(course: Course, hospital: HospitalInTraffic) -> None:
    hospital.provider.courses.append(course)
    hospital.texts()


def _refused(hospital: HospitalInTraffic) -> None:
    hospital.closes()
    hospital.texts()
    time.sleep(0.4)
    hospital.opens()


def _database_away(hospital: HospitalInTraffic) -> None:
    hospital.loses_database(hospital.chance.uniform(0.3, 2.0))


def _never_reaches_us(hospital: HospitalInTraffic) -> None:
    hospital.texts(reaches_us=False)


def _five_times(hospital: HospitalInTraffic) -> None:
    hospital.texts(times=5)


def _group_killed(kind: str, hospital: HospitalInTraffic) -> None:
    host = hospital.chance.choice(hospital.hosts)
    hospital.texts()
    hospital.kills(f"{kind} {host.number}")
    hospital.texts()
    hospital.starts(host)


def _one_killed(kind: str, hospital: HospitalInTraffic) -> None:
    hospital.texts()
    time.sleep(hospital.chance.uniform(0, 0.1))
    hospital.kills_one(f"{kind} {hospital.chance.choice(hospital.hosts).number}")


def _host_killed(hospital: HospitalInTraffic) -> None:
    host = hospital.chance.choice(hospital.hosts)
    hospital.texts()
    time.sleep(hospital.chance.uniform(0, 0.1))
    hospital.kills_host(host)
    for _ in range(3):
        hospital.texts()
    time.sleep(hospital.chance.uniform(0, 1.0))
    hospital.starts(host)


def _cut_off(cables: Sequence[str], hospital: HospitalInTraffic) -> None:
    hospital.texts()
    time.sleep(hospital.chance.uniform(0, 0.1))
    hospital.cuts_off(hospital.chance.choice(hospital.hosts), hospital.chance.uniform(*SECONDS_CUT_OFF), cables)


def _cut_off_at(place: str, cables: Sequence[str], hospital: HospitalInTraffic) -> None:
    hospital.cuts_off_at(place, hospital.chance.uniform(*SECONDS_CUT_OFF), cables)


def _migrated(hospital: HospitalInTraffic, at_once: int = 1) -> None:
    for _ in range(3):
        hospital.texts()
    hospital.migrates(at_once)


def _migration_killed(place: str, hospital: HospitalInTraffic) -> Path:
    file = hospital.arms(place, "kill")
    _migrated(hospital)
    return file


def _wait_for(file: Path) -> None:
    until = time.monotonic() + SECONDS_TO_COME_BY
    while file.exists() and time.monotonic() < until:
        time.sleep(0.01)
