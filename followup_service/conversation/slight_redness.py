"""Tells a little redness about a needle's place, of which the text says that nothing else is the matter, from an inflamed wound."""

from followup_service.conversation.clearing import Clearing, Denial
from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.mentions import Named
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

_RED, _MILD, _NONE = bits_of({"red"}), bits_of({"mild", "little"}), bits_of({"none"})
_MORE = bits_of({"worse", "strong", "severe", "much", "but", "temperature_label", "high", *SECTIONS["troubles"], *SYMPTOM_CODES} - {"red"})
_BETWEEN = 2


def find_slight_redness(text: MarkedText, named: Named) -> Denial | None:
    """ "A bit red where the needle was, no pain": once red, and only a little; nothing else but what is denied."""
    if named.code != "WOUND" or not (text.spoken_of & _RED and text.spoken_of & _MILD) or text.numeric:
        return None
    reds = [mark for mark in text.marks if mark.concepts.bits & _RED]
    if len(reds) != 1 or not reds[0].first <= named.core < reds[0].end or reds[0].concepts.bits & _MORE:
        return None
    mild = next((mark for mark in text.marks if mark.concepts.bits & _MILD and 0 <= reds[0].first - mark.end <= _BETWEEN), None)
    rest = [mark for mark in text.marks if mark is not reds[0] and mark is not mild and mark.concepts.bits & (_MORE | _NONE)]
    if mild is None or not rest or not all(_is_denied(text, mark) for mark in rest):
        return None
    return Denial(Clearing.SLIGHT, text.written(mild.first, reds[0].end), clears=True)


def _is_denied(text: MarkedText, mark: Mark) -> bool:
    return bool(mark.concepts.bits & _NONE) or text.has(mark.first - 1, "not") or text.has(mark.first - 1, "no")
