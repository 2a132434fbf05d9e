"""The service on a database and with keys of its own, all of it thrown away afterwards; nothing is read from the environment."""

import logging
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine, event, inspect
from sqlalchemy.exc import OperationalError

import followup_service
from followup_service.config import Config, SmsGateway, simulated_account
from followup_service.encryption import KEY_BYTES
from followup_service.errors import Conflict, Refused
from followup_service.extensions import db

WHAT_TO_GIVE = "give an empty one as sqlite:////path/to/file or postgresql://…, or leave --database-url out"


@contextmanager
def throwaway_app(study: str, database_url: str | None = None) -> Iterator[Flask]:
    """An application on an empty, migrated database. Raises Refused where no database is there, Conflict where it is not empty."""
    logs = structlog.get_config()
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as directory:
        # By its full name: the service imports its commands, and with them this module, before `create_app` is defined.
        app = followup_service.create_app(_config(study, database_url, Path(directory)))
        # A rehearsal is read as a transcript: what the service logs of its ordinary work would stand in it.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        with app.app_context():
            engine = db.engine
        try:
            _prepare(app, engine)
            yield app
        finally:
            engine.dispose()
            structlog.configure(**logs)


def _config(study: str, database_url: str | None, directory: Path) -> Config:
    secret_key = secrets.token_urlsafe(48)
    account, token, number = simulated_account(secret_key)
    url = (database_url or f"sqlite:///{directory / 'rehearsal.sqlite3'}").replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise Refused(f"this is no database that we know: {WHAT_TO_GIVE}")
    return Config(
        database_url=url,
        sms_gateway=SmsGateway.SIMULATOR,
        twilio_account_sid=account,
        twilio_auth_tokens=(token,),
        twilio_numbers=(number,),
        public_base_url="http://127.0.0.1:8000",
        secret_key=secret_key,
        field_encryption_keys=(secrets.token_bytes(KEY_BYTES),),
        phone_index_key=secrets.token_bytes(KEY_BYTES),
        study=study,
        demo=True,
        instance=directory,
    )


def _prepare(app: Flask, engine: Engine) -> None:
    try:
        tables = inspect(engine).get_table_names()
    except OperationalError as error:
        raise Refused(f"the database given to the rehearsal cannot be opened ({type(error.orig).__name__}): {WHAT_TO_GIVE}") from None
    if tables:
        raise Conflict(f"the database given to the rehearsal is not empty: {WHAT_TO_GIVE}")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _do_not_wait_for_the_disk)
        engine.dispose()
    with app.app_context():
        upgrade()


def _do_not_wait_for_the_disk(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]
