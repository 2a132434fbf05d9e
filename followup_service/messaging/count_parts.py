"""How many SMS parts a text costs, and which characters make it UCS-2 (3GPP TS 23.038: GSM-7 alphabet and its extension table)."""

import unicodedata
from dataclasses import dataclass

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("^{}\\[~]|€\f")
_GSM_ONE_PART, _GSM_EACH_PART = 160, 153
_UCS2_ONE_PART, _UCS2_EACH_PART = 70, 67


_ONE_PART_PAGES = frozenset({"en", "zh_Hans", "zh_Hant"})


@dataclass(frozen=True, slots=True)
class TextSize:
    """`units` are septets (GSM-7) or UTF-16 code units (UCS-2); `forced_by` is the first character that GSM-7 lacks."""

    encoding: str
    units: int
    parts: int
    forced_by: str | None


def beyond_gsm(text: str) -> tuple[str, ...]:
    """The characters that GSM-7 lacks, in order of appearance, each once."""
    return tuple(dict.fromkeys(character for character in text if character not in _GSM and character not in _GSM_EXTENSION))


def without_marks(text: str) -> str:
    """The letters that GSM-7 lacks without their marks, as people text them: "sabado", "marco", "aout"."""
    return "".join(letter if letter in _GSM else unicodedata.normalize("NFD", letter)[0] for letter in text)


def measure(text: str) -> TextSize:
    forced_by = next(iter(beyond_gsm(text)), None)
    if forced_by is None:
        widths = [2 if character in _GSM_EXTENSION else 1 for character in text]
        return TextSize("GSM-7", sum(widths), _parts(widths, _GSM_ONE_PART, _GSM_EACH_PART), None)
    widths = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return TextSize("UCS-2", sum(widths), _parts(widths, _UCS2_ONE_PART, _UCS2_EACH_PART), forced_by)


def _parts(widths: list[int], one_part: int, each_part: int) -> int:
    """Count the parts without splitting a character of two units over a boundary."""
    if sum(widths) <= one_part:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > each_part:
            parts, used = parts + 1, 0
        used += width
    return parts


def most_parts_of_page(language: str, encoding: str) -> int:
    """A page fits one part where it is GSM-7 or Chinese; in the other languages words are long and a part holds 70 letters."""
    return 1 if encoding == "GSM-7" or language in _ONE_PART_PAGES else 2
