"""A hospital in traffic: web server, workers and provider as they run for real, participants who text, nurses who answer pages."""

import os
import re
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from flask import Flask
from flask_migrate import upgrade

from followup_service import clock, create_app
from followup_service.config import Config, SmsGateway
from followup_service.extensions import db
from followup_service.participants.change_participant import lock_participant
from followup_service.participants.enrol_participant import Enrolment, enrol_participant
from followup_service.participants.record_treatment import record_treatment
from followup_service.participants.treatment import TreatmentState
from followup_service.staff.change_roster import add_shift
from followup_service.staff.set_up import add_site, add_staff_member, open_study
from tests.chaos.balancer import balancer
from tests.chaos.databases import Database
from tests.chaos.fast_clock import VARIABLE, FastClock
from tests.chaos.launcher import Launcher, wait_for_end
from tests.chaos.newer_schema import NewerSchema
from tests.chaos.service import DONE, PROVIDER
from tests.chaos.wires import Wires, namespace
from tests.running_service import environment
from tests.twilio_stand_in.message import Message
from tests.twilio_stand_in.provider import Account, Provider
from tests.twilio_stand_in.schedule import Schedule
from tests.twilio_stand_in.server import StandIn

PARTICIPANTS = 60
STAFF = ("+8613900000001", "+8613900000002")
CANARY = "zebrafinch"
NAME = "Wilhelmina Canary"
SPEED = 40.0
# Ten to ten on a working day in Beijing: at ten, questions go out to whoever had a treatment yesterday.
START = datetime(2026, 1, 6, 1, 50, tzinfo=UTC)
FEVERS = ("38.9", "39.4 and shivering", "38度7", "fever 39")
ORDINARY = ("36.8", "thank you", "37.1 all fine", "一切都好", "no pain today")
SECONDS_TO_START = 120.0
RESUMED_AFTER = 2.5
# Of a web server with a network of its own.
PORT = 8000
KINDS = ("web", "workers")
_NUMBER = re.compile(r"No\. (\d+)\.")


@dataclass(frozen=True)
class Host:
    """A machine with a web server and workers, and a disk of its own on which the spool is; perhaps with a network of its own."""

    number: int
    address: str
    port: int
    spool: Path
    namespace: str = ""


class HospitalInTraffic:
    """Texts, faults and what is to be known about them afterwards. `feverish` are the phones that reported a fever."""

    def __init__(
        self, database: Database, directory: Path, chance: Random, launcher: Launcher, hosts: int = 1, wires: Wires | None = None
    ) -> None:
        self.database, self.chance, self._launcher, self.wires = database, chance, launcher, wires
        self.logs = directory / "logs"
        self.logs.mkdir()
        self.hosts = [self._host(number, directory / f"spool-{number}") for number in range(1, hosts + 1)]
        self._schema = NewerSchema(directory / "migrations")
        self.phones = [f"+86138001{number:05}" for number in range(PARTICIPANTS)]
        self.feverish: set[str] = set()
        self.clock = FastClock.starting(START, SPEED)
        # One host is reached directly, of several whichever answers.
        port = self.hosts[0].port if hosts == 1 else free_port()
        self.config = _config(database.url, directory, port)
        self._texts = 0
        self._answered: set[str] = set()
        self._processes: dict[str, int] = {}
        self._stopped: dict[int, float] = {}
        self._ended = threading.Event()
        self._lock = threading.Lock()

    @contextmanager
    def running(self) -> Iterator["HospitalInTraffic"]:
        config = self.config
        with ExitStack() as stack:
            stack.enter_context(clock.use(self.clock))
            self.app = _seeded(config, self.phones)
            schedule = stack.enter_context(Schedule())
            account = Account(config.twilio_account_sid, config.twilio_auth_tokens[0], config.twilio_numbers)
            self.provider = Provider(account, schedule, f"{config.public_base_url}/sms/inbound#ct=2000&rt=4000&rc=3&rp=ct,rt,5xx")
            self._provider_at = (wires.provider if (wires := self.wires) else "127.0.0.1", _port(config.twilio_api_url))
            self.opens()
            stack.callback(self.closes)
            stack.callback(self._end)
            if len(self.hosts) > 1:
                stack.enter_context(balancer(_port(config.public_base_url), [(host.address, host.port) for host in self.hosts]))
            self.all_is_well()
            self._wait_for_workers()
            threading.Thread(target=self._watch, daemon=True).start()
            yield self

    # What happens in a hospital.

    def texts(self, body: str = "", number: str = "", **how: object) -> Message:
        """A participant texts: something, a fever every other time."""
        number = number or self.chance.choice(self.phones)
        body = body or self.chance.choice(self.chance.choice((FEVERS, ORDINARY)))
        if body in FEVERS:
            self.feverish.add(number)
        self._texts += 1
        return self.provider.texts(number, f"{body} {CANARY}{self._texts}", **how)  # type: ignore[arg-type]

    def nurses_answer(self) -> None:
        """Whoever has a page on the phone takes it."""
        for number in STAFF:
            for page in self.provider.handset(number):
                found = _NUMBER.search(page.body)
                if page.sid not in self._answered and found:
                    self._answered.add(page.sid)
                    self.provider.texts(number, f"1 {found[1]}")

    # What goes wrong.

    def arms(self, failpoint: str, action: str) -> Path:
        """The next process that comes by dies, or stops for longer than a lease. The file is gone when that has happened."""
        file = self._launcher.failpoints / f"{failpoint}:{action}"
        file.touch()
        return file

    def loses_database(self, seconds: float) -> None:
        """With texts coming in meanwhile."""
        with self._lock, self.database.away(seconds):
            for _ in range(3):
                self.texts()
                time.sleep(seconds / 6)

    def kills(self, name: str) -> None:
        """A whole group of processes, without warning."""
        process_id = self._processes.pop(name)
        os.killpg(process_id, signal.SIGKILL)
        wait_for_end(process_id)

    def kills_host(self, host: Host) -> None:
        """All that runs on it, at once, and where it has cables nobody hears of it. What is in its spool stays there."""
        if self.wires is not None:
            self.wires.cut(host.number)
        for kind in KINDS:
            os.killpg(self._processes[f"{kind} {host.number}"], signal.SIGKILL)
        for kind in KINDS:
            self.kills(f"{kind} {host.number}")

    def cuts_off(self, host: Host, seconds: float, cables: Sequence[str], stopped: int | None = None) -> None:
        """From what is at the end of these cables, with texts coming in. Its processes run on, also the one that stopped."""
        assert self.wires is not None
        self.wires.cut(host.number, *cables)
        if stopped is not None:
            os.kill(stopped, signal.SIGCONT)
        for _ in range(3):
            self.texts()
            time.sleep(seconds / 3)
        self.wires.mend(host.number)

    def cuts_off_at(self, failpoint: str, seconds: float, cables: Sequence[str]) -> None:
        """The host of the worker that comes by there next, in that moment."""
        until, before = time.monotonic() + SECONDS_TO_START, self._stopped_workers()
        file = self.arms(failpoint, "stop")
        while not (stopped := self._stopped_workers().keys() - before.keys()):
            assert time.monotonic() < until, f"no worker comes by {failpoint}"
            if file.exists():
                self.texts()
            time.sleep(0.2)
        process_id = stopped.pop()
        self.cuts_off(self._stopped_workers()[process_id], seconds, cables, stopped=process_id)

    def loses_host(self) -> None:
        """It is killed and never comes back."""
        lost = self.hosts.pop()
        self.kills_host(lost)

    def kills_one(self, name: str) -> None:
        """One process of a group, in whatever it is doing."""
        children = _children(self._processes[name])
        if children:
            os.kill(self.chance.choice(children), signal.SIGKILL)

    def migrates(self, at_once: int = 1) -> None:
        """The schema gets newer under the running service: so many do it at once, and where none succeeded, one does it again."""
        directory, until = self._schema.next_version(), time.monotonic() + SECONDS_TO_START
        while not (directory / DONE).exists():
            assert time.monotonic() < until, "the migration does not succeed"
            started = [self._start("migration", str(directory), self.hosts[0], f"migration {number}") for number in range(at_once)]
            for process_id in started:
                wait_for_end(process_id)

    def opens(self) -> None:
        """The provider takes connections."""
        self._server = StandIn(self.provider, self._provider_at)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def closes(self) -> None:
        """The provider refuses connections."""
        self._server.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def all_is_well(self) -> None:
        """No fault any more: whoever stopped goes on, whoever died is back, and what is armed is not."""
        for file in self._launcher.failpoints.iterdir():
            file.unlink()
        self.provider.faults.clear()
        self.provider.courses.clear()
        for host in self.hosts:
            self.starts(host)

    def starts(self, host: Host) -> None:
        """Whatever does not run on this host, which has its cables again."""
        if self.wires is not None:
            self.wires.mend(host.number)
        for kind, argument in (("workers", "2"), ("web", f"{host.address}:{host.port}")):
            name = f"{kind} {host.number}"
            if name not in self._processes:
                self._processes[name] = self._start(kind, argument, host, name)
        until = time.monotonic() + SECONDS_TO_START
        while not _listens(host):
            assert time.monotonic() < until, "the web server does not start"
            time.sleep(0.05)

    def ends(self) -> None:
        """Everybody finishes what is on its way: then nothing changes any more."""
        for host in self.hosts:
            process_id = self._processes.pop(f"workers {host.number}")
            os.kill(process_id, signal.SIGTERM)
            wait_for_end(process_id)
        self.provider.schedule.wait_until_idle(SECONDS_TO_START)
        for host in self.hosts:
            self.kills(f"web {host.number}")

    def said(self) -> str:
        """Everything that the processes wrote."""
        return "\n".join(file.read_text(errors="replace") for file in sorted(self.logs.iterdir()))

    def _start(self, becomes: str, argument: str, host: Host, name: str) -> int:
        variables = environment(self.config) | {
            "SMS_GATEWAY": "twilio",
            "TWILIO_ACCOUNT_SID": self.config.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": self.config.twilio_auth_tokens[0],
            "TWILIO_NUMBER": ",".join(self.config.twilio_numbers),
            "DATABASE_URL": self.database.url_for_hosts,
            "TWILIO_API_URL": self.config.twilio_api_url,
            PROVIDER: "http://{}:{}".format(*self._provider_at),
            "SENDING_RATE": "1000",
            "SPOOL_DIR": str(host.spool),
            VARIABLE: str(self.clock),
        }
        return self._launcher.start(becomes, argument, variables, self.logs / f"{name}.log", host.namespace)

    def _host(self, number: int, spool: Path) -> Host:
        if self.wires is None:
            return Host(number, "127.0.0.1", free_port(), spool)
        return Host(number, self.wires.address(number), PORT, spool, namespace(number))

    def _stopped_workers(self) -> dict[int, Host]:
        """The host of each."""
        groups = {host: self._processes[f"workers {host.number}"] for host in self.hosts}
        return {worker: host for host, group in groups.items() for worker in _children(group) if _is_stopped(worker)}

    def _wait_for_workers(self) -> None:
        until = time.monotonic() + SECONDS_TO_START
        for host in self.hosts:
            while "worker_started" not in (self.logs / f"workers {host.number}.log").read_text():
                assert time.monotonic() < until, "the workers do not start"
                time.sleep(0.05)

    def _watch(self) -> None:
        """Nurses answer, and whoever was stopped goes on some time later."""
        while not self._ended.wait(0.1):
            self.nurses_answer()
            for group in list(self._processes.values()):
                for process_id in _children(group):
                    self._resume(process_id)

    def _resume(self, process_id: int) -> None:
        if not _is_stopped(process_id):
            self._stopped.pop(process_id, None)
        elif time.monotonic() > self._stopped.setdefault(process_id, time.monotonic()) + RESUMED_AFTER:
            os.kill(process_id, signal.SIGCONT)

    def _end(self) -> None:
        self._ended.set()
        for name in list(self._processes):
            self.kills(name)


def _config(database_url: str, directory: Path, port: int) -> Config:
    return Config(
        database_url=database_url,
        sms_gateway=SmsGateway.TWILIO,
        twilio_account_sid="AC" + secrets.token_hex(16),
        twilio_auth_tokens=(secrets.token_hex(16),),
        twilio_numbers=("+15005550006",),
        public_base_url=f"http://127.0.0.1:{port}",
        secret_key=secrets.token_urlsafe(48),
        field_encryption_keys=(secrets.token_bytes(32),),
        phone_index_key=secrets.token_bytes(32),
        study="NCT06609434",
        demo=False,
        twilio_api_url=f"http://127.0.0.1:{free_port()}",
        spool=directory / "spool-1",
        instance=directory / "instance",
    )


def _seeded(config: Config, phones: list[str]) -> Flask:
    app = create_app(config)
    with app.app_context():
        upgrade()
        now, study = clock.now(), app.extensions["study"]
        record = open_study(db.session, study, now, "chaos")
        db.session.flush()
        place = {"name": "Chaos", "timezone": "Asia/Shanghai", "country": "CN", "clinic_phone": "010-1", "emergency_number": "120"}
        site = add_site(db.session, record.id, now, "chaos", code="PKU", takes_unknown_senders=True, **place)
        for position, phone in enumerate(STAFF, start=1):
            values = {"handle": f"nurse-{position}", "phone": phone, "language": "en", "role": "nurse", "verified": True}
            nurse = add_staff_member(db.session, site, now, "chaos", **values)
            add_shift(db.session, nurse, position, now - timedelta(days=1), None, now, "chaos")
        for number, phone in enumerate(phones):
            enrolment = Enrolment(
                code=f"PKU-{number:03}",
                arm="rfa" if number % 2 else "control",
                language="en",
                phone=phone,
                name=NAME,
                timezone="Asia/Shanghai",
                country="CN",
                consented_on=date(2026, 1, 1),
                consent_version="1.0",
            )
            person = enrol_participant(db.session, record.id, site.id, enrolment, now, "chaos", study=study)
            person.usual_site = "mouth"
            db.session.flush()
            if number % 2:
                whose = lock_participant(db.session, person.id)
                record_treatment(db.session, whose, "rfa", date(2026, 1, 5), TreatmentState.DONE, now, "chaos", study=study)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return app


def _children(process_id: int) -> list[int]:
    try:
        written = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in written.split()]


def _is_stopped(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return False


def _listens(host: Host) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((host.address, host.port)) == 0


def _port(url: str) -> int:
    return int(url.rsplit(":", 1)[1])


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
