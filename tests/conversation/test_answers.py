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
        ("الصفايح 140 الف", None),
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
        ("it's my sister's funeral, any day the week after", "move"), ("ok could it be the week after instead?", "move"),
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


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", "well, yes|ok yes|fine, yes|thanks, all good but yes|no, sorry, yes|nothing new, yes"),
        ("en", "ok, 1|no. 1|unfortunately yes|two of them|afraid so"),
        ("fr", "bien, oui|ça va mais oui|pas mal, oui|je crois que oui|bonjour docteur, oui|réponse 1"),
        ("es", "bien, sí|todo bien pero sí|buenos días, si|creo que sí|la verdad que si|hola, 1|dos de ellas"),
        ("pt", "bem, sim|tudo bem mas sim|acho que sim|eu tenho sim|uma delas"),
        ("ru", "хорошо, да|нормально, но да|ок, да|увы, да|добрый день, да|два из них|+"),
        ("ar", "طيب، نعم|تمام بس نعم|زين، اي|للأسف نعم|صباح الخير نعم|tamam, aywa|اثنين منها"),
        ("hi", "theek hai, haan|ठीक है, हाँ|ok haan|namaste, haan|madam ji haan|nahi, sorry, haan|ठीक है, हाँ थोड़ा"),
        ("vi", "tốt, có|khỏe nhưng có|chào bác sĩ, có|em có|tiếc là có|khoe nhung co|hinh nhu co|không, xin lỗi, có"),
        ("zh_Hans", "还好，有一点|没事，有一点点|还行，有|不是没有|早上好，有|确实有|应该有|答案是1|没有，不对，有"),
        ("zh_Hant", "冇其他，有少少|唔係冇|早晨，有|好似有|都有|姑娘，係"),
    ],
)  # fmt: skip
def test_a_yes_is_heard_behind_a_no_a_fine_or_a_greeting(language: str, texts: str) -> None:
    """ "No" kept for "no, sorry, yes" hides a red flag, and nobody is told."""
    answers = {text: read_reply(text, language, QuestionKind.YES_NO).answer for text in texts.split("|")}
    assert answers == dict.fromkeys(texts.split("|"), "yes")


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", "ok|will do|thanks|same as yesterday|not sure|maybe|I can't say no|2 blisters|not eating|hello|fine, correct|sadly 1"),
        ("fr", "d'accord|comme hier|je ne sais pas|je ne dis pas non|aucune idée"),
        ("es", "ok|vale|igual que ayer|no sé|no digo que no|no duermo"),
        ("pt", "ok|igual a ontem|não sei|talvez"),
        ("ru", "ок|хорошо|как вчера|не знаю|не то чтобы нет"),
        ("ar", "تمام|زي امبارح|ما اعرف|مش لا"),
        ("hi", "theek hai|ठीक है|kal jaisa|pata nahi|ऐसा नहीं कि नहीं"),
        ("vi", "ok|được|như hôm qua|không biết|có lẽ|2 cái"),
        ("zh_Hans", "好的|行|跟昨天一样|不知道|还好，是的|2个"),
        ("zh_Hant", "好呀|同琴日一樣|唔知|冇變化"),
    ],
)
def test_what_is_neither_yes_nor_no_answers_nothing_and_goes_to_a_person(language: str, texts: str) -> None:
    for text in texts.split("|"):
        reading = read_reply(text, language, QuestionKind.YES_NO)
        assert (text, reading.answer) == (text, None)
        assert reading.findings.unread or reading.findings.symptoms, text


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", "no|2|all good|nope, all fine|no, same as yesterday|definitely not|ok, no|good morning, no|2 none of them|hi, 2"),
        ("fr", "non|bonjour, non|non merci|bien sûr que non|rien de tout ça, comme hier|malheureusement non"),
        ("es", "no|hola, no|claro que no|no hija no, ninguna|nada de eso, como ayer|creo que no"),
        ("pt", "não|bom dia, não|claro que não|nada disso, felizmente"),
        ("ru", "нет|да нет|добрый день, нет|нет, как вчера|конечно нет|думаю нет"),
        ("ar", "لا|صباح الخير، لا|طبعا لا|ولا واحد منها|la"),
        ("hi", "nahi|ji nahi|namaste, nahi|theek hai, kuch nahi|जी नहीं|inme se ek bhi nahi"),
        ("vi", "không|dạ không|dạ, không|chào bác sĩ, không|da khong|vâng, không có"),
        ("zh_Hans", "没有|嗯，没有|对，没有|早上好，没有|确实没有|没有，谢谢"),
        ("zh_Hant", "冇|早晨，冇|係，冇|其他都冇"),
    ],
)
def test_a_plain_no_stays_one_behind_a_greeting_or_a_courtesy(language: str, texts: str) -> None:
    answers = {text: read_reply(text, language, QuestionKind.YES_NO).answer for text in texts.split("|")}
    assert answers == dict.fromkeys(texts.split("|"), "no")
