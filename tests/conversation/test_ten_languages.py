"""What people of ten languages write, in the forms that other readers miss: halves, native digits, persistence, denial, mixed languages."""

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.reading import Command
from followup_service.protocol.escalation_rules import KnownSoFar, decide
from followup_service.protocol.load_study import load_study
from followup_service.protocol.rule_definitions import Level

TEMPERATURES = [
    ("es", "treinta y ocho y medio", "38.50"), ("es", "38 y 6 décimas", "38.60"), ("es", "38'5", "38.50"), ("es", "38 con 7", "38.70"),
    ("fr", "trente-huit et demi", "38.50"), ("fr", "38 virgule 9", "38.90"), ("fr", "J ai 38 , 9", "38.90"), ("fr", "38°7", "38.70"),
    ("pt", "trinta e oito e meio", "38.50"), ("pt", "38 e meio", "38.50"), ("pt", "39,2 na axila", "39.20"),
    ("ru", "38 с половиной", "38.50"), ("ru", "тридцать восемь и пять", "38.50"), ("ru", "38,4 под мышкой", "38.40"),
    ("ar", "٣٨٫٥", "38.50"), ("ar", "ثمانية وثلاثين ونص", "38.50"), ("ar", "٣٨ وشرطتين", "38.20"), ("ar", "حرارتي ٣٩", "39.00"),
    ("hi", "साढ़े अड़तीस", "38.50"), ("hi", "१०१ बुखार", "38.33"), ("hi", "101.4 bukhar", "38.56"), ("hi", "sadhe adtis", "38.50"),
    ("vi", "39 độ rưỡi", "39.50"), ("vi", "ba mươi tám phẩy năm", "38.50"), ("vi", "38 do 5", "38.50"), ("vi", "cặp nách 38,1", "38.10"),
    ("zh_Hant", "燒到38度半", "38.50"), ("zh_Hans", "38度6分", "38.60"), ("en", "one o one point five", "38.61"),
    ("vi", "38oC5", "38.50"), ("fr", "38°C5", "38.50"), ("zh_Hans", "38℃5", "38.50"), ("zh_Hans", "都是35度3 人没事", "35.30"),
    ("zh_Hans", "38度5人难受", "38.50"), ("zh_Hans", "38度3天了", "38.00"), ("ar", "37 7arara", "37.00"),
    ("en", "fever 39 it's hot outside", "39.00"), ("vi", "bị sốt 38.5 trời nóng", "38.50"),
    ("es", "tenia 391 ahora con el paracetamol 375", "39.10"), ("fr", "j'avais 391 maintenant avec le doliprane 375", "39.10"),
    ("pt", "estava com 391 agora 375", "39.10"), ("ru", "было 391 после таблетки 375", "39.10"), ("ar", "كانت 391 والحين 375", "39.10"),
    ("hi", "pehle 391 thi ab 375", "39.10"), ("vi", "hồi nãy 391 giờ còn 375", "39.10"), ("en", "was 1014, 995 after tylenol", "38.56"),
    ("zh_Hans", "3 8 . 9", "38.90"), ("zh_Hant", "3 8 9", "38.90"), ("ru", "сорок и одна", "40.10"), ("fr", "mardi 39 2 alors", "39.20"),
]  # fmt: skip
ALARMS = [
    ("es", "no me baja la fiebre"), ("es", "no para de sangrar"), ("fr", "la fièvre ne descend pas"), ("fr", "j'arrive pas à respirer"),
    ("pt", "a febre não baixa"), ("pt", "não consigo respirar"), ("ru", "температура не спадает"), ("ru", "не могу дышать"),
    ("ar", "الحرارة ما نزلت"), ("ar", "النزيف ما يوقف"), ("hi", "सांस नहीं आ रही"), ("hi", "bukhar nahi utar raha"),
    ("vi", "sốt không hạ"), ("vi", "khong tho duoc"), ("zh_Hant", "抖唔到氣"), ("zh_Hant", "發燒一直不退"), ("ru", "нет, температура"),
    ("ru", "нет температура"), ("ru", "нет озноб"), ("ru", "нет боль сильная"), ("ru", "живот распирает"),
    ("ru", "нет кашля и озноб"), ("ru", "нет боли и знобит"), ("ru", "кашля нет температура есть"), ("en", "no fever but chills"),
    ("en", "chest pain and cough, none of them going away"), ("hi", "bukhar hai, khansi kuch nahi"), ("zh_Hans", "发烧，药都没有了"),
    ("es", "nada de eso me quita la fiebre"), ("en", "if I get a fever who do I call? no fever now but chest pain"),
]  # fmt: skip
QUIET = [
    ("es", "sin fiebre ni dolor, todo bien"), ("es", "me muero de risa"), ("fr", "pas de fièvre, pas de douleur"),
    ("fr", "j'ai mangé du pain"),
    ("pt", "sem febre e sem dor"), ("ru", "температуры нет, ничего не болит"),
    ("ru", "нет температуры"), ("ru", "нет озноба"), ("ru", "температура нет"), ("ru", "нет сильной боли"),
    ("es", "pagué 391 pesos y 375 de luz"), ("en", "bus 391 then the 375"), ("en", "ibuprofen 400 then 375"), ("en", "hot day, 39 outside"),
    ("en", "no temperature or chills"), ("ru", "нет боли и озноба"), ("ru", "одышки и боли в груди нет"),
    ("ru", "температуры нет болей нет"),
    ("hi", "bukhar, khansi kuch nahi"), ("zh_Hans", "发烧咳嗽都没有"), ("ar", "صفر"), ("en", "bus 38 today"), ("es", "calzo 38"),
    ("en", "Leaflet says fever, chest pain, the lot. I have had none of them"), ("fr", "ça me fait mal au coeur haha"),
    ("ru", "умираю со смеху"), ("ar", "الحمد لله بخير"),
    ("ar", "ما عندي حرارة"), ("hi", "बुखार नहीं है"), ("hi", "sab theek hai dhanyavad"), ("vi", "không sốt, không đau"), ("vi", "dạ vâng ạ"),
    ("vi", "lần đầu đi khám"), ("zh_Hant", "冇發燒，冇唔舒服"), ("zh_Hant", "笑死我"), ("fr", "mon numéro 06 38 39 40 41"),
]  # fmt: skip
STOPS = [
    ("es", "no me escriban más"), ("fr", "arrêtez de m'écrire"), ("pt", "parem de me mandar mensagem"), ("ru", "не пишите мне больше"),
    ("ar", "لا ترسلوا لي رسائل"), ("hi", "मैसेज मत भेजो"), ("vi", "đừng nhắn tin nữa"), ("zh_Hant", "唔好再send俾我"), ("ru", "STOP"),
    ("hi", "stop"),
]  # fmt: skip


def _level(text: str, language: str) -> Level | None:
    decision = decide(read_reply(text, language).findings, KnownSoFar(), load_study("NCT06609434").rules)
    return decision.level if decision is not None else None


@pytest.mark.parametrize(("language", "text", "celsius"), TEMPERATURES)
def test_a_temperature_is_read_as_people_of_the_language_write_it(language: str, text: str, celsius: str) -> None:
    highest = read_reply(text, language).findings.highest
    assert highest is not None
    assert f"{highest.celsius:.2f}" == celsius


@pytest.mark.parametrize(("language", "text"), ALARMS)
def test_what_is_said_with_a_no_is_an_alarm_all_the_same(language: str, text: str) -> None:
    assert _level(text, language) in (Level.EMERGENCY, Level.URGENT)


@pytest.mark.parametrize("on_file", ["en", "zh_Hans", "ar"])
@pytest.mark.parametrize(("language", "text"), ALARMS)
def test_an_alarm_is_known_whatever_language_is_on_file(language: str, text: str, on_file: str) -> None:
    assert _level(text, on_file) in (Level.EMERGENCY, Level.URGENT)


@pytest.mark.parametrize("text", ["wo la hei bian", "da bian hei se de", "wo he shui jiu tu, niao bu chu lai"])
def test_pinyin_of_a_chinese_participant_is_not_read_as_another_language(text: str) -> None:
    assert _level(text, "zh_Hans") is Level.EMERGENCY


@pytest.mark.parametrize(("language", "text"), QUIET)
def test_a_denial_and_small_talk_page_nobody(language: str, text: str) -> None:
    assert _level(text, language) in (None, Level.REVIEW)


@pytest.mark.parametrize(("language", "text"), STOPS)
def test_stop_is_understood_in_ones_own_words(language: str, text: str) -> None:
    assert read_reply(text, language).command is Command.STOP


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "buenos días, hoy me encuentro muy bien, gracias"), ("fr", "bonjour, tout va bien aujourd'hui merci"),
        ("pt", "bom dia, hoje estou muito bem, obrigado"), ("ru", "сегодня чувствую себя хорошо"), ("ar", "الحمد لله أنا بخير اليوم"),
        ("hi", "आज मैं बिल्कुल ठीक हूं"), ("vi", "hôm nay tôi khỏe, ăn ngủ bình thường"), ("zh_Hans", "今天感觉很好，没有不舒服"),
    ],
)  # fmt: skip
def test_a_text_in_another_language_than_the_one_on_file_is_noticed(language: str, text: str) -> None:
    assert read_reply(text, "en").other_language == language
    assert read_reply(text, language).other_language is None


@pytest.mark.parametrize(
    ("on_file", "text", "language"),
    [
        ("en", "胸口疼", "zh_Hans"), ("en", "我发烧了", "zh_Hans"), ("en", "बुखार है", "hi"), ("en", "озноб", "ru"),
        ("en", "estoy muy mal", "es"),
        ("zh_Hans", "我發燒了，頭好痛", "zh_Hant"), ("zh_Hant", "我发烧了，头很疼", "zh_Hans"), ("zh_Hans", "我发烧了，头很疼", None),
        ("zh_Hant", "我發燒了，頭好痛", None), ("en", "谢谢", None), ("en", "да", None), ("en", "fever 谢谢", None),
        ("zh_Hant", "收到，唔该", None),
    ],
)  # fmt: skip
def test_a_short_text_and_the_other_way_to_write_chinese_are_noticed(on_file: str, text: str, language: str | None) -> None:
    assert read_reply(text, on_file).other_language == language


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("zh_Hant", "叫咗999", "IN_HOSPITAL"),
        ("zh_Hans", "打了120", "IN_HOSPITAL"),
        ("hi", "108 bula liya", "IN_HOSPITAL"),
        ("hi", "108 pe phone kiya", "IN_HOSPITAL"),
        ("hi", "102 pe call kiya", "IN_HOSPITAL"),
        ("hi", "112 dial kiya", "IN_HOSPITAL"),
        ("hi", "108 बुला ली", "IN_HOSPITAL"),
        ("es", "llamé al 112", "IN_HOSPITAL"),
        ("fr", "on a appelé le 15", "IN_HOSPITAL"),
        ("pt", "liguei pro 192", "IN_HOSPITAL"),
        ("ru", "вызвали 103", "IN_HOSPITAL"),
        ("ar", "اتصلت 997", "IN_HOSPITAL"),
        ("vi", "đã gọi 115", "IN_HOSPITAL"),
        ("ar", "حرارة خفيفة ٣٧٫٨", "FEVER"),
        ("ru", "субфебрильная 37,8", "FEVER"),
        ("vi", "hơi ấm đầu", "FEVER"),
        ("vi", "hoi am dau", "FEVER"),
    ],
)
def test_an_ambulance_that_was_called_and_a_slight_fever_are_told_and_are_no_number(language: str, text: str, code: str) -> None:
    findings = read_reply(text, language).findings
    assert code in {symptom.code for symptom in findings.symptoms}
    assert all(temperature.celsius < 38 for temperature in findings.temperatures)


def test_the_fever_of_a_little_one_is_not_the_writers() -> None:
    text = "My little one has a temp of 39.4, doctor has seen her. I'm fine myself"
    assert read_reply(text, "en").findings.temperatures == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "not sure if i have a fever"),
        ("en", "i don't not have a fever"),
        ("zh_Hans", "不知道发没发烧"),
        ("zh_Hans", "不能说没发烧"),
        ("zh_Hant", "唔知有冇發燒"),
        ("zh_Hant", "唔係冇發燒"),
        ("es", "no sé si tengo fiebre"),
        ("es", "no es que no tenga fiebre"),
        ("fr", "je ne sais pas si j'ai de la fièvre"),
        ("pt", "não sei se estou com febre ou não"),
        ("ru", "непонятно есть температура или нет"),
        ("ar", "ما ادري عندي حرارة او لا"),
        ("hi", "samajh nahi aa raha bukhar hai ki nahi"),
        ("hi", "पता नहीं बुखार है या नहीं"),
        ("vi", "chưa rõ có sốt không"),
        ("vi", "ko biet co sot ko"),
    ],
)
def test_who_does_not_know_whether_it_is_a_fever_does_not_deny_one(language: str, text: str) -> None:
    assert [symptom.code for symptom in read_reply(text, language).findings.symptoms] == ["FEVER"]
