"""Whose a number is by the words straight before it: "I'm at 39", "dad is on 39", 我还39度."""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.number_labels import past_degree_sign
from followup_service.conversation.numbers import Number

_BEARER, _OWN, _TOWN, _WEATHER = bits_of({"bearer", "relative"}), bits_of({"own_number"}), bits_of({"warm_place"}), bits_of({"weather"})
_PASSED = bits_of({"is_filler", "filler_verb", "about_now", "has_it", "change", "degree", "above", "temperature_label", "came_out"})
_CLOSING = bits_of({"closing", "celsius", "fahrenheit", "about_now"})
_REACH = 6
# What tells in the same clause of another time, or of no fact.
_OTHER_MATTER = bits_of({
    "long_ago", "a_while_ago", "years_ago", "ago", "at_age", "when_aged", "story", "dream", "joking", "hearsay", "if", "almost",
})  # fmt: skip


def has_a_bearer(text: MarkedText, number: Number) -> bool:
    """ "Hot day and I'm at 39", 高温天我还39度: who has it stands before the number, with at most small words and one more between."""
    place = _who_is_named(text, number, _BEARER, strange=1)
    return place is not None and (_says_me(text, place) or not _names_a_town_before(text, place))


def says_to_have(text: MarkedText, number: Number) -> bool:
    """ "Chickens sold, I have 39": the writer and a "have", with small words between, before a number with which the clause ends."""
    behind, clause = past_degree_sign(text, number), text.clauses[number.first]
    while text.has_any(behind, _CLOSING):
        behind += 1
    if behind < len(text.words) and text.clauses[behind] == clause and text.kind(behind) != "mark":
        return False
    if _who_is_named(text, number, _OWN, strange=0) is None:
        return False
    return not any(mark.concepts.bits & _OTHER_MATTER and text.clauses[mark.first] == clause for mark in text.marks)


def _who_is_named(text: MarkedText, number: Number, concepts: int, *, strange: int) -> int | None:
    """Where in the clause one of `concepts` stands before the number, with small words between and no more than so many strange ones."""
    for place in range(number.first - 1, max(-1, number.first - 1 - _REACH), -1):
        if text.clauses[place] != text.clauses[number.first]:
            return None
        if text.has_any(place, concepts) or _says_me(text, place):
            return place
        if text.words[place] in text.plain.at or text.words[place] in text.plain.still or text.has_any(place, _PASSED):
            continue
        strange -= 1
        if strange < 0 or text.has_any(place, _WEATHER) or text.kind(place) == "cjk":
            return None
    return None


def _says_me(text: MarkedText, place: int) -> bool:
    """我 in 深圳36我39度, also within a longer term."""
    return text.kind(place) == "cjk" and text.words[place] in text.plain.me


def _names_a_town_before(text: MarkedText, place: int) -> bool:
    """ "At my brother's in Tashkent 42": a town before who is named, in the clause."""
    return any(mark.concepts.bits & _TOWN and text.clauses[mark.first] == text.clauses[place] for mark in text.marks if mark.end <= place)
