"""A lexicon file that is wrong is refused with the place and what to write; the ones that come with the package are sound."""

from functools import cache
from itertools import permutations

import pytest

from followup_service.conversation.lexicon import Lexicon, LexiconError, load_lexicons, parse_lexicon
from followup_service.conversation.marked_text import mark_text
from followup_service.conversation.normalise import normalise
from followup_service.conversation.plain_words import PLAIN_WORDS
from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.reading import Command
from followup_service.conversation.vocabulary import load_vocabulary
from followup_service.protocol.question_kinds import QuestionKind


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ('language = "en"\n[symptoms\n', "not TOML"),
        ('language = "fr"\n', 'write language = "en"'),
        ('language = "en"\n[symptms]\n', "write one of"),
        ('language = "en"\n[symptoms]\nFEVR = ["hot"]\n', "symptoms.FEVR is not known"),
        ('language = "en"\n[symptoms]\nFEVER = "hot"\n', 'write ["one", "another"]'),
        ('language = "en"\n[symptoms]\nFEVER = ["hot", 3]\n', 'write ["one", "another"]'),
        ('language = "en"\n[numbers.words]\none = "1"\n', "write a whole number"),
        ('language = "en"\n[numbers.digits]\none = 1\n', "write numbers.words, numbers.times, numbers.tenths or units_first"),
        ('language = "en"\n[plain_words]\nhuors = ["hour"]\n', "plain_words.huors is not known"),
        ('language = "en"\n[spelt_out]\ncant = "cannot"\n', 'write ["one", "another"]'),
        ('language = "en"\nsymptoms = 1\n', "write [symptoms]"),
        ('language = "en"\n[answers]\nyes = ["sì"]\n[commands]\nstop_word = ["Si"]\n', "write it in one of them"),
        ('language = "en"\n[numbers]\nunits_first = 1\n', "write true or false"),
    ],
)
def test_a_wrong_lexicon_says_what_to_write(written: str, advice: str) -> None:
    with pytest.raises(LexiconError) as refused:
        parse_lexicon(written, "en")
    assert advice in str(refused.value)
    assert "lexicons/en.toml" in str(refused.value)


def test_every_lexicon_has_the_words_without_which_an_alarm_is_missed() -> None:
    for lexicon in load_lexicons():
        missing = {"FEVER", "RIGOR", "BLEEDING", "BREATHLESSNESS", "COLLAPSE", "no_answer", "yes", "stop_word"} - set(lexicon.terms)
        assert not missing, f"{lexicon.language} lacks {missing}"


def test_every_plain_word_is_met_as_a_text_spells_it() -> None:
    """One that folding or spelling turns into another would wait in its list for a text that never comes."""
    vocabulary = load_vocabulary()
    unmet = []
    for lexicon in load_lexicons():
        for name, words in lexicon.plain_words.items():
            known = getattr(vocabulary.plain_words, name)
            for word in words:
                text = mark_text(word, lexicon.language, vocabulary)
                spellings = (" ".join(text.words), "".join(text.words), "".join(token[0] for token in text.tokens))
                if known.isdisjoint(spellings):
                    unmet.append((lexicon.language, name, word))
    assert unmet == []


def test_every_list_of_plain_words_has_some() -> None:
    assert [name for name in PLAIN_WORDS if not getattr(load_vocabulary().plain_words, name)] == []


def _words(lexicon: Lexicon, *concepts: str) -> set[str]:
    return {normalise(term).text for concept in concepts for term in lexicon.terms.get(concept, ())}


_YES = ("yes", "accept", "confirm_word")
_NO_OR_STOP = ("no_answer", "refuse", "no", "not", "stop_word", "stop_alone", "stop_phrase")


@cache
def _yes_and_no() -> dict[str, tuple[set[str], set[str]]]:
    """By language the words, as they are typed without their marks, that mean yes, and those that mean no or stop."""
    return {lexicon.language: (_words(lexicon, *_YES), _words(lexicon, *_NO_OR_STOP)) for lexicon in load_lexicons()}


def _yes_that_elsewhere_is_no() -> set[tuple[str, str, str]]:
    """Each word that means yes in the first language and no or stop in the second."""
    return {
        (word, one, other)
        for (one, (yes, _)), (other, (_, no_or_stop)) in permutations(_yes_and_no().items(), 2)
        for word in yes & no_or_stop
    }


def test_the_words_that_are_yes_here_and_no_there_are_known() -> None:
    """A further one must be looked at: does the language on file decide, or does the word need another beside it?"""
    assert _yes_that_elsewhere_is_no() == {("k", "en", "vi"), ("sin", "pt", "es")}


def test_a_word_that_is_yes_in_one_language_and_no_in_another_is_read_by_the_participants_own() -> None:
    misread = []
    for word, one, other in sorted(_yes_that_elsewhere_is_no()):
        here, there = (read_reply(word, language, QuestionKind.YES_NO) for language in (one, other))
        means_yes_there = word in _yes_and_no()[other][0]
        if here.answer == "no" or here.command is Command.STOP or (there.answer == "yes" and not means_yes_there):
            misread.append((word, one, other))
    assert misread == []


def test_a_word_that_means_yes_and_stop_in_one_language_without_its_marks_stops_nobody() -> None:
    for lexicon in load_lexicons():
        for word in _words(lexicon, *_YES) & _words(lexicon, "stop_word", "stop_alone", "stop_phrase"):
            reading = read_reply(word, lexicon.language)
            assert reading.command is None, word
            assert reading.findings.unread, word
