"""Decides whether a fever or a number is only asked about for a time to come: "if it goes over 38.3 in the night, whom do I ring?"."""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText

_IF, _QUESTION = bits_of({"if"}), bits_of({"question"})
_BOUND = bits_of({"above"})
_TO_COME = _BOUND | bits_of({"future"})
_NOW = bits_of({"about_now"})
_NOTHING = bits_of({"none", "no_answer", "none_of_all", "not", "no", "fine"})


def condition_of_the_future(text: MarkedText, first: int, *, is_number: bool) -> Mark | None:
    """The "if" before token `first` in its clause, where the text asks, the clause says when or how high, and its sentence nothing of now.

    A number needs a bound: "sí tengo 39 por la noche, ¿qué hago?" is typed without its accent, and then reads like an "if".
    """
    needed = _BOUND if is_number else _TO_COME
    if not text.spoken_of & _IF or not text.spoken_of & needed or not (text.spoken_of & _QUESTION or "?" in text.words):
        return None
    beside = [mark for mark in text.marks if text.sentences[mark.first] == text.sentences[first]]
    clause = [mark for mark in beside if text.clauses[mark.first] == text.clauses[first]]
    condition = next((mark for mark in clause if mark.concepts.bits & _IF and mark.first <= first), None)
    if condition is None or text.has(condition.first - 1, "unsure") or any(mark.concepts.bits & _NOW for mark in beside):
        return None
    return condition if any(mark.concepts.bits & needed for mark in clause) else None


def denies_for_now(text: MarkedText) -> bool:
    """ "Nothing now", "I have none at the moment": a no in one clause with a word for now."""
    if not text.spoken_of & _NOW or not text.spoken_of & _NOTHING:
        return False
    now = {text.clauses[mark.first] for mark in text.marks if mark.concepts.bits & _NOW}
    return any(mark.concepts.bits & _NOTHING and text.clauses[mark.first] in now for mark in text.marks)
