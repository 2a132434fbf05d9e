"""Failpoints: named places where a test lets a process die, stop or fail. Off unless the environment variable FAILPOINT names one.

`FAILPOINT=text_received:kill` acts each time that place is reached; several stand with commas between. `FAILPOINT=in:DIRECTORY` acts once
for each file named like `text_received:kill` that somebody puts into that directory.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from followup_service.errors import ConfigError, FollowupError

FAILPOINTS = frozenset(
    {
        # A text on its way in.
        "text_received",
        "text_committed",
        "text_handled",
        "handling_committed",
        # The same where the database is away, and the way back.
        "spool_written",
        "spool_renamed",
        "spooled_text_committed",
        "missed_texts_listed",
        "missed_text_stored",
        # A text on its way out.
        "texts_claimed",
        "claim_committed",
        "before_the_call",
        "after_the_call",
        "results_kept",
        "results_committed",
        # A text of which nobody knows whether it left.
        "leases_given_up",
        "looked_for",
        "unknown_settled",
        # A text of which no callback says what became of it.
        "answer_kept",
        # A database on its way to the newest version.
        "migrations_begun",
        "migrations_run",
        # A status callback.
        "receipt_committed",
    }
)


class Failed(FollowupError):
    """A failpoint made this fail."""

    status = 500
    title = "Failpoint"


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _fail() -> None:
    raise Failed("a failpoint was reached")


ACTIONS = MappingProxyType({"kill": _kill, "stop": _stop, "fail": _fail})


def reached(name: str) -> None:
    """Do what is asked for at this place: nothing, outside of tests."""
    if _armed is not None:
        _armed(name)


def _from_environment(written: str) -> Callable[[str], None] | None:
    """Raises ConfigError for a name or an action that does not exist."""
    if not written:
        return None
    if written.startswith("in:"):
        directory = Path(written.removeprefix("in:"))
        return lambda name: _take_from(directory, name)
    wanted: dict[str, str] = {}
    for one in written.split(","):
        name, _, action = one.partition(":")
        if name not in FAILPOINTS or action not in ACTIONS:
            raise ConfigError([f"FAILPOINT is '{one}': leave it out; in tests write NAME:ACTION with an action of {', '.join(ACTIONS)}"])
        wanted[name] = action
    return lambda name: ACTIONS[wanted[name]]() if name in wanted else None


def _take_from(directory: Path, name: str) -> None:
    """Of several processes that come by, one takes the file and acts."""
    for action, act in ACTIONS.items():
        try:
            (directory / f"{name}:{action}").unlink()
        except FileNotFoundError:
            continue
        act()


_armed = _from_environment(os.environ.get("FAILPOINT", ""))
