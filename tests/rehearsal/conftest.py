"""Playing scripts: through the command itself, on a database of each kind."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from followup_service.cli.rehearse import rehearse_command
from followup_service.extensions import db
from followup_service.rehearsal import throwaway_app
from tests.databases import PostgresServer

Play = Callable[..., list[dict[str, Any]]]
Rehearse = Callable[..., Result]

HEAD = """
study: NCT06609434
clock: "2026-01-05T08:00+08:00"
sites:
  - {code: PKU, timezone: Asia/Shanghai}
staff:
  - {name: nurse-li, site: PKU, phone: "+8613900000001", language: zh_Hans, on_call: 1}
  - {name: dr-wang,  site: PKU, phone: "+8613900000002", language: en, on_call: 2}
participants:
  - {code: PKU-001, site: PKU, arm: rfa, language: zh_Hans, phone: "+8613800138000"}
  - {code: PKU-002, site: PKU, arm: control, language: en, phone: "+447911123456", timezone: Europe/London}
steps:
"""


@pytest.fixture(autouse=True)
def migrated_beforehand(monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path) -> None:
    """A SQLite database is migrated once for all rehearsals. PostgreSQL's are migrated as everywhere."""
    upgrade = throwaway_app.upgrade

    def copy_or_upgrade() -> None:
        if db.engine.dialect.name == "sqlite":
            db.engine.dispose()
            shutil.copyfile(migrated_sqlite, db.engine.url.database or "")
        else:
            upgrade()

    monkeypatch.setattr(throwaway_app, "upgrade", copy_or_upgrade)


@pytest.fixture
def rehearse(tmp_path: Path) -> Rehearse:
    """Run the command on a script's text (or on one that lies somewhere) and give its result."""

    def run(script: str | Path, *options: str) -> Result:
        path = script if isinstance(script, Path) else tmp_path / "script.yaml"
        if isinstance(script, str):
            path.write_text(script.lstrip(), encoding="utf-8")
        return CliRunner().invoke(rehearse_command, [str(path), *options])

    return run


@pytest.fixture
def play(rehearse: Rehearse) -> Play:
    """The events of the two participants' study with some steps."""

    def run(*steps: str, options: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        script = HEAD + "".join(f"  - {{{step}}}\n" for step in steps)
        result = rehearse(script, "--format", "jsonl", *options)
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    return run


@pytest.fixture
def empty_postgres(postgres: PostgresServer) -> str:
    return postgres.create_database(empty=True)
