"""What to ask next in a check-in, once a text has been read."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NextStep:
    """`ask` is the question to put now (its code), None where there is none; `again` marks a repetition, `done` the check-in's end."""

    ask: str | None = None
    again: bool = False
    done: bool = False


def next_step(questions: Sequence[str], current: str, *, answered: bool, asked_again: bool) -> NextStep:
    """After an answer comes the next question. Without one the question comes back, once; after that the check-in waits to be closed."""
    if not answered:
        return NextStep() if asked_again else NextStep(ask=current, again=True)
    remaining = questions[questions.index(current) + 1 :]
    return NextStep(ask=remaining[0]) if remaining else NextStep(done=True)
