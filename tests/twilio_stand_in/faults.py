"""Fault: how the provider misbehaves with one text; Course: what its carriers and its callbacks then do with it."""

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What the caller gets. `reset` and `silence` are no answer: the connection breaks at once, or stays open until somebody gives up."""

    CREATED = "created"
    RESET = "reset"
    SILENCE = "silence"
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    TOO_MANY = "too_many"
    TORN = "torn"
    NO_SID = "no_sid"
    REFUSED = "refused"


@dataclass(frozen=True)
class Fault:
    """Whether the text is taken, and what is answered after how many seconds. `code` is the error code of a refusal."""

    takes: bool = True
    answer: Answer = Answer.CREATED
    seconds: float = 0.0
    code: str = ""


NONE = Fault()
FAULTS = {
    "dropped after acceptance": Fault(True, Answer.RESET),
    "dropped before acceptance": Fault(False, Answer.RESET),
    "silent after acceptance": Fault(True, Answer.SILENCE),
    "silent before acceptance": Fault(False, Answer.SILENCE),
    "500 after acceptance": Fault(True, Answer.SERVER_ERROR),
    "500 before acceptance": Fault(False, Answer.SERVER_ERROR),
    "HTML 502 after acceptance": Fault(True, Answer.BAD_GATEWAY),
    "HTML 502 before acceptance": Fault(False, Answer.BAD_GATEWAY),
    "429": Fault(False, Answer.TOO_MANY),
    "malformed 201": Fault(True, Answer.TORN),
    "201 without sid": Fault(True, Answer.NO_SID),
}


@dataclass(frozen=True)
class Course:
    """The statuses that follow `queued`, each reported `times`, `seconds` apart; `reported` false: nobody hears of them.

    The last one is where the text ends; `error_code` goes with a failure. `reverse` reports the last status first.
    """

    statuses: tuple[str, ...] = ("sent", "delivered")
    error_code: str | None = None
    seconds: float = 0.0
    times: int = 1
    reported: bool = True
    reverse: bool = False

    @property
    def reaches_the_phone(self) -> bool:
        return self.error_code is None


DELIVERED = Course()
COURSES = {
    "callbacks late": Course(seconds=1.0),
    "callbacks twice": Course(times=2),
    "callbacks out of order": Course(statuses=("sending", "sent", "delivered"), reverse=True),
    "no callbacks": Course(reported=False),
}
