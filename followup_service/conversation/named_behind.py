"""Decides whether a clause names behind an illness who has it: "se desmayó la maestra", "el que tiene 38 es mi nieto"."""

from followup_service.conversation.another_person import SMALL
from followup_service.conversation.back_to_the_writer import comes_back
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.others import BYSTANDER, STRANGER, others

# How many words may stand between an illness and who has it, and around the "is" that says so.
_FEW_WORDS, _SOME_WORDS, _CHINESE_REACH = 1, 3, 8
_SMALL = SMALL | bits_of({"degree_sign", "celsius"})


def names_them_behind(text: MarkedText, first: int, end: int) -> bool:
    """Spanish "se desmayó la maestra", "internaron a mi primo": the verb first, then at once who it was."""
    if text.language != "es" or not ("se" in text.words[max(0, first - 1) : end] or text.has(first, "IN_HOSPITAL")):
        return False
    clause = text.clauses[first]
    if any(text.words[place] in text.returning for place in range(first, end)):
        return False
    if any(text.clauses[place] == clause and text.words[place] != "se" for place in range(first)):
        return False
    behind = next((mark for mark in text.marks if mark.first >= end and mark.concepts.bits & (BYSTANDER | STRANGER)), None)
    if behind is None or behind.first - end > _FEW_WORDS or text.clauses[behind.first] != clause:
        return False
    rest = [place for place in range(behind.end, len(text.words)) if text.clauses[place] == clause]
    return not any(text.words[place] in text.returning for place in rest) and not comes_back(text, behind, first, end)


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
    return not any(text.words[place] in text.returning for place in range(named.end, len(text.words)) if text.clauses[place] == clause)


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
