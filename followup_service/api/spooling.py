"""Spooling: while the database is away the webhooks go to the spool, and a thread of this process empties it as soon as it can.

As long as that thread works, whatever comes goes to the spool as well: nobody waits for the database, and the order is kept.
"""

from threading import Event, Lock, Thread

import structlog
from flask import Flask, Response, current_app
from sqlalchemy.exc import SQLAlchemyError

from followup_service import clock
from followup_service.api.provider_form import no_answer
from followup_service.config import Config
from followup_service.extensions import db
from followup_service.failpoints import reached
from followup_service.messaging.spool import Spool, Spooled
from followup_service.replies.take_from_spool import take_from_spool
from followup_service.staff.running_study import running_study

log = structlog.get_logger()
SECONDS_BETWEEN_TRIES = 0.5
# The provider waits two seconds for an answer (README): the spool and the answer need their share of them.
SECONDS_TO_STORE = 0.8


class SpoolFirst(Exception):
    """The spool is being emptied: who comes now goes behind those who wait."""


class Spooling:
    """One for each process. `is_under_way` says that what comes now must go to the spool."""

    def __init__(self, app: Flask, spool: Spool) -> None:
        self._app, self.spool = app, spool
        self._lock, self._ended = Lock(), Event()
        self._wanted = self.is_under_way = False

    def keep(self, spooled: Spooled) -> None:
        """Put a webhook into the spool, and see to it that it comes out again. Raises OSError where it cannot be kept."""
        self.spool.put(spooled)
        self.wake()

    def wake(self) -> None:
        """Empty the spool in a thread, unless one is at it: that one then looks once more."""
        with self._lock:
            self._wanted = True
            if not self.is_under_way:
                self.is_under_way = True
                Thread(target=self._run, name="spool", daemon=True).start()

    def wake_for_leftovers(self) -> None:
        """At the start: what an earlier process left."""
        if not self.spool.is_empty():
            self.wake()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._wanted:
                    self.is_under_way = False
                    return
                self._wanted = False
            while not self._is_emptied():
                self._ended.wait(SECONDS_BETWEEN_TRIES)

    def _is_emptied(self) -> bool:
        try:
            with self._app.app_context():
                return self.spool.empty(self._take)
        except Exception as error:  # noqa: BLE001 - the database is still away, or the disk: what waits goes on waiting
            log.warning("spool_waits", error=type(error).__name__)
            return False

    def _take(self, spooled: Spooled) -> None:
        config: Config = self._app.extensions["config"]
        study = running_study(db.session).protocol
        db.session.rollback()
        take_from_spool(db.session, spooled, config.twilio_numbers, clock.now(), study=study)
        db.session.commit()
        reached("spooled_text_committed")


def spooling() -> Spooling:
    """That of this process."""
    found: Spooling = current_app.extensions["spooling"]
    return found


def let_the_spool_go_first() -> None:
    if spooling().is_under_way:
        raise SpoolFirst


def roll_back() -> None:
    """Forget the transaction, where the database may be away."""
    try:
        db.session.rollback()
    except SQLAlchemyError as error:
        log.warning("rollback_failed", error=type(error).__name__)


def to_the_spool(spooled: Spooled) -> Response:
    """Where the database cannot be had: 503 where that fails too, and the provider tries again and has it in its list."""
    roll_back()
    try:
        spooling().keep(spooled)
    except OSError as error:
        log.error("webhook_not_kept", error=type(error).__name__)
        return Response(status=503, headers={"Retry-After": "5"})
    return no_answer()
