"""The terms of all lexicons as they are typed: each spelling of a term cut into tokens, with what every lexicon means by it."""

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import product

from followup_service.conversation.lexicon import Lexicon
from followup_service.conversation.normalise import normalise, with_marks
from followup_service.conversation.spelling import STEM
from followup_service.conversation.tokens import tokenise

_HIDING_PAIN = ("strong", "severe", "unbearable", "worse")
# Longer terms are typed with all their marks or with none.
_MOST_MIXED = 3
_WORDS = re.compile(r"[a-z]+(?: [a-z]+)*")
_NOT_LATIN = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
Term = tuple[str, ...]
# What a term means, each concept with the language in which it means it; None where it is an ordinary word and means nothing.
Meanings = frozenset[tuple[str, str | None]]


class Forms(dict[str, tuple[Term, ...]]):
    """The ways in which the terms of one lexicon are typed, each cut into tokens: contractions spelt out, and where marks matter with and
    without them."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def __missing__(self, term: str) -> tuple[Term, ...]:
        self[term] = forms = tuple(_forms(term, self._lexicon))
        return forms


class Terms(dict[Term, Meanings]):
    """Every term with what each lexicon means by it. Few meanings serve many terms: each is kept once."""

    def __init__(self) -> None:
        self._kept: dict[Meanings, Meanings] = {}

    def learn(self, lexicon: Lexicon, forms: Forms) -> None:
        """Take in what a lexicon says; an ordinary word of a language means nothing there."""
        self._mean(lexicon, None, lexicon.well_spelt, forms)
        for concept, terms in lexicon.terms.items():
            self._mean(lexicon, concept, terms, forms)
        self._keep_pain(lexicon, forms)

    def _mean(self, lexicon: Lexicon, concept: str | None, terms: Iterable[str], forms: Forms) -> None:
        meaning = frozenset({(lexicon.language, concept)})
        for term in terms:
            for words in forms[term]:
                self._add(words, meaning)

    def _add(self, words: Term, meaning: Meanings) -> None:
        meanings = self.get(words, frozenset()) | meaning
        self[words] = self._kept.setdefault(meanings, meanings)

    def _keep_pain(self, lexicon: Lexicon, forms: Forms) -> None:
        """ "Terrible pain" says how bad and also that it hurts: a longer term of severity keeps the pain that it hides."""
        pains = {form for term in lexicon.terms.get("pain", ()) for form in forms[term]}
        severe = {form for concept in _HIDING_PAIN for term in lexicon.terms.get(concept, ()) for form in forms[term]}
        for words in severe:
            parts = (words[first:end] for first in range(len(words)) for end in range(first + 1, len(words) + 1))
            if any(part in pains for part in parts):
                self._add(words, frozenset({(lexicon.language, "pain")}))


def _forms(term: str, lexicon: Lexicon) -> Iterator[Term]:
    same = lexicon.same_word
    for spelling in _spellings(term, lexicon):
        plain = cut(spelling)
        yield tuple(same.get(word, word) for word in plain) if same else plain
        if lexicon.marks_matter:
            marked = tuple(token[0] for token in tokenise(with_marks(spelling)))
            if len(marked) != len(plain):
                continue
            if len(marked) <= _MOST_MIXED:
                yield from product(*(dict.fromkeys(pair) for pair in zip(plain, marked, strict=True)))
            else:
                yield marked


def _spellings(term: str, lexicon: Lexicon) -> Iterator[str]:
    """The term as written, and if it has several words also with each contraction spelt out."""
    yield term
    words = term.split(" ")
    if len(words) > 1:
        for position, word in enumerate(words):
            for full in lexicon.spelt_out.get(word, ()):
                yield " ".join((*words[:position], full, *words[position + 1 :]))


def cut(term: str) -> Term:
    """The tokens of a term; a star goes with the word that it ends."""
    plain = normalise(term).text
    if _WORDS.fullmatch(plain):
        return tuple(map(sys.intern, plain.split()))
    tokens = tokenise(plain)
    words: list[str] = []
    for position, token in enumerate(tokens):
        if token[0] == STEM and position and tokens[position - 1].lastgroup == "word" and tokens[position - 1].end() == token.start():
            words[-1] += STEM
        else:
            words.append(token[0])
    return tuple(map(sys.intern, words))


def is_latin(written: str) -> bool:
    """Whether a term is written in Latin letters: only those can mean different things in different languages."""
    return _NOT_LATIN.search(written) is None and _LETTER.search(written) is not None
