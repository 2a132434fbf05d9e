"""A number of a text: where it stands, what it says and in which shape it is written."""

from decimal import Decimal
from typing import NamedTuple


class Number(NamedTuple):
    """A number over the tokens from `first` to before `end`; `shape` is number, date, time, ratio or phone."""

    first: int
    end: int
    value: Decimal
    shape: str = "number"

    @property
    def is_whole(self) -> bool:
        """Whether it has no digit behind a point, not even a nought: nobody counts 38.0 of anything."""
        return self.value.as_tuple().exponent == 0
