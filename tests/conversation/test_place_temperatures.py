"""A fever is one wherever it was measured, and whatever is counted beside it; the weather, a room and a bath are none."""

from decimal import Decimal

import pytest

from followup_service.conversation.read_reply import read_reply

_MEASURED_SOMEWHERE = {
    "en": ("in the kitchen|in the office|in the car|by the pool|before my shower|after a bath|in the waiting room|with the heating on",
           "{} 38.9|my temp {} was 38.9|my temperature {} is 38.9|took my temp {} and got 38.9|still 38.9 {}"),
    "es": ("en la cocina|en el coche|en la piscina|después del baño|con la calefacción puesta|en Sevilla|en la calle",
           "{} 38,9|mi temperatura {} 38,9|me la tomé {} y 38,9|estoy {} con 38,9|sigo con 38,9 {}"),
    "fr": ("dans la cuisine|dans la voiture|après le bain|avant la douche|au salon|sur le balcon|dans la chambre",
           "{} 38,9|ma température {} 38,9|prise {} : 38,9|je suis {} avec 38,9|toujours 38,9 {}"),
    "pt": ("na cozinha|no carro|na piscina|depois do banho|com o ar condicionado ligado|em Lisboa|no quarto",
           "minha temperatura {} 38,9|medi {} e deu 38,9|tô {} com 38,9|ainda 38,9 {}"),
    "ru": ("на кухне|в бассейне|после ванны|при включенном отоплении|в палате|в комнате|в бане",
           "{} 38,9|моя температура {} 38,9|намерила {} 38,9|я {} с 38,9|все еще 38,9 {}"),
    "ar": ("في المطبخ|في السيارة|بعد الحمام|والمكيف شغال|في الغرفة|في الرياض",
           "{} ٣٨٫٩|حرارتي {} ٣٨٫٩|قست {} وطلعت ٣٨٫٩|أنا {} وحرارتي ٣٨٫٩|لسه ٣٨٫٩ {}"),
    "hi": ("kitchen me|nahane ke baad|dilli me|dhoop me|AC chala ke|कमरे में|धूप में|दिल्ली में",
           "{} 38.9|mera temperature {} 38.9|{} naapa 38.9 aaya|abhi bhi 38.9 {}|मेरा तापमान {} 38.9"),
    "vi": ("trong bếp|ở hồ bơi|sau khi tắm|trong phòng|bật máy lạnh|trời lạnh|trời nóng",
           "{} 38,9|thân nhiệt {} 38,9|đo {} được 38,9|vẫn 38,9 {}"),
    "zh_Hans": ("在厨房|在空调房|洗完澡|开着暖气|开着空调|泡完脚|在屋里", "{}38.9|我体温{}38.9|{}量的38.9|{}还是38.9|还是38.9,{}"),
    "zh_Hant": ("喺廚房|喺冷氣房|沖完涼|開住暖爐|開住冷氣|泡完湯|喺屋企", "{}38.9|我體溫{}38.9|{}探到38.9|{}仲係38.9|仲係38.9,{}"),
}  # fmt: skip


def _temperatures(text: str, language: str) -> list[Decimal]:
    return [temperature.celsius for temperature in read_reply(text, language).findings.temperatures]


@pytest.mark.parametrize("language", _MEASURED_SOMEWHERE)
def test_where_somebody_was_who_measured_hides_no_fever(language: str) -> None:
    places, forms = (written.split("|") for written in _MEASURED_SOMEWHERE[language])
    texts = [form.format(place) for form in forms for place in places]
    assert [text for text in texts if _temperatures(text, language) != [Decimal("38.9")]] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "my temperature in bed is 39"),
        ("en", "my temp in the car was 39"),
        ("es", "mi temperatura en la cocina 39"),
        ("fr", "ma température au lit est de 39"),
        ("pt", "medi no quarto e deu 39"),
        ("ru", "моя температура в автобусе 39"),
        ("ar", "الجو حر وانا حرارتي ٣٩"),
        ("ar", "قستها في السرير ٣٩"),
        ("hi", "bus me naapa to 39 aaya"),
        ("vi", "thân nhiệt trong phòng là 39"),
        ("zh_Hans", "我的体温在床上39"),
        ("zh_Hans", "在上海量了39度"),
        ("zh_Hant", "我嘅體溫喺房間39"),
    ],
)
def test_a_whole_number_said_to_be_measured_is_of_a_body(language: str, text: str) -> None:
    assert _temperatures(text, language) == [Decimal(39)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "outside temp 38.5"),
        ("en", "38 in the garden"),
        ("en", "my temp is fine, outside it is 39"),
        ("es", "sensación térmica 38,5"),
        ("fr", "piscine chauffée à 36,5"),
        ("pt", "temperatura ambiente 38,5"),
        ("ru", "за окном 38,5"),
        ("ar", "الجو ٣٨٫٥"),
        ("hi", "mausam 38.5"),
        ("vi", "ngoài trời 38,5 độ"),
        ("zh_Hans", "室温38.5"),
        ("zh_Hans", "体温正常外面39度"),
        ("zh_Hant", "水溫38.5"),
    ],
)
def test_the_temperature_of_air_and_water_is_none_of_a_body(language: str, text: str) -> None:
    assert _temperatures(text, language) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "38.9 tablets taken"),
        ("en", "38.9 birthday today"),
        ("en", "reading 2: 38.9"),
        ("en", "61yo 38.9"),
        ("es", "38,9 semana 2"),
        ("es", "72 años 38,9"),
        ("fr", "61 ans 38,9"),
        ("pt", "38,9 semana 2"),
        ("ru", "38,9 цикл 2"),
        ("ru", "38,9 таблетку выпил"),
        ("ar", "38.9 المرة الثانية"),
        ("hi", "38.9 कमरे में"),
        ("hi", "38.9 goli li"),
        ("vi", "61 tuổi 38.9"),
        ("zh_Hans", "38.9周一开始的"),
        ("zh_Hans", "38.9两次都是"),
        ("zh_Hans", "38.9月经没来"),
        ("zh_Hant", "38.9個人好攰"),
        ("zh_Hant", "燒到38.9星期一開始"),
    ],
)
def test_nobody_counts_in_tenths(language: str, text: str) -> None:
    assert _temperatures(text, language) == [Decimal("38.9")]


@pytest.mark.parametrize(
    ("language", "text"),
    [("zh_Hans", "39周日晚上"), ("ru", "39 день второй"), ("ar", "٣٩ يوم الاثنين"), ("vi", "mẹ em 72 tuổi 39"), ("hi", "72 saal 39")],
)
def test_a_day_of_the_week_and_an_age_before_it_count_nothing(language: str, text: str) -> None:
    assert _temperatures(text, language) == [Decimal(39)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "38.9 kilos"),
        ("en", "38.5 miles"),
        ("es", "38,5 euros"),
        ("fr", "38,5 heures"),
        ("ru", "38,5 процента"),
        ("zh_Hans", "40.5分钟"),
        ("zh_Hans", "暖气费38.5一平"),
        ("vi", "38,5 điểm"),
    ],
)
def test_what_is_weighed_measured_or_paid_for_has_tenths(language: str, text: str) -> None:
    assert _temperatures(text, language) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "in the shade 38.9"),
        ("en", "outside 38.9"),
        ("es", "a la sombra 38,9"),
        ("fr", "à l'ombre 38,9"),
        ("pt", "lá fora 38,9"),
        ("pt", "com o ar condicionado 38,9"),
        ("pt", "com o ventilador 38,9"),
        ("ru", "в тени 38,9"),
        ("ar", "برا البيت ٣٨٫٩"),
        ("hi", "बाहर 38.9"),
        ("vi", "ngoài trời 38,9"),
        ("zh_Hans", "户外38.9"),
        ("zh_Hant", "出面38.9"),
    ],
)
def test_where_or_with_what_somebody_is_says_nothing_of_whose_tenths_they_are(language: str, text: str) -> None:
    assert read_reply(text, language).findings.highest is not None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "me 36.7, outside it was 38.9"),
        ("ru", "на улице 38,5, у меня 36,6"),
        ("es", "afuera hace 38,5"),
        ("zh_Hans", "外面38.5度,我36.5"),
    ],
)
def test_what_it_is_out_there_beside_ones_own_is_the_weather(language: str, text: str) -> None:
    highest = read_reply(text, language).findings.highest
    assert highest is None or highest.celsius < 37


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "39 and in the bath"),
        ("es", "estoy a 39 y en la bañera"),
        ("fr", "je suis à 39 et dans mon bain"),
        ("pt", "estou com 39 e na banheira"),
        ("ru", "у меня 39 и я в ванне"),
    ],
)
def test_where_somebody_sits_with_a_fever_does_not_make_it_the_baths(language: str, text: str) -> None:
    highest = read_reply(text, language).findings.highest
    assert highest is not None
    assert highest.celsius == 39


_WHO_HAS_IT = {
    "en": ("I'm at 39|i have 39|ive got 39|im on 39|I was 39|dad is at 39|hes 39",
           "hot day|it's hot outside|heatwave here|in the shade|sitting on the porch|at the beach|the weather is awful"),
    "es": ("estoy en 39|tengo 39|yo 39|me dio 39|sigo en 39|papá está en 39|él tiene 39",
           "hace mucho calor afuera|a la sombra|ola de calor|en la playa|con el aire acondicionado"),
    "fr": ("j'ai 39|je suis à 39|moi 39|je tape 39|papa est à 39|il a 39",
           "il fait chaud dehors|à l'ombre|canicule|à la plage|dans le jardin"),
    "pt": ("estou com 39|tô com 39|tenho 39|eu 39|pai tá com 39|ele tem 39", "faz muito calor lá fora|na sombra|onda de calor|na praia"),
    "ru": ("у меня 39|мне 39 намерили|у папы 39|у него 39|я с 39 лежу", "на улице жара|в тени|жара страшная|на пляже|на даче"),
    "ar": ("عندي ٣٩|حرارتي ٣٩|عنده ٣٩|معاي ٣٩|3andi 39", "برا حر|بالظل|موجة حر|على البحر|الدنيا حر"),
    "hi": ("मुझे 39 है|मेरा 39|पापा को 39|mujhe 39 hai|mera 39|mujhe 102 hai", "बाहर गर्मी है|छांव में|लू चल रही है|छत पर|bahar garmi hai"),
    "vi": ("tui 39 độ|mình đo 39|ba 39 độ|tôi bị 39|toi 39 do", "ngoài trời nóng|trong bóng mát|nắng nóng|ở biển|bật máy lạnh"),
    "zh_Hans": ("我39度|我现在39度|我量了39度|爸39度|我也39度", "外面很热|在阴凉地|高温天|在海边|开着空调"),
    "zh_Hant": ("我39度|我而家39度|我量了39度|佢39度|我有39度", "外面很熱|在樹蔭下|酷熱天氣|在海邊|開咗冷氣"),
}  # fmt: skip


@pytest.mark.parametrize("language", _WHO_HAS_IT)
def test_no_hot_day_hides_the_fever_of_who_says_to_have_it(language: str) -> None:
    who_has_it, weathers = (written.split("|") for written in _WHO_HAS_IT[language])
    texts = [form.format(who, weather) for who in who_has_it for weather in weathers for form in ("{}, {}", "{1}. {0}", "{1} {0}", "{} {}")]
    assert [text for text in texts if not _temperatures(text, language)] == []


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", "38 degrees in the shade here, a scorcher|supposed to hit 102 by the weekend|heatwave, 39 degrees, blinds down"),
        ("es", "aquí 38 grados a la sombra, un calor de muerte|mañana dan 41|hoy 38 de máxima|39 y sin aire acondicionado"),
        ("fr", "ici 38 à l'ombre, une chaleur à crever|quelle fournaise, 39 et pas de clim|canicule, 41 degrés, volets fermés"),
        ("pt", "aqui 38 graus à sombra, um calor de morrer|amanhã vai dar 39|39 marca o relógio da praça|onda de calor, 41 graus"),
        ("ru", "у нас 38 в тени, пекло|жара страшная, 39, и кондиционера нет|39 показывает градусник на аптеке"),
        ("ar", "٣٨ درجة بالظل|بكرة بيقولوا ٣٩|حر نار ٣٩ ومفيش تكييف"),
        ("hi", "यहां छांव में 38 डिग्री|मौसम विभाग बोला शुक्रवार को 39|yahan chhaon me bhi 38 degree"),
        ("vi", "ở đây 38 độ trong bóng râm, nóng chết|mai báo 39 độ|nắng nóng 41 độ, ở trong nhà thôi"),
        ("zh_Hans", "阴凉地方都38度|明天说要39度|药店门口温度计显示39|40度高温 烤人"),
        ("zh_Hant", "今日街外38度，熱到溶|樹蔭下都38度|酷熱天氣警告 38度"),
    ],
)
def test_a_hot_day_is_no_fever(language: str, texts: str) -> None:
    assert [text for text in texts.split("|") if _temperatures(text, language)] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "im 39 feeling rough"),
        ("en", "hot day and im 39"),
        ("ru", "мне 39 намерили"),
        ("ar", "انا ٣٩ والجو حر"),
        ("vi", "tôi 39, người mệt lả"),
    ],
)
def test_nobody_tells_an_age_who_feels_ill_or_hot_or_measured(language: str, text: str) -> None:
    assert _temperatures(text, language) == [Decimal(39)]
