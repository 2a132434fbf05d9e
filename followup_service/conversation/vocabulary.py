"""All lexicons as one tree of tokens: the longest known term at a place, and what it means in a text of a given language.

Alarms are known in every language, whatever the participant's own. Small words (no, if, fine …) mean only what they mean in the language
of the text: "do" is a degree in Vietnamese alone. Terms in a script of their own mean the same everywhere.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from followup_service.conversation.concepts import PORTABLE, SECTIONS, STANDING_ALONE, Concepts, together
from followup_service.conversation.lexicon import Lexicon, load_lexicons
from followup_service.conversation.normalise import has_held_down, normalise, with_marks
from followup_service.conversation.spelling import STEM, Misspellings, Speller, WordsAndOtherScripts
from followup_service.conversation.terms import Forms, Meanings, Term, Terms, cut, is_latin

_CORRECTED_CONCEPTS = SECTIONS["symptoms"] | SECTIONS["things"] | SECTIONS["troubles"] | {"temperature_label", "temperature_claim"}
_ANSWERS = SECTIONS["answers"]
_SHORTEST_PORTABLE = 4
_MOST_LEXEMES = 20_000
_OPENING_NUMBERS = frozenset("0123456789.+")


# Most places are the last of their term: one empty table serves them all.
_NOTHING_FOLLOWS: dict[str, "Node"] = {}


@dataclass(slots=True)
class Node:
    """A place in the tree: what the term that ends here means by language of the text, and the tokens that lead on."""

    concepts: Mapping[str, Concepts]
    following: dict[str, "Node"] = field(default_factory=lambda: _NOTHING_FOLLOWS)


@dataclass(frozen=True, slots=True)
class NumberWords:
    """What counts in a text of one language: numbers by word, multipliers, tenths; tens that follow their units."""

    words: Mapping[str, int]
    times: Mapping[str, int]
    tenths: Mapping[str, int]
    tens_after_units: frozenset[str]
    openings: frozenset[str]


class Vocabulary:
    """The words of all lexicons together."""

    def __init__(self, lexicons: tuple[Lexicon, ...]) -> None:
        self.languages = tuple(lexicon.language for lexicon in lexicons)
        self.written_in_latin = frozenset(lexicon.language for lexicon in lexicons if any(map(is_latin, lexicon.common)))
        # Few meanings serve many terms: each is kept once.
        self._meant: dict[frozenset[str], Concepts] = {}
        self._nothing = self._meanings(dict.fromkeys(self.languages, frozenset()))
        self.nothing = Node(self._nothing)
        self._root = Node(self._nothing, following={})
        self.openings = self._root.following
        terms = Terms()
        words, denying, returning = dict[str, frozenset[str]](), dict[str, frozenset[str]](), dict[str, frozenset[str]]()
        for lexicon in lexicons:
            forms = Forms(lexicon)
            terms.learn(lexicon, forms)
            words[lexicon.language] = _known_words(lexicon, forms)
            denying[lexicon.language] = _single_words(lexicon, forms, "no", "not", "no_answer")
            returning[lexicon.language] = _single_words(lexicon, forms, "about_self", "about_now")
        self._grow(terms)
        self.denying, self.returning = _with_other_scripts(denying), _with_other_scripts(returning)
        self.known = _with_other_scripts(words)
        self.evidence = _evidence({language: words[language] for language in self.languages if language in self.written_in_latin})
        self.lexemes = self._words_as_typed(lexicons, frozenset().union(*words.values()))
        self.numbers = {language: _number_words(lexicons, language) for language in self.languages}
        self.language_names = {
            normalise(name).text: code for lexicon in lexicons for code, names in lexicon.language_names.items() for name in names
        }
        self.common = {lexicon.language: frozenset(normalise(word).text for word in lexicon.common) for lexicon in lexicons}
        self.nominatives = frozenset(normalise(word).text for lexicon in lexicons for word in lexicon.nominatives)
        self.genitives = frozenset(normalise(word).text for lexicon in lexicons for word in lexicon.genitives)
        self.marks_matter = frozenset(lexicon.language for lexicon in lexicons if lexicon.marks_matter)

    def _words_as_typed(self, lexicons: tuple[Lexicon, ...], foreign: frozenset[str]) -> dict[str, "_Lexemes"]:
        correctable = _with_other_scripts({lexicon.language: frozenset(_correctable(lexicon)) for lexicon in lexicons})
        misspellings = Misspellings({word for words in correctable.values() for word in words})
        prefixes = [normalise(prefix).text for lexicon in lexicons for prefix in lexicon.prefixes]
        same = {lexicon.language: lexicon.same_word for lexicon in lexicons}
        same_elsewhere = {variant: word for table in same.values() for variant, word in table.items() if not is_latin(variant)}
        spellers = {
            language: Speller(known, foreign, {**same_elsewhere, **same[language]}, prefixes, misspellings, correctable[language])
            for language, known in self.known.items()
        }
        return {language: _Lexemes(speller, self, language) for language, speller in spellers.items()}

    def _grow(self, terms: Mapping[Term, Meanings]) -> None:
        kept: dict[tuple[Meanings, bool, bool], Mapping[str, Concepts]] = {}
        for words, meanings in terms.items():
            node = self._root
            for word in words:
                if word not in node.following:
                    if node.following is _NOTHING_FOLLOWS:
                        node.following = {}
                    node.following[word] = Node(self._nothing)
                node = node.following[word]
            in_latin = is_latin("".join(words))
            is_telling = len(words) > 1 or len(words[0]) >= _SHORTEST_PORTABLE
            said = (meanings, in_latin, is_telling)
            if said not in kept:
                kept[said] = self._meanings(_by_language_of_text(meanings, self.languages, in_latin=in_latin, is_telling=is_telling))
            node.concepts = kept[said]
        self._let_full_words_follow_stems(self._root, sorted({word for words in terms for word in words if not word.endswith(STEM)}))

    def _meanings(self, by_language: Mapping[str, frozenset[str]]) -> Mapping[str, Concepts]:
        for concepts in by_language.values():
            if concepts not in self._meant:
                self._meant[concepts] = together(concepts)
        return {language: self._meant[concepts] for language, concepts in by_language.items()}

    def _let_full_words_follow_stems(self, node: Node, words: list[str]) -> None:
        """Where a term goes on with a stem, every full word of that stem leads on as well; what it means by itself and by its stem adds up.

        An ordinary word (well spelt) keeps meaning nothing; one that only begins a longer term means what its stem does.
        """
        for written, following in list(node.following.items()):
            if written.endswith(STEM) and written != STEM:
                for word in _words_from(written[:-1], words):
                    full = node.following.setdefault(word, following)
                    if full.concepts is self._nothing:
                        full.concepts = following.concepts
                        full.following = {**following.following, **full.following}
                    elif full is not following:
                        full.concepts = self._meanings(
                            {language: said | following.concepts[language] if said else said for language, said in full.concepts.items()}
                        )
        for following in {id(child): child for child in node.following.values() if child.following}.values():
            self._let_full_words_follow_stems(following, words)


# A typed word as the texts of one language know it: its known spelling; what it means alone; the words with which it may begin
# a longer term, if there are any; whether it is strange here: of other languages alone, or with a letter held down; and whether a number
# may begin with it.
Lexeme = tuple[str, Concepts, Mapping[str, Node] | None, bool, bool]


class _Lexemes(dict[str, Lexeme]):
    """The typed words of one language, each looked up once."""

    def __init__(self, speller: Speller, vocabulary: "Vocabulary", language: str) -> None:
        self._speller, self._vocabulary, self._language = speller, vocabulary, language

    def __missing__(self, typed: str) -> Lexeme:
        if len(self) >= _MOST_LEXEMES:
            self.clear()
        vocabulary, language = self._vocabulary, self._language
        word = self._speller.spell(typed)
        node = vocabulary.openings.get(word, vocabulary.nothing)
        is_strange = language not in vocabulary.evidence.get(typed, (language,)) or has_held_down(typed)
        is_numeric = typed[0] in _OPENING_NUMBERS or word in vocabulary.numbers[language].openings
        self[typed] = lexeme = (word, node.concepts[language], node.following or None, is_strange, is_numeric)
        return lexeme


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabulary of all lexicons that come with the package."""
    return Vocabulary(load_lexicons())


def _by_language_of_text(meanings: Meanings, languages: tuple[str, ...], *, in_latin: bool, is_telling: bool) -> dict[str, frozenset[str]]:
    own: dict[str, set[str]] = {language: set() for language, _ in meanings}
    for language, concept in meanings:
        if concept is not None:
            own[language].add(concept)
    together = frozenset().union(*own.values())
    if not in_latin:
        return dict.fromkeys(languages, together)
    portable = together & (PORTABLE if is_telling else STANDING_ALONE)
    return {language: _in_own_language(frozenset(own[language]), portable) if language in own else portable for language in languages}


def _in_own_language(own: frozenset[str], portable: frozenset[str]) -> frozenset[str]:
    """A word of the text's own language that stops texts in another stops them here too, unless it is an answer here."""
    return own if own & _ANSWERS else own | (portable & STANDING_ALONE)


def _words_from(stem: str, words: list[str]) -> Iterator[str]:
    for word in words[bisect_left(words, stem) :]:
        if not word.startswith(stem):
            return
        yield word


def _known_words(lexicon: Lexicon, forms: Forms) -> frozenset[str]:
    terms = (term for terms in lexicon.terms.values() for term in terms)
    numbers = (*lexicon.number_words, *lexicon.number_times, *lexicon.number_tenths)
    typed = (form for term in (*terms, *lexicon.same_word, *lexicon.well_spelt, *lexicon.common, *numbers) for form in forms[term])
    return frozenset(word for words in (*typed, *map(cut, lexicon.same_word)) for word in words)


def _with_other_scripts(words: Mapping[str, frozenset[str]]) -> dict[str, WordsAndOtherScripts]:
    """The words by language of the text; those in another script are known in all, and kept once."""
    elsewhere = frozenset(word for own in words.values() for word in own if not is_latin(word))
    return {language: WordsAndOtherScripts(own - elsewhere, elsewhere) for language, own in words.items()}


def _single_words(lexicon: Lexicon, forms: Forms, *concepts: str) -> frozenset[str]:
    terms = (term for concept in concepts for term in lexicon.terms.get(concept, ()))
    return frozenset(form[0] for term in terms for form in forms[term] if len(form) == 1)


def _correctable(lexicon: Lexicon) -> set[str]:
    cuts = (cut(term) for concept, terms in lexicon.terms.items() if concept in _CORRECTED_CONCEPTS for term in terms)
    return {words[0] for words in cuts if len(words) == 1}


def _number_words(lexicons: tuple[Lexicon, ...], language: str) -> NumberWords:
    """The words of `language` itself, and of the others those in another script."""

    def gather(tables: Iterable[tuple[str, Mapping[str, int]]]) -> dict[str, int]:
        spelt = ((owner, word, value) for owner, table in tables for written, value in table.items() for word in _number_forms(written))
        return {word: value for owner, word, value in spelt if owner == language or not is_latin(word)}

    words = gather((lexicon.language, lexicon.number_words) for lexicon in lexicons)
    times = gather((lexicon.language, lexicon.number_times) for lexicon in lexicons)
    tenths = gather((lexicon.language, lexicon.number_tenths) for lexicon in lexicons)
    inverted = gather((lexicon.language, lexicon.number_words) for lexicon in lexicons if lexicon.units_first)
    tens = frozenset(word for word, value in inverted.items() if value >= 20 and value % 10 == 0)
    # "Oh" and "o" are noughts inside a number and begin none.
    inner = {word for word, value in words.items() if value == 0 and len(word) < 3 and is_latin(word)}
    return NumberWords(words, times, tenths, tens, frozenset((*words, *times)) - inner)


def _number_forms(word: str) -> set[str]:
    return {normalise(word).text, with_marks(word)}


def _evidence(known: Mapping[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    """The languages in which a word of Latin letters is written."""
    languages: dict[str, tuple[str, ...]] = {}
    for language, words in known.items():
        for word in words:
            if is_latin(word):
                languages[word] = (*languages.get(word, ()), language)
    return languages
