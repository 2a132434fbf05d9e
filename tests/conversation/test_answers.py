"""How a text answers the question that is open, by digit or in words, and that the rest of it is read too."""

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.question_kinds import QuestionKind


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("0", "0"), ("3", "3"), ("３", "3"), ("3/4", "3"), ("about a 2", "2"), ("three", "3"), ("三", "3"), ("2-3", "3"), ("none", "0"),
        ("no pain", "0"), ("a little", "1"), ("moderate", "2"), ("really bad", "3"), ("unbearable", "4"), ("不疼", "0"), ("有点疼", "1"),
        ("很疼", "3"), ("疼得受不了", "4"), ("38.9", None), ("7", None), ("see you monday", None), ("一点都不疼", "0"),
    ],
)  # fmt: skip
def test_severity(text: str, answer: str | None) -> None:
    reading = read_reply(text, "en", QuestionKind.SEVERITY_0_4)
    assert reading.answer == answer
    assert reading.findings.severity_digit == (None if answer is None else int(answer))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1", "yes"), ("2", "no"), ("１", "yes"), ("yes", "yes"), ("Y", "yes"), ("n", "no"), ("no", "no"), ("Nope, all good", "no"),
        ("有", "yes"), ("没有", "no"), ("是的", "yes"), ("不是", "no"), ("没有出血", "no"), ("none of these", "no"), ("没事", "no"),
        ("no, i have fever", "no"), ("perhaps", None), ("38.5", None),
    ],
)  # fmt: skip
def test_yes_or_no(text: str, answer: str | None) -> None:
    assert read_reply(text, "en", QuestionKind.YES_NO).answer == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1", "confirm"), ("ok", "confirm"), ("yes I will come", "confirm"), ("好的", "confirm"), ("会来", "confirm"), ("2", "move"),
        ("no", "move"), ("can't come Tuesday", "move"), ("来不了", "move"), ("改天行吗", "move"), ("what?", None),
    ],
)  # fmt: skip
def test_visit(text: str, answer: str | None) -> None:
    assert read_reply(text, "en", QuestionKind.VISIT_CONFIRM).answer == answer


def test_a_digit_without_a_question_goes_to_a_person() -> None:
    reading = read_reply("2", "en")
    assert reading.answer is None
    assert reading.findings.unread


def test_a_temperature_in_answer_to_another_question_still_counts() -> None:
    reading = read_reply("38.9", "en", QuestionKind.SEVERITY_0_4)
    assert [str(temperature.celsius) for temperature in reading.findings.temperatures] == ["38.9"]


def test_the_rest_of_an_answer_is_read_too() -> None:
    reading = read_reply("2 but my shoulder hurts", "en", QuestionKind.YES_NO)
    assert reading.answer == "no"
    assert [symptom.code for symptom in reading.findings.symptoms] == ["SHOULDER_PAIN"]


@pytest.mark.parametrize(("language", "text"), [("zh_Hans", "打三分"), ("zh_Hant", "3分"), ("ru", "3 балла"), ("es", "3 puntos")])
def test_points_answer_the_question_for_pain(language: str, text: str) -> None:
    assert read_reply(text, language, QuestionKind.SEVERITY_0_4).answer == "3"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("2, xyzzy on the stairs and the plugh woke me up", "en"),
        ("0, pero me xyzzy una plugh que no puedo ni escribir", "es"),
        ("零。個xyzzy今朝喺廚房plugh咗落地", "zh_Hant"),
    ],
)
def test_an_answer_does_not_read_what_else_was_written(text: str, language: str) -> None:
    reading = read_reply(text, language, QuestionKind.SEVERITY_0_4)
    assert reading.answer is not None
    assert reading.findings.unread


@pytest.mark.parametrize(("text", "language"), [("2, thanks", "en"), ("0 gracias guapa", "es"), ("2分吧，忍得住", "zh_Hans")])
def test_a_word_or_two_beside_an_answer_are_small_talk(text: str, language: str) -> None:
    assert not read_reply(text, language, QuestionKind.SEVERITY_0_4).findings.unread
