"""Whether a whole number is one of the two of a game's score: "we won 38-36", "ganamos 38 a 36", 比分39比38."""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.numbers import Number
from followup_service.conversation.place_temperatures import BODY

_DASHES = frozenset("-:比")
_GAME = bits_of({"game"})


def is_in_a_score(text: MarkedText, number: Number) -> bool:
    """ "We won 38-36", 比分39比38: two whole numbers with a dash or a colon between, in a text with a word for games; with a "to" between,
    "ganamos 38 a 36", straight behind that word.
    """
    if not text.spoken_of & _GAME:
        return False
    words = text.words
    if _is_to_after_a_game(text, number.first) or _is_to_after_a_game(text, number.first - 2):
        return True
    after = words[number.end : number.end + 2]
    before = words[max(0, number.first - 2) : number.first]
    if ":" in words[number.first]:
        return True
    return (len(after) == 2 and after[0] in _DASHES and after[1].isdecimal()) or (
        len(before) == 2 and before[1] in _DASHES and before[0].isdecimal()
    )


def _is_to_after_a_game(text: MarkedText, first: int) -> bool:
    if not text.has(first - 1, "game") or text.spoken_of & BODY or len(text.words) < first + 3:
        return False
    return text.has(first + 1, "change") and all(text.words[place].isdecimal() for place in (first, first + 2))
