"""Decides whether words speak of somebody else's illness or of one long ago, which alarm nobody and still go to a person.

Only patterns known to be safe set anything aside: a relative or an animal with which the clause begins, where the writer says to be well;
childhood, or a year of the last century, in a clause that says nothing of today.
"""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText

ANOTHERS, LONG_AGO = "somebody else's, not the participant's", "long ago"
ELSEWHERE = frozenset({ANOTHERS, LONG_AGO})
_OTHERS_REACH, _PAST_REACH = 8, 14
_YEARS = frozenset(map(str, range(1900, 2000)))
_THEIRS, _ANIMAL = bits_of({"never_participant", "relative"}), bits_of({"animal"})
_SELF_WELL, _PAST = bits_of({"self_well"}), bits_of({"long_ago"})
_TODAY = bits_of({"about_now"})
_PARTING = bits_of({"about_now", "list_and", "but"})


def speaks_of_elsewhere(text: MarkedText, first: int, end: int) -> str | None:
    """ANOTHERS or LONG_AGO where the tokens from `first` to before `end` tell of such an illness; None where they may tell of today."""
    said = text.spoken_of
    if said & _SELF_WELL and said & _THEIRS and _is_anothers(text, first):
        return ANOTHERS
    if (said & _PAST or names_a_year(text)) and _is_past(text, first, end):
        return LONG_AGO
    return None


def names_a_year(text: MarkedText) -> bool:
    """Whether a number of the text may be a year of the last century."""
    return bool(text.numeric) and not _YEARS.isdisjoint(text.words)


def _is_anothers(text: MarkedText, first: int) -> bool:
    """Whether the clause begins with such a person and comes to the illness with no word of the writer, of measuring or of today.

    A grandchild who writes for the participant is introduced another way: "this is his granddaughter, he has 39".
    An animal measures nobody.
    """
    if not _says_to_be_well(text):
        return False
    subject = next((mark for mark in text.marks if mark.concepts.bits & _THEIRS and text.clauses[mark.first] == text.clauses[first]), None)
    if subject is None or not 0 <= first - subject.end <= _OTHERS_REACH or not _begins_clause(text, subject):
        return False
    is_person = not subject.concepts.bits & _ANIMAL
    between = [place for place in range(subject.end, first) if is_person or not text.has(place, "temperature_label")]
    if any(text.words[place] in text.returning or text.words[place] == ":" or text.has(place, "relative") for place in between):
        return False
    if is_person and any(_is_thermometer(mark, first) and text.clauses[mark.first] == text.clauses[first] for mark in text.marks):
        return False
    return not any(mark.concepts.bits & _TODAY and text.sentences[mark.first] == text.sentences[first] for mark in text.marks)


def _is_thermometer(mark: Mark, first: int) -> bool:
    """A word for measuring: "my wife took the temperature, 38.9, I'm fine" tells of the writer's."""
    return "temperature_label" in mark.concepts and "FEVER" not in mark.concepts and not mark.first <= first < mark.end


def _begins_clause(text: MarkedText, mark: Mark) -> bool:
    """Whether nothing but a greeting, a sign or one "my" or "the" stands before the mark in its clause."""
    before = mark.first - 2 if text.has(mark.first - 1, "filler_noun") else mark.first - 1
    while before >= 0 and text.clauses[before] == text.clauses[mark.first]:
        if text.kind(before) != "mark" and not text.has(before, "smalltalk"):
            return False
        before -= 1
    return True


def _says_to_be_well(text: MarkedText) -> bool:
    """ "I am fine", and nothing after it in its clause: "I am fine to drive him" says nothing of the writer."""
    return any(mark.end >= len(text.words) or text.clauses[mark.end] != text.clauses[mark.first] for mark in text.marked("self_well"))


def _is_past(text: MarkedText, first: int, end: int) -> bool:
    clause = text.clauses[first]
    if any(mark.concepts.bits & _TODAY and text.clauses[mark.first] == clause for mark in text.marks):
        return False
    pasts = [(mark.first, mark.end) for mark in text.marks if mark.concepts.bits & _PAST]
    pasts += [(place, place + 1) for place in text.numeric if text.words[place] in _YEARS]
    for begins, ends in pasts:
        start, stop = min(ends, end), max(begins, first)
        if text.clauses[begins] == clause and stop - start <= _PAST_REACH and not _passes(text, start, stop, _PARTING):
            return True
    return False


def _passes(text: MarkedText, start: int, stop: int, concepts: int) -> bool:
    """Whether a word of one of these concepts stands in between."""
    between: list[Mark | None] = text.at[start:stop]
    return any(mark is not None and mark.concepts.bits & concepts for mark in between)
