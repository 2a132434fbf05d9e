"""Reads a text as the answer to the question that is open: a digit, yes or no, coming or not, a temperature, a place of measuring."""

from collections.abc import Callable
from decimal import Decimal

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
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


def find_answer(
    question: QuestionKind | None,
    text: MarkedText,
    numbers: list[Number],
    candidates: list[TemperatureCandidate],
    command: Command | None,
    *,
    is_well: bool,
) -> str | None:
    """The canonical value for the open question, or None; `is_well` says that the text names no trouble that stands."""
    if question is None:
        return None
    match question:
        case QuestionKind.TEMPERATURE:
            return _temperature(candidates)
        case QuestionKind.SEVERITY_0_4:
            return _severity(text, numbers, is_well=is_well)
        case QuestionKind.YES_NO:
            return find_yes_or_no(text, numbers, is_well=is_well, says_well=_is_well(text))
        case QuestionKind.VISIT_CONFIRM:
            return _visit(text, numbers, command)
        case QuestionKind.MEASUREMENT_SITE:
            return _site(text, is_well=is_well)
    return None


def _temperature(candidates: list[TemperatureCandidate]) -> str | None:
    counted = [candidate.celsius for candidate in candidates if candidate.dropped is None and not candidate.implausible]
    return str(max(counted).quantize(Decimal("0.01"))) if counted else None


def _severity(text: MarkedText, numbers: list[Number], *, is_well: bool) -> str | None:
    """A digit 0-4, the highest where several are given; else the words for it."""
    digits = [digit for number in numbers if (digit := _digit(text, number)) is not None]
    if digits:
        return str(max(digits))
    if any(number.shape == "number" for number in numbers):
        return None
    for concept, digit in _DIGIT_BY_WORD.items():
        if any(not _is_denied(text, mark.first) for mark in text.marked(concept)):
            return str(digit)
    return "0" if is_well and (text.spoken_of & (_NONE_WORDS | _DENIALS) or _is_well(text)) else None


def _site(text: MarkedText, *, is_well: bool) -> str | None:
    """The only place that the text names; "my ear hurts" tells of no measuring."""
    named = [site for concept, site in SITES.items() if text.marked(concept)] if is_well else []
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


def _opening(text: MarkedText, is_one: Callable[[int], bool]) -> bool:
    """Whether one of the first words of the text is such a one; signs before it do not count."""
    words = [position for position in range(len(text.words)) if text.kind(position) != "mark"]
    return any(is_one(position) for position in words[:_OPENING])


def _lone_digit(numbers: list[Number]) -> int | None:
    """The digit 1 or 2 with which a text answers: its only number, at its start."""
    if len(numbers) == 1 and numbers[0].shape == "number" and numbers[0].first <= 1 and numbers[0].value in {1, 2}:
        return int(numbers[0].value)
    return None


def _is_well(text: MarkedText) -> bool:
    """ "I am fine", "nothing like that with me" is a no and a nought."""
    return bool(text.spoken_of & _SELF_WELL) and says_well(text, in_set_words=True)


def _visit(text: MarkedText, numbers: list[Number], command: Command | None) -> str | None:
    digit = _lone_digit(numbers)
    if digit is not None:
        return "confirm" if digit == 1 else "move"
    elsewhen = bool(text.marked("other_day"))
    if command is Command.RESCHEDULE or _opening(text, lambda position: text.has(position, "refuse") or text.has(position, "no_answer")):
        return "move"
    if elsewhen and text.words[-1] == "?":
        return "move"
    if command is Command.CONFIRM or _opening(text, lambda position: text.has(position, "accept") or text.has(position, "yes")):
        return "confirm"
    return "move" if elsewhen else None
