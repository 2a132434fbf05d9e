"""A lexicon file that is wrong is refused with the place and what to write; the ones that come with the package are sound."""

import pytest

from followup_service.conversation.lexicon import LexiconError, load_lexicons, parse_lexicon


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
        ('language = "en"\n[spelt_out]\ncant = "cannot"\n', 'write ["one", "another"]'),
        ('language = "en"\nsymptoms = 1\n', "write [symptoms]"),
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
