"""Reads a text as the answer to the question that is open: a digit, yes or no, coming or not, a temperature, a place of measuring."""

from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from followup_service.conversation.commands import Order
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText, Placed, Span
from followup_service.conversation.measurement_sites import SITES
from followup_service.conversation.numbers import Number
from followup_service.conversation.reading import Command, TemperatureCandidate
from followup_service.conversation.says_well import says_well
from followup_service.conversation.yes_or_no import find_yes_or_no
from followup_service.protocol.question_kinds import QuestionKind

_HIGHEST_DIGIT = 4
_DIGIT_BY_WORD = {"most": 4, "unbearable": 4, "much": 3, "severe": 3, "medium": 2, "moderate": 2, "little": 1, "mild": 1}
_NONE_WORDS = bits_of({"none", "no_answer", "fine"})
_DENIALS, _SELF_WELL = bits_of({"no", "not"}), bits_of({"self_well"})
_OPENING = 2


class Answer(NamedTuple):
    """The canonical value for the open question, and where the words stand that give it."""

    value: str
    spans: tuple[Span, ...]


# A value with the words that give it.
_Found = tuple[str, Sequence[Placed]] | None


def find_answer(
    question: QuestionKind | None,
    text: MarkedText,
    numbers: list[Number],
    candidates: list[TemperatureCandidate],
    order: Order | None,
    *,
    is_well: bool,
) -> Answer | None:
    """The answer to the open question, or None; `is_well` says that the text names no trouble that stands."""
    found: _Found = None
    match question:
        case QuestionKind.TEMPERATURE:
            return _temperature(candidates)
        case QuestionKind.SEVERITY_0_4:
            found = _severity(text, numbers, is_well=is_well)
        case QuestionKind.YES_NO:
            found = find_yes_or_no(text, numbers, is_well=is_well, well=_well(text))
        case QuestionKind.VISIT_CONFIRM:
            return _visit(text, numbers, order)
        case QuestionKind.MEASUREMENT_SITE:
            found = _site(text, is_well=is_well)
    return Answer(found[0], text.spans(found[1])) if found is not None else None


def _temperature(candidates: list[TemperatureCandidate]) -> Answer | None:
    counted = [candidate for candidate in candidates if candidate.dropped is None and not candidate.implausible]
    highest = max(counted, key=attrgetter("celsius"), default=None)
    return Answer(str(highest.celsius.quantize(Decimal("0.01"))), (highest.span,)) if highest is not None else None


def _severity(text: MarkedText, numbers: list[Number], *, is_well: bool) -> _Found:
    """A digit 0-4, the highest where several are given; else the words for it."""
    digits = [(digit, number) for number in numbers if (digit := _digit(text, number)) is not None]
    if digits:
        highest = max(digit for digit, _ in digits)
        return str(highest), [number for digit, number in digits if digit == highest]
    if any(number.shape == "number" for number in numbers):
        return None
    for concept, digit in _DIGIT_BY_WORD.items():
        if said := [mark for mark in text.marked(concept) if not _is_denied(text, mark.first)]:
            return str(digit), said
    if not is_well:
        return None
    nothing = [mark for mark in text.marks if mark.concepts.bits & (_NONE_WORDS | _DENIALS)] or _well(text)
    return ("0", nothing) if nothing else None


def _site(text: MarkedText, *, is_well: bool) -> _Found:
    """The only place that the text names; "my ear hurts" tells of no measuring."""
    named = [(site, marks) for concept, site in SITES.items() if (marks := text.marked(concept))] if is_well else []
    return named[0] if len(named) == 1 else None


def _is_denied(text: MarkedText, position: int) -> bool:
    return text.has(position - 1, "no") or text.has(position - 1, "not")


def _digit(text: MarkedText, number: Number) -> int | None:
    if number.shape == "ratio":
        digit, _, full = text.words[number.first].replace(" ", "").partition("/")
        return int(digit) if full == str(_HIGHEST_DIGIT) and int(digit) <= _HIGHEST_DIGIT else None
    if number.shape != "number" or not number.is_whole or not 0 <= number.value <= _HIGHEST_DIGIT or _is_a_letter(text, number):
        return None
    if text.has(number.end, "times") or (text.has(number.end, "counted") and not text.has(number.end, "points")):
        return None
    return int(number.value)


def _is_a_letter(text: MarkedText, number: Number) -> bool:
    """The 3 of "lma3da" and of "3aref" is an Arabic letter."""
    return _is_onto_a_word(text, number.first - 1, number.first) or (
        _is_onto_a_word(text, number.end, number.end - 1) and not (text.has(number.end, "counted") or text.has(number.end, "points"))
    )


def _is_onto_a_word(text: MarkedText, word: int, digit: int) -> bool:
    if not 0 <= word < len(text.words) or text.kind(word) != "word":
        return False
    return text.is_glued(max(word, digit))


def _opening(text: MarkedText, *concepts: str) -> list[Mark]:
    """Which of the first words of the text are of these; signs before them do not count."""
    words = [position for position in range(len(text.words)) if text.kind(position) != "mark"]
    opening = (text.at[position] for position in words[:_OPENING])
    return [mark for mark in opening if mark is not None and not mark.concepts.isdisjoint(concepts)]


def _lone_digit(numbers: list[Number]) -> Number | None:
    """The 1 or 2 with which a text answers: its only number, at its start."""
    if len(numbers) == 1 and numbers[0].shape == "number" and numbers[0].first <= 1 and numbers[0].value in {1, 2}:
        return numbers[0]
    return None


def _well(text: MarkedText) -> list[Mark]:
    """ "I am fine", "nothing like that with me" is a no and a nought."""
    return text.marked("self_well") if text.spoken_of & _SELF_WELL and says_well(text, in_set_words=True) else []


def _visit(text: MarkedText, numbers: list[Number], order: Order | None) -> Answer | None:
    digit = _lone_digit(numbers)
    if digit is not None:
        return Answer("confirm" if digit.value == 1 else "move", text.spans([digit]))
    command, ordered = order or (None, ())
    elsewhen = text.marked("other_day")
    if command is Command.RESCHEDULE:
        return Answer("move", ordered)
    if refusing := _opening(text, "refuse", "no_answer"):
        return Answer("move", text.spans(refusing))
    if elsewhen and text.words[-1] == "?":
        return Answer("move", text.spans(elsewhen))
    if command is Command.CONFIRM:
        return Answer("confirm", ordered)
    if accepting := _opening(text, "accept", "yes"):
        return Answer("confirm", text.spans(accepting))
    return Answer("move", text.spans(elsewhen)) if elsewhen else None
