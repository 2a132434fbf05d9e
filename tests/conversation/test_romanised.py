"""Russian typed in Latin letters, and Ukrainian words in a Russian text, are read as the Russian words."""

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.romanised import Romanised


def _codes(text: str, language: str = "ru") -> set[str]:
    return {symptom.code for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("jivot kak kamen", {"SWOLLEN_ABDOMEN"}),
        ("zhivot kak kamen", {"SWOLLEN_ABDOMEN"}),
        ("shov razoshelsya", {"WOUND"}),
        ("kal belyi", {"DARK_URINE_OR_PALE_STOOL"}),
        ("ne soobrazhaet gde", {"CONFUSION"}),
        ("духу нема", {"BREATHLESSNESS"}),
        ("очі жовті", {"JAUNDICE"}),
        ("ne bolit nichego", set()),
    ],
)
def test_what_is_typed_in_latin_letters_or_in_ukrainian_is_read_as_russian(text: str, codes: set[str]) -> None:
    assert _codes(text) == codes


def test_a_romanised_alarm_is_known_whatever_the_participants_language() -> None:
    assert "RIGOR" in _codes("znobit", "en")


def test_a_word_with_a_letter_that_stands_for_nothing_has_no_other_spelling() -> None:
    romanised = Romanised({"a": ["а"], "sh": ["ш", "щ"], "$": ["ь"]})
    assert list(romanised.spellings("ash")) == ["аш", "ашь", "ащ", "ащь"]
    assert list(romanised.spellings("ask")) == []
