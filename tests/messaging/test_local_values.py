"""Days, times and numbers are written the language's own way; what is in Latin letters or digits keeps its order between Arabic words."""

from datetime import UTC, datetime, timedelta

import pytest

from followup_service.messaging.catalogues import catalogue, languages
from followup_service.messaging.local_values import celsius_in_words, instant_in_words, left_to_right, number_in_words
from followup_service.messaging.render_text import render_text
from followup_service.protocol.load_study import load_study


@pytest.mark.parametrize(
    ("language", "celsius", "written"),
    [
        ("en", "38.5", "38.5"),
        ("zh_Hans", "38.31", "38.31"),
        ("zh_Hant", "39.0", "39.0"),
        ("hi", "38.5", "38.5"),
        ("ar", "38.5", "38.5"),
        ("es", "38.5", "38,5"),
        ("fr", "38.50", "38,5"),
        ("pt", "38.5", "38,5"),
        ("ru", "38.5", "38,5"),
        ("vi", "40", "40,0"),
    ],
)
def test_a_temperature_has_the_decimal_sign_of_its_language_and_the_digits_of_a_thermometer(
    language: str, celsius: str, written: str
) -> None:
    assert celsius_in_words(celsius, language) == written


def test_a_phone_number_keeps_its_order_in_arabic() -> None:
    assert left_to_right("+86 10 8819 6000", "ar") == "\u200e+86 10 8819 6000\u200f"


@pytest.mark.parametrize("language", ["en", "zh_Hans", "hi", "ru"])
def test_elsewhere_nothing_is_added(language: str) -> None:
    assert left_to_right("+86 10 8819 6000", language) == "+86 10 8819 6000"


def test_a_chinese_text_is_not_marked() -> None:
    values = {"level": "emergency", "code": "PKU-001", "celsius": "38.31", "reasons": ["FEVER"], "number": 1}
    text = render_text("page", values, "zh_Hans", load_study("NCT06609434"))
    assert text.startswith("危急 PKU-001：38.31℃")


IN_THE_AFTERNOON = {
    "en": "Tuesday, March 3, 2:30 PM",
    "zh_Hans": "3月3日星期二14:30",
    "zh_Hant": "3月3日 星期二下午2:30",
    "es": "martes, 3 de marzo, a las 14:30",
    "fr": "mardi 3 mars à 14:30",
    "pt": "terça-feira, 3 de março, às 14:30",
    "ru": "вторник, 3 марта в 14:30",
    "ar": "الثلاثاء، 3 مارس، 2:30 م",
    "hi": "मंगलवार, 3 मार्च, 2:30 pm",
    "vi": "thứ Ba, ngày 3 tháng 3, 14:30",
}
AFTER_MIDNIGHT = {
    "en": "Saturday, August 1, 12:05 AM",
    "zh_Hans": "8月1日星期六00:05",
    "zh_Hant": "8月1日 星期六凌晨12:05",
    "es": "sábado, 1 de agosto, a las 0:05",
    "fr": "samedi 1 août à 00:05",
    "pt": "sábado, 1 de agosto, às 00:05",
    "ru": "суббота, 1 августа в 00:05",
    "ar": "السبت، 1 أغسطس، 12:05 ص",
    "hi": "शनिवार, 1 अगस्त, 12:05 am",
    "vi": "thứ Bảy, ngày 1 tháng 8, 00:05",
}


@pytest.mark.parametrize("language", languages())
def test_a_day_and_a_time_are_written_out_as_people_of_the_language_say_them(language: str) -> None:
    for at, written in (
        (datetime(2026, 3, 3, 6, 30, tzinfo=UTC), IN_THE_AFTERNOON),
        (datetime(2026, 7, 31, 16, 5, tzinfo=UTC), AFTER_MIDNIGHT),
    ):
        assert instant_in_words(at, "Asia/Shanghai", language, catalogue(language).gettext) == written[language]


# What stands where the promise of a call says until when: today, tomorrow, on a later day.
PROMISED = {
    "en": ("by 10:00 AM.", "by 10:00 AM tomorrow.", "by 10:00 AM on Tuesday, March 3."),
    "zh_Hans": ("会在10:00前", "会在明天10:00前", "会在3月3日星期二10:00前"),
    "zh_Hant": ("會在上午10:00前", "會在明天上午10:00前", "會在3月3日 星期二上午10:00前"),
    "es": ("antes de las 10:00.", "antes de las 10:00 de mañana.", "antes de las 10:00 del martes, 3 de marzo."),
    "fr": ("avant 10:00.", "avant 10:00 demain.", "avant 10:00 le mardi 3 mars."),
    "pt": ("até às 10:00.", "até às 10:00 de amanha.", "até às 10:00 de terca-feira, 3 de marco."),
    "ru": ("до 10:00.", "до 10:00 завтра.", "до 10:00, вторник, 3 марта."),
    "ar": ("قبل الساعة 10:00 ص.", "قبل الساعة 10:00 ص غدا.", "قبل الساعة 10:00 ص يوم الثلاثاء، 3 مارس."),
    "hi": ("और 10:00 am तक", "और कल 10:00 am तक", "और मंगलवार, 3 मार्च, 10:00 am तक"),
    "vi": ("trước 10:00.", "trước 10:00 ngày mai.", "trước 10:00 thứ Ba, ngày 3 tháng 3."),
}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("hours", "says"), [(2, 0), (13, 1), (60, 2)])
def test_a_call_that_is_promised_for_another_day_than_the_texts_names_the_day(language: str, hours: int, says: int) -> None:
    at = datetime(2026, 3, 3, 2, tzinfo=UTC)
    values = {"call_by": at.isoformat(), "now": (at - timedelta(hours=hours)).isoformat(), "timezone": "Asia/Shanghai"}
    text = render_text("nurse_will_call", values | {"emergency_number": "120"}, language, load_study("NCT06609434"))
    assert PROMISED[language][says] in text


def test_a_large_number_is_grouped_as_in_its_language() -> None:
    assert [number_in_words(10000, language) for language in ("en", "es", "fr", "ru")] == ["10,000", "10.000", "10 000", "10 000"]
