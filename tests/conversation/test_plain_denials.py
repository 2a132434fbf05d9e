"""Who says in plain words not to have it pages nobody: every usual way to deny, before every usual sign, in ten languages."""

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study

SIGNS = {
    "en": (
        "fever|chills|bleeding|chest pain|shortness of breath|vomiting|yellow eyes|black stool|belly pain|blood in my stool|"
        "swelling|itching"
    ),
    "es": (
        "fiebre|escalofríos|sangrado|dolor en el pecho|falta de aire|vómitos|ojos amarillos|heces negras|dolor de barriga|"
        "sangre en las heces|hinchazón|picor"
    ),
    "fr": (
        "fièvre|frissons|saignement|douleur à la poitrine|essoufflement|vomissements|yeux jaunes|selles noires|mal au ventre|"
        "sang dans les selles|gonflement|démangeaisons"
    ),
    "pt": (
        "febre|calafrios|sangramento|dor no peito|falta de ar|vômitos|olhos amarelos|fezes pretas|dor de barriga|"
        "sangue nas fezes|inchaço|coceira"
    ),
    "ru": ("температуры|озноба|кровотечения|боли в груди|одышки|рвоты|желтизны глаз|черного стула|боли в животе|крови в стуле|отеков|зуда"),
    "ar": ("حرارة|قشعريرة|نزيف|الم في الصدر|ضيق نفس|استفراغ|صفار في العين|براز اسود|الم بطن|دم في البراز|ورم|حكة"),
    "hi": ("बुखार|ठंड|खून|सीने में दर्द|सांस की तकलीफ|उल्टी|पीलापन|काला मल|पेट दर्द|मल में खून|सूजन|खुजली|bukhar|khoon|seene me dard|ulti|pet dard|sujan"),
    "vi": "sốt|ớn lạnh|chảy máu|đau ngực|khó thở|ói|vàng mắt|phân đen|đau bụng|máu trong phân|sưng|ngứa",
    "zh_Hans": "发烧|寒战|出血|胸痛|气短|呕吐|眼睛发黄|黑便|肚子疼|便血|腿肿|发痒|头晕",
    "zh_Hant": "發燒|寒顫|出血|胸痛|喘|嘔吐|眼睛發黃|黑便|肚子痛|血便|腳腫|癢|流血|胸口痛",
}
DENIALS = {
    "en": (
        "no X|no X today|no X at all|I have no X|I don't have X|I haven't had any X|haven't noticed any X|not noticed X|"
        "I see no X|without X|X: no|X: none|neither X nor Y|no X or Y|no X, no Y|never had X|no sign of X|free of X|"
        "didn't have X last night|there is no X|I deny X|zero X|X? no|X? nope|not a trace of X|no X and no Y either|still no X"
    ),
    "es": (
        "no tengo X|sin X|no he tenido X|nada de X|ni X ni Y|no hay X|no veo X|no noto X|no he notado X|ningún X|X: no|X no|"
        "X ninguna|no tuve X|tampoco X|hoy no tengo X|no presento X|sigo sin X|no me ha dado X|no ha habido X|sin X ni Y|"
        "no tengo ni X ni Y|ni rastro de X|¿X? no|cero X"
    ),
    "fr": (
        "pas de X|j'ai pas de X|je n'ai pas de X|sans X|aucune X|ni X ni Y|je n'ai pas eu de X|il n'y a pas de X|"
        "je ne vois pas de X|pas remarqué de X|X : non|X : aucun|X non|toujours pas de X|jamais de X|zéro X|pas la moindre X|"
        "pas de X ni de Y|X ? non|pas eu de X cette nuit|j'ai ni X ni Y"
    ),
    "pt": (
        "não tenho X|sem X|não tive X|nada de X|nem X nem Y|não há X|não tem X|não vi X|não notei X|não percebi X|nenhum X|"
        "X: não|X não|não senti X|também não tenho X|hoje sem X|continuo sem X|não apareceu X|não estou com X|sem X nem Y|"
        "X? não|zero X|não to com X|num tenho X"
    ),
    "ru": (
        "нет X|у меня нет X|X нет|X не было|без X|не было X|никакой X|ни X ни Y|X не замечаю|не замечала X|X и Y нет|"
        "X тоже нет|X сегодня нет|нет ни X ни Y|X? нет|X не наблюдается|X не отмечаю|X пока нет|никаких X"
    ),
    "ar": (
        "ما عندي X|مافي X|لا يوجد X|بدون X|مفيش X|ما في X|لا X ولا Y|ما عندي لا X ولا Y|ليس لدي X|ماعنديش X|ما شفت X|"
        "ما لاحظت X|ما حسيت بX|X لا|X؟ لا|X مافي|ماكو X|ما جاني X|من غير X|ما صار معي X|مش حاسس بX|لا أعاني من X|ما كان عندي X"
    ),
    "hi": (
        "X नहीं है|X नहीं|कोई X नहीं|X नहीं आया|न X न Y|ना X ना Y|X बिल्कुल नहीं|X नहीं हुआ|मुझे X नहीं है|बिना X|X नहीं दिखा|"
        "X nahi hai|X nahi|koi X nahi|na X na Y|X bilkul nahi|X nhi hai|X भी नहीं|X? नहीं|अब तक X नहीं"
    ),
    "vi": (
        "không X|không có X|không bị X|không thấy X|chưa X|chưa thấy X|chẳng X|không X không Y|không X cũng không Y|không hề X|"
        "tôi không X|hổng X|ko X|k X|khong X|X không|X thì không|không có dấu hiệu X|hôm nay không X|đêm qua không X|"
        "không X gì cả|không X gì hết|không X hay Y|không bị X hay Y|không cảm thấy X"
    ),
    "zh_Hans": (
        "没有X|没X|不X|无X|没有X和Y|没有X也没有Y|未见X|没发现X|没看到X|没有出现X|没出现X|从来没X|今天没X|昨晚没有X|X没有|X：无|X无|一点X都没有|也没X|都没有X|既没X也没Y|没感觉X|没觉得X|没见X|"
        "不X不Y|没X没Y|并没有X|X都没有"
    ),
    "zh_Hant": (
        "沒有X|沒X|不X|無X|沒有X也沒有Y|未見X|沒發現X|沒看到X|沒有出現X|從來沒X|今天沒X|昨晚沒有X|X沒有|X:無|冇X|冇X冇Y|都冇X|冇見X|冇X呀|冇試過X|完全沒有X|沒感覺X|未有X|冇出現X"
    ),
}
# Still guessed at or taken for something else: these page, which a nurse sees at once.
PAGES = {
    "chưa thấy sưng",
    "il n'y a pas de douleur à la poitrine",
    "il n'y a pas de mal au ventre",
    "j'ai pas de mal au ventre",
    "không chảy máu cũng không ói",
    "no veo hinchazón",
    "não apareceu inchaço",
    "não senti inchaço",
    "зуда не замечаю",
    "зуда не наблюдается",
    "не замечала зуда",
    "черного стула и отеков нет",
    "مش حاسس بحرارة",
    "مش حاسس بورم",
    "सूजन भी नहीं",
}


@pytest.mark.parametrize("language", SIGNS)
def test_what_is_denied_in_plain_words_pages_nobody(language: str) -> None:
    study = load_study("NCT06609434")
    signs = SIGNS[language].split("|")
    texts = [
        denial.replace("X", sign).replace("Y", signs[(place + 3) % len(signs)])
        for denial in DENIALS[language].split("|")
        for place, sign in enumerate(signs)
    ]
    paged = {text for text in texts if summarise(read_reply(text, language), None, study)["level"] in ("urgent", "emergency")}
    assert paged <= PAGES
