"""Finds the blood pressures that people send from their own devices: 185/112, "185 over 112", "19/11" in centimetres, "systolic 190"."""

from decimal import Decimal
from typing import NamedTuple

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText, new
from followup_service.conversation.number_labels import label_before
from followup_service.conversation.numbers import Number

NAMED = bits_of({"pressure_label"})
_LEAST_SYSTOLIC, _MOST_SYSTOLIC, _LEAST_DIASTOLIC = 70, 300, 40
# In France, Portugal, Brazil and Vietnam many say it in centimetres of mercury.
_MOST_CENTIMETRES = 30
_BETWEEN, _BEHIND = 2, 1


class BloodPressure(NamedTuple):
    """Millimetres of mercury, over the tokens from `first` to before `end`; `diastolic` is None where only the upper value is told."""

    systolic: Decimal
    diastolic: Decimal | None
    first: int
    end: int


def find_blood_pressures(text: MarkedText, numbers: list[Number]) -> list[BloodPressure]:
    """In order; two numbers without a slash between them only where somebody speaks of blood pressure."""
    is_named = text.spoken_of & NAMED != 0
    found: list[BloodPressure] = []
    for place, number in enumerate(numbers):
        pressure = None
        if found and number.first < found[-1].end:
            continue
        if number.shape == "ratio":
            systolic, diastolic = map(Decimal, text.words[number.first].split("/"))
            pressure = _pressure(text, number.first, number.end, systolic, diastolic)
        elif is_named and number.shape == "number":
            pressure = _pair(text, number, numbers[place + 1 :]) or _upper_value(text, number)
        if pressure is not None:
            found.append(pressure)
    return found


def _pair(text: MarkedText, number: Number, following: list[Number]) -> BloodPressure | None:
    """ "BP 185 over 112", "tension 18,5 por 11", 高压185低压112: a second number right behind the first, or behind one word or sign."""
    if not following or following[0].shape != "number" or following[0].first - number.end > _BETWEEN:
        return None
    other = following[0]
    if any(not _may_stand_between(text, place) for place in range(number.end, other.first)) or text.has(other.end, "counted"):
        return None
    return _pressure(text, number.first, other.end, number.value, other.value)


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
