"""Whether a clause begins with somebody: nobody and nothing that matters stands before them."""

from followup_service.conversation.back_to_the_writer import TROUBLED
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText

_MOST_OF_THEM, _TELLS_WITHIN = 20, 4
_VERBS = bits_of({"has_it", "is_filler", "filler_verb"})
_LEADING_IN = bits_of({"but", "self_well", "list_and"})
_SOMEBODY = bits_of({"never_participant", "bystander"})


def begins_clause(text: MarkedText, mark: Mark) -> bool:
    """Whether nothing but a greeting, a "but", "I'm fine", a sign, a day, a digit that answers or one "my" or "the" stands before the mark
    in its clause.
    """
    before = mark.first - 1
    if text.words[mark.end - 1] in text.plain.little and not text.has_any(mark.end, _VERBS):
        return False
    if before >= 0 and (beside := text.at[before]) is not None and (_is_my(text, before) or "list_and" in beside.concepts):
        before = beside.first - 1
    while before >= 0 and text.clauses[before] == text.clauses[mark.first]:
        if _is_told(text, before):
            return True
        first = _first_before_somebody(text, before)
        if first is None:
            return False
        before = first - 1
    return True


def _is_told(text: MarkedText, place: int) -> bool:
    """ "Me contó mi hija que …": a "that", and before it in its clause somebody who tells, and no illness."""
    if text.words[place] not in text.plain.that:
        return False
    before = [other for other in range(place) if text.clauses[other] == text.clauses[place]]
    is_told = any(text.words[other] in text.plain.tells for other in before[-_TELLS_WITHIN:])
    return is_told and not any(text.has_any(other, TROUBLED) for other in before)


def _first_before_somebody(text: MarkedText, place: int) -> int | None:
    """Where a word begins that may stand before somebody with whom a clause begins; None where another does."""
    word = text.words[place]
    if text.kind(place) == "mark" or text.has(place, "smalltalk") or word in text.plain.before_somebody:
        return place
    if text.kind(place) == "number":
        return place if word.isdecimal() and (int(word) < _MOST_OF_THEM and (place > 0 or len(word) == 1)) else None
    where = _where(text, place)
    if where is not None:
        return where
    mark = text.at[place]
    if mark is None:
        return place if _is_a_name(text, place) else None
    if mark.concepts.bits & _LEADING_IN:
        return mark.first
    joined = "" if text.kind(mark.first) == "cjk" else " "
    return mark.first if joined.join(text.words[mark.first : mark.end]) in text.plain.before_somebody else None


def _where(text: MarkedText, place: int) -> int | None:
    """Where "en el trabajo" or "en casa" begins that ends at token `place`."""
    if text.words[place] not in text.plain.whereabouts:
        return None
    before = place - 1
    while before > 0 and text.words[before] in text.plain.the_or_my:
        before -= 1
    return before if before >= 0 and text.words[before] in text.plain.within else None


def _is_a_name(text: MarkedText, place: int) -> bool:
    """ "Raymond mon voisin a la grippe": an unknown word in capitals with which the clause begins, beside somebody."""
    is_first = place == 0 or text.clauses[place - 1] != text.clauses[place] or text.kind(place - 1) == "mark"
    beside = text.at[place + 1] if place + 1 < len(text.at) else None
    is_of_them = beside is not None and beside.concepts.bits & _SOMEBODY != 0
    return is_first and is_of_them and text.kind(place) == "word" and text.written(place, place + 1)[:1].isupper()


def _is_my(text: MarkedText, place: int) -> bool:
    mark = text.at[place]
    if mark is not None and "".join(text.words[mark.first : mark.end]) in text.plain.mine:
        return True
    if text.words[place] in text.plain.along_with:
        return False
    return text.has(place, "filler_noun") or (text.has(place, "about_self") and not text.has(place, "writer"))
