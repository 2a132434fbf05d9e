"""Slips of the fingers hide no alarm: a letter struck twice, the first two the wrong way round, a space forgotten or struck too much."""

import pytest

from followup_service.conversation.read_reply import read_reply


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "pooing lbood", "BLOOD_IN_STOOL"),
        ("en", "yelloweyes", "JAUNDICE"),
        ("en", "she had a seiz ure", "SEIZURE"),
        ("fr", "ess oufflée rien qu'a parler", "BREATHLESSNESS"),
        ("pt", "dor no pei to indo pro braço", "CHEST_PAIN"),
        ("pt", "idarreia e febre junto", "DIARRHOEA"),
        ("ru", "емлена с утра дважды", "BLOOD_IN_STOOL"),
        ("vi", "da vàngg khè mấy bữa ni", "JAUNDICE"),
    ],
)
def test_a_slip_hides_no_alarm(language: str, text: str, code: str) -> None:
    assert code in {symptom.code for symptom in read_reply(text, language).findings.symptoms}


def test_the_words_are_shown_as_they_were_written() -> None:
    (mention,) = [mention for mention in read_reply("well, she had a seiz ure today", "en").mentions if mention.code == "SEIZURE"]
    assert "seiz ure" in mention.written


@pytest.mark.parametrize(
    "text", ["just a bit sunburnt from the test match", "chillin w the dog", "it was a bloodbath, 2 red cards. Class match"]
)
def test_whole_words_are_not_torn(text: str) -> None:
    assert read_reply(text, "en").findings.symptoms == ()
