"""How words near a symptom may clear it: what every way of clearing one answers."""

from dataclasses import dataclass
from enum import StrEnum

from followup_service.conversation.marked_text import Mark, MarkedText


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


def imagined_by(text: MarkedText, mark: Mark) -> Denial | None:
    """ "If I get a fever" imagines it; "not sure if it is fever" does not clear it."""
    if text.has(mark.first - 1, "unsure") or text.has(mark.first - 1, "not"):
        return None
    return Denial(Clearing.IMAGINED, text.written(mark.first, mark.end), clears=True)
