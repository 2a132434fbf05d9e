"""Finds what a text asks the service to do. STOP as a word of its own always wins; "stop" inside a sentence is no opt-out."""

from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.reading import Command
from followup_service.conversation.vocabulary import Vocabulary

_COURTESIES = frozenset({"please", "smalltalk"})
_ENDS = frozenset({".", ",", ";", "\n", "!", ":", "-"})
_SIGNS = " .!,;:\n"
_VISIT_REACH = 6
_TEXTS_REACH = 5
_STOPPING = bits_of({"stop_word", "stop_alone", "stop_phrase", "ending"})
_COMMANDING = bits_of((SECTIONS["commands"] - {"please", "dont"}) | {"visit"})


def find_command(text: MarkedText, vocabulary: Vocabulary) -> Command | None:
    """The first command in the order of Command that the text gives."""
    if text.source.text.strip(_SIGNS) in vocabulary.language_names:
        return Command.LANGUAGE
    if not text.spoken_of & _COMMANDING:
        return None
    if _says_stop(text) and not _says_yes(text):
        return Command.STOP
    if _stands_alone(text, "start_word") or _asked(text, "start_phrase"):
        return Command.START
    if _stands_alone(text, "help_word") and not _is_a_sum(text):
        return Command.HELP
    if _asked(text, "call_me"):
        return Command.CALLBACK
    if _asked(text, "in_language"):
        return Command.LANGUAGE
    if _asked(text, "reschedule") or _stand_together(text, "cannot", "visit", _VISIT_REACH):
        return Command.RESCHEDULE
    if _says_to_come(text):
        return Command.CONFIRM
    return None


def may_be_a_stop(text: MarkedText) -> bool:
    """Whether a text says stop in a word that also says yes, and nothing tells which."""
    return _says_stop(text) and _says_yes(text)


def _says_stop(text: MarkedText) -> bool:
    return bool(text.spoken_of & _STOPPING) and (
        _stands_out(text, "stop_word")
        or _stands_alone(text, "stop_alone")
        or _asked(text, "stop_phrase")
        or _stand_together(text, "ending", "our_texts", _TEXTS_REACH)
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


def _stands_alone(text: MarkedText, concept: str) -> bool:
    """Whether the text is a word of `concept` and nothing else but signs and courtesies."""
    if not text.marked(concept):
        return False
    others = (place for place in range(len(text.words)) if text.kind(place) != "mark" and not text.has(place, concept))
    return all(_is_courtesy(text, position) for position in others)


def _is_courtesy(text: MarkedText, position: int) -> bool:
    mark = text.at[position]
    return mark is not None and not _COURTESIES.isdisjoint(mark.concepts)


def _stands_out(text: MarkedText, concept: str) -> bool:
    """Alone, or first or last and cut off from the rest by a sign or a number: "STOP 39.5", "STOP temp 39.4", "fever. STOP"."""
    if _stands_alone(text, concept):
        return True
    last = len(text.words) - 1
    for mark in text.marked(concept):
        if mark.first == 0 and mark.end <= last and _is_cut(text, mark.end):
            return True
        if mark.end == last + 1 and mark.first > 0 and _is_cut(text, mark.first - 1):
            return True
    return False


def _is_cut(text: MarkedText, position: int) -> bool:
    return text.words[position] in _ENDS or text.kind(position) == "number" or text.has(position, "temperature_label")


def _asked(text: MarkedText, concept: str) -> bool:
    """Whether a term of `concept` stands in the text without "do not" before it."""
    return any(not _is_denied(text, mark.first) for mark in text.marked(concept))


def _stand_together(text: MarkedText, one: str, other: str, reach: int) -> bool:
    """In one clause, without "do not" before the first: "can't do the appointment on Tuesday", "enough of these messages"."""
    return any(
        abs(mark.first - near.first) <= reach and text.clauses[mark.first] == text.clauses[near.first] and not _is_denied(text, mark.first)
        for near in text.marked(other)
        for mark in text.marked(one)
    )


def _says_to_come(text: MarkedText) -> bool:
    """And does not ask it: "do I come in then?"."""
    asking = text.sentences[len(text.words) - 2] if text.words[-1:] == ["?"] else None
    return any(text.sentences[mark.first] != asking and not _is_denied(text, mark.first) for mark in text.marked("confirm_word"))


def _is_denied(text: MarkedText, position: int) -> bool:
    return text.has(position - 1, "dont") or text.has(position - 1, "not")
