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


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "passed... out in the kitchen"), ("en", "passed…out"), ("en", "chest... pain"), ("ar", "ضغط... على صدري"),
        ("ru", "не... хочу жить"),
        ("vi", "không... muốn sống nữa"), ("vi", "đau... ngực"), ("hi", "saans... nahi aa rahi"), ("zh_Hans", "喘不... 上气"),
        ("es", "no... puedo respirar"),
        ("pt", "não consigo... respirar"), ("fr", "j'arrive plus... à respirer"), ("zh_Hant", "抖唔... 到氣"),
    ],
)  # fmt: skip
def test_dots_do_not_cut_an_alarm(language: str, text: str) -> None:
    assert _level(text, language) is Level.EMERGENCY


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "never had such a headache"), ("es", "yo nunca tuve un dolor de cabeza así"),
        ("fr", "je n'ai jamais eu un mal de tête pareil"),
        ("pt", "minha cabeça nunca doeu assim"), ("ru", "никогда такой головной боли не было"), ("ru", "в жизни так голова не болела"),
        ("ar", "ما جاني صداع زي كذا في حياتي"), ("ar", "3omri ma jani sda3 zay keda"), ("hi", "aisa sir dard kabhi nahi hua"),
        ("hi", "ज़िंदगी में ऐसा सिर दर्द नहीं हुआ"), ("vi", "chua bao gio nhuc dau nhu vay"), ("zh_Hans", "从来没有这样头痛过"),
        ("zh_Hant", "未試過咁樣頭痛"), ("zh_Hant", "這輩子沒這樣頭痛過"),
    ],
)  # fmt: skip
def test_never_such_a_headache_is_the_worst_one(language: str, text: str) -> None:
    assert "WORST_HEADACHE" in {symptom.code for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "no blood in urine but plenty in my stool", "BLOOD_IN_STOOL"),
        ("en", "no blood in my poo, loads in my sick", "VOMITING_BLOOD"),
        ("es", "no hay sangre en el vómito pero sí en las heces", "BLOOD_IN_STOOL"),
        ("fr", "pas de sang dans le vomi mais beaucoup dans les selles", "BLOOD_IN_STOOL"),
        ("pt", "não tem sangue na urina mas tem nas fezes", "BLOOD_IN_STOOL"), ("ru", "в моче крови нет, а в кале полно", "BLOOD_IN_STOOL"),
        ("ar", "البول ما فيه دم لكن البراز فيه", "BLOOD_IN_STOOL"), ("hi", "पेशाब में खून नहीं लेकिन मल में है", "BLOOD_IN_STOOL"),
        ("vi", "nước tiểu không có máu nhưng phân thì có", "BLOOD_IN_STOOL"), ("zh_Hans", "吐的没有血，但是大便里有很多", "BLOOD_IN_STOOL"),
        ("zh_Hant", "嘔嘅冇血，但大便有好多", "BLOOD_IN_STOOL"),
    ],
)  # fmt: skip
def test_blood_that_is_not_here_may_be_there(language: str, text: str, code: str) -> None:
    assert code in {symptom.code for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "no blood in urine, stool is normal"), ("en", "no blood in my wee but my poo is fine"),
        ("es", "no hay sangre en el vómito ni en las heces"),
        ("zh_Hans", "吐的没有血，大便也没有"), ("ru", "в моче крови нет, кал нормальный"),
    ],
)  # fmt: skip
def test_blood_that_is_nowhere_pages_nobody(language: str, text: str) -> None:
    assert "BLOOD_IN_STOOL" not in {symptom.code for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "امبارح كان عندي حرارة واليوم لا"), ("vi", "hôm qua có sốt hôm nay không"), ("vi", "hom qua sot hom nay khong"),
        ("zh_Hant", "琴日發燒今日冇"), ("zh_Hans", "昨天发烧今天没有"), ("en", "yesterday fever today no"),
        ("hi", "kal bukhar tha aaj nahi"),
        ("en", "no fever yesterday, today yes"), ("es", "ayer no tenía fiebre, hoy sí"), ("fr", "hier pas de fièvre, aujourd'hui oui"),
        ("pt", "ontem não tinha febre, hoje sim"), ("ru", "вчера не было температуры, сегодня есть"),
        ("ar", "امبارح ما كان في حرارة اليوم في"), ("ar", "ما كان عندي حرارة البارح اليوم ايوه"),
        ("hi", "kal bukhar nahi tha, aaj hai"), ("vi", "hôm qua không sốt, hôm nay có"), ("zh_Hans", "昨天没发烧，今天有"),
        ("zh_Hant", "琴日冇發燒，今日有"), ("vi", "không biết có sốt không"), ("vi", "ko biet co sot ko"), ("zh_Hans", "不知道发没发烧"),
        ("hi", "samajh nahi aa raha bukhar hai ki nahi"), ("zh_Hant", "唔知有冇發燒"), ("en", "i don't not have a fever"),
        ("en", "can't say i don't have a fever"), ("es", "no es que no tenga fiebre"), ("pt", "não posso dizer que não tenho febre"),
        ("ru", "не могу сказать что нет температуры"), ("zh_Hans", "不能说没发烧"), ("zh_Hant", "唔係冇發燒"),
    ],
)  # fmt: skip
def test_a_fever_of_yesterday_or_today_or_perhaps_is_told(language: str, text: str) -> None:
    assert "FEVER" in {symptom.code for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("hi", "koi bukhar nahi koi dard nahi"), ("hi", "कोई बुखार नहीं कोई दर्द नहीं"), ("en", "no temp chills or bleeding"),
        ("en", "no fever today, no pain"), ("zh_Hans", "昨天今天都没有发烧"), ("es", "hoy no tengo fiebre"),
    ],
)  # fmt: skip
def test_a_list_of_denials_and_a_quiet_day_page_nobody(language: str, text: str) -> None:
    assert _level(text, language) is None


_ALARMS_AND_DENIALS = {
    "en": ("I'm bleeding|I'm shivering|my chest hurts|i fainted", "nothing hurts|no pain|no fever|no vomiting|otherwise fine"),
    "es": ("estoy sangrando|estoy tiritando|me duele el pecho|me desmayé", "no me duele nada|sin dolor|sin fiebre|nada de vómito|nada más"),
    "fr": ("je saigne|je grelotte|je me suis évanoui", "rien ne fait mal|pas de douleur|pas de fièvre|pas de vomissement|sinon ça va"),
    "pt": ("estou sangrando|dor no peito|desmaiei", "não dói nada|sem dor|sem febre|sem vômito|o resto tá bem"),
    "ru": ("у меня кровь идет|меня трясет|я упал в обморок", "ничего не болит|боли нет|температуры нет|рвоты нет|больше ничего"),
    "ar": ("عم انزف|عندي رجفة|اغمي علي", "ما في شي يوجعني|ما في الم|ما في حرارة|الباقي تمام"),
    "hi": ("खून बह रहा है|कंपकंपी हो रही है|मैं बेहोश हो गया", "दर्द नहीं है|बुखार नहीं|उल्टी नहीं|बाकी सब ठीक"),
    "vi": ("tôi bị chảy máu|tôi rét run|tôi bị ngất", "không đau|không sốt|không ói|ngoài ra bình thường"),
    "zh_Hans": ("我在流血|我打寒战|我昏倒了", "不疼|没发烧|没吐|其他都好"),
    "zh_Hant": ("我流緊血|我打冷震|我暈低咗", "唔痛|冇發燒|冇嘔|其他都好"),
}


@pytest.mark.parametrize("language", _ALARMS_AND_DENIALS)
def test_what_is_denied_beside_an_alarm_does_not_clear_it(language: str) -> None:
    alarms, denials = (written.split("|") for written in _ALARMS_AND_DENIALS[language])
    texts = [form.format(alarm, denial) for alarm in alarms for denial in denials for form in ("{}, {}", "{} {}", "{1} {0}", "{1}, {0}")]
    rules = load_study("NCT06609434").rules
    decisions = {text: decide(read_reply(text, language).findings, KnownSoFar(), rules) for text in texts}
    assert [text for text, decision in decisions.items() if decision is None or decision.level is not Level.EMERGENCY] == []


_DENIED_LISTS = {
    "en": ("pain|fever|chills|bleeding|vomiting", "no {} or {}|no {} and no {}|no {} nor {}|still no {} or {}|No {}/{}"),
    "es": ("dolor|fiebre|escalofríos|sangrado|vómitos", "sin {} ni {}|sin {} o {}|sin {} y sin {}|ni {} ni {}|nada de {} ni {}"),
    "fr": ("douleur|fièvre|frissons|saignement|vomissements", "pas de {} ni de {}|ni {} ni {}|sans {} ni {}|pas de {} et pas de {}"),
    "pt": ("dor|febre|calafrios|sangramento|vômito", "sem {} nem {}|sem {} ou {}|sem {} e sem {}|nem {} nem {}"),
    "ru": ("боли|температуры|озноба|крови|рвоты", "нет ни {} ни {}|без {} и {}|{} нет и {} нет|{}, {} нет|кашля, {}, {} нет"),
    "ar": ("الم|حرارة|رجفة|نزيف|استفراغ", "ما في {} ولا {}|بدون {} وبدون {}|لا {} ولا {}"),
    "hi": ("दर्द|बुखार|ठंड|उल्टी", "ना {} ना {}|न तो {} है न ही {}|{} नहीं, {} नहीं|{} नहीं {} नहीं|न {} है न {}"),
    "vi": ("đau|sốt|ớn lạnh|ói", "không {} không {}|không {} và không {}|không {} hay {}|không {} cũng không {}"),
    "zh_Hans": ("疼|发烧|寒战|出血", "不{}也不{}|没有{}、{}|没有{}也没有{}|没有{}和{}|没{}没{}"),
    "zh_Hant": ("痛|發燒|打冷震|流血", "冇{}冇{}|冇{}又冇{}|沒有{}、{}|冇{}同{}"),
}  # fmt: skip


@pytest.mark.parametrize("language", _DENIED_LISTS)
def test_a_list_of_denials_pages_nobody(language: str) -> None:
    symptoms, forms = (written.split("|") for written in _DENIED_LISTS[language])
    texts = [form.format(one, other) for form in forms for one in symptoms for other in symptoms if one != other]
    rules = load_study("NCT06609434").rules
    decisions = {text: decide(read_reply(text, language).findings, KnownSoFar(), rules) for text in texts}
    assert [text for text, decision in decisions.items() if decision is not None and decision.level is not Level.REVIEW] == []
