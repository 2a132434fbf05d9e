"""Finds the blood pressures that people send from their own devices: 185/112, "185 over 112", "19/11" in centimetres, "systolic 190",
"one ninety over one ten".
"""

from decimal import Decimal
from typing import NamedTuple

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText, new
from followup_service.conversation.number_labels import label_before
from followup_service.conversation.numbers import Number

_NAMED = bits_of({"pressure_label"})
_LEAST_SYSTOLIC, _MOST_SYSTOLIC, _LEAST_DIASTOLIC = 70, 300, 40
# In France, Portugal, Brazil and Vietnam many say it in centimetres of mercury.
_MOST_CENTIMETRES = 30
_BETWEEN, _BEHIND = 3, 1
# What other two numbers with an "over" between them may be, where nobody speaks of blood pressure.
_OTHER_PAIRS = bits_of({"measure", "currency", "cost", "priced", "other_label", "game", "topic", "counted_before", "birthday"})
_LEAST_UNNAMED_SYSTOLIC, _LEAST_BETWEEN = 100, 20
_ONE_OR_TWO = frozenset({1, 2})


class BloodPressure(NamedTuple):
    """Millimetres of mercury, over the tokens from `first` to before `end`; `diastolic` is None where only the upper value is told."""

    systolic: Decimal
    diastolic: Decimal | None
    first: int
    end: int


def find_blood_pressures(text: MarkedText, numbers: list[Number]) -> list[BloodPressure]:
    """In order; two numbers without a slash or an "over" between them only where somebody speaks of blood pressure."""
    is_named = text.spoken_of & _NAMED != 0
    if is_named or not text.plain.over.isdisjoint(text.words):
        numbers = _as_spoken(text, numbers)
    found: list[BloodPressure] = []
    for place, number in enumerate(numbers):
        pressure = None
        if found and number.first < found[-1].end:
            continue
        if number.shape == "ratio":
            systolic, diastolic = map(Decimal, text.words[number.first].split("/"))
            pressure = _pressure(text, number.first, number.end, systolic, diastolic)
        elif number.shape == "number":
            following = numbers[place + 1 :]
            pressure = (_pair(text, number, following) or _upper_value(text, number)) if is_named else _unnamed(text, number, following)
        if pressure is not None:
            found.append(pressure)
    return found


def _as_spoken(text: MarkedText, numbers: list[Number]) -> list[Number]:
    """ "One ninety" is 190, and so is "مية وتسعين" with its word for a hundred that is also one for water."""
    spoken: list[Number] = []
    for number in numbers:
        before = spoken[-1] if spoken else None
        if before is not None and _are_hundreds(text, before, number):
            spoken[-1] = Number(before.first, number.end, before.value * 100 + number.value)
            continue
        hundred = _hundred_before(text, number)
        spoken.append(number if hundred is None else Number(hundred, number.end, number.value + 100))
    return spoken


def _are_hundreds(text: MarkedText, one: Number, rest: Number) -> bool:
    is_one = one.value in _ONE_OR_TWO and one.end - one.first == 1 and text.kind(one.first) == "word" and one.end == rest.first
    return is_one and _is_below_a_hundred(rest) and text.kind(rest.first) == "word"


def _hundred_before(text: MarkedText, number: Number) -> int | None:
    """Where the hundred begins to which `number` is added, perhaps over an "and"."""
    place = number.first - 1
    if text.has(place, "number_and"):
        place -= 1
    if place < 0 or not _is_below_a_hundred(number) or text.words[place] not in text.plain.hundred_before:
        return None
    return place


def _is_below_a_hundred(number: Number) -> bool:
    return number.shape == "number" and number.is_whole and 10 <= number.value < 100


def _pair(text: MarkedText, number: Number, following: list[Number]) -> BloodPressure | None:
    """ "BP 185 over 112", "tension 18,5 por 11", 高压185低压112: a second number right behind the first, or behind one word or sign."""
    if not following or following[0].shape != "number" or following[0].first - number.end > _BETWEEN:
        return None
    other = following[0]
    if any(not _may_stand_between(text, place) for place in range(number.end, other.first)) or text.has(other.end, "counted"):
        return None
    return _pressure(text, number.first, other.end, number.value, other.value)


def _unnamed(text: MarkedText, number: Number, following: list[Number]) -> BloodPressure | None:
    """ "190 over 110", 一百八十/一百一: an "over" between two values that only a blood pressure has, and no word for anything else."""
    if not following or text.spoken_of & _OTHER_PAIRS or text.plain.over.isdisjoint(text.words[number.end : following[0].first]):
        return None
    other = following[0]
    if number.value < _LEAST_UNNAMED_SYSTOLIC or number.value - other.value < _LEAST_BETWEEN:
        return None
    return _pair(text, number, following) if number.is_whole and other.is_whole else None


def _may_stand_between(text: MarkedText, place: int) -> bool:
    """Not the name of another value: "BP 180, pulse 110"."""
    return text.has(place, "pressure_label") or not text.has(place, "other_label")


def _pressure(text: MarkedText, first: int, end: int, systolic: Decimal, diastolic: Decimal) -> BloodPressure | None:
    if systolic <= _MOST_CENTIMETRES and _is_named_beside(text, first, end):
        systolic, diastolic = systolic * 10, diastolic * 10
    if not _LEAST_DIASTOLIC <= diastolic < systolic <= _MOST_SYSTOLIC or systolic < _LEAST_SYSTOLIC:
        return None
    return new(BloodPressure, (systolic, diastolic, first, end))


def _is_named_beside(text: MarkedText, first: int, end: int) -> bool:
    """Before it in its clause, or right behind: "16,5/10 de tension"."""
    clause = text.clauses[first]
    return any(
        (mark.first < first and text.clauses[mark.first] == clause) or 0 <= mark.first - end <= _BEHIND
        for mark in text.marked("pressure_label")
    )


def _upper_value(text: MarkedText, number: Number) -> BloodPressure | None:
    label = label_before(text, number)
    if label is None or "pressure_label" not in label.concepts or not 2 * _LEAST_SYSTOLIC <= number.value <= _MOST_SYSTOLIC:
        return None
    return new(BloodPressure, (number.value, None, number.first, number.end))
