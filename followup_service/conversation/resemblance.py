"""How much a text reads like those that were alarms, known words or not: a second look that only ever raises.

The lexicons read what they have words for; of "her mooth's awa tae the wan side" they have none. So every piece of a word, every word,
every pair of neighbours and in Chinese every three of them has a weight here, learned from the gold corpus by `benchmarks/resemblance.py`
(a linear support vector machine). Each sentence is judged by itself, so that nothing that is added can hide it.
"""

import json
from base64 import b85decode
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from followup_service.conversation.marked_text import MarkedText
from followup_service.protocol.findings import ReadsLike

WEIGHTS_FILE = Path(__file__).parent / "lexicons" / "resemblance.json"
BUCKETS = 1 << 17
# So many letters have the pieces of a word.
_LETTERS = (2, 3, 4, 5)
_SPOKEN = frozenset({"word", "cjk", "mark"})
_BREAKS = frozenset(".!?;\n")
# "7 times" is told apart from "2 times"; of other numbers only the kind counts, since others judge what they say.
_DIGITS_OF_A_COUNT = 2
_UNITS_KEPT = 10_000
# The margin from which a sentence is an emergency, and an alarm; where the lexicons understood nothing, less is enough. Chosen on texts
# that neither lexicons nor weights had learned from (docs/figures.md).
_READ, _UNREAD = (0.0, 0.3), (0.0, 0.1)
# A word with those that follow it.
Unit = tuple[str, ...]


class Weights(NamedTuple):
    """What each bucket of pieces weighs towards one answer, in whole steps of `scale`; `bias` stands for no piece at all."""

    bias: float
    scale: float
    steps: memoryview

    @classmethod
    def from_kept(cls, kept: dict[str, Any]) -> "Weights":
        return cls(kept["bias"], kept["scale"], memoryview(b85decode(kept["steps"])).cast("b"))


class Guess(NamedTuple):
    """What the tokens from `first` to before `end`, a sentence, read like."""

    like: ReadsLike
    first: int
    end: int


class _Weighed(dict[Unit, tuple[int, int, int]]):
    """How many pieces a unit has, and their steps towards "alarm" and "emergency" together."""

    def __init__(self, alarm: memoryview, emergency: memoryview) -> None:
        super().__init__()
        self._alarm, self._emergency = alarm, emergency

    def __missing__(self, unit: Unit) -> tuple[int, int, int]:
        if len(self) >= _UNITS_KEPT:
            self.clear()
        if len(unit) == 1:
            weighed = self._weigh(_pieces_of(unit[0]))
        else:
            alone, among = self[unit[:1]], self._weigh(_neighbours(unit))
            weighed = alone[0] + among[0], alone[1] + among[1], alone[2] + among[2]
        self[unit] = weighed
        return weighed

    def _weigh(self, pieces: Iterator[str]) -> tuple[int, int, int]:
        buckets = [bucket(piece) for piece in pieces]
        return len(buckets), sum(self._alarm[one] for one in buckets), sum(self._emergency[one] for one in buckets)


class Resemblance:
    """Judges texts by the weights of "alarm" and of "emergency"."""

    def __init__(self, alarm: Weights, emergency: Weights) -> None:
        self._alarm, self._emergency = alarm, emergency
        self._weighed = _Weighed(alarm.steps, emergency.steps)

    def find(self, text: MarkedText, *, unread: bool) -> Guess | None:
        """What the most alarming sentence reads like; `unread`: of the text nothing was understood."""
        emergency_from, alarm_from = _UNREAD if unread else _READ
        found, place = None, 0
        for sentence in sentences(text):
            first, place = place + (sentence[0] in _BREAKS), place + len(sentence)
            alarm, emergency = self.margins(sentence)
            if alarm >= alarm_from and first < place:
                if emergency >= emergency_from:
                    return Guess(ReadsLike.EMERGENCY, first, place)
                found = Guess(ReadsLike.ALARM, first, place)
        return found

    def margins(self, sentence: list[str]) -> tuple[float, float]:
        """How far the sentence is on the side of the alarms, and of the emergencies; below 0 on the other."""
        pieces, alarm, emergency = map(sum, zip(*map(self._weighed.__getitem__, units(sentence)), strict=True))
        root = sqrt(pieces)
        return self._alarm.bias + self._alarm.scale * alarm / root, self._emergency.bias + self._emergency.scale * emergency / root


@cache
def load_resemblance() -> Resemblance:
    kept = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    return Resemblance(Weights.from_kept(kept["alarm"]), Weights.from_kept(kept["emergency"]))


def sentences(text: MarkedText) -> Iterator[list[str]]:
    """The words of each sentence, one for each token; all but the first begin with what parts them from the one before."""
    if not text.sentences:
        return
    words = [
        word if (kind := token.lastgroup) in _SPOKEN or _is_count(word) else f"#{kind}"
        for token, word in zip(text.tokens, text.words, strict=True)
    ]
    if text.sentences[-1] == text.sentences[0]:
        yield words
        return
    for _, places in groupby(range(len(words)), text.sentences.__getitem__):
        yield [words[place] for place in places]


def _is_count(word: str) -> bool:
    return len(word) <= _DIGITS_OF_A_COUNT and word.isdigit()


def units(sentence: list[str]) -> Iterator[Unit]:
    """Each word with the one that follows it; in Chinese with two, since a character says less than a word. Behind the last is nothing."""
    second = [*sentence[1:], ""]
    if any(map(_is_chinese, sentence)):
        return zip(sentence, second, [*second[1:], ""], strict=True)
    return zip(sentence, second, strict=True)


def _is_chinese(word: str) -> bool:
    return word >= "\u3005"


def bucket(piece: str) -> int:
    """Where the weight of a piece is kept; some pieces share one."""
    return crc32(piece.encode("utf-8", "surrogatepass")) % BUCKETS


def pieces(sentence: list[str]) -> Iterator[str]:
    """All of a sentence that has a weight."""
    for unit in units(sentence):
        yield from _pieces_of(unit[0])
        yield from _neighbours(unit)


def _pieces_of(word: str) -> Iterator[str]:
    if _is_chinese(word):
        yield word
        return
    word = f"<{word}>"
    yield from (word[start : start + size] for size in _LETTERS for start in range(len(word) - size + 1))
    if len(word) > _LETTERS[-1]:
        yield word


def _neighbours(unit: Unit) -> Iterator[str]:
    return (" ".join(unit[:size]) for size in range(2, len(unit) + 1) if unit[size - 1])
