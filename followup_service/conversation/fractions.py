"""Reads what follows a whole number and makes it more: a point, a degree sign in its place, a half, tenths, a loose digit."""

from decimal import Decimal

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.number_words import NumbersInWords
from followup_service.conversation.numbers import Number
from followup_service.conversation.vocabulary import NumberWords
from followup_service.conversation.written_values import WHOLE

_HALF = Decimal("0.5")
_PARTS_AFTER = {"quarter": Decimal("0.25"), "three_quarters": Decimal("0.75"), "less_quarter": Decimal("-0.25")}
_PART_AFTER = bits_of(_PARTS_AFTER)
_COUNTING = frozenset({"counted", "counted_glued", "times", "clock"})
_UNITS = frozenset({"degree_sign", "celsius", "fahrenheit"})


class Fractions:
    """What follows the whole numbers of one text."""

    def __init__(self, text: MarkedText, in_words: NumbersInWords, known: NumberWords, common: frozenset[str]) -> None:
        self._text = text
        self._words, self._plain = text.words, text.plain
        self._value = in_words.value
        self._times, self._tenths = known.times, known.tenths
        self._common = common

    def behind(self, first: int, end: int, whole: int, *, spoken: bool) -> Number:
        """The number with the fraction that follows it, if one does: a point, a degree sign in its place, a half, a loose digit."""
        is_of_digits = spoken and end - first == 2 and self._times.keys().isdisjoint(self._words[first:end])
        is_counted = self._text.has(end, "times") or not self._text.plain.minutes.isdisjoint(self._text.words[end : end + 1])
        if is_of_digits and whole % 11 == 1 and 12 <= whole <= 89 and is_counted:
            return Number(first, end, Decimal(whole % 10))  # 七八次, 两三分钟: seven or eight times, two or three minutes
        if whole <= 24 and self._text.has(end, "clock"):
            return self._clock_time(first, end)
        after_degree = self._after_unit(end)
        if self._text.has(after_degree, "half"):
            return Number(first, self._text.at[after_degree].end, whole + _HALF)  # type: ignore[union-attr]
        if whole not in WHOLE:
            return Number(first, end, Decimal(whole))
        part = self._text.at[after_degree] if after_degree < len(self._text.at) else None
        if part is not None and part.concepts.bits & _PART_AFTER:
            return Number(first, part.end, whole + next(value for name, value in _PARTS_AFTER.items() if name in part.concepts))
        named = self._named_fraction(first, after_degree, whole)
        if named is not None:
            return named
        return self._with_digits_after(first, end, after_degree, whole, spoken=spoken)

    def _clock_time(self, first: int, end: int) -> Number:
        end += 1
        if self._text.has(end, "half"):
            return Number(first, end + 1, Decimal(0), "time")
        minutes = self._value(end)
        if minutes is not None and not self._text.has(end + 1, "degree_sign") and not self._text.has(end + 1, "point"):
            end += 1
        return Number(first, end, Decimal(0), "time")

    def _after_unit(self, end: int) -> int:
        """Past a degree sign, and past the C of 38°C5, where the digit is written onto it."""
        after_degree = self._text.at[end].end if self._text.has(end, "degree_sign") else end  # type: ignore[union-attr]
        if self._text.has(after_degree, "celsius") and self._text.is_glued(after_degree):
            after_unit = self._text.at[after_degree].end  # type: ignore[union-attr]
            if self._text.is_glued(after_unit):
                return after_unit
        return after_degree

    def _named_fraction(self, first: int, end: int, whole: int) -> Number | None:
        """٣٨ وشرطتين is 38.2; "тридцать восемь и пять", "38 de 5" are 38.5."""
        if end < len(self._words) and self._words[end] in self._tenths:
            return Number(first, end + 1, whole + Decimal(self._tenths[self._words[end]]) / 10)
        is_joined = self._text.has(end, "number_and") or self._words[end : end + 1] == ["de"]
        if is_joined and self._text.has(end + 2, "tenth") and self._words[end + 1] in self._plain.one:
            return Number(first, end + 3, whole + Decimal("0.1"))
        if is_joined and self._is_lone_digit(end + 1):
            last = end + 3 if self._text.has(end + 2, "tenth") else end + 2
            return Number(first, last, whole + Decimal(self._value(end + 1) or 0) / 10)
        if (
            self._words[end : end + 1]
            and self._words[end] in self._plain.joins_tenths
            and self._is_lone_digit(end + 1)
            and self._text.is_last(end + 1)
        ):
            return Number(first, end + 2, whole + Decimal(self._value(end + 1) or 0) / 10)
        return None

    def _is_lone_digit(self, position: int) -> bool:
        """Whether a digit stands at `position` that counts nothing: the fraction of "тридцать восемь и пять"."""
        value = self._value(position)
        following = self._text.at[position + 1] if position + 1 < len(self._words) else None
        counting = _COUNTING if self._text.is_glued(position + 1) else _COUNTING - {"counted_glued"}
        counts = following is not None and "tenth" not in following.concepts and not following.concepts.isdisjoint(counting)
        return value is not None and value < 10 and not counts

    def _with_digits_after(self, first: int, end: int, after_degree: int, whole: int, *, spoken: bool) -> Number:
        """The number with the digits after its point or degree sign, or loose behind it."""
        after_point = self._text.at[after_degree].end if self._text.has(after_degree, "point") else after_degree  # type: ignore[union-attr]
        if after_point == end and self._is_torn_fraction(end, spoken=spoken):
            after_point = end + 1
        if (spoken or after_point > after_degree) and self._is_last_one(after_point):
            return Number(first, after_point + 1, whole + Decimal("0.1"))
        fraction, fraction_end = self._fraction_digits(after_point, several=after_point > after_degree)
        if fraction and self._text.has(fraction_end, "tenth"):
            return Number(first, fraction_end + 1, Decimal(f"{whole}.{fraction}"))
        is_another = after_point > end and len(fraction) > 1 and self._text.has(fraction_end, "degree_sign")  # 38度39度
        if not fraction or is_another or self._counts(fraction_end, after_sign=after_point > end):
            return Number(first, end, Decimal(whole))
        if after_point > end or self._is_loose_fraction(end, fraction_end, spoken=spoken):
            if spoken and after_point == end and int(fraction) == whole % 10 + 1 and self._text.has(fraction_end, "degree_sign"):
                return Number(first, fraction_end, Decimal(whole + 1))  # 三十八九度: 38 to 39 degrees
            return Number(first, fraction_end, Decimal(f"{whole}.{fraction}"))
        return Number(first, end, Decimal(whole))

    def _is_last_one(self, position: int) -> bool:
        """ "Trente-huit un", "38 vírgula um": the word is also the article, "trente-huit un peu chaud"."""
        return not self._plain.one.isdisjoint(self._words[position : position + 1]) and self._text.is_last(position)

    def _counts(self, position: int, *, after_sign: bool) -> bool:
        """Whether a fraction before `position` is rather a count: 38度3天. A digit written onto its degree sign counts no people, and
        nothing from which a space parts it.
        """
        if not self._text.has(position, "counted"):
            return False
        is_onto_sign = after_sign and self._text.is_glued(position - 1)
        return not is_onto_sign or (self._text.is_glued(position) and self._words[position] != "人")

    def _fraction_digits(self, position: int, *, several: bool) -> tuple[str, int]:
        """Digits of a fraction from `position`: one short digit token or digit words; of 七八 (.7 to .8) the higher."""
        start, digits = position, ""
        while position < len(self._words) and position - start < 3:
            value = self._value(position)
            if value is None or (value >= 10 and digits):
                break
            if self._text.kind(position) == "number":
                return (self._words[position], position + 1) if not digits else (digits, position)
            if self._text.kind(position) == "cjk" and (self._begins_a_term(position) or (digits and not self._text.is_glued(position))):
                break
            if value >= 10 and not several:
                break
            digits += str(value)
            position += 1
            if not several and position - start == 2:
                return (max(digits) if int(digits[1]) == int(digits[0]) + 1 else digits), position
        return digits, position

    def _begins_a_term(self, position: int) -> bool:
        """Whether a Chinese digit is the first character of a word: 三十六度四 一切都好 has 36.4."""
        mark = self._text.at[position]
        return mark is not None and mark.first == position < mark.end - 1

    def _is_torn_fraction(self, end: int, *, spoken: bool) -> bool:
        """Whether "38. 5" or "тридцать восемь, пять" goes on after its sign: one digit and then nothing, a sign or a unit."""
        if spoken and self._words[end : end + 1] in ([","], ["."]) and (self._value(end + 1) or 10) < 10:
            is_last = end + 2 == len(self._words) or self._text.kind(end + 2) == "mark"
            return is_last and not self._words[end + 1].isdecimal()
        if spoken or end + 1 >= len(self._words) or self._words[end] != "." or len(self._words[end + 1]) != 1:
            return False
        following = self._text.at[end + 2] if end + 2 < len(self._words) else None
        return end + 2 >= len(self._words) or (following is not None and not following.concepts.isdisjoint(_UNITS))

    def _is_loose_fraction(self, end: int, fraction_end: int, *, spoken: bool) -> bool:
        """Whether a digit straight after a whole number is its fraction: "thirty eight five", "38 5", but not "38 2 days"."""
        if self._text.kind(end) != "number" and (spoken or (self._text.kind(end) == "word" and self._text.is_last(end))):
            return True  # "thirty eight five", "38 девять"
        if self._text.kind(end) != "number" or len(self._words[end]) > 1 or self._begins_a_word(end):
            return False
        is_last = fraction_end == len(self._words)
        if is_last or self._text.kind(fraction_end) == "mark" or self._text.at[fraction_end] is not None:
            return True
        return self._words[fraction_end] in self._common

    def _begins_a_word(self, position: int) -> bool:
        """Whether letters that are no unit are written onto a digit: the 7 of "37 7arara" is an Arabic letter."""
        after = position + 1
        if not self._text.is_glued(after) or self._text.kind(after) != "word":
            return False
        mark = self._text.at[after]
        return mark is None or mark.concepts.isdisjoint(_UNITS)
