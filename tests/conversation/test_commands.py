"""What a text asks the service to do; above all, what is an opt-out and what only looks like one."""

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.reading import Command
from followup_service.protocol.question_kinds import QuestionKind

OPT_OUTS = [
    "STOP", "stop", "Stop.", "STOPALL", "UNSUBSCRIBE", "cancel", "END", "quit", "REVOKE", "OPTOUT", "OPT-OUT", "TD", "T", "退订", "退訂",
    "please stop texting me", "stop sending me messages", "take me off this list",
    "don't text me any more", "别再发短信了", "不要再给我发了",
    "TD TD", "Please quit sending me these messages, I get enough of them", "can you knock these messages on the head please, ta",
    "STOP 39.5", "39.5 STOP", "STOP temp 39.4 and im done with this", "stop please", "ＳＴＯＰ",
]  # fmt: skip
NO_OPT_OUTS = [
    "STOP the pain is terrible", "we have to stop the bleeding", "can't stop vomiting", "it won't stop", "don't stop texting me",
    "T38.6 WBC 2.1", "the pain comes to an end", "cancel my appointment", "血止不住", "I quit smoking", "when does it end",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh_Hans", "vi"])
@pytest.mark.parametrize("text", OPT_OUTS)
def test_an_opt_out_is_an_opt_out_in_every_language(text: str, language: str) -> None:
    assert read_reply(text, language).command is Command.STOP


@pytest.mark.parametrize("kind", [None, *QuestionKind])
def test_stop_wins_whatever_question_is_open(kind: QuestionKind | None) -> None:
    assert read_reply("STOP", "en", kind).command is Command.STOP


@pytest.mark.parametrize("text", NO_OPT_OUTS)
def test_stop_inside_a_sentence_is_no_opt_out(text: str) -> None:
    assert read_reply(text, "en").command is not Command.STOP


def test_stop_cancels_no_alarm() -> None:
    reading = read_reply("STOP 39.5", "en")
    assert reading.findings.highest is not None
    assert reading.command is Command.STOP


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("START", Command.START),
        ("unstop", Command.START),
        ("HELP", Command.HELP),
        ("救命", Command.HELP),
        ("call me please", Command.CALLBACK),
        ("Can someone ring me about the tablets", Command.CALLBACK),
        ("能给我打电话吗", Command.CALLBACK),
        ("english please", Command.LANGUAGE),
        ("说中文", Command.LANGUAGE),
        ("can't come Tuesday", Command.RESCHEDULE),
        ("I can't do the scan on Friday", Command.RESCHEDULE),
        ("周二来不了", Command.RESCHEDULE),
        ("i'll be there", Command.CONFIRM),
        ("确认", Command.CONFIRM),
        ("don't call me", None),
        ("YES", None),
        ("thanks for your help", None),
        ("no fever", None),
        ("help me please I dont know what to do", Command.HELP),
        ("so do I come in, I'll be there at 9?", None),
    ],
)
def test_a_command_in_peoples_own_words(text: str, command: Command | None) -> None:
    assert read_reply(text, "en").command is command


@pytest.mark.parametrize(("text", "code"), [("HELP", "HELP_ASKED"), ("please ring me", "CALLBACK_ASKED")])
def test_a_command_for_a_person_is_also_reported(text: str, code: str) -> None:
    assert [symptom.code for symptom in read_reply(text, "en").findings.symptoms] == [code]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("english please", "en"),
        ("说中文", "zh_Hans"),
        ("請用繁體中文", "zh_Hant"),
        ("换成英语", "en"),
        ("speak chinese", "zh_Hans"),
        ("thanks", None),
    ],
)
def test_the_language_asked_for_is_named(text: str, language: str | None) -> None:
    assert read_reply(text, "en").wanted_language == language


@pytest.mark.parametrize("text", ["dung", "đúng", "Dung roi"])
def test_a_word_that_may_be_right_as_well_as_stop_opts_nobody_out(text: str) -> None:
    assert read_reply(text, "vi").command is None


def test_a_word_that_may_be_stop_goes_to_a_person_unless_it_answers() -> None:
    assert read_reply("dung", "vi").findings.unread
    assert read_reply("dung", "vi", QuestionKind.YES_NO).answer == "yes"
    assert not read_reply("dung", "vi", QuestionKind.YES_NO).findings.unread


def test_who_asks_to_be_taken_off_this_list_is() -> None:
    assert read_reply("me tira dessa lista", "pt").command is Command.STOP


def test_a_sum_is_no_call_for_help() -> None:
    assert read_reply("150k", "vi").command is None
    assert read_reply("115", "vi").command is Command.HELP


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "changed my mind, put me back on the texts please"), ("es", "quiero volver a recibir los mensajes"),
     ("ru", "подпишите обратно на смс"), ("zh_Hans", "我想重新接收你们的提醒短信"), ("hi", "मैसेज फिर से चालू कर दीजिए")],
)  # fmt: skip
def test_who_asks_for_the_texts_again_gets_them(language: str, text: str) -> None:
    assert read_reply(text, language).command is Command.START


def test_an_emergency_call_already_made_is_told_and_its_number_is_no_temperature() -> None:
    reading = read_reply("вызвали 103", "ru")
    assert {symptom.code for symptom in reading.findings.symptoms} == {"IN_HOSPITAL"}
    assert reading.findings.temperatures == ()
