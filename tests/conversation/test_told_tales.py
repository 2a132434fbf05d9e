"""Films, dreams, jests, hearsay, fevers only supposed and others' old illnesses alarm nobody; and what looks like one and is none does."""

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.escalation_rules import KnownSoFar, decide
from followup_service.protocol.load_study import load_study
from followup_service.protocol.rule_definitions import Level

QUIET = [
    ("en", "in the film everybody was coughing blood"), ("es", "en la telenovela el galán tose sangre"),
    ("zh_Hant", "昨天夜裡做夢夢見自己吐血"),
    ("pt", "sonhei que vomitava sangue, credo"), ("en", "price of petrol gave me chest pains, figure of speech"),
    ("ru", "живот болит от смеха"),
    ("zh_Hans", "听说有人做完消融吐血，这种情况多吗？我没有，就问问"), ("en", "If I get a fever at the weekend, who do I ring?"),
    ("hi", "agar kabhi 101 se upar chala jaye raat ko to kya karna hai?"), ("ru", "понял, выше 38,3 звонить вам"),
    ("zh_Hans", "十年前我得过疟疾打摆子"), ("es", "hace 30 años tuve ictericia"),
    ("es", "el perro está malito, vomitó sangre, lo vio el veterinario"),
    ("vi", "Hà Nội nay 40 độ"), ("fr", "36,5 chauffage réglé sur 19"),
]  # fmt: skip
ALARMING = [
    ("en", "I dreamt badly and woke up vomiting blood"), ("en", "no joke, I am coughing blood"), ("zh_Hans", "看电影的时候晕倒了"),
    ("ar", "كنت بتفرج على المسلسل وأغمي علي"), ("en", "laughed till it hurt but now I can't breathe"),
    ("en", "got it, it is over 38.3 now"),
    ("en", "had ablation last month fever 39"), ("en", "my dad has a fever of 39 after the ablation, is it common?"),
    ("fr", "mon mari a 39,5 après la radiofréquence, c'est fréquent ?"), ("en", "dog walk then collapsed"), ("vi", "39 cháu ơi"),
    ("en", "i'm in delhi with 40 degrees fever"), ("es", "más o menos 38,5"), ("pt", "mais ou menos 38,5"), ("zh_Hans", "38头疼"),
    ("ru", "вдруг поднялась температура 39, что делать?"), ("es", "si tengo 39 por la noche, que hago?"),
    ("es", "Sí, tengo fiebre por la noche, ¿qué hago?"), ("ar", "لو سمحت الحرارة طلعت ٣٩ شو اعمل؟"),
    ("en", "coffee then 39 degrees"), ("pt", "há 6 horas 39"), ("ru", "смотрел телевизор и упал в обморок"),
    ("en", "cat had kittens. i have 39.2"), ("en", "my belly, i cant straighten up"), ("en", "watched the match, 39 and shivering"),
]  # fmt: skip


def _level(text: str, language: str) -> Level | None:
    decision = decide(read_reply(text, language).findings, KnownSoFar(), load_study("NCT06609434").rules)
    return decision.level if decision is not None else None


@pytest.mark.parametrize(("language", "text"), QUIET)
def test_what_tells_nothing_of_the_participant_now_alarms_nobody(language: str, text: str) -> None:
    assert _level(text, language) in (None, Level.REVIEW)


@pytest.mark.parametrize(("language", "text"), ALARMING)
def test_what_only_looks_like_a_tale_alarms(language: str, text: str) -> None:
    assert _level(text, language) in (Level.EMERGENCY, Level.URGENT)
