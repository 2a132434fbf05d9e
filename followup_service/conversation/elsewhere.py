"""Decides whether words speak of somebody else's illness or of one long ago, which alarm nobody and still go to a person.

Only patterns known to be safe set anything aside: a relative with whom the clause begins, where the writer says to be well or asks whether
it happens to everybody; an animal, a machine or a stranger with which it begins; childhood, a number of years ago, or a year of the last
century, in a clause that says nothing of today.
"""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText

ANOTHERS, LONG_AGO = "somebody else's, not the participant's", "long ago"
_OTHERS_REACH, _PAST_REACH = 8, 14
_YEARS = frozenset(map(str, range(1900, 2000)))
_FEWEST_YEARS, _MOST_YEARS = 5, 90
_SMALL_COUNTS = frozenset("一二两兩三四")
_VET = bits_of({"vet"})
_STRANGER, _SAME = bits_of({"stranger"}), bits_of({"same_for_others"})
_NEVER = bits_of({"never_participant"})
_THEIRS = _NEVER | bits_of({"relative"})
_OVER = bits_of({"gone"})
_SELF_WELL, _PAST, _AGO = bits_of({"self_well"}), bits_of({"long_ago"}), bits_of({"years_ago", "ago", "a_while_ago"})
_TODAY = bits_of({"about_now"})
_PARTING = bits_of({"about_now", "list_and", "but"})


def speaks_of_elsewhere(text: MarkedText, first: int, end: int) -> str | None:
    """ANOTHERS or LONG_AGO where the tokens from `first` to before `end` tell of such an illness; None where they may tell of today."""
    said = text.spoken_of
    if said & _THEIRS and said & _SELF_WELL and _says_to_be_well(text) and _is_anothers(text, first, _THEIRS):
        return ANOTHERS
    if said & _NEVER and said & _SAME and _is_anothers(text, first, _NEVER):
        return ANOTHERS
    if said & _STRANGER and (_is_anothers(text, first, _STRANGER) or _is_of_a_patient_of_the_vet(text, first)):
        return ANOTHERS
    if (said & (_PAST | _AGO) or names_a_year(text)) and _is_past(text, first, end):
        return LONG_AGO
    return None


def names_a_year(text: MarkedText) -> bool:
    """Whether a number of the text may be a year of the last century."""
    return bool(text.numeric) and not _YEARS.isdisjoint(text.words)


def _is_anothers(text: MarkedText, first: int, whose: int) -> bool:
    """Whether the clause begins with such a one and comes to the illness with no word of the writer, of measuring or of today.

    A grandchild who writes for the participant is introduced another way: "this is his granddaughter, he has 39".
    An animal measures nobody.
    """
    subject = next((mark for mark in text.marks if mark.concepts.bits & whose and text.clauses[mark.first] == text.clauses[first]), None)
    if subject is None or not _leads_to(text, subject, first) or not _begins_clause(text, subject):
        return False
    is_person = not subject.concepts.bits & _STRANGER
    between = [place for place in range(subject.end, first) if is_person or not text.has(place, "temperature_label")]
    if any(text.words[place] in text.returning or text.words[place] == ":" or text.has(place, "relative") for place in between):
        return False
    if is_person and any(_is_thermometer(mark, first) and text.clauses[mark.first] == text.clauses[first] for mark in text.marks):
        return False
    return not any(mark.concepts.bits & _TODAY and text.sentences[mark.first] == text.sentences[first] for mark in text.marks)


def _is_of_a_patient_of_the_vet(text: MarkedText, first: int) -> bool:
    """ "The dog is poorly, vomited blood, we took him to the vet": an animal before the illness in its sentence, a vet, and nobody else."""
    if not text.spoken_of & _VET:
        return False
    sentence = text.sentences[first]
    animal = next((mark for mark in text.marks if mark.concepts.bits & _STRANGER and text.sentences[mark.first] == sentence), None)
    if animal is None or animal.first > first or animal.concepts.bits & _VET:
        return False
    return not any(text.words[place] in text.returning and not _is_day(text, place) for place in range(animal.end, first))


def _is_day(text: MarkedText, place: int) -> bool:
    mark = text.at[place]
    return mark is not None and mark.concepts.bits & _TODAY != 0


def _leads_to(text: MarkedText, subject: Mark, first: int) -> bool:
    """Whether the illness follows soon, or is said by the subject's own word, "pig fever"."""
    return subject.first <= first < subject.end or 0 <= first - subject.end <= _OTHERS_REACH


def _is_thermometer(mark: Mark, first: int) -> bool:
    """A word for measuring: "my wife took the temperature, 38.9, I'm fine" tells of the writer's."""
    return "temperature_label" in mark.concepts and "FEVER" not in mark.concepts and not mark.first <= first < mark.end


def _begins_clause(text: MarkedText, mark: Mark) -> bool:
    """Whether nothing but a greeting, a sign, a digit that answers or one "my" or "the" stands before the mark in its clause."""
    before = mark.first - 2 if text.has(mark.first - 1, "filler_noun") or text.has(mark.first - 1, "list_and") else mark.first - 1
    while before >= 0 and text.clauses[before] == text.clauses[mark.first]:
        is_answer = before == 0 and text.kind(before) == "number" and len(text.words[before]) == 1
        if text.kind(before) != "mark" and not is_answer and not text.has(before, "smalltalk"):
            return False
        before -= 1
    return True


def _says_to_be_well(text: MarkedText) -> bool:
    """ "I am fine", and nothing after it in its clause: "I am fine to drive him" says nothing of the writer."""
    return any(_closes(text, mark) for mark in text.marked("self_well"))


def _closes(text: MarkedText, mark: Mark) -> bool:
    end = mark.end
    while text.has(end, "smalltalk") or text.has(end, "fine") or text.has(end, "self_well"):
        end += 1
    return end >= len(text.words) or text.clauses[end] != text.clauses[mark.first] or text.kind(end) == "mark"


def _is_past(text: MarkedText, first: int, end: int) -> bool:
    clause = text.clauses[first]
    if any(mark.concepts.bits & _TODAY and text.clauses[mark.first] == clause for mark in text.marks):
        return False
    pasts = [(mark.first, mark.end) for mark in text.marks if _is_of_the_past(text, mark)]
    pasts += [(place, place + 1) for place in text.numeric if text.words[place] in _YEARS]
    for begins, ends in pasts:
        start, stop = min(ends, end), max(begins, first)
        if text.clauses[begins] == clause and stop - start <= _PAST_REACH and not _passes(text, start, stop, _PARTING):
            return True
    return False


def _is_of_the_past(text: MarkedText, mark: Mark) -> bool:
    """Long ago by itself; last month only where the text says that it is over."""
    if mark.concepts.bits & _PAST or ("a_while_ago" in mark.concepts and text.spoken_of & _OVER):
        return True
    return _counts_years(text, mark)


def _counts_years(text: MarkedText, mark: Mark) -> bool:
    """ "Ten years ago", 三十年前, "hace 30 años": years that are over, with how many before them or behind an "ago"."""
    if "years_ago" in mark.concepts:
        said = [place for place in range(mark.first - 3, mark.first) if place in text.numeric]
    elif "ago" in mark.concepts:
        said = [place for place in range(mark.end, mark.end + 3) if place in text.numeric and text.has(place + 1, "years")][:1]
    else:
        return False
    return bool(said) and _is_span(text, said[-1])


def _is_span(text: MarkedText, place: int) -> bool:
    """Whether so many years are longer than any treatment in the study."""
    word = text.words[place]
    if text.kind(place) != "number":
        return word not in _SMALL_COUNTS
    return word.isdecimal() and _FEWEST_YEARS <= int(word) <= _MOST_YEARS


def _passes(text: MarkedText, start: int, stop: int, concepts: int) -> bool:
    """Whether a word of one of these concepts stands in between."""
    between: list[Mark | None] = text.at[start:stop]
    return any(mark is not None and mark.concepts.bits & concepts for mark in between)
