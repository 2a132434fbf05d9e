"""Breaking a text into lines of so many terminal columns; a Chinese character takes two and may end a line."""

import re
import unicodedata
from collections.abc import Iterator

_WIDE = "WF"
# Marks that sit on a letter (also beside it, in Indian scripts, which terminals draw as one) and characters that only direct.
_NO_COLUMN = frozenset({"Mn", "Me", "Mc", "Cf"})
# A word with the space after it, or one character of a script that is written without spaces.
_PIECE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|\s+")
# What may not begin a line: closing punctuation stays with the word before it.
_STAYS = frozenset("，。！？；：、）》」』”’…")


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in _NO_COLUMN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def wrap_text(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, but for a single word that is longer. At least one line."""
    lines = [line for paragraph in text.splitlines() for line in _wrapped(paragraph, width)]
    return lines or [""]


def _wrapped(paragraph: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _PIECE.findall(paragraph):
        if line and columns((line + piece).rstrip()) > width and piece not in _STAYS:
            yield line.rstrip()
            line = "" if piece.isspace() else piece
        else:
            line += piece
    yield line.rstrip()
