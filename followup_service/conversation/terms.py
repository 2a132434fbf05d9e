"""The terms of all lexicons as they are typed: each spelling of a term cut into tokens, with what every lexicon means by it."""

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product

from followup_service.conversation.lexicon import Lexicon
from followup_service.conversation.normalise import normalise, with_marks
from followup_service.conversation.spelling import STEM
from followup_service.conversation.tokens import tokenise

_HIDING_PAIN = ("strong", "severe", "unbearable", "worse")
# Longer terms are typed with all their marks or with none.
_MOST_MIXED = 3
_WORDS = re.compile(r"[a-z]+(?: [a-z]+)*")
Term = tuple[str, ...]
Meanings = dict[str, frozenset[str]]


def collect_terms(lexicons: Iterable[Lexicon]) -> dict[Term, Meanings]:
    """Every term with what each lexicon means by it; an ordinary word of a language means nothing there."""
    terms: dict[Term, Meanings] = {}
    for lexicon in lexicons:
        for word in lexicon.well_spelt:
            for words in forms_of(word, lexicon):
                terms.setdefault(words, {}).setdefault(lexicon.language, frozenset())
        for concept, written in lexicon.terms.items():
            for term in written:
                for words in forms_of(term, lexicon):
                    meanings = terms.setdefault(words, {})
                    meanings[lexicon.language] = meanings.get(lexicon.language, frozenset()) | {concept}
        _keep_pain(terms, lexicon)
    return terms


def _keep_pain(terms: dict[Term, Meanings], lexicon: Lexicon) -> None:
    """ "Terrible pain" says how bad and also that it hurts: a longer term of severity keeps the pain that it hides."""
    pains = {form for term in lexicon.terms.get("pain", ()) for form in forms_of(term, lexicon)}
    severe = {form for concept in _HIDING_PAIN for term in lexicon.terms.get(concept, ()) for form in forms_of(term, lexicon)}
    for words in severe:
        parts = (words[first:end] for first in range(len(words)) for end in range(first + 1, len(words) + 1))
        if any(part in pains for part in parts):
            terms[words][lexicon.language] |= {"pain"}


def forms_of(term: str, lexicon: Lexicon) -> Iterator[Term]:
    """The ways in which a term is typed, cut into tokens: contractions spelt out, and where marks matter with and without them."""
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


@cache
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
    return all(char < "\u0250" or "\u1e00" <= char <= "\u1eff" for char in written if char.isalpha()) and any(map(str.isalpha, written))
