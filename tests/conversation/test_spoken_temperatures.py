"""Temperatures said in words are read to the tenth, and say whether a "temperature" or a "fever" is one."""

from decimal import Decimal

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study

# From thirty-five to forty-two, as a person of that country says them: whole, and the word between whole and tenths.
WHOLE = {
    "en": ["thirty-five", "thirty-six", "thirty-seven", "thirty-eight", "thirty-nine", "forty", "forty-one", "forty-two"],
    "es": [
        "treinta y cinco",
        "treinta y seis",
        "treinta y siete",
        "treinta y ocho",
        "treinta y nueve",
        "cuarenta",
        "cuarenta y uno",
        "cuarenta y dos",
    ],
    "fr": ["trente-cinq", "trente-six", "trente-sept", "trente-huit", "trente-neuf", "quarante", "quarante et un", "quarante-deux"],
    "pt": [
        "trinta e cinco",
        "trinta e seis",
        "trinta e sete",
        "trinta e oito",
        "trinta e nove",
        "quarenta",
        "quarenta e um",
        "quarenta e dois",
    ],
    "ru": ["тридцать пять", "тридцать шесть", "тридцать семь", "тридцать восемь", "тридцать девять", "сорок", "сорок один", "сорок два"],
}
TENTHS = {
    "en": ("point", ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]),
    "es": ("coma", ["uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]),
    "fr": ("virgule", ["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]),
    "pt": ("vírgula", ["um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove"]),
    "ru": ("и", ["один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"]),
}
LABELS = {"en": "temperature", "es": "temperatura", "fr": "température", "pt": "temperatura", "ru": "температура", "ar": "7ararti"}
# In Latin letters an Arabic 3 and 5 are letters: the nine of thirty-nine is "tes3a".
ARABIC = {
    "khamsa w tlatin": "35", "5amsa w tlatin": "35", "sitta w talatin": "36", "sab3a w tlatin": "37", "seb3a w tlateen": "37",
    "tmanya w tlatin": "38", "tmenya w tletin": "38", "tamania w talateen we nos": "38.5", "tes3a w tlatin": "39", "tis3a w tleteen": "39",
    "ts3ud w tlatin": "39", "tes3a w tlatin w noss": "39.5", "arb3in": "40", "arba3een": "40", "wa7ed w arb3in": "41",
}  # fmt: skip


def _highest(text: str, language: str) -> Decimal | None:
    highest = read_reply(text, language).findings.highest
    return None if highest is None else highest.celsius


@pytest.mark.parametrize("language", WHOLE)
def test_every_temperature_in_words_is_read_to_the_tenth(language: str) -> None:
    point, tenths = TENTHS[language]
    said = {Decimal(35 + place): whole for place, whole in enumerate(WHOLE[language])}
    said |= {
        value + Decimal(tenth) / 10: f"{whole} {point} {word}"
        for value, whole in list(said.items())
        for tenth, word in enumerate(tenths, start=1)
    }
    texts = {f"{label}{words}": value for value, words in said.items() for label in ("", f"{LABELS[language]} ")}
    assert {text: found for text, value in texts.items() if (found := _highest(text, language)) != value} == {}


def test_arabic_numbers_in_latin_letters_are_read() -> None:
    texts = {f"{label}{words}": Decimal(value) for words, value in ARABIC.items() for label in ("7ararti ", "3andi 7arara ", "skhana ")}
    assert {text: found for text, value in texts.items() if (found := _highest(text, "ar")) != value} == {}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I've got a temperature for 3 days now", "en"),
        ("temperature high since 2 days", "en"),
        ("tengo temperatura desde hace 2 días", "es"),
        ("estou com temperatura há 2 dias", "pt"),
        ("j'ai de la température depuis 2 jours", "fr"),
        ("температура 2 дня", "ru"),
        ("у меня температура с 3 часов", "ru"),
        ("عندي حرارة من 2 ايام", "ar"),
        ("2 din se bukhar", "hi"),
        ("发烧2天了", "zh_Hans"),
    ],
)
def test_days_and_hours_do_not_say_how_high_a_temperature_is(text: str, language: str) -> None:
    assert summarise(read_reply(text, language), None, load_study("NCT06609434"))["codes"] == ["FEVER_UNMEASURED"]


@pytest.mark.parametrize(
    ("text", "language", "celsius"),
    [
        ("I have a temperature of thirty seven and a half", "en", "37.5"),
        ("tengo temperatura de treinta y siete", "es", "37"),
        ("estou com temperatura de trinta e sete", "pt", "37"),
        ("температура тридцать семь и два", "ru", "37.2"),
        ("الحرارة سبعة وثلاثين ونص", "ar", "37.5"),
        ("बुखार साढ़े सैंतीस", "hi", "37.5"),
        ("bukhar saadhe saintis", "hi", "37.5"),
        ("烧三十七度五", "zh_Hans", "37.5"),
        ("燒三十七度半", "zh_Hant", "37.5"),
    ],
)
def test_a_normal_number_in_words_says_that_there_is_no_fever(text: str, language: str, celsius: str) -> None:
    findings = read_reply(text, language).findings
    assert (findings.highest and findings.highest.celsius, findings.symptoms) == (Decimal(celsius), ())
