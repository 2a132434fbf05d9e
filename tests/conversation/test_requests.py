"""To get no more texts, for help or a call, for another day: in many people's words; and no sentence that only sounds like it."""

import tomllib
from pathlib import Path

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.reading import Command
from followup_service.protocol.question_kinds import QuestionKind

REQUESTS: dict[str, dict[str, list[str]]] = tomllib.loads((Path(__file__).parent / "requests.toml").read_text(encoding="utf-8"))
ASKED = {"stop": Command.STOP, "help": Command.HELP, "call": Command.CALLBACK}
# One way of twenty in which people ask may go to a person to read instead.
MOST_MISSED = 0.05


@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.parametrize("language", REQUESTS)
def test_a_request_is_understood_in_many_words(language: str, kind: str) -> None:
    texts = REQUESTS[language][kind]
    missed = [text for text in texts if read_reply(text, language).command is not ASKED[kind]]
    assert len(missed) <= max(kind != "stop", MOST_MISSED * len(texts)), missed


@pytest.mark.parametrize("language", REQUESTS)
def test_another_day_is_asked_for_in_many_words(language: str) -> None:
    texts = REQUESTS[language]["move"]
    missed = [text for text in texts if read_reply(text, language, QuestionKind.VISIT_CONFIRM).answer != "move"]
    assert len(missed) <= MOST_MISSED * len(texts), missed


@pytest.mark.parametrize("language", REQUESTS)
def test_what_only_sounds_like_an_opt_out_is_none(language: str) -> None:
    assert [text for text in REQUESTS[language]["neither"] if read_reply(text, language).command is Command.STOP] == []


@pytest.mark.parametrize("alarm", ["39.5", "38.9 C"])
@pytest.mark.parametrize("language", REQUESTS)
def test_no_way_to_opt_out_hides_a_fever(language: str, alarm: str) -> None:
    texts = [f"{text}. {alarm}" for text in REQUESTS[language]["stop"]] + [f"{alarm}. {text}" for text in REQUESTS[language]["stop"]]
    assert [text for text in texts if not read_reply(text, language).findings.temperatures] == []


@pytest.mark.parametrize(
    "text",
    [
        "I got your messages but I can't stop coughing", "the texts stopped coming since Monday", "your messages are clear, no more fever",
        "a mensagem chega às seis", "recibí sus mensajes, no para de doler", "短信收到，药停了",
        "nhắn tin báo là hết sốt", "phiền cô nhắn tin lại cho tôi", "خلاص وصلتني رسائلكم", "смс получил, кровь не останавливается",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "es", "pt", "ru", "ar", "vi", "zh_Hans"])
def test_to_write_of_our_texts_is_no_opt_out(text: str, language: str) -> None:
    assert read_reply(text, language).command is not Command.STOP
