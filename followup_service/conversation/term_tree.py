"""All terms as a tree of words: the place to which the words of a text lead, and what a term that ends there means."""

import sys
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from followup_service.conversation.concepts import PORTABLE, SECTIONS, STANDING_ALONE, Concepts, together
from followup_service.conversation.spelling import STEM
from followup_service.conversation.terms import TAB, Meaning, Terms, is_latin

_ANSWERS = SECTIONS["answers"]
_SHORTEST_PORTABLE = 4
_AFTER_ALL_LETTERS = "\U0010ffff"

# Most places are the last of their term: one empty table serves them all.
_NOTHING_FOLLOWS: dict[str, "Node"] = {}


@dataclass(slots=True)
class Node:
    """A place in the tree: what the term that ends here means by language of the text, and the words that lead on."""

    concepts: Mapping[str, Concepts]
    following: dict[str, "Node"] = field(default_factory=lambda: _NOTHING_FOLLOWS)


class TermTree:
    """The terms by their first word. What goes on from a word stays text until somebody's text first has that word."""

    def __init__(self, terms: Terms, languages: tuple[str, ...]) -> None:
        self._languages = languages
        self._written, self._meanings = terms.written, terms.meanings
        # Few meanings serve many terms: each is kept once.
        self._kept: dict[frozenset[str], Concepts] = {}
        self._said: dict[tuple[tuple[str, ...], bool, bool], Mapping[str, Concepts]] = {}
        self._nothing = self._keep(dict.fromkeys(languages, frozenset()))
        self._nowhere = Node(self._nothing)
        self._words = sorted(sys.intern(word) for word in terms.words if not word.endswith(STEM))
        self._stems = self._stems_of_openings()
        self._grown: dict[str, Node] = {}

    def opening(self, word: str) -> Node:
        """The place after the first word of a term."""
        node = self._grown.get(word)
        if node is None:
            if word not in self._written and word not in self._stems:
                return self._nowhere
            node = self._read(word)
            for stem in self._stems.get(word, ()):
                self._go_on_as(node, self._read(stem))
            self._let_full_words_follow_stems(node)
            self._grown[word] = node
        return node

    def _stems_of_openings(self) -> dict[str, list[str]]:
        stems: dict[str, list[str]] = {}
        for opening in self._written:
            if opening.endswith(STEM) and opening != STEM:
                for word in _words_from(opening[:-1], self._words):
                    stems.setdefault(word, []).append(opening)
        return stems

    def _read(self, opening: str) -> Node:
        """The place after `opening` with what is written of it."""
        numbers: dict[str, list[str]] = {}
        for line in self._written.get(opening, "").splitlines():
            number, _, following = line.partition(TAB)
            numbers.setdefault(following, []).append(number)
        root = Node(self._nothing)
        for following, meant in numbers.items():
            node = root
            for word in map(sys.intern, following.split(TAB)) if following else ():
                if word not in node.following:
                    if node.following is _NOTHING_FOLLOWS:
                        node.following = {}
                    node.following[word] = Node(self._nothing)
                node = node.following[word]
            is_telling = following != "" or len(opening) >= _SHORTEST_PORTABLE
            node.concepts = self._mean(tuple(meant), in_latin=is_latin(opening + following), is_telling=is_telling)
        return root

    def _mean(self, numbers: tuple[str, ...], *, in_latin: bool, is_telling: bool) -> Mapping[str, Concepts]:
        said = self._said.get((numbers, in_latin, is_telling))
        if said is None:
            meanings = [self._meanings[int(number)] for number in numbers]
            said = self._keep(_by_language_of_text(meanings, self._languages, in_latin=in_latin, is_telling=is_telling))
            self._said[numbers, in_latin, is_telling] = said
        return said

    def _let_full_words_follow_stems(self, node: Node) -> None:
        """Where a term goes on with a stem, every full word of that stem leads on as well."""
        for written, following in list(node.following.items()):
            if written.endswith(STEM) and written != STEM:
                for word in _words_from(written[:-1], self._words):
                    self._go_on_as(node.following.setdefault(word, following), following)
        for following in {id(child): child for child in node.following.values() if child.following}.values():
            self._let_full_words_follow_stems(following)

    def _go_on_as(self, full: Node, stem: Node) -> None:
        """What a full word means by itself and by its stem adds up.

        An ordinary word (well spelt) keeps meaning nothing; one that only begins a longer term means what its stem does.
        """
        if full is stem:
            return
        if full.concepts is self._nothing:
            full.concepts = stem.concepts
            self._lead_on_as(full, stem)
        else:
            full.concepts = self._keep(
                {language: said | stem.concepts[language] if said else said for language, said in full.concepts.items()}
            )

    def _lead_on_as(self, full: Node, stem: Node) -> None:
        """Where both lead on with one word, "температура в ..." hides nothing of "температур* в норме"."""
        if not full.following:
            full.following = stem.following
        elif full.following is not stem.following:
            for word, place in stem.following.items():
                self._go_on_as(full.following.setdefault(word, place), place)

    def _keep(self, by_language: Mapping[str, frozenset[str]]) -> Mapping[str, Concepts]:
        for concepts in by_language.values():
            if concepts not in self._kept:
                self._kept[concepts] = together(concepts)
        return {language: self._kept[concepts] for language, concepts in by_language.items()}


def _by_language_of_text(
    meanings: Iterable[Meaning], languages: tuple[str, ...], *, in_latin: bool, is_telling: bool
) -> dict[str, frozenset[str]]:
    own: dict[str, set[str]] = {}
    for language, concept in meanings:
        own.setdefault(language, set()).update(() if concept is None else (concept,))
    together = frozenset().union(*own.values())
    if not in_latin:
        return dict.fromkeys(languages, together)
    portable = together & (PORTABLE if is_telling else STANDING_ALONE)
    return {language: _in_own_language(frozenset(own[language]), portable) if language in own else portable for language in languages}


def _in_own_language(own: frozenset[str], portable: frozenset[str]) -> frozenset[str]:
    """A word of the text's own language that stops texts in another stops them here too, unless it is an answer here."""
    return own if own & _ANSWERS else own | (portable & STANDING_ALONE)


def _words_from(stem: str, words: list[str]) -> list[str]:
    return words[bisect_left(words, stem) : bisect_left(words, stem + _AFTER_ALL_LETTERS)]
