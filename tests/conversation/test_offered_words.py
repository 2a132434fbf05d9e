"""Whoever answers a question in the words that it offers beside a digit is understood as if they had sent the digit."""

import re
from collections.abc import Mapping

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.messaging.catalogues import catalogue, languages
from followup_service.protocol.definitions import Question
from followup_service.protocol.load_study import load_study, study_codes
from followup_service.protocol.question_kinds import OPEN_KINDS, QuestionKind

MEANT = {
    QuestionKind.YES_NO: {"1": "yes", "2": "no"},
    QuestionKind.VISIT_CONFIRM: {"1": "confirm", "2": "move"},
    QuestionKind.SEVERITY_0_4: {digit: digit for digit in "01234"},
}
WITHOUT_DIGITS = {QuestionKind.TEMPERATURE, QuestionKind.FREE_TEXT}
# What the words for a pain may name beside how strong it is.
PAINS = {"PAIN", "UNBEARABLE_PAIN"}

QUESTIONS = [
    (study, question)
    for study in study_codes()
    for question, asked in load_study(study).questions.items()
    if asked.kind not in WITHOUT_DIGITS
]


def offered(text: str) -> Mapping[str, str]:
    """The words by the digit before them, of what stands after the question itself."""
    offer = re.split("[?？؟]", text)[-1]
    return {digit: words.strip(" .,;،，。।") for digit, words in re.findall(r"(\d)([^\d]+)", offer)}


def meant(question: Question) -> Mapping[str, str]:
    return MEANT.get(question.kind) or {str(digit): choice for digit, choice in enumerate(question.choices, start=1)}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("study", "code"), QUESTIONS)
def test_the_words_beside_a_digit_are_read_as_that_digit(study: str, code: str, language: str) -> None:
    question = load_study(study).questions[code]
    text = catalogue(language).gettext(question.text)
    assert list(offered(text)) == list(meant(question)), text
    for digit, words in offered(text).items():
        reading = read_reply(words, language, question.kind)
        assert reading.answer == meant(question)[digit], words
        assert question.kind in OPEN_KINDS or not reading.findings.unread, words
        assert {symptom.code for symptom in reading.findings.symptoms} <= PAINS, words
