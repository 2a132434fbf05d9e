"""Values as a language writes them: the decimal sign by CLDR, and in right-to-left text codes and phone numbers that keep their order."""

from decimal import Decimal

from babel.core import Locale
from babel.numbers import format_decimal

# Older than isolates, so that plain phones know them too.
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"


def celsius_in_words(celsius: str, language: str) -> str:
    """A temperature such as "38.5" the language's own way: "38,5" in French. Digits are 0 to 9 everywhere, as thermometers show them."""
    return format_decimal(Decimal(celsius), format="0.0##", locale=language)


def left_to_right(value: str, language: str) -> str:
    """A code or a phone number. Without the marks, Arabic shows the groups of "+86 10 8819 6000" in reverse order."""
    if Locale.parse(language).text_direction == "ltr":
        return value
    return f"{LEFT_TO_RIGHT_MARK}{value}{RIGHT_TO_LEFT_MARK}"
