"""Which values a living body's temperature may have, in which unit, and where in them there is neither a fever nor a chill."""

from decimal import Decimal
from typing import NamedTuple

from followup_service.conversation.marked_text import MarkedText
from followup_service.protocol.findings import TemperatureUnit

_CELSIUS, _FAHRENHEIT = TemperatureUnit.CELSIUS, TemperatureUnit.FAHRENHEIT
HIGHEST = Decimal(43)
# The lowest, from where it is normal, from where it is a fever, the highest.
_BODY = (
    (_CELSIUS, Decimal(34), Decimal("35.5"), Decimal(38), HIGHEST),
    (_FAHRENHEIT, Decimal("93.2"), Decimal("95.9"), Decimal("100.4"), Decimal("109.4")),
)
# A whole number that lacks its point, "385" or "1014", and one whose point slipped, "3.85".
LOWEST_POINTLESS, _HIGHEST_POINTLESS, SLIPPED_BELOW = Decimal(340), Decimal(1094), Decimal(11)
_TENS, DIGITS = frozenset("三四"), "一二三四五六七八九"


class Value(NamedTuple):
    """A value read in a unit; `lacked_point` says that its point was put back."""

    value: Decimal
    unit: TemperatureUnit
    lacked_point: bool = False


def to_celsius(value: Decimal, unit: TemperatureUnit) -> Decimal:
    """Exact to 28 digits: 101.0 °F is 38.333…"""
    return value if unit is _CELSIUS else (value - 32) * 5 / 9


def plausible(value: Decimal) -> Value | None:
    """The reading that makes `value` a living body's temperature: as written, in the other unit, or with its point put back.

    The ranges of the two units do not meet, so the value itself says the unit, whatever was written beside it.
    """
    lacked_point = False
    if value < SLIPPED_BELOW:
        if value.as_tuple().exponent != -2:
            return None
        value, lacked_point = value * 10, True
    elif LOWEST_POINTLESS <= value <= _HIGHEST_POINTLESS and value == value.to_integral_value():
        value, lacked_point = value / 10, True
    for unit, lowest, _, _, highest in _BODY:
        if lowest <= value <= highest:
            return Value(value, unit, lacked_point)
    return None


def is_normal(text: MarkedText, place: int) -> bool:
    """Whether a healthy body may have the number at token `place`."""
    value = _value(text, place)
    return value is not None and any(normal <= value < fever for _, _, normal, fever, _ in _BODY)


def is_alarming(text: MarkedText, place: int) -> bool:
    """Whether the number at token `place` is a fever or a low temperature; one in words may be."""
    value = _value(text, place)
    if value is not None:
        return any(lowest <= value < normal or fever <= value <= highest for _, lowest, normal, fever, highest in _BODY)
    if text.kind(place) == "cjk":
        return text.words[place] in _TENS and text.words[place + 1 : place + 2] == ["十"]
    return text.kind(place) in ("word", "number")


def _value(text: MarkedText, place: int) -> Decimal | None:
    """What the digits at token `place` say, with the point put back that "385" lacks."""
    if text.kind(place) == "cjk":
        return spoken_value(text, place)
    written = text.words[place].replace(",", ".")
    if text.kind(place) != "number" or not written.replace(".", "", 1).isdecimal():
        return None
    value = Decimal(written)
    return value / 10 if value == value.to_integral_value() and value >= LOWEST_POINTLESS else value


def spoken_value(text: MarkedText, place: int) -> Decimal | None:
    """The 36 of 三十六度五, without its tenths: 35 is low, whatever follows."""
    words = text.words[place : place + 3]
    if len(words) < len("三十六") or words[0] not in _TENS or words[1] != "十" or words[2] not in DIGITS:
        return None
    return Decimal(10 * (3 + (words[0] == "四")) + 1 + DIGITS.index(words[2]))
