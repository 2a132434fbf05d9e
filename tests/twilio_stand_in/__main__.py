"""`python -m tests.twilio_stand_in --port 9000 --seconds-to-answer 0.2`: the stand-in as a process of its own, until it is ended.

Account and numbers come from the variables of the service; texts from phones go to PUBLIC_BASE_URL.
"""

import argparse
import signal
from threading import Event

from followup_service.read_config import read_config
from tests.twilio_stand_in.faults import Course
from tests.twilio_stand_in.provider import Account
from tests.twilio_stand_in.server import stand_in


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--seconds-to-answer", type=float, default=0.0)
    options.add_argument("--no-callbacks", action="store_true", help="texts arrive, and nobody is told")
    given = options.parse_args()
    config, stop = read_config(), Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    account = Account(config.twilio_account_sid, config.twilio_auth_tokens[0], config.twilio_numbers)
    with stand_in(account, given.port) as server:
        server.provider.seconds_to_answer = given.seconds_to_answer
        server.provider.inbound_url = f"{config.public_base_url}/sms/inbound"
        server.provider.course = Course(reported=not given.no_callbacks)
        print(server.url, flush=True)  # noqa: T201 - whoever started it reads where it listens
        stop.wait()


if __name__ == "__main__":
    main()
