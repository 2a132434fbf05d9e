"""Oxygen and blood pressure from people's own devices."""

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study


def _codes(text: str, language: str) -> set[str]:
    return {symptom.code for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "SpO2 85"), ("en", "sats 91 on my oximeter"), ("zh_Hans", "血氧 88"), ("es", "saturación 89"), ("ru", "сатурация 90"),
     ("hi", "oxygen level 87"), ("ar", "الاكسجين 88"), ("vi", "spo2 89"), ("fr", "je sature à 90"), ("pt", "saturando 88")],
)  # fmt: skip
def test_low_oxygen_is_trouble_breathing(language: str, text: str) -> None:
    assert _codes(text, language) == {"BREATHLESSNESS"}


@pytest.mark.parametrize("text", ["spo2 92", "sats 98", "oxygen 5 litres", "platelets 85", "85 kg, sats 97"])
def test_other_values_are_not(text: str) -> None:
    assert "BREATHLESSNESS" not in _codes(text, "en")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "bp 165/95"),
        ("en", "BP 168 over 104 this am, I feel fine, no headache"),
        ("en", "142/100"),
        ("zh_Hans", "血压165 102"),
        ("zh_Hant", "上壓170下壓100"),
        ("es", "Presion 165 con 102 esta mañana, por lo demas sin novedad"),
        ("fr", "16,5/10 de tension ce matin, je me sens normal"),
        ("pt", "tensão 17-10 hoje"),
        ("ru", "давление второй раз подряд 170 на 100, ничего не болит, голова ясная"),
        ("ar", "ضغطي ١٧٠ على ١٠٥"),
        ("hi", "bp 170 by 104"),
        ("vi", "huyet ap 165/102, nguoi khong sao"),
    ],
)
def test_a_high_blood_pressure_is_urgent_and_no_temperature(language: str, text: str) -> None:
    summary = summarise(read_reply(text, language), None, load_study("NCT06609434"))
    assert (summary["level"], summary["codes"], summary["celsius"]) == ("urgent", ["HIGH_BLOOD_PRESSURE"], None)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "bp 186/114 and my head is pounding"),
        ("en", "systolic 190, feel awful"),
        ("zh_Hans", "高压190低压112,头晕"),
        ("zh_Hant", "血壓188/112 頭痛"),
        ("es", "Tensión 190/115 y me duele mucho la cabeza"),
        ("fr", "tension 19/11 à la maison et gros mal de tête avec"),
        ("pt", "pressao 18,5 por 11,2 e dor de cabeça"),
        ("ru", "давление 190 на 110 голова болит"),
        ("ar", "قست الضغط مرتين والجهاز جديد، طلع ١٩٥ على ١١٢ ومعاه صداع"),
        ("hi", "BP 190/112 aa rha hai aur sir me tez dard"),
        ("vi", "Huyết áp 190/115. Nhức đầu, hoa mắt từ lúc ngủ dậy."),
    ],
)
def test_a_very_high_one_with_a_symptom_is_an_emergency(language: str, text: str) -> None:
    summary = summarise(read_reply(text, language), None, load_study("NCT06609434"))
    assert (summary["level"], summary["codes"][0]) == ("emergency", "VERY_HIGH_BLOOD_PRESSURE")


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "bp 140/80"), ("en", "pain 3/10"), ("en", "on 29/11"), ("en", "200/5"), ("en", "bp 120, pulse 110"),
     ("en", "wife's bp is 190/112, I'm fine"), ("en", "walked 165 over 102 steps"), ("fr", "tension 13/8"), ("pt", "pressão 12 por 8"),
     ("ru", "давление 120 на 80"), ("hi", "bp 130 by 80 theek hai")],
)  # fmt: skip
def test_any_other_pair_of_numbers_is_not(language: str, text: str) -> None:
    assert not {code for code in _codes(text, language) if "PRESSURE" in code}
    assert summarise(read_reply(text, language), None, load_study("NCT06609434"))["level"] in {"none", "review"}


def test_a_fever_beside_a_blood_pressure_is_seen() -> None:
    summary = summarise(read_reply("bp 120 over 80, temp 38.5", "en"), None, load_study("NCT06609434"))
    assert (summary["level"], summary["celsius"]) == ("emergency", "38.50")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "two hundred over one twenty"),
        ("en", "my pressure is one ninety over one ten"),
        ("en", "190 over 110"),
        ("es", "ciento ochenta con ciento diez"),
        ("fr", "cent quatre-vingt-dix sur cent dix"),
        ("fr", "tension deux cents sur cent vingt"),
        ("pt", "cento e noventa por cento e dez"),
        ("ru", "двести на сто двадцать"),
        ("ar", "مية وتسعين على مية وعشرة"),
        ("ar", "ضغطي ميتين على مية وعشرين"),
        ("hi", "एक सौ अस्सी बटा एक सौ दस"),
        ("vi", "190 trên 100"),
        ("vi", "một trăm chín mươi trên một trăm"),
        ("zh_Hans", "一百八十/一百一"),
        ("zh_Hant", "上壓一百九"),
    ],
)
def test_one_said_in_words_or_only_with_an_over_is_read(language: str, text: str) -> None:
    assert _codes(text, language) == {"VERY_HIGH_BLOOD_PRESSURE"}


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "the bed is 200 by 120 cm"), ("pt", "comprei 200 por 120 reais"), ("ru", "стол 180 на 100 см"), ("es", "me costó 190 con 110"),
     ("en", "125 over 80"), ("pt", "cem por cento")],
)  # fmt: skip
def test_measures_and_prices_with_an_over_are_none(language: str, text: str) -> None:
    assert not _codes(text, language) & {"VERY_HIGH_BLOOD_PRESSURE", "HIGH_BLOOD_PRESSURE"}
