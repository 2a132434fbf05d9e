"""A no answers what was asked, or says not now or not I: it denies no alarm that has a no of its own."""

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.escalation_rules import KnownSoFar, decide
from followup_service.protocol.load_study import load_study
from followup_service.protocol.rule_definitions import Level

# What stands before an alarm and ends in a no, or in a word with which a longer term begins; then an alarm with a no of its own.
BEFORE = {
    "es": "ahora|yo|pues|hoy|ahora ya|los niños bien pero yo|antes bien pero ahora",
    "pt": "eu|agora|hoje|e agora|minha mãe bem mas eu|já",
    "fr": "moi|je|là|bon|depuis hier",
    "ru": "и|уже|теперь|тоже|больше|с тех пор|он уже|сейчас",
    "ar": "طيب|الحين|خلاص|من امبارح",
    "hi": "ab|papa ab|abhi|अब|पापा",
    "vi": "dạ|và|em|giờ|tôi|vẫn",
    "zh_Hans": "又|也|现在又|就是|还|都",
    "zh_Hant": "又|都|而家又|我|仲|亦",
    "en": "now I|I really|she|so|and today he",
}
ITS_OWN_NO = {
    "es": "no puedo respirar|no para de sangrar|no despierta|no siento la mitad de la cara|no puedo mover el brazo|no reconoce a nadie",
    "pt": "não consigo respirar|não quero mais viver|não sinto metade do rosto|não mexe o braço|não acorda|não para de sangrar",
    "fr": "n'arrive plus à respirer|ne se réveille pas|peux plus lever le bras|ne veux plus vivre",
    "ru": "не могу дышать|не просыпается|не узнаёт дочь|не может поднять руку|не хочу жить",
    "ar": "مش قادر اتنفس|ما اقدر اتنفس|النزيف ما يوقف|ما يصحى",
    "hi": "saans nahi aa rahi|hosh nahi aa raha|सांस नहीं आ रही|खून नहीं रुक रहा",
    "vi": "không thở được|không đi tiểu được|không nhớ ai|không muốn sống nữa|khong tho duoc",
    "zh_Hans": "喘不上气|血止不住|叫不醒|尿不出来|不认得我|不想活了",
    "zh_Hant": "抖唔到氣|血止唔到|叫唔醒|唔認得我|唔想做人",
    "en": "can't breathe|cannot stop bleeding|can't feel my left arm|won't wake up|doesn't recognise us|haven't peed since yesterday",
}
NO = {
    "en": "no|nope|0",
    "es": "no|no no|0",
    "fr": "non|nan|0",
    "pt": "não|nao|0",
    "ru": "нет|неа|0",
    "ar": "لا|لأ|0",
    "hi": "nahi|नहीं|0",
    "vi": "không|dạ không|khong|0",
    "zh_Hans": "没有|没|不是|0",
    "zh_Hant": "冇|唔係|0",
}
CASES = [
    (language, f"{before}{'' if language.startswith('zh') else ' '}{alarm}")
    for language, befores in BEFORE.items()
    for before in befores.split("|")
    for alarm in ITS_OWN_NO[language].split("|")
]
ANSWERED = [
    (language, f"{no} {alarm}") for language, nos in NO.items() for no in nos.split("|") for alarm in ITS_OWN_NO[language].split("|")
]


def _level(text: str, language: str) -> Level | None:
    decision = decide(read_reply(text, language).findings, KnownSoFar(), load_study("NCT06609434").rules)
    return decision.level if decision is not None else None


@pytest.mark.parametrize("language", BEFORE)
def test_a_word_before_an_alarm_does_not_take_its_no(language: str) -> None:
    assert [text for code, text in CASES if code == language and _level(text, code) is not Level.EMERGENCY] == []


@pytest.mark.parametrize("language", NO)
def test_a_bare_no_answers_and_leaves_an_alarm_with_a_no_of_its_own(language: str) -> None:
    assert [text for code, text in ANSWERED if code == language and _level(text, code) is not Level.EMERGENCY] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "no the bleeding isn't stopping"), ("en", "no bleeding won't stop"), ("en", "no my chest hurts"), ("ru", "нет грудь болит"),
        ("ru", "нет живот болит сильно"), ("ru", "я никогда так голова не болела"), ("ar", "طيب قلبي يعورني"), ("zh_Hant", "我暈左"),
        ("zh_Hant", "好暈左一次"), ("zh_Hans", "又吐黑水了"), ("zh_Hans", "又吐出红的"), ("fr", "là elle n'est plus bien réveillée"),
        ("fr", "non le sang ne s'arrête pas"), ("pt", "não o sangue não para"), ("es", "no ya no quiero vivir"), ("hi", "आज ठंड लग रही है"),
        ("es", "mi mujer tuvo gripe y ahora no puedo respirar"),
    ],
)  # fmt: skip
def test_an_alarm_is_read_where_another_term_overlaps_it(language: str, text: str) -> None:
    assert _level(text, language) is Level.EMERGENCY


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "no trouble breathing"), ("en", "no difficulty breathing, no chest pain"), ("es", "ahora no tengo fiebre"),
        ("es", "yo no tengo dolor en el pecho"), ("pt", "eu não tenho febre"), ("zh_Hans", "没有喘不上气"), ("zh_Hant", "冇抖唔到氣"),
        ("fr", "j'ai pas de fièvre et pas de douleur"), ("ru", "вообще нет температуры"), ("vi", "dạ không sốt không đau"),
        ("vi", "chân không phù, mắt không vàng"), ("ar", "مفيش دم ولا ترجيع ولا اسهال"), ("hi", "mujhe bukhar nahi hai"),
        ("en", "0 trouble breathing"),
    ],
)  # fmt: skip
def test_a_no_denies_what_is_said_without_one(language: str, text: str) -> None:
    assert _level(text, language) is None
