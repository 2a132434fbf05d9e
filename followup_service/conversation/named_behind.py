"""Decides whether a clause names behind an illness who has it: "se desmayó la maestra", "el que tiene 38 es mi nieto"."""

from followup_service.conversation.back_to_the_writer import comes_back
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.others import others
from followup_service.conversation.subjects import SMALL

# How many words may stand between an illness and who has it, and around the "is" that says so.
_FEW_WORDS, _SOME_WORDS, _CHINESE_REACH = 1, 3, 8
_UNITS = bits_of({"degree_sign", "celsius"})
_SMALL = SMALL | _UNITS
_VERB_FIRST = frozenset({"es", "pt"})
_BEFORE_IT = bits_of({"filler_noun", "filler_verb", "is_filler", "smalltalk", "list_and", "but", "self_well", "degree", "strong"})
_GOES_ON = bits_of({"list_and", "self_well", "filler_noun", "smalltalk"})


def names_them_behind(text: MarkedText, first: int, end: int, whose: int) -> bool:
    """Spanish "se desmayó la maestra", "tiene 39 mi nieta", Portuguese "internaram o vizinho": a verb of others, then at once who."""
    if text.language not in _VERB_FIRST:
        return False
    clause = text.clauses[first]
    start = text.clauses.index(clause)
    if not any(text.words[place] in text.plain.he_did for place in range(start, end)):
        return False
    if any(_is_the_writer(text, place) for place in range(start, end)) or not all(_may_begin(text, place) for place in range(start, first)):
        return False
    behind = next((mark for mark in others(text, whose) if mark.first >= end), None)
    if behind is None or behind.first - end > _SOME_WORDS or text.clauses[behind.first] != clause:
        return False
    if not all(_may_begin(text, place) or text.has_any(place, _SMALL) for place in range(end, behind.first)):
        return False
    rest = [place for place in range(behind.end, len(text.words)) if text.clauses[place] == clause]
    if rest and not (_goes_on(text, rest[0]) or (text.at[rest[0]] is None and _goes_on(text, rest[0] + 1))):
        return False
    return not any(_is_the_writer(text, place) for place in rest) and not comes_back(text, behind, first, end)


def _goes_on(text: MarkedText, place: int) -> bool:
    """Whether what follows somebody, or somebody's name, has no verb of its own: "mi tía Carmen ayer"."""
    if place >= len(text.words) or text.kind(place) == "mark" or text.words[place] in text.plain.yesterday:
        return True
    return text.has_any(place, _GOES_ON) and text.words[place] not in text.plain.along_with


def _may_begin(text: MarkedText, place: int) -> bool:
    """Whether a token may stand before the illness and who has it: "ayer le dio", "tiene 39 de"."""
    word = text.words[place]
    is_known = any(word in words for words in (text.plain.he_did, text.plain.before_somebody, text.plain.the_or_my))
    return is_known or place in text.numeric or text.kind(place) == "mark" or text.has_any(place, _BEFORE_IT)


def _is_the_writer(text: MarkedText, place: int) -> bool:
    """ "Mi" also begins "a mi nieta", and to be well is no illness of the writer."""
    word = text.words[place]
    is_of_them = word in text.plain.he_did or word in text.plain.the_or_my or text.has(place, "self_well")
    return word in text.returning and not is_of_them


def names_the_one_who_has_it(text: MarkedText, first: int, end: int, whose: int) -> bool:
    """ "El que tiene 38 es mi nieto", "quem se sentiu mal foi o vizinho": a clause of who has it, an "is", and at once who that is."""
    if text.kind(end - 1) == "cjk" or (end < len(text.words) and text.kind(end) == "cjk"):
        return _is_named_in_chinese(text, end, whose)
    clause = text.clauses[first]
    after = _after_whoever(text, first)
    if after is None or any(text.words[place] in text.returning for place in range(after, first)):
        return False
    is_at = next((place for place in range(end, min(end + _SOME_WORDS + 1, len(text.words))) if _is_is(text, place)), None)
    if is_at is None or text.clauses[is_at] != clause or not all(text.has_any(place, _SMALL) for place in range(end, is_at)):
        return False
    named = next((mark for mark in others(text, whose) if is_at < mark.first <= is_at + 2 and text.has_any(mark.first - 1, _SMALL)), None)
    if named is None or text.clauses[named.first] != clause or comes_back(text, named, first, end):
        return False
    return not any(_is_the_writer(text, place) for place in range(named.end, len(text.words)) if text.clauses[place] == clause)


def _is_named_in_chinese(text: MarkedText, end: int, whose: int) -> bool:
    """昏倒在电梯的是对面王太太: behind the illness "the one … is", and at once who that is."""
    for place in range(end, min(end + _CHINESE_REACH, len(text.words) - 1)):
        if text.clauses[place] != text.clauses[end - 1] or text.words[place] in text.returning:
            return False
        if text.words[place] in text.plain.was and text.words[place - 1] in text.plain.the_one:
            return any(mark.first == place + 1 for mark in others(text, whose))
    return False


def _after_whoever(text: MarkedText, first: int) -> int | None:
    """Behind the "el que" or "quem" with which the clause of token `first` begins; None where it begins otherwise."""
    start = text.clauses.index(text.clauses[first])
    while start < first and (text.has(start, "but") or text.has(start, "list_and") or text.kind(start) == "mark"):
        start += 1
    if text.words[start] in text.plain.whoever:
        return start + 1
    return start + 2 if text.words[start] in text.plain.the_one and text.words[start + 1 : start + 2] == ["que"] else None


def _is_is(text: MarkedText, place: int) -> bool:
    """Portuguese "é"; typed without its accent it may be an "and"."""
    return text.words[place] in text.plain.was or text.written(place, place + 1).lower() == "é"
