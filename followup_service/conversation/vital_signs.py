"""Reads oxygen and blood pressure as people write them from their own devices.

An oxygen saturation of 91 % or less is told as trouble breathing: the lowest band of the National Early Warning Score 2 (Royal College of
Physicians, 2017); see docs/decisions/0020. A blood pressure of 180 or more over anything, or anything over 110 or more,
is told as being unwell, for a person to look at: the protocol gives no level for it.
"""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.number_labels import label_before
from followup_service.conversation.numbers import Number

_LOW_OXYGEN, _LEAST_OXYGEN = 91, 50
_HIGH_SYSTOLIC, _HIGH_DIASTOLIC = 180, 110
_MOST_SYSTOLIC, _LEAST_DIASTOLIC = 300, 40
_OXYGEN = bits_of({"oxygen_label"})


def find_vital_sign(text: MarkedText, number: Number) -> str | None:
    """The code that the number reports by itself, if it is a low oxygen saturation or a very high blood pressure."""
    if number.shape == "ratio":
        return "UNWELL" if _is_high_pressure(text.words[number.first]) else None
    if text.spoken_of & _OXYGEN and number.shape == "number" and _LEAST_OXYGEN <= number.value <= _LOW_OXYGEN:
        label = label_before(text, number)
        return "BREATHLESSNESS" if label is not None and "oxygen_label" in label.concepts else None
    return None


def _is_high_pressure(ratio: str) -> bool:
    systolic, diastolic = map(int, ratio.split("/"))
    if not _LEAST_DIASTOLIC <= diastolic < systolic <= _MOST_SYSTOLIC:
        return False
    return systolic >= _HIGH_SYSTOLIC or diastolic >= _HIGH_DIASTOLIC
