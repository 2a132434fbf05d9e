"""The lists of telltale words find what gives somebody away, and leave alone what patients are asked about."""

import pytest

from followup_service.messaging.telltales import TELLTALES, told_by

TELLING = {
    "en": ("your liver scan", "the trial", "after chemotherapy", "Oxaliplatin day", "bevacizumab", "NCT06609434"),
    "zh_Hans": ("肝脏检查", "临床试验", "化疗后", "奥沙利铂"),
    "zh_Hant": ("肝臟檢查", "臨床試驗", "化療後", "腫瘤"),
    "es": ("su hígado", "el ensayo clínico", "la quimioterapia", "el estudio", "cáncer", "oxaliplatino"),
    "fr": ("votre foie", "l'essai", "l'étude", "la chimiothérapie", "le cancer", "une cure", "cetuximab"),
    "pt": ("o fígado", "o estudo", "a quimioterapia", "o câncer", "o cancro", "a pesquisa", "a ablação"),
    "ru": ("рак печени", "после химиотерапии", "исследование", "опухоль", "метастазы", "бевацизумаб"),
    "ar": ("سرطان الكبد", "الدراسة", "ورم", "العلاج الكيميائي", "التجربة السريرية"),
    "hi": ("लिवर की जाँच", "कैंसर", "कीमोथेरेपी", "यह अध्ययन", "क्लिनिकल ट्रायल", "अगला चक्र"),
    "vi": ("ung thư", "gan", "hóa trị", "nghiên cứu", "thử nghiệm lâm sàng"),
}
HARMLESS = {
    "en": ("Your blood tests", "swollen belly", "shaking chills", "How is your appetite?"),
    "zh_Hans": ("抽血化验", "肚子发硬", "发冷发抖", "复查"),
    "zh_Hant": ("抽血檢查", "肚子變硬", "發冷發抖", "回診"),
    "es": ("análisis de sangre", "vientre hinchado", "escalofríos", "revisión"),
    "fr": ("prise de sang", "ventre gonflé", "frissons", "essayez encore", "étudiant"),
    "pt": ("exame de sangue", "barriga inchada", "calafrios", "consulta"),
    "ru": ("анализ крови", "опухла нога", "брак", "характер", "вздутый живот", "обследование"),
    "ar": ("تورم في الساق", "تحليل الدم", "بطن منتفخ", "مساعدة"),
    "hi": ("चक्कर आना", "खून की जाँच", "पेट फूलना", "सूजन"),
    "vi": ("xét nghiệm máu", "bụng cứng", "ớn lạnh", "tái khám", "nói với chúng tôi"),
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in TELLING.items() for text in texts])
def test_what_gives_somebody_away_is_found(language: str, text: str) -> None:
    assert told_by(text, language)


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in HARMLESS.items() for text in texts])
def test_what_patients_are_asked_about_is_left_alone(language: str, text: str) -> None:
    assert told_by(text, language) is None


def test_each_list_has_its_examples() -> None:
    assert set(TELLING) == set(HARMLESS) == set(TELLTALES)
