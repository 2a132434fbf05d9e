"""Reads oxygen and blood pressure as people write them from their own devices.

An oxygen saturation of 91 % or less is told as trouble breathing: the lowest band of the National Early Warning Score 2 (Royal College of
Physicians, 2017). A blood pressure of 160 or more over anything, or anything over 100 or more, is high (grade 3 of CTCAE v5), one of 180
or 110 very high (a hypertensive crisis where anything else is told with it); see docs/decisions/0020.
"""

from decimal import Decimal

from followup_service.conversation.blood_pressure import BloodPressure, find_blood_pressures
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.mentions import Named
from followup_service.conversation.number_labels import label_before
from followup_service.conversation.numbers import Number

_LOW_OXYGEN, _LEAST_OXYGEN = 91, 50
# Systolic and diastolic, either of which is enough; the worse first.
_PRESSURES = (("VERY_HIGH_BLOOD_PRESSURE", 180, 110), ("HIGH_BLOOD_PRESSURE", 160, 100))
_OXYGEN = bits_of({"oxygen_label"})


def find_vital_signs(text: MarkedText, numbers: list[Number]) -> list[Named]:
    """The numbers that are a low oxygen saturation or a high blood pressure."""
    found = [Named("BREATHLESSNESS", number.first, number.end, number.first) for number in numbers if _is_low_oxygen(text, number)]
    for pressure in find_blood_pressures(text, numbers):
        code = _code_of(pressure)
        if code is not None:
            found.append(Named(code, pressure.first, pressure.end, pressure.first))
    return found


def _is_low_oxygen(text: MarkedText, number: Number) -> bool:
    if not text.spoken_of & _OXYGEN or number.shape != "number" or not _LEAST_OXYGEN <= number.value <= _LOW_OXYGEN:
        return False
    label = label_before(text, number)
    return label is not None and "oxygen_label" in label.concepts


def _code_of(pressure: BloodPressure) -> str | None:
    diastolic = pressure.diastolic or Decimal(0)
    return next((code for code, upper, lower in _PRESSURES if pressure.systolic >= upper or diastolic >= lower), None)
