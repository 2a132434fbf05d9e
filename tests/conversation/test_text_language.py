"""Who writes in another language than the one on file is noticed by a few words; who writes in their own is never told otherwise."""

import re
from itertools import chain

import pytest

from followup_service.conversation.read_reply import read_reply
from tests.conversation.gold_corpus import corpus_rows, practice_rows

LATIN = ("en", "es", "fr", "pt", "vi")
# By the words that a text has. Of those of three to five some say it in words that both languages have, or in none that anybody knows.
LEAST_NOTICED = {(3, 5): 0.75, (6, 9): 0.95, (10, 500): 0.99}
# Of texts of the language on file; most of these are in truth in the other one.
MOST_OFFERED = 1 / 800


@pytest.mark.parametrize(
    ("on_file", "text", "language"),
    [
        ("en", "no tengo fiebre", "es"), ("en", "tengo calentura", "es"), ("en", "j'ai mal au ventre", "fr"), ("en", "tôi bị sốt", "vi"),
        ("en", "estou bem obrigada", "pt"), ("en", "mujhe bukhar hai", "hi"), ("es", "I have a fever", "en"),
        ("es", "não tenho febre", "pt"), ("fr", "no fever today", "en"), ("pt", "no tengo fiebre", "es"),
        ("vi", "please call my wife", "en"), ("zh_Hans", "no tengo fiebre", "es"),
    ],
)  # fmt: skip
def test_three_words_in_another_language_are_noticed(on_file: str, text: str, language: str) -> None:
    assert read_reply(text, on_file).other_language == language


@pytest.mark.parametrize("on_file", [*LATIN, "zh_Hans"])
@pytest.mark.parametrize("text", ["ok", "gracias", "ok gracias", "merci", "Marie Claire Fontaine", "Raj Kumar Sharma", "38,5", "stop"])
def test_a_loan_word_or_a_name_is_no_other_language(text: str, on_file: str) -> None:
    assert read_reply(text, on_file).other_language is None


@pytest.mark.parametrize("on_file", ["zh_Hans", "zh_Hant"])
@pytest.mark.parametrize("text", ["wo hen hao xiexie guanxin", "fa shao le", "ngo hou hou ah, m sai dam sam"])
def test_chinese_as_it_sounds_is_no_other_language(text: str, on_file: str) -> None:
    assert read_reply(text, on_file).other_language is None


@pytest.mark.no_cover
@pytest.mark.parametrize("on_file", LATIN)
def test_of_texts_in_ones_own_language_hardly_one_is_taken_for_another(on_file: str) -> None:
    texts = [row["text"] for row in chain(corpus_rows(on_file), practice_rows(on_file)) if _words(row["text"])]
    offered = [text for text in texts if read_reply(text, on_file).other_language in LATIN]
    assert len(offered) <= MOST_OFFERED * len(texts), offered


@pytest.mark.parametrize("on_file", LATIN)
@pytest.mark.parametrize(("fewest", "most"), LEAST_NOTICED)
def test_of_texts_in_another_language_most_are_noticed(fewest: int, most: int, on_file: str) -> None:
    others = [(row["text"], language) for language in LATIN if language != on_file for row in corpus_rows(language)]
    texts = [(text, language) for text, language in others if fewest <= _words(text) <= most]
    noticed = [language for text, language in texts if read_reply(text, on_file).other_language == language]
    assert len(noticed) >= LEAST_NOTICED[fewest, most] * len(texts)


def _words(text: str) -> int:
    return len(re.findall(r"[^\W\d_]+", text))
