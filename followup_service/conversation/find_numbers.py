"""Finds the numbers of a text as people write and say them: 38.5, 38度5, "thirty eight and a half", 三十八度半, "one oh one"."""

from decimal import Decimal
from itertools import repeat

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.fractions import Fractions
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.number_words import NumbersInWords
from followup_service.conversation.numbers import Number
from followup_service.conversation.vocabulary import NumberWords, Vocabulary
from followup_service.conversation.written_values import WHOLE, is_hour, written_value

_SHAPES = frozenset({"number", "phone", "date", "time", "ratio"})
_PARTS_BEFORE = {"half_before": Decimal("0.5"), "quarter_before": Decimal("0.25"), "quarter_to": Decimal("-0.25")}
_PART_BEFORE, _AND_SOME = bits_of(_PARTS_BEFORE), bits_of({"and_some"})
_SAYING_A_NUMBER = bits_of({"IN_HOSPITAL", "long_ago", "counted", "idiom"})
_NO_TEMPERATURE, _GAME = bits_of({"place_label", "other_label"}), bits_of({"game"})


def find_numbers(text: MarkedText, vocabulary: Vocabulary) -> list[Number]:
    """The numbers of a text, in order."""
    known = vocabulary.numbers[text.language], vocabulary.common[text.language]
    return _NumberFinder(text, *known).find() if text.numeric else []


class _NumberFinder:
    """Reads the numbers of one text from left to right."""

    def __init__(self, text: MarkedText, known: NumberWords, common: frozenset[str]) -> None:
        self._text = text
        self._words = text.words
        self._common = common
        self._known = known
        self._in_words = NumbersInWords(text, known)
        self._fractions = Fractions(text, self._in_words, known, common)

    def find(self) -> list[Number]:
        found: list[Number] = []
        end = 0
        for position in self._text.numeric:
            if position >= end and self._begins_number(position):
                number = self._with_part_before(self._read(position))
                found.append(number)
                end = number.end
        return [*map(self._without_some, found, repeat(found))] if self._text.spoken_of & _AND_SOME else found

    def _without_some(self, number: Number, found: list[Number]) -> Number:
        """ "38 y pico, 38,4": the "and some" is what another number tells exactly."""
        whole = int(number.value)
        is_told = any(not other.is_whole and int(other.value) == whole for other in found if other is not number)
        return number._replace(value=Decimal(whole)) if is_told and self._text.has(number.end - 1, "and_some") else number

    def _begins_number(self, position: int) -> bool:
        """Whether one does; inside a phrase that means something else (一了百了, "when I was 8", "called 112") it counts nothing."""
        mark = self._text.at[position]
        if self._text.kind(position) in _SHAPES:
            if mark is None:
                return not self._is_within_a_word(position)
            return mark.end - mark.first == 1 or not mark.concepts.bits & _SAYING_A_NUMBER
        return self._words[position] in self._known.openings and (mark is None or mark.end - mark.first == 1)

    def _is_within_a_word(self, position: int) -> bool:
        """Whether letters are written onto both sides that are no word after it: the 39 of "ma39elch" are Arabic letters."""
        after = position + 1
        if not (self._text.is_glued(position) and self._text.is_glued(after)) or self._text.has(position - 1, "temperature_label"):
            return False
        is_in_letters = self._text.kind(position - 1) == "word" and self._text.kind(after) == "word" and len(self._words[after]) > 2
        return is_in_letters and self._text.at[after] is None and self._words[after] not in self._common

    def _read(self, first: int) -> Number:
        kind = self._text.kind(first)
        if kind == "number":
            return self._read_digits(first)
        if kind in _SHAPES:
            return Number(first, first + 1, Decimal(0), kind)
        return self._read_words(first)

    def _read_words(self, first: int) -> Number:
        whole, end = self._in_words.read(first)
        return self._fractions.behind(first, end, whole, spoken=True)

    def _with_part_before(self, number: Number) -> Number:
        """Hindi puts the half before: साढ़े 38 is 38.5; सवा adds a quarter and पौने takes one off."""
        before = self._text.at[number.first - 1] if number.first else None
        if before is not None and before.concepts.bits & _PART_BEFORE and number.is_whole:
            part = next(part for concept, part in _PARTS_BEFORE.items() if concept in before.concepts)
            return Number(number.first - 1, number.end, number.value + part)
        return number

    def _read_digits(self, first: int) -> Number:
        value, takes_more = written_value(self._words[first])
        end = first + 1
        if is_hour(self._words[first]):
            return Number(first, end, Decimal(0), "time")
        if self._is_dashed_fraction(first):
            return Number(first, first + 3, Decimal(f"{value}.{self._words[first + 2]}"))
        if not isinstance(value, int):
            return Number(first, end + 1 if takes_more and self._text.has(end, "half") else end, value)
        times = self._known.times.get(self._words[end]) if end < len(self._words) else None
        if times is not None:
            return self._read_words(first) if self._in_words.value(first) is not None else Number(first, end + 1, Decimal(value * times))
        return self._fractions.behind(first, end, value, spoken=False)

    def _is_dashed_fraction(self, first: int) -> bool:
        """Whether a digit stands behind a dash written onto both: "38-8" is 38.8, but "room 38-8" and "we won 38-8" are none."""
        dash, digit = first + 1, first + 2
        words = self._words
        if digit >= len(words) or words[dash] != "-" or len(words[digit]) != 1 or not words[digit].isdecimal():
            return False
        if not words[first].isdecimal() or int(words[first]) not in WHOLE or self._text.spoken_of & _GAME:
            return False
        before = self._text.at[first - 1] if first else None
        if before is not None and before.concepts.bits & _NO_TEMPERATURE:
            return False
        is_last = digit + 1 == len(words) or words[digit + 1] not in {"-", "/"}
        return is_last and self._text.is_glued(dash) and self._text.is_glued(digit) and not self._text.has(digit + 1, "counted")
