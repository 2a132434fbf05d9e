"""How much a text reads like those that were alarms, known words or not: a second look that only ever raises.

The lexicons read what they have words for; of "her mooth's awa tae the wan side" they have none. So every piece of a word, every word,
every pair of neighbours and in Chinese every three of them has a weight here, learned from the corpus and from practice texts by
`benchmarks/resemblance.py` (a linear support vector machine). Each sentence is judged by itself, so that no other one can hide it.
"""

import json
from base64 import b85decode
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import groupby
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.understood import is_plain
from followup_service.protocol.findings import ReadsLike

WEIGHTS_FILE = Path(__file__).parent / "lexicons" / "resemblance.json"
BUCKETS = 1 << 18
# The pieces of a word have two to five letters of two bytes.
_PIECES = (4, 6, 8, 10)
_SPOKEN = frozenset({"word", "cjk", "mark"})
_BREAKS = frozenset(".!?;\n")
# "7 times" is told apart from "2 times"; of other numbers only the kind counts, since others judge what they say.
_DIGITS_OF_A_COUNT = 2
_WORDS_KEPT = 20_000
# The margin from which a sentence is an emergency, and an alarm; where the lexicons understood nothing, less is enough. From the last one
# on a person reads it. Chosen on texts that neither lexicons nor weights had learned from (docs/figures.md).
_READ, _NAMED, _UNREAD, _TROUBLE = (-0.15, 0.15), (0.1, 0.15), (-0.3, -0.05), -0.4
_FEW_WORDS, _FEW_CHARACTERS = 5, 10
Spans = Collection[tuple[int, int]]


class Weights(NamedTuple):
    """What each bucket of pieces weighs towards one answer, in whole steps of `scale`; `bias` stands for no piece at all."""

    bias: float
    scale: float
    steps: memoryview

    @classmethod
    def from_kept(cls, kept: dict[str, Any]) -> "Weights":
        """Raises ValueError where they were learned for another number of buckets."""
        steps = memoryview(b85decode(kept["steps"])).cast("b")
        if len(steps) != BUCKETS:
            raise ValueError(f'{WEIGHTS_FILE} holds {len(steps)} weights, not {BUCKETS}: run make bench ARGS="resemblance --write"')
        return cls(kept["bias"], kept["scale"], steps)

    def margin(self, steps: int, root: float) -> float:
        return self.bias + self.scale * steps / root


class Guess(NamedTuple):
    """What the tokens from `first` to before `end`, a sentence, read like."""

    like: ReadsLike
    first: int
    end: int


class _Word(NamedTuple):
    """A word with how many pieces it has, their steps towards "alarm" and "emergency" together, its letters and their hash."""

    pieces: int
    alarm: int
    emergency: int
    letters: bytes
    hash: int


class _Words(dict[str, _Word]):
    def __init__(self, alarm: memoryview, emergency: memoryview) -> None:
        super().__init__()
        self._alarm, self._emergency = alarm, emergency

    def __missing__(self, word: str) -> _Word:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        letters, hashes = _hashed(word)
        of = [one % BUCKETS for one in hashes]
        known = _Word(len(of), sum(map(self._alarm.__getitem__, of)), sum(map(self._emergency.__getitem__, of)), letters, crc32(letters))
        self[word] = known
        return known


class Resemblance:
    """Judges texts by the weights of "alarm" and of "emergency"."""

    def __init__(self, alarm: Weights, emergency: Weights) -> None:
        self._alarm, self._emergency = alarm, emergency
        self._words = _Words(alarm.steps, emergency.steps)

    def find(self, text: MarkedText, *, unread: bool, denied: Spans = (), named: Spans = ()) -> Guess | None:
        """What the most alarming sentence reads like; `unread`: of the text nothing was understood.

        A sentence that holds one of the `denied` spans is passed over. One with a symptom in the spans `named` was understood: it must read
        more like an emergency than others to be one, and gives no trouble.
        """
        found: Guess | None = None
        place = 0
        for sentence in sentences(text):
            first, place = place + (sentence[0] in _BREAKS), place + len(sentence)
            alarm, emergency = self.margins(sentence)
            if alarm < _TROUBLE or first == place or _holds(text.span(first, place), denied) or is_plain(text, first, place):
                continue
            is_named = _holds(text.span(first, place), named)
            emergency_from, alarm_from = _UNREAD if unread else _NAMED if is_named else _READ
            if alarm >= alarm_from and emergency >= emergency_from:
                return Guess(ReadsLike.EMERGENCY, first, place)
            if alarm >= alarm_from:
                found = Guess(ReadsLike.ALARM, first, place)
            elif found is None and not (is_named or _is_short(sentence)):
                found = Guess(ReadsLike.TROUBLE, first, place)
        return found

    def margins(self, sentence: list[str]) -> tuple[float, float]:
        """How far the sentence is on the side of the alarms, and of the emergencies; below 0 on the other."""
        words = [*map(self._words.__getitem__, sentence)]
        pieces, alarm, emergency, letters, hashes = zip(*words, strict=True)
        among = _neighbours(letters, hashes, sentence)
        root = sqrt(sum(pieces) + len(among))
        return (
            self._alarm.margin(sum(alarm) + sum(map(self._alarm.steps.__getitem__, among)), root),
            self._emergency.margin(sum(emergency) + sum(map(self._emergency.steps.__getitem__, among)), root),
        )


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


def _holds(sentence: tuple[int, int], spans: Spans) -> bool:
    return any(start < sentence[1] and sentence[0] < end for start, end in spans)


def _is_short(sentence: list[str]) -> bool:
    return len(sentence) <= (_FEW_CHARACTERS if any(map(_is_chinese, sentence)) else _FEW_WORDS)


def _is_count(word: str) -> bool:
    return len(word) <= _DIGITS_OF_A_COUNT and word.isdigit()


def _is_chinese(word: str) -> bool:
    return word >= "\u3005"


def buckets(sentence: list[str]) -> list[int]:
    """Where the weights of all its pieces are kept; some pieces share one."""
    letters, hashes = zip(*map(_hashed, sentence), strict=True)
    of = [one % BUCKETS for word in hashes for one in word]
    return of + _neighbours(letters, tuple(map(crc32, letters)), sentence)


def _hashed(word: str) -> tuple[bytes, list[int]]:
    """The letters of a word, two bytes each, and the hashes of its pieces; a Chinese character is a piece by itself."""
    if _is_chinese(word):
        letters = word.encode("utf-16-le", "surrogatepass")
        return letters, [crc32(letters)]
    letters = f"<{word}>".encode("utf-16-le", "surrogatepass")
    size = len(letters)
    hashes = [crc32(letters[start : start + length]) for length in _PIECES for start in range(0, size - length + 1, 2)]
    return letters, hashes if size <= _PIECES[-1] else [*hashes, crc32(letters)]


def _neighbours(letters: Sequence[bytes], hashes: Sequence[int], sentence: list[str]) -> list[int]:
    """The buckets of each word with the one behind it; in Chinese with two, since a character says less than a word."""
    pairs = [*map(crc32, letters[1:], hashes)]
    if any(map(_is_chinese, sentence)):
        pairs += map(crc32, letters[2:], pairs[:])
    return [one % BUCKETS for one in pairs]
