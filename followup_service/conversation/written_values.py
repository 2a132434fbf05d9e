"""Reads a number written in digits: 38.5, 1,014.2, and the mistakes that people make with its sign."""

import re
from decimal import Decimal
from functools import lru_cache

_DIGITS = re.compile(r"\d+")
_CELSIUS, _FAHRENHEIT = frozenset(range(34, 44)), frozenset(range(93, 110))
# Whole numbers that a body temperature may start with; only these take a loose digit as their fraction ("38 5").
WHOLE = _CELSIUS | _FAHRENHEIT


@lru_cache(maxsize=10_000)
def written_value(word: str) -> tuple[int | Decimal, bool]:
    """What a number in digits says, an int where it has no fraction; and whether a half may still follow it."""
    parts = _DIGITS.findall(word)
    if len(parts) == 1:
        return (Decimal(f"0.{parts[0]}"), False) if word.startswith(".") else (int(parts[0]), True)
    if "." not in word and len(parts[1]) == 2 and any({int(parts[0]), int(parts[1])} <= whole for whole in (_CELSIUS, _FAHRENHEIT)):
        as_one = [Decimal(".".join(parts))] if "," in word else []
        return max(Decimal(parts[0]), Decimal(parts[1]), *as_one), False  # 38,39 may be two values, 38,35 is one
    if word[1] == " " and word[2].isdecimal():
        return Decimal(word.replace(" ", "").replace(",", ".")), False  # 3 8.5
    return Decimal(parts[0] + parts[1] + "." + parts[2] if len(parts) == 3 else ".".join(parts)), True


def is_hour(word: str) -> bool:
    """ "0400" is four o'clock."""
    return len(word) == 4 and word.startswith("0") and word.isdecimal()
