"""The simulator page is only there on a machine that talks to itself: these tests run on one, with each kind of database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from followup_service import create_app
from followup_service.extensions import db
from tests.conftest import empty, let_go
from tests.databases import PostgresServer, sqlite_url

LOCAL = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def local_sqlite_app(sqlite_app: Flask, tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Flask]:
    yield from _local(sqlite_app, sqlite_url(tmp_path_factory.mktemp("simulator"), migrated_sqlite))


@pytest.fixture(scope="session")
def local_postgres_app(sqlite_app: Flask, postgres: PostgresServer) -> Iterator[Flask]:
    yield from _local(sqlite_app, postgres.create_database())


@pytest.fixture(params=["sqlite", "postgres"])
def app(request: pytest.FixtureRequest, migrated_sqlite: Path) -> Iterator[Flask]:
    """In place of the one that the provider calls. As in a server, each request has a context of its own."""
    app: Flask = request.getfixturevalue(f"local_{request.param}_app")
    empty(app, migrated_sqlite)
    yield app
    with app.app_context():
        db.session.remove()


def _local(like: Flask, url: str) -> Iterator[Flask]:
    app = create_app(replace(like.extensions["config"], database_url=url, public_base_url=LOCAL))
    yield app
    let_go(app)
