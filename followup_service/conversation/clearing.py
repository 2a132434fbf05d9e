"""How words near a symptom may clear it: what every way of clearing one answers."""

from dataclasses import dataclass
from enum import StrEnum

from followup_service.conversation.concepts import SECTIONS
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.mentions import Named
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

# What a list that is denied as a whole may consist of, and the signs that join it or stand before an answer.
ITEMS = SYMPTOM_CODES | SECTIONS["things"] | SECTIONS["troubles"] | {"temperature_label", "temperature_claim"}
LIST_SIGNS, COLON_SIGNS = frozenset({"、", "/", "&"}), frozenset({"?", ":", "-", "="})
# Symptoms that trouble nobody once they have passed; any other that "is gone" still has to be told.
_QUIET_WHEN_GONE = frozenset({
    "ABDOMINAL_PAIN", "SHOULDER_PAIN", "DIARRHOEA", "PAIN", "NAUSEA", "VOMITING", "HEADACHE", "DIZZINESS", "WEAKNESS", "COUGH", "RASH",
    "MOUTH_SORES", "NUMBNESS", "TIREDNESS", "NO_APPETITE", "UNWELL", "LINE_PROBLEM",
    "LEG_SWELLING", "BURN",
})  # fmt: skip


class Clearing(StrEnum):
    """How words bear on a symptom: it is denied, over, only imagined, denied in its degree ("not very"), or of others or long ago."""

    DENIED = "denied"
    GONE = "gone"
    IMAGINED = "imagined"
    SLIGHT = "slight"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Denial:
    """The words that bear on a symptom, and how; only `clears` makes it none."""

    how: Clearing
    words: str
    clears: bool


def denied(text: MarkedText, first: int, end: int) -> Denial:
    """Denied by the words from token `first` to before `end`."""
    return Denial(Clearing.DENIED, text.written(first, end), clears=True)


def gone(text: MarkedText, named: Named, mark: Mark) -> Denial:
    """Over, as `mark` says."""
    return Denial(Clearing.GONE, text.written(mark.first, mark.end), clears=named.code in _QUIET_WHEN_GONE)


def imagined_by(text: MarkedText, mark: Mark) -> Denial | None:
    """ "If I get a fever" imagines it; "not sure if it is fever" does not clear it."""
    if text.has(mark.first - 1, "unsure") or text.has(mark.first - 1, "not"):
        return None
    return Denial(Clearing.IMAGINED, text.written(mark.first, mark.end), clears=True)
