"""A text costs what the network charges: part for part, at every boundary."""

import pytest

from followup_service.messaging.count_parts import measure


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("a" * 459, "GSM-7", 459, 3),
        ("a" * 460, "GSM-7", 460, 4),
        ("a" * 158 + "€", "GSM-7", 160, 1),
        ("a" * 159 + "€", "GSM-7", 161, 2),
        ("€[{" * 26 + "]", "GSM-7", 158, 1),
        ("a" * 152 + "€[{", "GSM-7", 158, 1),
        ("a" * 152 + "€" + "b" * 151, "GSM-7", 305, 2),
        ("a" * 152 + "€" + "b" * 152, "GSM-7", 306, 3),
        ("a" * 151 + "€" + "b" * 153, "GSM-7", 306, 2),
        ("^{}\\[~]|€\f", "GSM-7", 20, 1),
        ("烧" * 70, "UCS-2", 70, 1),
        ("烧" * 71, "UCS-2", 71, 2),
        ("烧" * 134, "UCS-2", 134, 2),
        ("烧" * 135, "UCS-2", 135, 3),
        ("🤒", "UCS-2", 2, 1),
        ("🤒" * 35, "UCS-2", 70, 1),
        ("🤒" * 36, "UCS-2", 72, 2),
        ("烧" * 66 + "🤒" + "烧" * 65, "UCS-2", 133, 2),
        ("烧" * 66 + "🤒" + "烧" * 66, "UCS-2", 134, 3),
        ("烧" * 65 + "🤒" + "烧" * 67, "UCS-2", 134, 2),
        ("a" * 70 + "í", "UCS-2", 71, 2),
    ],
)
def test_units_and_parts(text: str, encoding: str, units: int, parts: int) -> None:
    size = measure(text)
    assert (size.encoding, size.units, size.parts) == (encoding, units, parts)


@pytest.mark.parametrize("character", ["\u202f", "\u00a0", "\u2019", "í", "烧", "`", "ç", "\t"])
def test_one_character_that_the_short_alphabet_lacks_makes_the_whole_text_long(character: str) -> None:
    size = measure("a" * 159 + character)
    assert (size.encoding, size.parts, size.forced_by) == ("UCS-2", 3, character)


def test_the_short_alphabet_holds_what_the_standard_lists() -> None:
    assert measure("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà").forced_by is None
