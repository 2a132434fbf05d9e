"""Finds what a text asks the service to do. STOP as a word of its own always wins; "stop" inside a sentence is no opt-out."""

from collections.abc import Iterator
from typing import NamedTuple

from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.marked_text import Mark, MarkedText, Place, Span
from followup_service.conversation.reading import Command
from followup_service.conversation.vocabulary import Vocabulary

_COURTESIES = frozenset({"please", "smalltalk"})
_ENDS = frozenset({".", ",", ";", "\n", "!", ":", "-"})
_SIGNS = " .!,;:\n"
_VISIT_REACH = 6
_TEXTS_REACH = 5
_STOPPING = bits_of({"stop_word", "stop_alone", "stop_phrase", "ending"})
_COMMANDING = bits_of((SECTIONS["commands"] - {"please", "dont"}) | {"visit"})


class Order(NamedTuple):
    """A command, and where the words stand that give it."""

    command: Command
    spans: tuple[Span, ...]


def find_command(text: MarkedText, vocabulary: Vocabulary) -> Order | None:
    """The first command in the order of Command that the text gives."""
    if text.source.text.strip(_SIGNS) in vocabulary.language_names:
        return Order(Command.LANGUAGE, text.spans([Place(0, len(text.words))]))
    if not text.spoken_of & _COMMANDING:
        return None
    return next((Order(command, text.spans(marks)) for command, marks in _given(text) if marks), None)


def _given(text: MarkedText) -> Iterator[tuple[Command, list[Mark]]]:
    """Each command with the marks that give it, if any."""
    yield Command.STOP, [] if _says_yes(text) else _stopping(text)
    yield Command.START, _standing_alone(text, "start_word") or _asking(text, "start_phrase")
    yield Command.HELP, [] if _is_a_sum(text) else _standing_alone(text, "help_word")
    yield Command.CALLBACK, _asking(text, "call_me")
    yield Command.LANGUAGE, _asking(text, "in_language")
    yield Command.RESCHEDULE, _asking(text, "reschedule") or _standing_together(text, "cannot", "visit", _VISIT_REACH)
    yield Command.CONFIRM, _saying_to_come(text)


def may_be_a_stop(text: MarkedText) -> bool:
    """Whether a text says stop in a word that also says yes, and nothing tells which."""
    return bool(_stopping(text)) and _says_yes(text)


def _stopping(text: MarkedText) -> list[Mark]:
    if not text.spoken_of & _STOPPING:
        return []
    return (
        _standing_out(text, "stop_word")
        or _standing_alone(text, "stop_alone")
        or _asking(text, "stop_phrase")
        or _standing_together(text, "ending", "our_texts", _TEXTS_REACH)
    )


def _says_yes(text: MarkedText) -> bool:
    """Vietnamese "dung", typed without its marks, is both stop and right: it opts nobody out."""
    return all("yes" in mark.concepts for mark in text.marks if mark.concepts.bits & _STOPPING)


def _is_a_sum(text: MarkedText) -> bool:
    """150k: an emergency number with a unit written onto it is a sum of money."""
    return any(text.kind(mark.first) == "number" and text.has(mark.end, "counted_glued") for mark in text.marked("help_word"))


def find_wanted_language(text: MarkedText, vocabulary: Vocabulary) -> str | None:
    """The code of the language that the text names; the longest name wins ("traditional chinese" over "chinese")."""
    named = [name for name in vocabulary.language_names if name in text.source.text]
    return vocabulary.language_names[max(named, key=len)] if named else None


def _standing_alone(text: MarkedText, concept: str) -> list[Mark]:
    """The words of `concept`, where the text has nothing else but signs and courtesies."""
    marks = text.marked(concept)
    others = (place for place in range(len(text.words)) if text.kind(place) != "mark" and not text.has(place, concept))
    return marks if marks and all(_is_courtesy(text, position) for position in others) else []


def _is_courtesy(text: MarkedText, position: int) -> bool:
    mark = text.at[position]
    return mark is not None and not _COURTESIES.isdisjoint(mark.concepts)


def _standing_out(text: MarkedText, concept: str) -> list[Mark]:
    """Alone, or first or last and cut off from the rest by a sign or a number: "STOP 39.5", "STOP temp 39.4", "fever. STOP"."""
    end = len(text.words)
    return _standing_alone(text, concept) or [
        mark
        for mark in text.marked(concept)
        if (mark.first == 0 and mark.end < end and _is_cut(text, mark.end))
        or (mark.end == end and mark.first > 0 and _is_cut(text, mark.first - 1))
    ]


def _is_cut(text: MarkedText, position: int) -> bool:
    return text.words[position] in _ENDS or text.kind(position) == "number" or text.has(position, "temperature_label")


def _asking(text: MarkedText, concept: str) -> list[Mark]:
    """The terms of `concept` without "do not" before them."""
    return [mark for mark in text.marked(concept) if not _is_denied(text, mark.first)]


def _standing_together(text: MarkedText, one: str, other: str, reach: int) -> list[Mark]:
    """In one clause, without "do not" before the first: "can't do the appointment on Tuesday", "enough of these messages"."""
    return [
        both
        for near in text.marked(other)
        for mark in _asking(text, one)
        if abs(mark.first - near.first) <= reach and text.clauses[mark.first] == text.clauses[near.first]
        for both in (mark, near)
    ]


def _saying_to_come(text: MarkedText) -> list[Mark]:
    """And not asking it: "do I come in then?"."""
    asked = text.sentences[len(text.words) - 2] if text.words[-1:] == ["?"] else None
    return [mark for mark in _asking(text, "confirm_word") if text.sentences[mark.first] != asked]


def _is_denied(text: MarkedText, position: int) -> bool:
    return text.has(position - 1, "dont") or text.has(position - 1, "not")
