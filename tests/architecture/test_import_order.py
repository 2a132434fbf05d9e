"""The package keeps the shape that its design gives it; a made-up tree shows that each check sees its breach."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import house_rules, layers
from tests.architecture.source_tree import PACKAGE, ROOT, Module, package, read_modules

Check = Callable[[tuple[Module, ...]], list[str]]

CHECKS = (
    layers.import_order_problems,
    layers.purity_problems,
    layers.twilio_problems,
    house_rules.commit_problems,
    house_rules.clock_problems,
    house_rules.language_problems,
    house_rules.refusal_problems,
    house_rules.name_problems,
    house_rules.docstring_problems,
    house_rules.length_problems,
)
SHORT = '"""A module."""\n'

BREACHES = [
    (
        layers.import_order_problems,
        "protocol/a.py",
        "from followup_service.conversation import reading",
        "`protocol` must not import `conversation`",
    ),
    (layers.import_order_problems, "protocol/a.py", "from followup_service.clock import now", "`protocol` must not import `clock`"),
    (layers.import_order_problems, "visits/a.py", "import followup_service.participants.enrol", "`visits` must not import `participants`"),
    (layers.import_order_problems, "checkins/a.py", "from followup_service.reminders import b", "`checkins` must not import `reminders`"),
    (layers.import_order_problems, "api/a.py", "from followup_service.jobs import b", "`api` must not import `jobs`"),
    (layers.import_order_problems, "jobs/a.py", "from followup_service import cli", "`jobs` must not import `cli`"),
    (layers.import_order_problems, "clock.py", "from followup_service.visits import b", "`clock` must not import `visits`"),
    (
        layers.import_order_problems,
        "staff/a.py",
        "def f():\n    from followup_service.replies import b",
        "a.py:3: `staff` must not import `replies`",
    ),
    (layers.import_order_problems, "replies/a.py", "from followup_service import create_app", "must not import `followup_service`"),
    (layers.import_order_problems, "replies/a.py", "from . import handle_reply", "relative import"),
    (layers.import_order_problems, "models/a.py", "", "followup_service/models has no place in the import order"),
    (layers.purity_problems, "conversation/a.py", "from flask import g", "must not import `flask.g`"),
    (layers.purity_problems, "protocol/a.py", "import sqlite3", "must not import `sqlite3`"),
    (layers.twilio_problems, "api/sms_webhooks.py", "from twilio.rest import Client", "use the gateway interface"),
    (house_rules.commit_problems, "replies/a.py", "def f(session):\n    session.commit()", "a.py:3: only api,"),
    (house_rules.commit_problems, "staff/a.py", "def f(engine):\n    with engine.begin():\n        pass", "a.py:3: only api,"),
    (
        house_rules.clock_problems,
        "visits/a.py",
        "from datetime import UTC, datetime\nx = datetime.now(UTC)",
        "a.py:3: `datetime.datetime.now`",
    ),
    (house_rules.clock_problems, "visits/a.py", "import datetime as dt\nx = dict(default=dt.date.today)", "`datetime.date.today`"),
    (house_rules.clock_problems, "visits/a.py", "from time import time", "a.py:2: `time.time`"),
    (house_rules.clock_problems, "audit.py", "import sqlalchemy as sa\nx = sa.func.now()", "`sqlalchemy.func.now`"),
    (house_rules.clock_problems, "audit.py", "from followup_service.extensions import db\nx = db.func.now()", "db.func.now`"),
    (
        house_rules.language_problems,
        "console/a.py",
        "from followup_service.participants.enrol_participant import enrol_participant",
        "check it first",
    ),
    (house_rules.refusal_problems, "visits/a.py", "raise Refused(f'{x} is none', {})", "a.py:2: a page may show this refusal"),
    (house_rules.refusal_problems, "staff/a.py", "raise Conflict(said('no'), {'x': ['in use']})", "a.py:2: a page may show this"),
    (house_rules.name_problems, "visits/date_utils.py", "", "`date_utils` does not say"),
    (house_rules.name_problems, "common/a.py", "", "`common` does not say"),
    (house_rules.length_problems, "visits/a.py", "def long():\n" + "    pass\n" * 60, "a.py:2: `long` has 61 lines"),
    (house_rules.length_problems, "visits/a.py", "x = 1\n" * 400, "401 lines, at most 400"),
]

IN_ORDER = {
    "__init__.py": "from followup_service import api, cli, extensions, jobs",
    "demo.py": "from followup_service import create_app\nfrom followup_service.rehearsal import play\ndef f(s):\n    s.commit()",
    "clock.py": "from datetime import UTC, datetime\ndef now():\n    return datetime.now(UTC)",
    "audit.py": "from followup_service import clock, extensions",
    "protocol/load_study.py": "from datetime import date, datetime, time\nimport yaml\nfrom marshmallow import Schema",
    "conversation/read_reply.py": "import tomllib\nfrom followup_service.protocol.findings import Findings",
    "messaging/gateways/twilio.py": "from twilio.rest import Client\nfrom followup_service.config import Config",
    "api/webhook_signature.py": "from twilio.request_validator import RequestValidator",
    "api/sms_webhooks.py": "from followup_service.replies import handle_reply\ndb.session.commit()",
    "visits/record.py": "raise Refused(said('no'), {'on': [said('write a day')]})\nraise NotFound('no such visit')",
    "jobs/worker.py": "import time\nstarted = time.monotonic()",
    "cli/rehearse.py": "from followup_service import jobs, protocol, rehearsal",
    "rehearsal/play.py": "from followup_service import api, console, create_app, jobs",
}


@pytest.fixture
def made_up(tmp_path: Path) -> Callable[[str, str], tuple[Module, ...]]:
    """Writes one module of a made-up package and reads the whole of it again."""

    def write(path: str, source: str) -> tuple[Module, ...]:
        file = tmp_path / PACKAGE / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SHORT + source, encoding="utf-8")
        return read_modules(tmp_path)

    return write


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_package_keeps_the_rule(check: Check) -> None:
    assert package(), f"no module of {PACKAGE} found under {ROOT}"
    problems = check(package())
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize(("check", "path", "source", "sentence"), BREACHES)
def test_a_breach_is_named(check: Check, path: str, source: str, sentence: str, made_up: Callable[[str, str], tuple[Module, ...]]) -> None:
    problems = check(made_up(path, source))
    assert len(problems) == 1, problems
    assert sentence in problems[0]


def test_a_missing_docstring_is_named(tmp_path: Path) -> None:
    (tmp_path / PACKAGE).mkdir()
    (tmp_path / PACKAGE / "__init__.py").write_text("")
    (tmp_path / PACKAGE / "clock.py").write_text("x = 1\n")
    problems = house_rules.docstring_problems(read_modules(tmp_path))
    assert len(problems) == 1
    assert "clock.py: no docstring" in problems[0]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_tree_in_order_passes(check: Check, made_up: Callable[[str, str], tuple[Module, ...]]) -> None:
    modules: tuple[Module, ...] = ()
    for path, source in IN_ORDER.items():
        modules = made_up(path, source)
    assert check(modules) == []
