"""Finds the numbers of a text as people write and say them: 38.5, 38度5, "thirty eight and a half", 三十八度半, "one oh one"."""

from decimal import Decimal
from itertools import repeat
from typing import NamedTuple

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.vocabulary import NumberWords, Vocabulary
from followup_service.conversation.written_values import WHOLE, is_hour, written_value

_SHAPES = frozenset({"number", "phone", "date", "time", "ratio"})
_HALF = Decimal("0.5")
_PARTS_BEFORE = {"half_before": _HALF, "quarter_before": Decimal("0.25"), "quarter_to": Decimal("-0.25")}
_PART_BEFORE = bits_of(_PARTS_BEFORE)
_PARTS_AFTER = {"quarter": Decimal("0.25"), "three_quarters": Decimal("0.75"), "less_quarter": Decimal("-0.25")}
_PART_AFTER, _AND_SOME = bits_of(_PARTS_AFTER), bits_of({"and_some"})
_SAYING_A_NUMBER = bits_of({"IN_HOSPITAL", "long_ago", "counted", "idiom"})
_COUNTING = frozenset({"counted", "counted_glued", "times", "clock"})
_UNITS = frozenset({"degree_sign", "celsius", "fahrenheit"})
_HUNDREDS = frozenset({"百", "千", "trăm"})
_SCORE, _SCORES = frozenset({"vingt", "vingts"}), frozenset({60, 80})
_NO_TEMPERATURE, _GAME = bits_of({"place_label", "other_label"}), bits_of({"game"})


class Number(NamedTuple):
    """A number over the tokens from `first` to before `end`; `shape` is number, date, time, ratio or phone."""

    first: int
    end: int
    value: Decimal
    shape: str = "number"

    @property
    def is_whole(self) -> bool:
        """Whether it has no digit behind a point, not even a nought: nobody counts 38.0 of anything."""
        return self.value.as_tuple().exponent == 0


def find_numbers(text: MarkedText, vocabulary: Vocabulary) -> list[Number]:
    """The numbers of a text, in order."""
    known = vocabulary.numbers[text.language], vocabulary.common[text.language]
    return _NumberFinder(text, *known).find() if text.numeric else []


class _NumberFinder:
    """Reads the numbers of one text from left to right."""

    def __init__(self, text: MarkedText, known: NumberWords, common: frozenset[str]) -> None:
        self._text = text
        self._words = text.words
        self._plain = text.plain
        self._common = common
        self._small = known.words
        self._times = known.times
        self._tenths = known.tenths
        self._tens_after_units = known.tens_after_units
        self._openings = known.openings

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
        return self._words[position] in self._openings and (mark is None or mark.end - mark.first == 1)

    def _is_within_a_word(self, position: int) -> bool:
        """Whether letters are written onto both sides that are no word after it: the 39 of "ma39elch" are Arabic letters."""
        after = position + 1
        if not (self._is_glued(position) and self._is_glued(after)) or self._text.has(position - 1, "temperature_label"):
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
        if end < len(self._words) and self._words[end] in self._times:
            return self._read_words(first)
        return self._with_fraction(first, end, value, spoken=False)

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
        return is_last and self._is_glued(dash) and self._is_glued(digit) and not self._counts(digit + 1, after_sign=False)

    def _read_words(self, first: int) -> Number:
        """Whole numbers in words: tens and units, hundreds, or digits spoken one by one."""
        total, pending, digits, position = 0, None, "", first
        while position < len(self._words):
            word = self._words[position]
            value = self._value(position)
            if word in self._times:
                total += (1 if pending is None else pending) * self._times[word]
                pending, digits = None, ""
            elif value is not None and pending is None:
                pending, digits = value, str(value)
            elif value is not None and pending is not None and pending >= 20 and pending % 10 == 0 and 0 < value < 10:
                pending += value
            elif (in_french := self._joined_in_french(position, first, pending)) is not None:
                pending = in_french
            elif pending is not None and 0 < pending < 10 and word in self._tens_after_units:
                pending += self._small[word]
            elif value is not None and value < 10 and len(digits) < 4 and pending is not None and _spells_digits(total, digits):
                digits += str(value)
                pending = int(digits)
            elif not self._goes_on_after_and(position, total, pending):
                break
            position += 1
        if pending is not None and pending < 10 and position - first > 1 and self._words[position - 2] in _HUNDREDS:
            pending *= self._times[self._words[position - 2]] // 10  # 一百八 is 180, and 108 has its nought
        return self._with_fraction(first, position, total + (pending or 0), spoken=True)

    def _joined_in_french(self, position: int, first: int, pending: int | None) -> int | None:
        """Dix-sept, quatre-vingts, soixante-dix, quatre-vingt-dix."""
        value = self._value(position)
        if pending == 4 and self._words[position] in _SCORE:
            return 80
        if pending is None or value is None:
            return None
        if pending == 10 and position == first + 1 and 7 <= value <= 9:
            return pending + value
        is_behind_a_score = pending in _SCORES and self._words[position - 1] in _SCORE | {"soixante"}
        return pending + value if is_behind_a_score and 10 <= value < 20 else None

    def _goes_on_after_and(self, position: int, total: int, pending: int | None) -> bool:
        """A hundred and one, treinta y ocho, ثمانية و ثلاثين."""
        following = self._value(position + 1)
        if following is None or not self._text.has(position, "number_and"):
            return False
        if pending is None:
            return total >= 100
        if pending < 10:
            return self._words[position + 1] in self._tens_after_units
        if pending == 40 and self._words[position] == "и":
            return False  # Russian: сорок и одна is 40.1, forty-one has no "and"
        return pending >= 20 and pending % 10 == 0 and 0 < following < 10

    def _value(self, position: int) -> int | None:
        if position >= len(self._words):
            return None
        word, mark = self._words[position], self._text.at[position]
        if mark is not None and mark.first == position < mark.end - 1 and "counted" in mark.concepts:
            return None  # Vietnamese "mười năm nay" is ten years, "năm" alone five
        if word.isdecimal() and len(word) <= 2 and self._text.kind(position) == "number":
            return int(word)
        return 1 if self._is_joined_one(position) else self._small.get(word)

    def _is_joined_one(self, position: int) -> bool:
        """ "Quarante et un", "quarenta e um vírgula dois": behind an "and" the article is a one where the number ends or has its point."""
        if self._words[position] not in self._plain.one or not self._text.has(position - 1, "number_and"):
            return False
        return self._is_last(position) or any(self._text.has(position + 1, after) for after in ("point", "degree_sign"))

    def _with_fraction(self, first: int, end: int, whole: int, *, spoken: bool) -> Number:
        """The number with the fraction that follows it, if one does: a point, a degree sign in its place, a half, a loose digit."""
        is_of_digits = spoken and end - first == 2 and self._times.keys().isdisjoint(self._words[first:end])
        if is_of_digits and whole % 11 == 1 and 12 <= whole <= 89 and self._text.has(end, "times"):
            return Number(first, end, Decimal(whole % 10))  # 七八次: seven or eight times
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

    def _after_unit(self, end: int) -> int:
        """Past a degree sign, and past the C of 38°C5, where the digit is written onto it."""
        after_degree = self._text.at[end].end if self._text.has(end, "degree_sign") else end  # type: ignore[union-attr]
        if self._text.has(after_degree, "celsius") and self._is_glued(after_degree):
            after_unit = self._text.at[after_degree].end  # type: ignore[union-attr]
            if self._is_glued(after_unit):
                return after_unit
        return after_degree

    def _is_glued(self, position: int) -> bool:
        """Whether nothing stands between token `position` and the one before it."""
        tokens = self._text.tokens
        return 0 < position < len(tokens) and tokens[position - 1].end() == tokens[position].start()

    def _counts(self, position: int, *, after_sign: bool) -> bool:
        """Whether a fraction before `position` is rather a count: 38度3天. A digit written onto its degree sign counts no people, and
        nothing from which a space parts it.
        """
        if not self._text.has(position, "counted"):
            return False
        is_onto_sign = after_sign and self._is_glued(position - 1)
        return not is_onto_sign or (self._is_glued(position) and self._words[position] != "人")

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
        return not self._plain.one.isdisjoint(self._words[position : position + 1]) and self._is_last(position)

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
            and self._is_last(end + 1)
        ):
            return Number(first, end + 2, whole + Decimal(self._value(end + 1) or 0) / 10)
        return None

    def _is_last(self, position: int) -> bool:
        """Whether nothing but a sign follows."""
        after = position + 1
        return after == len(self._words) or self._text.kind(after) == "mark"

    def _clock_time(self, first: int, end: int) -> Number:
        end += 1
        if self._text.has(end, "half"):
            return Number(first, end + 1, Decimal(0), "time")
        minutes = self._value(end)
        if minutes is not None and not self._text.has(end + 1, "degree_sign") and not self._text.has(end + 1, "point"):
            end += 1
        return Number(first, end, Decimal(0), "time")

    def _fraction_digits(self, position: int, *, several: bool) -> tuple[str, int]:
        """Digits of a fraction from `position`: one short digit token or digit words; of 七八 (.7 to .8) the higher."""
        start, digits = position, ""
        while position < len(self._words) and position - start < 3:
            value = self._value(position)
            if value is None or (value >= 10 and digits):
                break
            if self._text.kind(position) == "number":
                return (self._words[position], position + 1) if not digits else (digits, position)
            if self._text.kind(position) == "cjk" and (self._begins_a_term(position) or (digits and not self._is_glued(position))):
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

    def _is_lone_digit(self, position: int) -> bool:
        """Whether a digit stands at `position` that counts nothing: the fraction of "тридцать восемь и пять"."""
        value = self._value(position)
        following = self._text.at[position + 1] if position + 1 < len(self._words) else None
        counting = _COUNTING if self._is_glued(position + 1) else _COUNTING - {"counted_glued"}
        counts = following is not None and "tenth" not in following.concepts and not following.concepts.isdisjoint(counting)
        return value is not None and value < 10 and not counts

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
        if self._text.kind(end) != "number" and (spoken or (self._text.kind(end) == "word" and self._is_last(end))):
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
        if not self._is_glued(after) or self._text.kind(after) != "word":
            return False
        mark = self._text.at[after]
        return mark is None or mark.concepts.isdisjoint(_UNITS)


def _spells_digits(total: int, digits: str) -> bool:
    """Whether a further digit word goes on spelling a number ("three eight five", the 零一 of 一百零一)."""
    return digits.startswith("0") if total else len(digits) < 2 or not (digits.endswith("0") and len(digits) == 2 and digits != "10")
