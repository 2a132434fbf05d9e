"""Which body temperature a text reports, in all the ways people write one, and which numbers are none."""

from decimal import Decimal

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.findings import MeasurementSite, TemperatureUnit
from followup_service.protocol.question_kinds import QuestionKind

ENGLISH = [
    ("38,5", "38.50"),
    ("102.f", "38.89"),
    ("3 8.5", "38.50"),
    ("38..5", "38.50"),
    ("1o1", "38.33"),
    ("over 39", "39.00"),
    ("hundred point four", "38.00"),
    ("39 before tylenol 37.5 now", "39.00"),
    ("101C", "38.33"),
    ("between 37.5 and 38.5", "38.50"),
    ("🤒 39", "39.00"),
    ("38-39", "39.00"),
    ("t38.5", "38.50"),
    ("about 39", "39.00"),
    ("39+", "39.00"),
    ("a hundred and one", "38.33"),
    ("one oh one", "38.33"),
    ("thirty eight point five", "38.50"),
    ("thirty-eight and a half", "38.50"),
    ("thirty eight five", "38.50"),
    ("38.29", "38.29"),
    ("385", "38.50"),
    ("1014", "38.56"),
    ("38.5 and ALT 60", "38.50"),
    ("38.5F", "38.50"),
    ("a hundred and one point four", "38.56"),
    ("one oh one point four", "38.56"),
    ("one hundred and one point four", "38.56"),
    ("ninety eight point six", "37.00"),
    ("thirty seven point two", "37.20"),
    ("three eight point five", "38.50"),
    ("37.5 earlier and 39.1 now", "39.10"),
    ("nearly 39", "39.00"),
    ("up to 39.4", "39.40"),
    ("38 and a half", "38.50"),
    ("38 1/2", "38.50"),
    ("38½", "38.50"),
    ("38°5", "38.50"),
    ("38 point 5", "38.50"),
    ("temp 38. 5", "38.50"),
    ("temp is 38 .7", "38.70"),
    ("its 101.2F", "38.44"),
    ("just under 39", "39.00"),
    ("temp 37.2 pulse 101", "37.20"),
    ("38 degrees 5", "38.50"),
    ("Temp:38.6C", "38.60"),
    ("38。5", "38.50"),
    ("３８．５", "38.50"),
    ("38", "38.00"),
    ("36", "36.00"),
    ("37.8 now 38.9 at night", "38.90"),
    ("my temp reading was 103", "39.44"),
    ("temp 38 for 2 days", "38.00"),
    ("temp 38 2 days", "38.00"),
    ("38 5", "38.50"),
    ("fever of 39 since morning", "39.00"),
    ("39.5 STOP", "39.50"),
    ("38'5", "38.50"),
    ("38:5", "38.50"),
    ("36.5,38.9", "38.90"),
    ("38,39", "39.00"),
    ("38,35", "38.35"),
    ("36,38", "38.00"),
    ("feeling bad.38.5", "38.50"),
    ("not good…38.5", "38.50"),
    ("морозит 39.2", "39.20"),
    ("позвонила, 39.2", "39.20"),
    ("temp#38.5", "38.50"),
    ("temp .39)", "39.00"),
    ("38.0 down from yesterday", "38.00"),
    ("tucked it in while on the phone: 38.6", "38.60"),
    ("temp 385", "38.50"),
    ("37.8°C/100.0°F", "37.80"),
    ("100.4", "38.00"),
    ("ALT 60 temp 38.4", "38.40"),
    ("39 nd shivering", "39.00"),
    ("39 am i ok", "39.00"),
    ("no fever 36.8", "36.80"),
    ("38.5.", "38.50"),
    ("temp 38-8", "38.80"),
    ("temp thirty eight 5", "38.50"),
    ("thirty eight an a half", "38.50"),
    ("36,95", "36.95"),
    ("38 3 on the dot", "38.30"),
    ("tepm 38.9", "38.90"),
    ("38.5 at 8:30 pm", "38.50"),
    ("temperature thirty nine point two", "39.20"),
    ("ninety nine point nine", "37.72"),
    ("feeling 39 and shaking", "39.00"),
    ("101.5 F under arm", "38.61"),
    ("38C", "38.00"),
    ("38.4 c", "38.40"),
    ("weight 52 now 39.1", "39.10"),
    ("nurse said call if over 38.3, im 38.5", "38.50"),
    ("leaflet says over 38.3 call, mine is over 38.3 is that ok?", "38.30"),
]
CHINESE = [
    ("三十六度四 一切都好", "36.40"),
    ("天气37度我39.2", "39.20"),
    ("三八六,难受", "38.60"),
    ("36度4到37度4之间", "37.40"),
    ("卅八度五", "38.50"),
    ("三八度五", "38.50"),
    ("三八.四,好累", "38.40"),
    ("我儿子发的。38.6,刚买的温度计", "38.60"),
    ("昨天36.5。今天38.6", "38.60"),
    ("体温36。38.6", "38.60"),
    ("高铁上量了下 38.0 下车再量", "38.00"),
    ("三十八渡九", "38.90"),
    ("三十八度半", "38.50"),
    ("三十八点五", "38.50"),
    ("三十八度五", "38.50"),
    ("高烧三十九度", "39.00"),
    ("快39度了", "39.00"),
    ("腋下38.1", "38.10"),
    ("额温37.5", "37.50"),
    ("38度多", "38.00"),
    ("101华氏度", "38.33"),
    ("華氏101度", "38.33"),
    ("攝氏38.5度", "38.50"),
    ("耳溫38.2", "38.20"),
    ("燒到39度幾", "39.00"),
    ("38度七八", "38.80"),
    ("三十八九度", "39.00"),
    ("38点5", "38.50"),
    ("38度5", "38.50"),
    ("早上8点38度5", "38.50"),
    ("昨晚39度2，现在37度", "39.20"),
    ("三十七度八", "37.80"),
    ("一百零一度", "38.33"),
    ("温度38点6", "38.60"),
    ("38度半", "38.50"),
    ("烧到四十度", "40.00"),
    ("三十九", "39.00"),
    ("三十八度二", "38.20"),
    ("体温：３８度５", "38.50"),
    ("高烧39.5℃", "39.50"),
    ("三十八度五三", "38.53"),
    ("一百点四华氏度", "38.00"),
    ("38.5度，白细胞3.2", "38.50"),
    ("血氧98，体温36.8", "36.80"),
    ("39度多一点", "39.00"),
    ("烧到38度9", "38.90"),
    ("不到39度", "39.00"),
    ("早上37.8晚上39.1", "39.10"),
    ("体温不到38，37.8", "37.80"),
    ("白细胞3.2，38.5", "38.50"),
    ("医生说超过38.3要打电话，我现在38.6", "38.60"),
    ("体温正常36.5", "36.50"),
]
ENGLISH_OTHER_NUMBERS = [
    "bed 38 ward 5",
    "visit on 3.8",
    "i am 38",
    "bilirubin 39.5",
    "40 outside today",
    "call me on 13800385101",
    "weight 101",
    "58.3",
    "ALT 38.5",
    "BP 120/80",
    "pulse 101",
    "sugar 38",
    "at 8:38",
    "38 mg",
    "38 weeks",
    "under 38",
    "what if it goes over 39?",
    "385.5",
    "44.2",
    "3",
    "thermometer says 1 0 2",
    "2026-01-05",
    "room 385",
    "£385",
    "400 mg",
    "walked 400 steps",
    "score 38/50",
    "my number is 07700 900385",
    "took 40 minutes",
    "38 percent",
    "CEA 38.6 down from 102",
    "CA19-9 38.6 -> 40",
    "AFP fell to 38.6, from 102",
    "the leaflet says over 38.3 call, can I also at night?",
]
CHINESE_OTHER_NUMBERS = [
    "38岁",
    "我今年38",
    "38床",
    "体重38公斤",
    "心率101",
    "买菜花了38.5",
    "住38号楼",
    "今天38号",
    "40多岁",
    "气温38度",
    "今天外面40度",
    "不到38",
    "没超过38",
    "坐385路公交",
    "癌胚抗原从102降到38.6",
    "想一了百了",
    "不管三七二十一",
    "单子上写超过38.3就打电话，夜里也能打吗？",
    "吃了布洛芬400毫克",
]


def _highest(text: str, language: str, question: QuestionKind | None = None) -> str | None:
    highest = read_reply(text, language, question).findings.highest
    return None if highest is None else str(highest.celsius.quantize(Decimal("0.01")))


@pytest.mark.parametrize(("text", "celsius"), ENGLISH + CHINESE)
def test_a_temperature_is_read_however_it_is_written(text: str, celsius: str) -> None:
    assert _highest(text, "en") == celsius
    assert _highest(text, "zh_Hans") == celsius


@pytest.mark.parametrize("text", ENGLISH_OTHER_NUMBERS + CHINESE_OTHER_NUMBERS)
def test_a_number_that_is_something_else_is_no_temperature(text: str) -> None:
    assert _highest(text, "en") is None


@pytest.mark.parametrize(
    ("text", "celsius"),
    [
        ("trente-huit un", "38.10"),
        ("38 virgule un", "38.10"),
        ("trente-huit un peu chaud", "38.00"),
        ("on a 38 de 6", "38.60"),
        ("38,1 à Marrakech", "38.10"),
        ("pile 38 au réveil, j'ai annulé la belote", "38.00"),
    ],
)
def test_french_tenths_and_a_temperature_before_a_town_or_a_game_are_read(text: str, celsius: str) -> None:
    assert _highest(text, "fr") == celsius


@pytest.mark.parametrize(
    ("text", "language", "celsius"),
    [
        ("ALT 41, GOT 38, all good", "en", None),
        ("I GOT 38.5 please call", "en", "38.50"),
        ("GOT 38, GPT 41", "fr", None),
        ("at what temperature do I call, 38 or 37.5?", "en", None),
        ("at what temperature do I call, I have 38.5?", "en", "38.50"),
        ("il fait 38 à l'ombre", "fr", None),
        ("il fait 38,5 depuis ce matin", "fr", "38.50"),
    ],
)
def test_a_laboratory_value_a_bound_asked_for_and_the_weather_are_no_temperature(text: str, language: str, celsius: str | None) -> None:
    assert _highest(text, language) == celsius


def test_fahrenheit_is_converted_exactly() -> None:
    (reading,) = read_reply("101.0 F", "en").findings.temperatures
    assert (reading.value, reading.unit) == (Decimal("101.0"), TemperatureUnit.FAHRENHEIT)
    assert reading.celsius == (Decimal("101.0") - 32) * 5 / 9


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("腋下38.1", MeasurementSite.ARMPIT),
        ("耳温38.2", MeasurementSite.EAR),
        ("額溫37.5", MeasurementSite.FOREHEAD),
        ("肛温38.6", MeasurementSite.RECTUM),
        ("38.1 under the tongue", MeasurementSite.MOUTH),
        ("100.8F under arm", MeasurementSite.ARMPIT),
        ("under the arm. It beeped! 38.1", MeasurementSite.ARMPIT),
        ("under the arm, 5 minutes. It beeped! 38.1", MeasurementSite.ARMPIT),
        ("38.5", None),
    ],
)
def test_the_place_of_measurement_is_kept(text: str, site: MeasurementSite | None) -> None:
    (reading,) = read_reply(text, "zh_Hans").findings.temperatures
    assert reading.site is site


def test_each_reading_keeps_its_own_place() -> None:
    readings = read_reply("腋下37.8，耳温38.4", "zh_Hans").findings.temperatures
    assert [reading.site for reading in readings] == [MeasurementSite.ARMPIT, MeasurementSite.EAR]


@pytest.mark.parametrize("text", ["58.3", "44.2", "385.5", "temp 58", "体温58.3度"])
def test_a_temperature_no_body_has_is_offered_back(text: str) -> None:
    findings = read_reply(text, "en").findings
    assert findings.temperatures == ()
    assert len(findings.implausible_temperatures) == 1


@pytest.mark.parametrize(
    ("text", "celsius"), [("36", "36.00"), ("i am 38", "38.00"), ("38", "38.00"), ("is 101", "38.33"), ("385", "38.50")]
)
def test_a_number_answers_the_question_for_a_temperature(text: str, celsius: str) -> None:
    reading = read_reply(text, "en", QuestionKind.TEMPERATURE)
    assert reading.answer == celsius


def test_a_severity_digit_does_not_answer_the_question_for_a_temperature() -> None:
    reading = read_reply("3", "en", QuestionKind.TEMPERATURE)
    assert reading.answer is None
    assert reading.findings.temperatures == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ALT 38.5", "belongs to ALT"),
        ("38 weeks", "a count of weeks"),
        ("40 outside today", "the temperature of a place"),
        ("what if it goes over 39?", "only what might come"),
        ("under 38", "a bound that was not reached"),
        ("£38", "money or a share"),
    ],
)
def test_a_dropped_number_says_why(text: str, reason: str) -> None:
    (candidate,) = read_reply(text, "en").candidates
    assert candidate.dropped == reason


@pytest.mark.parametrize("text", ["STOP -/5 3 ..60", "3 ..6", "4 ,,5", "3 ...8 °", "3 :9"])
def test_signs_that_are_no_number_break_nothing(text: str) -> None:
    for language in ("en", "es", "zh_Hans"):
        assert not any(candidate.celsius > 38 and not candidate.implausible for candidate in read_reply(text, language).candidates)


_LABELS = {
    "en": "temp", "zh_Hans": "体温", "zh_Hant": "體溫", "es": "temperatura", "fr": "température", "pt": "temperatura",
    "ru": "температура", "ar": "حرارتي", "hi": "बुखार", "vi": "nhiệt độ",
}  # fmt: skip
_SIGNS = ("", "..", *" .…。,，、;；:：!！?？(（[【“«-–—~～=≈><|/*#\n\t@·•→+_👍\u200f\u00a0\ufeff،؛।\"'")
_WRITTEN = ("38.5", "38,5", "38。5", "38·5", "38٫5", "３８．５", "38 5", "38.5°", "38,5 ºC", "38°5", "٣٨٫٥", "३८.५", "38.5度")


@pytest.mark.parametrize(("language", "label"), _LABELS.items())
def test_no_sign_beside_it_hides_a_fever(language: str, label: str) -> None:
    texts = (f"{label}{sign}{written}{after}" for sign in _SIGNS for written in _WRITTEN for after in ("", ".", "。", "!", ")", "👍"))
    missed = [text for text in texts if (found := read_reply(text, language).findings.highest) is None or found.celsius != Decimal("38.5")]
    assert missed == []


@pytest.mark.parametrize(
    ("language", "text"), [("es", "no pasa de 35,6 en la axila"), ("pt", "não passa de 35,6"), ("en", "not over 35.6")]
)
def test_a_bound_lower_than_any_fever_is_what_was_measured(language: str, text: str) -> None:
    assert [candidate.celsius for candidate in read_reply(text, language).candidates if candidate.dropped is None] == [Decimal("35.6")]


@pytest.mark.parametrize(
    ("text", "language", "celsius"),
    [
        ("38 and three quarters", "en", "38.75"),
        ("38 and a quarter", "en", "38.25"),
        ("38 y cuarto", "es", "38.25"),
        ("39 menos cuarto", "es", "38.75"),
        ("38 et trois quarts", "fr", "38.75"),
        ("38 e três quartos", "pt", "38.75"),
        ("38 с четвертью", "ru", "38.25"),
        ("٣٩ إلا ربع", "ar", "38.75"),
        ("38 w rob3", "ar", "38.25"),
        ("treinta y ocho y una décima", "es", "38.10"),
        ("37 y una décima", "es", "37.10"),
        ("体温：叁拾捌度五", "zh_Hans", "38.50"),
        ("收拾屋子，36.5", "zh_Hans", "36.50"),
        ("38 девять", "ru", "38.90"),
        ("38 y pico, 38,4", "es", "38.40"),
        ("38 e pouco, acho que 38,4", "pt", "38.40"),
        ("38 с хвостиком", "ru", "38.50"),
        ("386 on the digital one, the dot dont show on that screen", "en", "38.60"),
    ],
)
def test_quarters_tenths_and_vague_tails_are_read_as_people_say_them(text: str, language: str, celsius: str) -> None:
    assert _highest(text, language) == celsius


@pytest.mark.parametrize(
    ("text", "celsius"), [("38 con 5", "38.50"), ("tô com 38 e 7", "38.70"), ("38 do 7", "38.70"), ("38 et 6", "38.60")]
)
@pytest.mark.parametrize("on_file", ["en", "es", "zh_Hans", "ar"])
def test_tenths_that_are_said_in_another_language_are_read(text: str, celsius: str, on_file: str) -> None:
    assert _highest(text, on_file) == celsius


@pytest.mark.parametrize(
    ("text", "language", "celsius"),
    [
        ("temp 38.9, appt tomorrow 10.30", "en", "38.90"),
        ("temp 37.1, appt tomorrow 10.30", "en", "37.10"),
        ("36,8, rdv demain 10.30", "fr", "36.80"),
        ("3.85", "en", "38.50"),
        ("you said ring above 38.3, I'm at 36.9", "en", "36.90"),
        ("you said ring above 38.3, I'm at 38.9", "en", "38.90"),
    ],
)
def test_the_hour_of_a_visit_and_the_rule_that_was_given_are_no_temperature_of_today(text: str, language: str, celsius: str) -> None:
    assert _highest(text, language) == celsius


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("not above 37.4", "en"),
        ("no pasa de 37,4", "es"),
        ("pas plus de 37,4", "fr"),
        ("não passa de 37,4", "pt"),
        ("не выше 37,4", "ru"),
        ("ما تجاوزت 37.4", "ar"),
        ("37.4 se zyada nahi", "hi"),
        ("không quá 37,4", "vi"),
        ("没超过37.4", "zh_Hans"),
        ("冇過37.4", "zh_Hant"),
    ],
)
def test_a_bound_in_tenths_of_a_healthy_body_was_measured(text: str, language: str) -> None:
    assert _highest(text, language) == "37.40"


def test_the_highest_of_a_day_that_went_down_again_is_read() -> None:
    assert _highest("37,9 au plus haut hier soir, redescendu à 37,4", "fr") == "37.90"


@pytest.mark.parametrize(
    ("text", "language"),
    [("सौ से ऊपर", "hi"), ("sau se upar", "hi"), ("over 100", "en"), ("más de 37,8", "es"), ("выше 37,5", "ru"), ("超过37.8", "zh_Hans")],
)
def test_above_a_number_that_is_nearly_a_fever_may_be_one(text: str, language: str) -> None:
    assert [symptom.code for symptom in read_reply(text, language).findings.symptoms] == ["FEVER"]


@pytest.mark.parametrize(
    ("asked", "had", "language"),
    [
        ("is it 38.0 I have to ring at or 38.5", "I have 38 or 38.5, do I ring?", "en"),
        ("¿aviso a partir de 38 o 38,5?", "tengo 38 o 38,5, ¿aviso?", "es"),
        ("je dois appeler à partir de 38 ou 38,5 ?", "j'ai 38 ou 38,5, j'appelle ?", "fr"),
        ("é a partir de 37,8 ou de 38 que eu tenho que avisar vocês?", "tenho 38 ou 38,5, ligo?", "pt"),
        ("звонить при 38 или при 38,5?", "у меня 38 или 38,5, звонить?", "ru"),
        ("اتصل عند ٣٨ ولا ٣٨٫٥؟", "حرارتي ٣٨ ولا ٣٨٫٥ اتصل؟", "ar"),
        ("38 pe call karna hai ya 38.5 pe?", "mujhe 38 ya 38.5 hai, phone karu?", "hi"),
        ("sốt bao nhiêu thì phải báo, 38 hay 38 rưỡi ạ?", "tôi sốt 38 hay 38,5 có phải gọi không?", "vi"),
        ("超过多少度要告诉你们?38.5还是38?", "我38度还是38.5,要打电话吗?", "zh_Hans"),
        ("幾多度先要話你哋知?37.5定38?", "我38定係38.5,要打俾你哋?", "zh_Hant"),
    ],
)
def test_who_asks_from_which_number_to_ring_has_none_and_who_has_one_and_asks_has_it(asked: str, had: str, language: str) -> None:
    assert _highest(asked, language) is None
    assert _highest(had, language) == "38.50"


@pytest.mark.parametrize(
    ("language", "reached", "rule"),
    [
        ("es", "ya llegó a 38,5 les aviso", "más de 38 les aviso"),
        ("pt", "já chegou a 38,5 aviso vocês", "acima de 38 aviso vocês"),
        ("en", "it got to 38.5 letting you know", None),
        ("zh_Hans", "到38.5给你们打电话", "超过38度要打电话"),
    ],
)
def test_who_says_what_was_reached_and_rings_has_it_and_who_repeats_the_rule_has_none(
    language: str, reached: str, rule: str | None
) -> None:
    assert _highest(reached, language) == "38.50"
    assert rule is None or _highest(rule, language) is None
