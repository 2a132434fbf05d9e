"""The terms of all lexicons as they are typed: each spelling of a term cut into words, with what every lexicon means by it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product

from followup_service.conversation.lexicon import Lexicon
from followup_service.conversation.normalise import normalise, with_marks
from followup_service.conversation.romanised import Romanised
from followup_service.conversation.tokens import cut_terms, tokenise

_HIDING_PAIN = ("strong", "severe", "unbearable", "worse", "much", "most")
# Longer terms are typed with all their marks or with none.
_MOST_MIXED = 3
_NOT_LATIN = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
# A term as it is typed: its words with a tab between them, which no folded text holds. Many terms are folded and cut at once, a line each.
Term = str
TAB = "\t"
_LINE, _BETWEEN_TERMS = "\n", "\t\n\t"
# What a term means: a concept and the language in which it means it; None where it is an ordinary word and means nothing.
Meaning = tuple[str, str | None]
# The terms of one lexicon as they are typed, by concept; ordinary words under None.
Typed = Mapping[str | None, list[Term]]


class Terms:
    """Every term with what each lexicon means by it, kept as text.

    `written` has for each first word of terms a line a meaning: its number in `meanings`, then the words that follow, each after a tab.
    `words` are all words of all terms.
    """

    def __init__(self) -> None:
        self.meanings: list[Meaning] = []
        self.written: dict[str, str] = {}
        self.words: set[str] = set()

    def learn(self, language: str, typed: Typed) -> set[str]:
        """Take in what a lexicon says; an ordinary word of a language means nothing there. Returns the words of its terms."""
        words = set[str]()
        lines = defaultdict[str, list[str]](list)
        for concept, terms in (*typed.items(), ("pain", _hiding_pain(typed))):
            number = len(self.meanings)
            self.meanings.append((language, concept))
            for term in terms:
                opening, tab, following = term.partition(TAB)
                lines[opening].append(f"{number}{tab}{following}")
            words |= words_of(terms)
        for opening, said in lines.items():
            before = self.written.get(opening)
            self.written[opening] = "\n".join(said if before is None else (before, *said))
        self.words |= words
        return words


def type_terms(lexicon: Lexicon) -> Typed:
    """All terms of a lexicon as they are typed."""
    return {None: typed(lexicon.well_spelt, lexicon), **{concept: typed(terms, lexicon) for concept, terms in lexicon.terms.items()}}


def in_own_script(lexicon: Lexicon) -> Lexicon:
    """The lexicon with each of its romanised words as another spelling of the word in its own script, where that means no less."""
    if not lexicon.romanised:
        return lexicon
    romanised = Romanised(lexicon.romanised)
    meant = defaultdict[str, set[str]](set)
    for concept, terms in lexicon.terms.items():
        for term in cut(terms):
            meant[term].add(concept)
    words = {*TAB.join(meant).split(TAB), *_cut(lexicon.common), *_cut(lexicon.number_words)}
    own = {word for word in words if not is_latin(word)}
    found = ((word, next((known for known in romanised.spellings(word) if known in own), None)) for word in sorted(words - own))
    same_word = {word: known for word, known in found if known is not None and meant.get(word, set()) <= meant.get(known, set())}
    return replace(lexicon, same_word={**same_word, **lexicon.same_word})


def typed(terms: Collection[str], lexicon: Lexicon) -> list[Term]:
    """The ways in which `terms` are typed: contractions spelt out, and where marks matter with and without them."""
    spellings = [*terms, *_spelt_out(terms, lexicon.spelt_out)] if lexicon.spelt_out else terms
    words = _cut(spellings)
    same = lexicon.same_word
    forms = _together([same.get(word, word) for word in words] if same else words)
    if lexicon.romanised:
        forms += _together(words)  # A text in another language has them as they are written.
    if not lexicon.marks_matter:
        return forms
    unmarked = frozenset(cut(lexicon.needs_marks))
    return [form for form in (*forms, *_with_marks(_together(words), spellings, unmarked)) if form not in unmarked]


def cut(terms: Collection[str]) -> list[Term]:
    """The terms as they are written, cut into words."""
    return _together(_cut(terms))


def words_of(terms: Iterable[Term]) -> set[str]:
    """The words of which the terms are made."""
    return set(TAB.join(terms).split(TAB)) - {""}


def is_latin(written: str) -> bool:
    """Whether a term is written in Latin letters: only those can mean different things in different languages."""
    return _NOT_LATIN.search(written) is None and _LETTER.search(written) is not None


def _cut(terms: Iterable[str]) -> list[str]:
    return cut_terms(normalise(_LINE.join(terms)).text)


def _together(words: list[str]) -> list[Term]:
    return TAB.join(words).split(_BETWEEN_TERMS) if words else []


def _with_marks(plain: list[Term], spellings: Iterable[str], needing_all: Collection[Term]) -> Iterator[Term]:
    marked = _together([token[0] for token in tokenise(with_marks(_LINE.join(spellings)))])
    for term, with_its_marks in zip(plain, marked, strict=True):
        pairs = [*zip(term.split(TAB), with_its_marks.split(TAB), strict=False)]
        if term.count(TAB) != with_its_marks.count(TAB):
            continue
        if len(pairs) > _MOST_MIXED or term in needing_all:  # "chị ho ra máu" names no cousin, "chị họ"
            yield with_its_marks
        else:
            yield from map(TAB.join, product(*map(dict.fromkeys, pairs)))


def _spelt_out(terms: Iterable[str], contractions: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The terms of several words with each contraction spelt out."""
    for term in terms:
        words = term.split(" ")
        if len(words) > 1 and not contractions.keys().isdisjoint(words):
            for position, word in enumerate(words):
                for full in contractions.get(word, ()):
                    yield " ".join((*words[:position], full, *words[position + 1 :]))


def _hiding_pain(typed: Typed) -> list[Term]:
    """ "Terrible pain" says how bad and also that it hurts: a longer term of severity keeps the pain that it hides."""
    pains = set(typed.get("pain", ()))
    severe = {term for concept in _HIDING_PAIN for term in typed.get(concept, ())}
    return sorted(term for term in severe if not pains.isdisjoint(_parts(term.split(TAB))))


def _parts(words: list[str]) -> Iterator[Term]:
    return (TAB.join(words[first:end]) for first in range(len(words)) for end in range(first + 1, len(words) + 1))
