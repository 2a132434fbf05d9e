"""A stored reading says the same when it is read back as when the text was read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.findings import ReadsLike
from followup_service.protocol.question_kinds import QuestionKind
from followup_service.replies.keep_reading import as_json
from followup_service.replies.stored_reading import stored_reading

TEXTS = [
    "39.5 and shivering",
    "101.3F under the arm",
    "severe belly pain, worse",
    "diarrhoea 5 times",
    "385",
    "qwertz",
    "1",
    "",
    "no fever",
]


def check(text: str, question: QuestionKind | None) -> None:
    reading = read_reply(text, "en", question)
    kept = stored_reading(as_json(reading))
    assert (kept.findings, kept.answer) == (reading.findings, reading.answer)


@pytest.mark.parametrize("like", [None, *ReadsLike])
def test_a_guess_is_read_back_as_it_was(like: ReadsLike | None) -> None:
    reading = read_reply("qwertz", "en")
    guessed = reading._replace(findings=reading.findings._replace(reads_like=like))
    assert stored_reading(as_json(guessed)).findings.reads_like is like


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("question", [None, *QuestionKind])
def test_it_is_read_back_as_it_was(text: str, question: QuestionKind | None) -> None:
    check(text, question)


def test_the_words_of_an_answer_are_kept() -> None:
    kept = as_json(read_reply("well, yes", "en", QuestionKind.YES_NO))
    assert '"said": [{"meaning": "answer", "written": "yes", "span": [6, 9]}]' in kept


def test_a_command_that_was_taken_back_takes_its_words_along() -> None:
    assert '"said": []' in as_json(read_reply("STOP", "en").without_command())


@given(text=st.text(max_size=60))
def test_whatever_was_written(text: str) -> None:
    check(text, None)
