"""Loads the words participants use, one TOML file a language, and says what to write where a file is wrong."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from followup_service.conversation.concepts import SECTIONS
from followup_service.conversation.normalise import normalise, with_marks
from followup_service.conversation.plain_words import PLAIN_WORDS

_YES = ("yes", "accept", "confirm_word")
_NO_OR_STOP = ("no_answer", "refuse", "stop_word", "stop_alone", "stop_phrase")
_NUMBER_TABLES = ("words", "times", "tenths")


class LexiconError(ValueError):
    """A lexicon file is wrong; the text names the file, the place and what to write."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words: terms by concept, number words by value, names of languages by code.

    `same_word` gives the word for each of its other spellings (in the file the other way round), which are read as that word everywhere.
    `common` holds the most usual words, by which a text in this language is recognised. `well_spelt` holds ordinary words that are no
    misspelling and no alarm of another language. `nominatives` are forms that a "no" before them does not deny, `genitives` those that
    one denies wherever it stands. `spelt_out` gives contractions their full forms; `prefixes` are taken off unknown words.
    `plain_words` are those that a rule looks for beside others, by its name for them (plain_words.py).
    `romanised` gives for Latin letters what they stand for in the language's own script.
    `marks_matter` says that a word typed with its marks is no other word: Vietnamese "đầu" (head) is not "đau" (pain), "dau" may be both.
    `needs_marks` are harmless terms that mean nothing where their marks are missing: "em dâu" is a sister-in-law, "em dau" hurts.
    `units_first` says that eight and thirty is thirty-eight; `number_tenths` are words after a number that add tenths to it.
    """

    language: str
    terms: Mapping[str, tuple[str, ...]]
    number_words: Mapping[str, int]
    number_times: Mapping[str, int]
    number_tenths: Mapping[str, int]
    units_first: bool
    language_names: Mapping[str, tuple[str, ...]]
    spelt_out: Mapping[str, tuple[str, ...]]
    same_word: Mapping[str, str]
    well_spelt: tuple[str, ...]
    nominatives: tuple[str, ...]
    genitives: tuple[str, ...]
    common: tuple[str, ...]
    prefixes: tuple[str, ...]
    plain_words: Mapping[str, tuple[str, ...]]
    romanised: Mapping[str, tuple[str, ...]]
    marks_matter: bool
    needs_marks: tuple[str, ...] = ()


def load_lexicons() -> Iterator[Lexicon]:
    """Every lexicon that comes with the package, by language code, one at a time."""
    folder = resources.files("followup_service.conversation") / "lexicons"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return (parse_lexicon(file.read_text(encoding="utf-8"), Path(file.name).stem) for file in files)


def parse_lexicon(written: str, language: str) -> Lexicon:
    """The lexicon that `written` (TOML) says; raises LexiconError."""
    name = f"lexicons/{language}.toml"
    try:
        tables = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{name}: not TOML ({error}); correct that line") from error
    if tables.get("language") != language:
        raise LexiconError(f'{name}: `language` is {tables.get("language")!r}; write language = "{language}"')
    known = {
        "language",
        "numbers",
        "language_names",
        "spelt_out",
        "same_word",
        "well_spelt",
        "nominatives",
        "genitives",
        "common",
        "prefixes",
        "plain_words",
        "romanised",
        "marks_matter",
        "needs_marks",
        *SECTIONS,
    }
    for unknown in sorted(set(tables) - known):
        raise LexiconError(f"{name}: `{unknown}` is not a table of a lexicon; write one of {', '.join(sorted(known))}")
    numbers = _table(tables, "numbers", name)
    terms = dict(_terms(tables, name))
    marks_matter = _switch(tables, "marks_matter", name)
    _refuse_contradictions(terms, with_marks if marks_matter else _folded, name)
    return Lexicon(
        language=language,
        terms=terms,
        number_words=_number_table(numbers, "words", name),
        number_times=_number_table(numbers, "times", name),
        number_tenths=_number_table(numbers, "tenths", name),
        units_first=_switch(numbers, "units_first", f"{name}: numbers"),
        language_names=_word_lists(tables, "language_names", name),
        spelt_out=_word_lists(tables, "spelt_out", name),
        same_word={_folded(variant): _folded(word) for word, found in _word_lists(tables, "same_word", name).items() for variant in found},
        well_spelt=_strings(tables.get("well_spelt", []), f"{name}: well_spelt"),
        nominatives=_strings(tables.get("nominatives", []), f"{name}: nominatives"),
        genitives=_strings(tables.get("genitives", []), f"{name}: genitives"),
        common=_strings(tables.get("common", []), f"{name}: common"),
        prefixes=_strings(tables.get("prefixes", []), f"{name}: prefixes"),
        plain_words=_plain_words(tables, name),
        romanised=_word_lists(tables, "romanised", name),
        marks_matter=marks_matter,
        needs_marks=_strings(tables.get("needs_marks", []), f"{name}: needs_marks"),
    )


def _folded(term: str) -> str:
    return normalise(term).text


def _terms(tables: Mapping[str, Any], name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for section, concepts in SECTIONS.items():
        for concept, words in _table(tables, section, name).items():
            if concept not in concepts:
                raise LexiconError(f"{name}: {section}.{concept} is not known; write one of {', '.join(sorted(concepts))}")
            yield concept, _strings(words, f"{name}: {section}.{concept}")


def _plain_words(tables: Mapping[str, Any], name: str) -> Mapping[str, tuple[str, ...]]:
    words = _word_lists(tables, "plain_words", name)
    for unknown in sorted(set(words) - PLAIN_WORDS):
        raise LexiconError(f"{name}: plain_words.{unknown} is not known; write one of {', '.join(sorted(PLAIN_WORDS))}")
    return words


def _refuse_contradictions(terms: Mapping[str, tuple[str, ...]], spelt: Callable[[str], str], name: str) -> None:
    """A word may not mean yes and also no or stop."""
    said = {concept: {spelt(term): term for term in terms.get(concept, ())} for concept in (*_YES, *_NO_OR_STOP)}
    for yes in _YES:
        for other in _NO_OR_STOP:
            for word in sorted(said[yes].keys() & said[other].keys()):
                raise LexiconError(
                    f'{name}: "{said[yes][word]}" is in {yes} and in {other}; write it in one of them, or with a word beside it'
                )


def _table(tables: Mapping[str, Any], key: str, name: str) -> Mapping[str, Any]:
    table = tables.get(key, {})
    if not isinstance(table, dict):
        raise LexiconError(f"{name}: `{key}` is not a table; write [{key}] and its words below")
    return table


def _word_lists(tables: Mapping[str, Any], key: str, name: str) -> Mapping[str, tuple[str, ...]]:
    return {entry: _strings(words, f"{name}: {key}.{entry}") for entry, words in _table(tables, key, name).items()}


def _strings(words: Any, place: str) -> tuple[str, ...]:
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise LexiconError(f'{place} is not a list of words; write ["one", "another"]')
    return tuple(words)


def _number_table(numbers: Mapping[str, Any], key: str, name: str) -> Mapping[str, int]:
    for unknown in sorted(set(numbers) - {*_NUMBER_TABLES, "units_first"}):
        raise LexiconError(f"{name}: numbers.{unknown} is not known; write numbers.words, numbers.times, numbers.tenths or units_first")
    table = _table(numbers, key, name)
    for word, value in table.items():
        if not isinstance(value, int):
            raise LexiconError(f"{name}: numbers.{key}.{word} is {value!r}; write a whole number")
    return table


def _switch(table: Mapping[str, Any], key: str, place: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise LexiconError(f"{place}.{key} is {value!r}; write true or false")
    return value
