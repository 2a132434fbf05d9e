"""The service under the fast clock, as the launcher makes processes of it: web server, workers, or one that migrates the database.

What waits in the machine's own time waits shorter accordingly. Everything else is the service as it is.
"""

import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import FrameType

from flask import Flask
from flask_migrate import upgrade
from gunicorn.app import wsgiapp

from followup_service import clock, create_app, database
from followup_service.api import spooling
from followup_service.conversation.vocabulary import load_vocabulary
from followup_service.jobs import worker
from followup_service.messaging.gateways import twilio
from followup_service.read_config import read_config
from tests.chaos.break_service import BROKEN_LIKE, break_service
from tests.chaos.fast_clock import FastClock

DONE = "done"
# Where the stand-in is for a host that has a network of its own. The service takes one from its configuration on its own machine only.
PROVIDER = "CHAOS_PROVIDER"
_as_long_as_the_process = ExitStack()


def read_in() -> None:
    """Once, for all that is started later."""
    load_vocabulary()
    twilio.SECONDS_TO_ANSWER = 1.0
    worker.SECONDS_BETWEEN_TICKS = 0.4
    worker.SECONDS_AFTER_A_FAILURE = 0.2
    spooling.SECONDS_BETWEEN_TRIES = 0.1
    database.SECONDS_OF_SILENCE = 2
    database.SECONDS_TO_DO_NOTHING = 2
    break_service(os.environ.get(BROKEN_LIKE, ""))


def make_app() -> Flask:
    _as_long_as_the_process.enter_context(clock.use(FastClock.from_environment(os.environ)))
    return create_app(replace(read_config(), twilio_api_url=os.environ[PROVIDER]))


def web(address: str) -> None:
    """A web server: two processes that share a port, and one that replaces whichever dies."""
    options = ["--preload", "--workers=2", "--threads=4", "--worker-class=gthread", "--graceful-timeout=1", "--log-level=error"]
    sys.argv = ["gunicorn", "tests.chaos.service:make_app()", f"--bind={address}", "--no-control-socket", *options]
    wsgiapp.run()


def workers(count: str) -> None:
    """Whatever worker dies is replaced at once, by a copy of this process, which stays as it was when it started."""
    app = make_app()
    running: set[int] = set()

    def end(_number: int, _frame: FrameType | None) -> None:
        """They finish what is on its way."""
        for process_id in running:
            os.kill(process_id, signal.SIGTERM)
        for process_id in running:
            os.waitpid(process_id, 0)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        while len(running) < int(count):
            process_id = os.fork()
            if process_id == 0:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                worker.run_worker(app)
                os._exit(0)
            running.add(process_id)
        ended, _ = os.wait()
        running.discard(ended)


def migration(directory: str) -> None:
    """What `flask db upgrade` does, with the migrations in this directory. A file says that it went well."""
    with make_app().app_context():
        upgrade(directory=directory)
    (Path(directory) / DONE).touch()
