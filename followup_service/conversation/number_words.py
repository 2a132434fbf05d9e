"""Reads whole numbers in words: tens and units, hundreds, and digits spoken one by one, "three eight five"."""

from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.vocabulary import NumberWords

_SCORES = frozenset({60, 80})


class NumbersInWords:
    """The whole numbers of one text that stand in words, or in digits before a hundred."""

    def __init__(self, text: MarkedText, known: NumberWords) -> None:
        self._text = text
        self._words = text.words
        self._small, self._times, self._tens_after_units = known.words, known.times, known.tens_after_units

    def read(self, first: int) -> tuple[int, int]:
        """The number that begins at token `first`, and where it ends."""
        total, pending, digits, position = 0, None, "", first
        while position < len(self._words):
            word = self._words[position]
            value = self.value(position)
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
        if pending is not None and pending < 10 and position - first > 1 and self._words[position - 2] in self._text.plain.hundreds:
            pending *= self._times[self._words[position - 2]] // 10  # 一百八 is 180, and 108 has its nought
        return total + (pending or 0), position

    def _joined_in_french(self, position: int, first: int, pending: int | None) -> int | None:
        """Dix-sept, quatre-vingts, soixante-dix, quatre-vingt-dix."""
        value = self.value(position)
        if pending == 4 and self._words[position] in self._text.plain.score:
            return 80
        if pending is None or value is None:
            return None
        if pending == 10 and position == first + 1 and 7 <= value <= 9:
            return pending + value
        before = self._words[position - 1]
        is_behind_a_score = pending in _SCORES and (before in self._text.plain.score or before == "soixante")
        return pending + value if is_behind_a_score and 10 <= value < 20 else None

    def _goes_on_after_and(self, position: int, total: int, pending: int | None) -> bool:
        """A hundred and one, treinta y ocho, ثمانية و ثلاثين."""
        following = self.value(position + 1)
        if following is None or not self._text.has(position, "number_and"):
            return False
        if pending is None:
            return total >= 100
        if pending < 10:
            return self._words[position + 1] in self._tens_after_units
        if pending == 40 and self._words[position] == "и":
            return False  # Russian: сорок и одна is 40.1, forty-one has no "and"
        return pending >= 20 and pending % 10 == 0 and 0 < following < 10

    def value(self, position: int) -> int | None:
        """What the word or the one or two digits at token `position` count, if they count anything."""
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
        if self._words[position] not in self._text.plain.one or not self._text.has(position - 1, "number_and"):
            return False
        return self._text.is_last(position) or any(self._text.has(position + 1, after) for after in ("point", "degree_sign"))


def _spells_digits(total: int, digits: str) -> bool:
    """Whether a further digit word goes on spelling a number ("three eight five", the 零一 of 一百零一)."""
    return digits.startswith("0") if total else len(digits) < 2 or not (digits.endswith("0") and len(digits) == 2 and digits != "10")
