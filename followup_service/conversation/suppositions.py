"""Decides whether a fever or a number is only asked about for a time to come: "if it goes over 38.3 in the night, whom do I ring?"."""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText

_IF, _QUESTION = bits_of({"if"}), bits_of({"question"})
_TO_COME = bits_of({"future", "above"})
_NOW = bits_of({"about_now"})


def condition_of_the_future(text: MarkedText, first: int) -> Mark | None:
    """The "if" before token `first` in its sentence, where the text asks, the sentence says when or how high, and says nothing of now."""
    if not text.spoken_of & _IF or not text.spoken_of & _TO_COME or not (text.spoken_of & _QUESTION or "?" in text.words):
        return None
    beside = [mark for mark in text.marks if text.sentences[mark.first] == text.sentences[first]]
    condition = next((mark for mark in beside if mark.concepts.bits & _IF and mark.first <= first), None)
    if condition is None or text.has(condition.first - 1, "unsure") or any(mark.concepts.bits & _NOW for mark in beside):
        return None
    return condition if any(mark.concepts.bits & _TO_COME for mark in beside) else None
