"""Numbers are written the language's own way, and what is in Latin letters or digits keeps its order between Arabic words."""

import pytest

from followup_service.messaging.local_values import celsius_in_words, left_to_right
from followup_service.messaging.render_text import render_text
from followup_service.messaging.wording import LONGEST_VALUES
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
    text = render_text("page", LONGEST_VALUES | {"code": "PKU-001"}, "zh_Hans", load_study("NCT06609434"))
    assert text.startswith("危急 PKU-001：38.31℃")
