"""All lexicons as one tree of tokens: the longest known term at a place, in every language at once, misspellings included."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from followup_service.conversation.concepts import SECTIONS
from followup_service.conversation.lexicon import Lexicon, load_lexicons
from followup_service.conversation.normalise import normalise
from followup_service.conversation.tokens import tokenise

_CORRECTED_CONCEPTS = SECTIONS["symptoms"] | SECTIONS["things"] | SECTIONS["troubles"] | {"temperature_label", "temperature_claim"}
_SHORTEST_CORRECTED = 5
_LONGEST_CORRECTED = 20


@dataclass(slots=True)
class Node:
    """A place in the tree: the tokens that lead on, and the concepts of the term that ends here."""

    following: dict[str, "Node"] = field(default_factory=dict)
    concepts: frozenset[str] = frozenset()


class Vocabulary:
    """The words of all lexicons together; alarms are known in every language, whatever the participant's own."""

    def __init__(self, lexicons: tuple[Lexicon, ...]) -> None:
        self._root = Node()
        self.openings = self._root.following
        self.number_words: dict[str, int] = {}
        self.number_times: dict[str, int] = {}
        self.languages: dict[str, str] = {}
        self._known: set[str] = set()
        correctable: set[str] = set()
        for lexicon in lexicons:
            for concept, terms in lexicon.terms.items():
                added = [self._add(spelling, concept) for term in terms for spelling in _spellings(term, lexicon)]
                if concept in _CORRECTED_CONCEPTS:
                    correctable |= {words[0] for words in added if len(words) == 1}
            self._add_numbers(lexicon)
            for code, names in lexicon.language_names.items():
                self.languages |= {normalise(name).text: code for name in names}
            self._known.update(word for term in lexicon.well_spelt for word in _cut(term))
        self.number_openings = frozenset((*self.number_words, *self.number_times))
        self._misspelt = _by_deletion(word for word in correctable if word.isalpha() and len(word) >= _SHORTEST_CORRECTED)
        self.spell = lru_cache(maxsize=50_000)(self._spell)

    def _add(self, term: str, concept: str) -> list[str]:
        words = _cut(term)
        node = self._root
        for word in words:
            node = node.following.setdefault(word, Node())
        node.concepts |= {concept}
        self._known.update(words)
        return words

    def _add_numbers(self, lexicon: Lexicon) -> None:
        self.number_words |= {normalise(word).text: value for word, value in lexicon.number_words.items()}
        self.number_times |= {normalise(word).text: value for word, value in lexicon.number_times.items()}
        self._known.update(self.number_words, self.number_times)

    def longest_term(self, words: list[str], start: int) -> tuple[int, frozenset[str]]:
        """Where the longest term from `start` ends, and its concepts; no concepts if there is no term."""
        node = self.openings[words[start]]
        end = position = start + 1
        concepts = node.concepts
        while node.following and position < len(words):
            following = node.following.get(words[position])
            if following is None:
                break
            node, position = following, position + 1
            if node.concepts:
                end, concepts = position, node.concepts
        return end, concepts

    def _spell(self, word: str) -> str:
        """`word`, or the alarm word it misspells by one letter (the first letter is right in nearly all typing errors)."""
        if word in self._known or not _SHORTEST_CORRECTED <= len(word) <= _LONGEST_CORRECTED:
            return word
        candidates = {known for cut in (word, *_deletions(word)) for known in self._misspelt.get(cut, ()) if _near(word, known)}
        return min(candidates, default=word)


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabulary of all lexicons that come with the package."""
    return Vocabulary(load_lexicons())


def _spellings(term: str, lexicon: Lexicon) -> Iterator[str]:
    """The term as written, and if it has several words also with each contraction spelt out."""
    yield term
    words = term.split(" ")
    if len(words) > 1:
        for position, word in enumerate(words):
            for full in lexicon.spelt_out.get(word, ()):
                yield " ".join((*words[:position], full, *words[position + 1 :]))


def _cut(term: str) -> list[str]:
    return [token[0] for token in tokenise(normalise(term).text)]


def _deletions(word: str) -> Iterator[str]:
    return (word[:position] + word[position + 1 :] for position in range(1, len(word)))


def _by_deletion(words: Iterator[str]) -> dict[str, set[str]]:
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
