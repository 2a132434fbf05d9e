"""The service under the fast clock: `gunicorn tests.chaos.service:app`, and `python -m tests.chaos.service 2` for two workers.

What waits in the machine's own time waits shorter accordingly. Everything else is the service as it is.
"""

import os
import signal
import sys
from contextlib import ExitStack
from types import FrameType

from followup_service import clock, create_app
from followup_service.api import spooling
from followup_service.conversation.vocabulary import load_vocabulary
from followup_service.jobs import worker
from followup_service.messaging.gateways import twilio
from tests.chaos.fast_clock import FastClock

_as_long_as_the_process = ExitStack()
_as_long_as_the_process.enter_context(clock.use(FastClock.from_environment(os.environ)))
twilio.SECONDS_TO_ANSWER = 1.0
worker.SECONDS_BETWEEN_TICKS = 0.4
worker.SECONDS_AFTER_A_FAILURE = 0.2
spooling.SECONDS_BETWEEN_TRIES = 0.1

app = create_app()
load_vocabulary()


def keep_workers_alive(count: int) -> None:
    """Whatever worker dies is replaced at once, by a copy of this process, which stays as it was when it started."""
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
        while len(running) < count:
            process_id = os.fork()
            if process_id == 0:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                worker.run_worker(app)
                os._exit(0)
            running.add(process_id)
        ended, _ = os.wait()
        running.discard(ended)


if __name__ == "__main__":
    keep_workers_alive(int(sys.argv[1]))
