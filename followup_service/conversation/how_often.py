"""Counts loose stools and vomits: "4 times", "раза четыре", "just once", nine visits to the toilet."""

from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.mentions import Named
from followup_service.conversation.numbers import Number

COUNTED = frozenset({"DIARRHOEA", "VOMITING"})
_MOST_TIMES = 60
# Fewer visits to the toilet than these are anybody's.
_LEAST_VISITS = 5
# "Once last night".
_MOST_WORDS = 3


def find_count(text: MarkedText, named: Named, numbers: list[Number]) -> int | None:
    """How many loose stools or vomits: a whole number with "times" beside it ("раза четыре"), or straight before the word."""
    counts = [
        int(number.value)
        for number in numbers
        if number.shape == "number"
        and number.is_whole
        and 0 < number.value <= _MOST_TIMES
        and (text.has(number.end, "times") or number.end == named.first or (number.value > 1 and text.has(number.first - 1, "times")))
    ]
    if not counts and named.code == "DIARRHOEA" and not any(number.value > 1 for number in numbers) and _is_once(text, named):
        return 1
    return max(counts, default=None)


def _is_once(text: MarkedText, named: Named) -> bool:
    """ "Fiz cocô mole só uma vez hoje", where the "only" may part it; but "once an hour" and "once more" are not once."""
    if not text.plain.more_than_once.isdisjoint(text.words):
        return False
    near = (text.sentences[named.first], text.sentences[named.first] + 1)
    places = [place for place in range(len(text.words)) if text.sentences[place] in near]
    for place in places:
        end = next((end for end in range(place + 1, place + 1 + _MOST_WORDS) if " ".join(text.words[place:end]) in text.plain.once), None)
        if end is not None:
            return text.plain.every_so_often.isdisjoint(text.words[end : end + 1])
    return False


def is_running(text: MarkedText, number: Number) -> bool:
    """ "To the loo nine times since morning": so many visits are loose stools, whatever somebody calls them."""
    if number.shape != "number" or not number.is_whole or not _LEAST_VISITS <= number.value <= _MOST_TIMES:
        return False
    if not (text.has(number.end, "times") or text.has(number.first - 1, "times")):
        return False
    return any(text.sentences[mark.first] == text.sentences[number.first] for mark in text.marked("toilet"))
