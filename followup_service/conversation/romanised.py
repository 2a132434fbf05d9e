"""Spells a word that is typed in Latin letters in the script of its language: Russian "jivot" and "zhivot" are both живот."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

_MOST_SPELLINGS = 512
# Stands in a table for what the end of a word may add: a soft sign, which nobody types.
AT_END = "$"


class Romanised:
    """Latin letters with what each may stand for, the most usual first; `AT_END` has what may follow the last letter."""

    def __init__(self, letters: Mapping[str, Sequence[str]]) -> None:
        self._letters = {latin: tuple(own) for latin, own in letters.items() if latin != AT_END}
        self._endings = ("", *letters.get(AT_END, ()))
        self._pieces = re.compile("|".join(sorted(map(re.escape, self._letters), key=len, reverse=True)) or r"(?!)")

    def spellings(self, word: str) -> Iterator[str]:
        """What `word` may be in its own script; none if one of its letters stands for nothing there."""
        pieces = self._pieces.findall(word) if self._letters and word.isascii() else []
        if not pieces or sum(map(len, pieces)) != len(word):
            return iter(())
        choices = [self._letters[piece] for piece in pieces]
        return islice(map("".join, product(*choices, self._endings)), _MOST_SPELLINGS)
