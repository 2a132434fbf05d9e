"""Finds the known word behind a typed one: itself, its stem, the word without its prefix, or the alarm word it misspells by one letter."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from followup_service.conversation.normalise import normalise

_SHORTEST_STEM = 3
_SHORTEST_AFTER_PREFIX = 2
_SHORTEST_CORRECTED = 5
_LONGEST_CORRECTED = 20
STEM = "*"


class Speller:
    """The words of one language; `spell` gives the spelling under which the vocabulary knows a word."""

    def __init__(self, known: Collection[str], foreign: Collection[str], prefixes: Iterable[str], correctable: Iterable[str]) -> None:
        self._known, self._foreign = known, foreign
        self._prefixes = sorted(prefixes, key=len, reverse=True)
        self._misspelt = _by_deletion(word for word in correctable if word.isalpha() and len(word) >= _SHORTEST_CORRECTED)

    def spell(self, word: str) -> str:
        """Its own words first, then its stems, then the words of other languages as they stand; a guess comes last."""
        if word in self._known:
            return word
        return (
            stem_in(word, self._known)
            or self._without_prefix(word)
            or (word if word in self._foreign else None)
            or stem_in(word, self._foreign)
            or self._without_marks(word)
            or self._corrected(word)
        )

    def _without_prefix(self, word: str) -> str | None:
        for prefix in self._prefixes:
            rest = word.removeprefix(prefix)
            if rest != word and len(rest) >= _SHORTEST_AFTER_PREFIX:
                found = rest if rest in self._known else stem_in(rest, self._known)
                if found is not None:
                    return found
        return None

    def _without_marks(self, word: str) -> str | None:
        """A word typed with marks that no known word has: the marks may be wrong, so they go."""
        plain = word if word.isascii() else normalise(word).text
        return None if plain == word else self.spell(plain)

    def _corrected(self, word: str) -> str:
        """The first letter is right in nearly all typing errors."""
        if not _SHORTEST_CORRECTED <= len(word) <= _LONGEST_CORRECTED:
            return word
        candidates = {known for cut in (word, *_deletions(word)) for known in self._misspelt.get(cut, ()) if _near(word, known)}
        return min(candidates, default=word)


def stem_in(word: str, known: Collection[str]) -> str | None:
    """The longest stem of `word` among the known ones, written "stem*"."""
    for end in range(len(word), _SHORTEST_STEM - 1, -1):
        stem = word[:end] + STEM
        if stem in known:
            return stem
    return None


def _deletions(word: str) -> Iterator[str]:
    return (word[:position] + word[position + 1 :] for position in range(1, len(word)))


def _by_deletion(words: Iterator[str]) -> Mapping[str, set[str]]:
    misspelt: dict[str, set[str]] = {}
    for word in words:
        for cut in (word, *_deletions(word)):
            misspelt.setdefault(cut, set()).add(word)
    return misspelt


def _near(word: str, known: str) -> bool:
    """Whether one letter was added, left out, changed or swapped with its neighbour."""
    if abs(len(word) - len(known)) == 1:
        return True
    if len(word) != len(known):
        return False
    differing = [position for position in range(len(word)) if word[position] != known[position]]
    if len(differing) == 1:
        return True
    return len(differing) == 2 and differing[1] == differing[0] + 1 and sorted(word) == sorted(known)
