"""Finds the known word behind a typed one: itself, its stem, the word without its prefix, or the alarm word it misspells by one letter."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from followup_service.conversation.normalise import normalise
from followup_service.conversation.romanised import Romanised

_SHORTEST_STEM = 3
_SHORTEST_AFTER_PREFIX = 2
_SHORTEST_CORRECTED = 5
_SHORTEST_DOUBLED = 4
_LONGEST_CORRECTED = 20
_SHORTEST_TORN = 3
STEM = "*"


@dataclass(frozen=True, slots=True)
class WordsAndOtherScripts:
    """Words of one language, and those of every language that has another script than Latin, which all share."""

    own: frozenset[str]
    in_other_scripts: frozenset[str]

    def __contains__(self, word: object) -> bool:
        return word in self.own or word in self.in_other_scripts

    def __iter__(self) -> Iterator[str]:
        return chain(self.own, self.in_other_scripts)

    def __len__(self) -> int:
        return len(self.own) + len(self.in_other_scripts)


class Misspellings:
    """Words of all languages, found from what is one letter away. The first letter is right in nearly all typing errors."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_beginning: dict[tuple[str, int], list[str]] = {}
        for word in words:
            if word.isalpha() and len(word) >= _SHORTEST_CORRECTED:
                self._by_beginning.setdefault((word[0], len(word)), []).append(word)

    def near(self, word: str) -> Iterator[str]:
        """The words that have the first letter of `word` and differ from it by one letter."""
        if _SHORTEST_CORRECTED <= len(word) <= _LONGEST_CORRECTED:
            for length in (len(word) - 1, len(word), len(word) + 1):
                yield from (known for known in self._by_beginning.get((word[0], length), ()) if _near(word, known))


class Speller:
    """The words of one language; `spell` gives the spelling under which the vocabulary knows a word."""

    def __init__(
        self,
        known: Collection[str],
        foreign: Collection[str],
        same_word: Mapping[str, str],
        prefixes: Iterable[str],
        misspellings: Misspellings,
        correctable: Collection[str],
        romanised: Romanised,
    ) -> None:
        self._known, self._foreign, self._same_word = known, foreign, same_word
        self._prefixes = sorted(prefixes, key=len, reverse=True)
        self._misspellings, self._correctable = misspellings, correctable
        self._romanised = romanised

    def spell(self, word: str) -> str:
        """Its own words first, then its stems, then the words of other languages as they stand; a guess comes last."""
        if word in self._known:
            return self._same_word.get(word, word)
        return (
            stem_in(word, self._known)
            or self._without_prefix(word)
            or self._same_word.get(word)
            or self._in_own_script(word)
            or (word if word in self._foreign else None)
            or self._stem_in_own_script(word)
            or stem_in(word, self._foreign)
            or self._without_marks(word)
            or self._corrected(word)
        )

    def is_unknown(self, word: str) -> bool:
        return word not in self._known and word not in self._foreign

    def where_split(self, word: str) -> int | None:
        """Where a space was forgotten between the words of two alarms, "yelloweyes"; None if nowhere."""
        if len(word) > _LONGEST_CORRECTED or not word.isalpha():
            return None
        places = range(_SHORTEST_TORN, len(word) - _SHORTEST_TORN + 1)
        return next((place for place in places if self._is_alarms(word[:place]) and self._is_alarms(word[place:])), None)

    def are_one(self, first: str, second: str) -> bool:
        """Whether a space tore one word of an alarm."""
        return min(len(first), len(second)) > 1 and self._is_alarms(first + second) and len(first + second) >= _SHORTEST_CORRECTED

    def _is_alarms(self, word: str) -> bool:
        return word in self._correctable

    def _without_prefix(self, word: str) -> str | None:
        for prefix in self._prefixes:
            rest = word.removeprefix(prefix)
            if rest != word and len(rest) >= _SHORTEST_AFTER_PREFIX:
                found = self._same_word.get(rest, rest) if rest in self._known else stem_in(rest, self._known)
                if found is not None:
                    return found
        return None

    def _in_own_script(self, word: str) -> str | None:
        """The known word that somebody typed in Latin letters."""
        if len(word) < _SHORTEST_STEM:
            return None
        known = next((own for own in self._romanised.spellings(word) if own in self._known or own in self._same_word), None)
        return None if known is None else self._same_word.get(known, known)

    def _stem_in_own_script(self, word: str) -> str | None:
        return next((stem for own in self._romanised.spellings(word) if (stem := stem_in(own, self._known)) is not None), None)

    def _without_marks(self, word: str) -> str | None:
        """A word typed with marks that no known word has: the marks may be wrong, so they go."""
        plain = word if word.isascii() else normalise(word).text
        return None if plain == word else self.spell(plain)

    def _corrected(self, word: str) -> str:
        """A slip of the fingers is taken back first, then what is one letter away."""
        near = (known for known in self._misspellings.near(word) if known in self._correctable)
        return next((known for known in _slips(word) if known in self._correctable), None) or min(near, default=word)


def _slips(word: str) -> Iterator[str]:
    """What was meant where a letter was struck twice, also in short words; and where the first two changed places."""
    if not _SHORTEST_DOUBLED <= len(word) <= _LONGEST_CORRECTED:
        return
    for place in range(len(word) - 1):
        if word[place] == word[place + 1]:
            yield word[:place] + word[place + 1 :]
    if len(word) >= _SHORTEST_CORRECTED:
        yield word[1] + word[0] + word[2:]


def stem_in(word: str, known: Collection[str]) -> str | None:
    """The longest stem of `word` among the known ones, written "stem*"."""
    for end in range(len(word), _SHORTEST_STEM - 1, -1):
        stem = word[:end] + STEM
        if stem in known:
            return stem
    return None


def _near(word: str, known: str) -> bool:
    """Whether one letter was added, left out, changed or swapped with its neighbour."""
    differing = (place for place, (typed, right) in enumerate(zip(word, known, strict=False)) if typed != right)
    start = next(differing, min(len(word), len(known)))
    typed, right = word[start:], known[start:]
    if len(typed) == len(right):
        return typed[1:] == right[1:] or (typed[:2] == right[1::-1] and typed[2:] == right[2:])
    return typed == right[1:] or typed[1:] == right
