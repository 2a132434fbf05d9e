"""The words of all lexicons: what each means by itself and with those that follow, in a text of a given language.

Alarms are known in every language, whatever the participant's own. Small words (no, if, fine …) mean only what they mean in the language
of the text: "do" is a degree in Vietnamese alone. Terms in a script of their own mean the same everywhere.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from followup_service.conversation.concepts import SECTIONS, Concepts
from followup_service.conversation.lexicon import Lexicon, load_lexicons
from followup_service.conversation.normalise import has_held_down, normalise, with_marks
from followup_service.conversation.plain_words import PLAIN_WORDS, PlainWords
from followup_service.conversation.romanised import Romanised
from followup_service.conversation.spelling import Misspellings, Speller, WordsAndOtherScripts
from followup_service.conversation.term_tree import Node, TermTree
from followup_service.conversation.terms import TAB, Terms, Typed, cut, in_own_script, is_latin, type_terms, typed, words_of

_CORRECTED_CONCEPTS = SECTIONS["symptoms"] | SECTIONS["things"] | SECTIONS["troubles"] | {"temperature_label", "temperature_claim"}
_MOST_LEXEMES = 20_000
_OPENING_NUMBERS = frozenset("0123456789.+")


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

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        terms = Terms()
        words, denying, returning, correctable = (dict[str, frozenset[str]]() for _ in range(4))
        rest: list[Lexicon] = []
        for lexicon in map(in_own_script, lexicons):
            language, as_typed = lexicon.language, type_terms(lexicon)
            words[language] = _known_words(lexicon, terms.learn(language, as_typed))
            denying[language] = _single_words(as_typed, "no", "not", "no_answer")
            returning[language] = _single_words(as_typed, "about_self", "about_now")
            correctable[language] = _correctable(lexicon)
            # The terms are most of a lexicon: one of them at a time is in memory.
            rest.append(replace(lexicon, terms={}, well_spelt=()))
        self.languages = tuple(words)
        self.written_in_latin = frozenset(lexicon.language for lexicon in rest if any(map(is_latin, lexicon.common)))
        self.terms = TermTree(terms, self.languages)
        self.denying, self.returning = _with_other_scripts(denying), _with_other_scripts(returning)
        self.known = _with_other_scripts(words)
        self.evidence = _evidence({language: self.known[language].own for language in self.languages if language in self.written_in_latin})
        self.lexemes = self._words_as_typed(rest, frozenset().union(*words.values()), _with_other_scripts(correctable))
        self.numbers = {language: _number_words(rest, language) for language in self.languages}
        self.language_names = {
            normalise(name).text: code for lexicon in rest for code, names in lexicon.language_names.items() for name in names
        }
        self.common = {lexicon.language: frozenset(normalise(word).text for word in lexicon.common) for lexicon in rest}
        self.nominatives = frozenset(normalise(word).text for lexicon in rest for word in lexicon.nominatives)
        self.genitives = frozenset(normalise(word).text for lexicon in rest for word in lexicon.genitives)
        self.plain_words = _plain_words(rest)
        self.marks_matter = frozenset(lexicon.language for lexicon in rest if lexicon.marks_matter)

    def _words_as_typed(
        self, lexicons: list[Lexicon], foreign: frozenset[str], correctable: Mapping[str, WordsAndOtherScripts]
    ) -> dict[str, "_Lexemes"]:
        misspellings = Misspellings({word for words in correctable.values() for word in words})
        prefixes = [normalise(prefix).text for lexicon in lexicons for prefix in lexicon.prefixes]
        same = {lexicon.language: lexicon.same_word for lexicon in lexicons}
        romanised = {lexicon.language: Romanised(lexicon.romanised) for lexicon in lexicons}
        same_elsewhere = {variant: word for table in same.values() for variant, word in table.items() if not is_latin(variant)}
        spellers = {
            language: Speller(
                known,
                foreign,
                {**same_elsewhere, **same[language]},
                prefixes,
                misspellings,
                correctable[language],
                romanised[language],
            )
            for language, known in self.known.items()
        }
        return {language: _Lexemes(speller, self, language) for language, speller in spellers.items()}


# A typed word as the texts of one language know it: its known spelling; what it means alone; the words with which it may begin
# a longer term, if there are any; whether it is strange here: of other languages alone, or with a letter held down; and whether a number
# may begin with it.
Lexeme = tuple[str, Concepts, Mapping[str, Node] | None, bool, bool]


class _Lexemes(dict[str, Lexeme]):
    """The typed words of one language, each looked up once; `unknown` are those that no lexicon knows, with where a space was forgotten."""

    def __init__(self, speller: Speller, vocabulary: "Vocabulary", language: str) -> None:
        self._speller, self._vocabulary, self._language = speller, vocabulary, language
        self.unknown: dict[str, int | None] = {}
        self.are_one = speller.are_one

    def __missing__(self, typed: str) -> Lexeme:
        if len(self) >= _MOST_LEXEMES:
            self.clear()
            self.unknown.clear()
        vocabulary, language = self._vocabulary, self._language
        word = self._speller.spell(typed)
        if word == typed and self._speller.is_unknown(word) and typed.isalpha():
            self.unknown[typed] = self._speller.where_split(typed)
        node = vocabulary.terms.opening(word)
        is_strange = language not in vocabulary.evidence.get(typed, (language,)) or has_held_down(typed)
        is_numeric = typed[0] in _OPENING_NUMBERS or word in vocabulary.numbers[language].openings
        self[typed] = lexeme = (word, node.concepts[language], node.following or None, is_strange, is_numeric)
        return lexeme


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabulary of all lexicons that come with the package."""
    return Vocabulary(load_lexicons())


def _known_words(lexicon: Lexicon, in_terms: set[str]) -> frozenset[str]:
    others = (*lexicon.same_word, *lexicon.common, *lexicon.number_words, *lexicon.number_times, *lexicon.number_tenths)
    return frozenset(map(sys.intern, in_terms | words_of(typed(others, lexicon)) | words_of(cut(lexicon.same_word))))


def _with_other_scripts(words: Mapping[str, frozenset[str]]) -> dict[str, WordsAndOtherScripts]:
    """The words by language of the text; those in another script are known in all, and kept once."""
    elsewhere = frozenset(word for own in words.values() for word in own if not is_latin(word))
    return {language: WordsAndOtherScripts(own - elsewhere, elsewhere) for language, own in words.items()}


def _single_words(as_typed: Typed, *concepts: str) -> frozenset[str]:
    return frozenset(term for concept in concepts for term in as_typed.get(concept, ()) if TAB not in term)


def _correctable(lexicon: Lexicon) -> frozenset[str]:
    written = [term for concept in sorted(_CORRECTED_CONCEPTS) for term in lexicon.terms.get(concept, ()) if " " not in term]
    return frozenset(term for term in cut(written) if TAB not in term)


def _number_words(lexicons: list[Lexicon], language: str) -> NumberWords:
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


def _plain_words(lexicons: list[Lexicon]) -> PlainWords:
    """The plain words of all languages together; where marks matter those without them are written as well, if they mean the same."""
    together = {name: set[str]() for name in PLAIN_WORDS}
    for lexicon in lexicons:
        for name, words in lexicon.plain_words.items():
            together[name].update(with_marks(word) if lexicon.marks_matter else normalise(word).text for word in words)
    return PlainWords(**{name: frozenset(words) for name, words in together.items()})


def _number_forms(word: str) -> set[str]:
    return {normalise(word).text, with_marks(word)}


def _evidence(known: Mapping[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    """The languages in which a word of Latin letters is written."""
    languages: dict[str, tuple[str, ...]] = {}
    kept: dict[tuple[str, ...], tuple[str, ...]] = {}
    for language, words in known.items():
        for word in words:
            written_in = (*languages.get(word, ()), language)
            languages[word] = kept.setdefault(written_in, written_in)
    return languages
