"""Moving a status: each status enum has one table of what may follow what, and this is the only way through it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from followup_service.errors import IllegalTransition

S = TypeVar("S", bound=StrEnum)


def moved(table: Mapping[S, frozenset[S]], current: S, to: S) -> S:
    """Return `to` where the table allows it after `current`; raise IllegalTransition where not."""
    if to not in table[current]:
        allowed = ", ".join(sorted(table[current])) or "nothing: it is final"
        raise IllegalTransition(f"{type(current).__name__} cannot go from {current} to {to}; after {current} comes {allowed}")
    return to
