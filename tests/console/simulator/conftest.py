"""The simulator page is only there on a machine that talks to itself: these tests run on one, with each kind of database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from followup_service import create_app
from followup_service.extensions import db
from tests.databases import PostgresServer, sqlite_url

LOCAL = "http://127.0.0.1:8000"


@pytest.fixture(params=["sqlite", "postgres"])
def app(request: pytest.FixtureRequest, tmp_path: Path, migrated_sqlite: Path) -> Iterator[Flask]:
    config = request.getfixturevalue("sqlite_app").extensions["config"]
    if request.param == "sqlite":
        url = sqlite_url(tmp_path, migrated_sqlite)
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.create_database()
    app = create_app(replace(config, database_url=url, public_base_url=LOCAL))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
