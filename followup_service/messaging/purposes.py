"""Purpose: why a text is sent. It decides how urgently, for how long it stays useful, and whether it was asked for."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Purpose(StrEnum):
    PAGE = "page"
    STAFF_ANSWER = "staff_answer"
    ALARM_ANSWER = "alarm_answer"
    ANSWER = "answer"
    OPT_OUT_CONFIRMATION = "opt_out_confirmation"
    UNKNOWN_SENDER_ANSWER = "unknown_sender_answer"
    WRITTEN = "written"
    QUESTION = "question"
    FOLLOW_UP = "follow_up"
    REMINDER = "reminder"
    VISIT_CHANGE = "visit_change"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Handling:
    """`priority` 0 goes first. `useful_for` is how long after its due time a text is still worth sending.

    `asked_for`: the answer to something that the person just wrote, or what a person of the team writes, which a pause or the night does
    not hold back.
    """

    priority: int
    useful_for: timedelta
    asked_for: bool


HANDLING = {
    Purpose.PAGE: Handling(0, timedelta(hours=24), asked_for=True),
    Purpose.ALARM_ANSWER: Handling(1, timedelta(hours=4), asked_for=True),
    Purpose.STAFF_ANSWER: Handling(2, timedelta(hours=4), asked_for=True),
    Purpose.ANSWER: Handling(3, timedelta(hours=4), asked_for=True),
    Purpose.OPT_OUT_CONFIRMATION: Handling(3, timedelta(hours=24), asked_for=True),
    Purpose.UNKNOWN_SENDER_ANSWER: Handling(4, timedelta(hours=4), asked_for=True),
    Purpose.WRITTEN: Handling(2, timedelta(hours=4), asked_for=True),
    Purpose.FOLLOW_UP: Handling(5, timedelta(hours=6), asked_for=False),
    Purpose.QUESTION: Handling(5, timedelta(hours=6), asked_for=False),
    Purpose.VISIT_CHANGE: Handling(5, timedelta(hours=72), asked_for=False),
    Purpose.REMINDER: Handling(6, timedelta(hours=24), asked_for=False),
    Purpose.CLOSING: Handling(7, timedelta(hours=24), asked_for=False),
}

# What is of the service's own making and in no hurry: it waits while a person of the team and the participant write to each other.
# The question after an alarm does not, nor does any answer.
WAITS_FOR_CONVERSATION = frozenset({Purpose.QUESTION, Purpose.VISIT_CHANGE, Purpose.REMINDER, Purpose.CLOSING})
