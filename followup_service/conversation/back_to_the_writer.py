"""Decides whether the talk comes back from somebody else to the writer's own illness of today: "I", "now", "me too"."""

from followup_service.conversation.body_values import is_alarming
from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

TODAY, ALSO = bits_of({"about_now"}), bits_of({"also"})
_NONE = bits_of({"no", "not", "none", "no_answer", "none_of_all", "fine"})
_OURS = bits_of({"writer", "about_now", "also"})
# What tells, behind an "I" or a "now", that the talk comes back to the writer's own illness of today.
TROUBLED = bits_of((SYMPTOM_CODES - {"QUESTION_FOR_TEAM"}) | SECTIONS["troubles"] | {"temperature_claim", "worse", "also", "alike"})


def is_again(text: MarkedText, mark: Mark) -> bool:
    joined = "" if text.kind(mark.first) == "cjk" else " "
    return joined.join(text.words[mark.first : mark.end]) in text.plain.again


def comes_back(text: MarkedText, subject: Mark, first: int, end: int) -> bool:
    """Whether an "I" or a "now" in the sentence of the illness brings the talk back to the writer, or a "me too" anywhere."""
    return any(
        mark.first >= subject.end
        and mark.concepts.bits & (_OURS if text.sentences[mark.first] == text.sentences[first] else ALSO)
        and not (is_again(text, mark) and text.clauses[mark.first] == text.clauses[subject.first])
        and (mark.first < end or (mark.concepts.bits & ALSO and not is_again(text, mark)) or is_troubled_from(text, mark.end))
        for mark in text.marks
    )


def is_troubled_from(text: MarkedText, place: int) -> bool:
    """Whether a trouble or a number that no healthy body has stands at token `place` or behind it."""
    return any(mark.first >= place and _is_trouble(mark) for mark in text.marks) or any(
        number >= place and is_alarming(text, number) for number in text.numeric
    )


def _is_trouble(mark: Mark) -> bool:
    """也没有 is an "also" that says no."""
    return mark.concepts.bits & TROUBLED != 0 and not (mark.concepts.bits & _NONE and not mark.concepts.bits & TROUBLED & ~ALSO)
