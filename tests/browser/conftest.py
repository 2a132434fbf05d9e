"""The pages in a real browser: Debian's Chromium, driven by Playwright, against the service on this machine."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from followup_service.clock import MovableClock
from tests.browser.chromium import PATH, chromium
from tests.browser.served import Served, local_app, serve
from tests.conftest import empty
from tests.hospital import Hospital


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests. In CI a missing one is a failure; at a desk the reason is said."""
    if shutil.which(PATH) is None:
        assert "CI" not in os.environ, f"{PATH} is missing: apt-get install {PATH}"
        pytest.skip(f"needs Debian's {PATH}: apt-get install {PATH}")
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def served_app(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, sqlite_app: Flask) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("browser")
    with serve(lambda address: local_app(directory, migrated_sqlite, address)) as served:
        yield served


@pytest.fixture
def app(served_app: Served, migrated_sqlite: Path) -> Iterator[Flask]:
    """In place of the application on each kind of database: the browser's tests are about the pages."""
    empty(served_app.app, migrated_sqlite)
    with served_app.app.app_context():
        yield served_app.app


@pytest.fixture
def served(served_app: Served, app: Flask, hospital: Hospital, moving_clock: MovableClock) -> Served:
    """The hospital, served."""
    served_app.hospital = hospital
    return served_app
