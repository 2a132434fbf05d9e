"""Finds the word that says what a number is: "temp 38.5", "ALT is 60", "room 39"."""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.numbers import Number

_LABEL_REACH = 8
_BESIDE_A_LABEL = frozenset({"is_filler", "degree", "above", "below", "filler_verb", "celsius", "fahrenheit", "change", "came_out"})
_OWN_READING = bits_of({"own_reading"})
_LABEL_SIGNS = frozenset(":=~<>*#'\"")


def label_before(text: MarkedText, number: Number) -> Mark | None:
    """The word that says what the number is: before it in its clause, with nothing between but is, was, about, today …"""
    if not number.first:
        return None
    changed = False
    for position in range(number.first - 1, max(-1, number.first - 1 - _LABEL_REACH), -1):
        if text.clauses[position] != text.clauses[number.first] and not changed:
            return None
        mark = text.at[position]
        if mark is not None and ("FEVER" in mark.concepts or mark.concepts.isdisjoint(_BESIDE_A_LABEL)):
            return mark
        changed = changed or (mark is not None and "change" in mark.concepts)
        if mark is None and not _goes_on(text, position, changed=changed):
            return None
    return None


def own_reading_before(text: MarkedText, number: Number) -> Mark | None:
    """The last "my temperature", "I measured" of the sentence before `number`, with no other number and no "fine" in between."""
    if not text.spoken_of & _OWN_READING:
        return None
    sentence = text.sentences[number.first]
    before = [mark for mark in text.marked("own_reading") if mark.end <= number.first and text.sentences[mark.first] == sentence]
    if not before:
        return None
    between = range(before[-1].end, number.first)
    return None if any(text.kind(place) == "number" or text.has(place, "fine") for place in between) else before[-1]


def past_degree_sign(text: MarkedText, number: Number) -> int:
    """Where the text goes on behind the number and its degree sign."""
    return number.end + 1 if text.has(number.end, "degree_sign") else number.end


def _goes_on(text: MarkedText, position: int, *, changed: bool) -> bool:
    """Whether a label reaches over an unknown token: a sign, or the first of two values, "CEA 38.6 down from 102"."""
    return text.words[position] in _LABEL_SIGNS or (changed and (text.kind(position) == "number" or text.words[position] == ","))
