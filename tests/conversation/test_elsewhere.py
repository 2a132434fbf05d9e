"""Whose illness a text tells of, and when it was: others and the past alarm nobody, and whoever may be the participant does."""

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.escalation_rules import KnownSoFar, decide
from followup_service.protocol.load_study import load_study
from followup_service.protocol.rule_definitions import Level

ANOTHERS = [
    ("en", "my husband has a fever, I am ok"), ("en", "grandson has a cold and a temperature so he's staying away from me"),
    ("es", "mi nieto tiene fiebre de 39 pero esta en su casa, yo ni lo he visto"), ("fr", "ma petite fille a 39, moi tout va bien"),
    ("pt", "meu neto ta com febre de 38,5, ta na casa da mae, eu to longe"), ("ru", "у внука 39, сидит дома с мамой, у меня все хорошо"),
    ("ar", "حفيدي عنده سخونة وهو عند امه وانا كويس"), ("hi", "pote ko 102 bukhar hai wo apni nani ke ghar hai, main theek hu"),
    ("zh_Hans", "我孙子感冒发烧38度5，送回他妈那儿了，我没事"), ("zh_Hant", "個孫發燒39度 佢阿媽帶咗佢睇醫生 我就好好哋"),
]  # fmt: skip
LONG_AGO = [
    ("en", "had jaundice as a child"), ("pt", "tive sarampo com 40 de febre em 1961"), ("ru", "в детстве переболел желтухой"),
    ("hi", "bachpan me typhoid hua tha 104 tak gaya tha"), ("vi", "hồi nhỏ tui sốt rét 41 độ"), ("zh_Hans", "小时候得过黄疸"),
]  # fmt: skip
OURS_AND_NOW = [
    ("en", "granddaughter measured 38.9"), ("en", "wife checked temp 38.9, I'm fine"), ("en", "my wife says 38.9, im fine"),
    ("en", "wife got 38.9 on the thermometer, I'm fine"), ("es", "mi mujer me puso el termometro 38.9, yo estoy bien"),
    ("ru", "жена померила 38.9, у меня все нормально"), ("zh_Hans", "老婆量了38.9，我没事"), ("zh_Hant", "老婆探到38.9，我冇事"),
    ("fr", "ma femme a pris la température 38,9, moi ça va"), ("pt", "minha mulher mediu 38,9, eu estou bem"),
    ("vi", "vợ đo 38.9, tôi không sao"), ("ar", "زوجتي قاست الحرارة ٣٨٫٩ وانا بخير"), ("hi", "patni ne bukhar napa 102, main theek hu"),
    ("en", "this is his granddaughter, he has 39.5 and is shaking"), ("en", "granddaughter here he has 39.5"), ("en", "dad has fever 39"),
    ("en", "my husband has a fever 39, I'm fine to drive him in"), ("en", "my grandson has a fever and so do I"),
    ("en", "grandson had a cold and now I have 38.9"), ("en", "jaundice as a child, now yellow again"),
    ("en", "had malaria in 1987, fever 39"), ("en", "when I was in the shower I collapsed"), ("es", "soy su nieto, el abuelo tiene 39"),
    ("es", "mi nieto con fiebre y ahora yo 39"), ("fr", "c'est son petit fils, papi a 39,2"),
    ("fr", "ma petite fille est malade et moi aussi 39"),
    ("pt", "sou o neto, o avô tem 39 de febre"), ("ru", "внук пишет: у деда 39"), ("ru", "у внука грипп и у меня тоже 38.5"),
    ("ar", "انا حفيده، جدي حرارته ٣٩"), ("hi", "main unka pota hu, dada ko 39 bukhar hai"), ("vi", "tôi là cháu nội, ông sốt 39 độ"),
    ("zh_Hans", "我是他孙子，爷爷发烧39度"), ("zh_Hant", "個孫發燒39度 我都燒到38度半"),
]  # fmt: skip

ONLY_ASKED = [
    ("vi", "lỡ Tết mà em sốt thì gọi ai ạ? giờ em chưa sốt"), ("zh_Hans", "发烧超过多少要打你们电话"),
    ("en", "fever above how much do I call?"),
    ("es", "fiebre a partir de cuánto llamo?"), ("pt", "se passar de 38 vou direto pro pronto socorro ou ligo antes?"),
    ("ru", "жара не было, озноба тоже, рвоты нет"),
]  # fmt: skip
ASKED_BY_WHO_HAS_IT = [
    ("en", "my fever is over 39, how much is too much?"), ("en", "now I have a fever, above how much do I call?"),
    ("zh_Hans", "我发烧了，超过多少要打电话"), ("en", "I am in hospital, what if it rises?"), ("ru", "озноб тоже, рвоты нет"),
]  # fmt: skip


def _level(text: str, language: str) -> Level | None:
    decision = decide(read_reply(text, language).findings, KnownSoFar(), load_study("NCT06609434").rules)
    return decision.level if decision is not None else None


@pytest.mark.parametrize(("language", "text"), ANOTHERS + LONG_AGO)
def test_what_is_not_the_participants_now_goes_to_a_person_and_alarms_nobody(language: str, text: str) -> None:
    assert _level(text, language) is Level.REVIEW


@pytest.mark.parametrize(("language", "text"), OURS_AND_NOW)
def test_what_may_be_the_participants_now_alarms(language: str, text: str) -> None:
    assert _level(text, language) in (Level.EMERGENCY, Level.URGENT)


@pytest.mark.parametrize(("language", "text"), ONLY_ASKED)
def test_what_is_only_asked_or_denied_alarms_nobody(language: str, text: str) -> None:
    assert _level(text, language) in (Level.REVIEW, None)


@pytest.mark.parametrize(("language", "text"), ASKED_BY_WHO_HAS_IT)
def test_who_asks_and_has_it_alarms(language: str, text: str) -> None:
    assert _level(text, language) in (Level.EMERGENCY, Level.URGENT)


def test_the_explanation_says_whose_it_is() -> None:
    reading = read_reply("my grandson has a fever of 39, I am fine", "en")
    assert [mention.negated_by for mention in reading.mentions] == ["somebody else's, not the participant's"]
    assert [candidate.dropped for candidate in reading.candidates] == ["somebody else's, not the participant's"]
