"""Moving a status: each status enum has one table of what may follow what, and this is the only way through it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from followup_service.errors import IllegalTransition
from followup_service.protocol.sentences import said

S = TypeVar("S", bound=StrEnum)


def moved(table: Mapping[S, frozenset[S]], current: S, to: S) -> S:
    """Return `to` where the table allows it after `current`; raise IllegalTransition where not."""
    if to not in table[current]:
        raise IllegalTransition(
            said(
                "%(status)s cannot go from %(current)s to %(to)s; after %(current)s comes %(allowed)s",
                status=type(current).__name__,
                current=current,
                to=to,
                allowed=tuple(sorted(table[current])) or said("nothing: it is final"),
            )
        )
    return to
