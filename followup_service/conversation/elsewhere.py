"""Decides whether words speak of somebody else's illness or of one long ago, which alarm nobody and still go to a person.

Only patterns known to be safe set anything aside: a relative with whom the clause begins, where the writer says to be well or asks whether
it happens to everybody; a grandchild or a neighbour of whom alone the text speaks; an animal, a machine or a stranger with which the clause
begins; childhood, a number of years ago, or a year of the last century, in a clause that says nothing of today; last year or an operation
of old where the writer says to be well now.
"""

from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.others import OF_SEVERAL_WORDS, others
from followup_service.conversation.past_years import a_while_agos, is_of_a_treatment, long_agos, names_a_year
from followup_service.conversation.says_well import is_alarming, says_well, says_well_now
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

ANOTHERS, LONG_AGO = "somebody else's, not the participant's", "long ago"
_OTHERS_REACH, _TOLD_REACH, _PAST_REACH = 8, 20, 14
_FEW_WORDS, _SOME_WORDS, _FEW_BESIDE = 1, 3, 3
# Between two troubles 又 is "and".
_AND_AGAIN = frozenset({"又"})
_VET = bits_of({"vet"})
_STRANGER, _SAME, _LAUGH = bits_of({"stranger"}), bits_of({"same_for_others"}), bits_of({"laugh"})
_NEVER = bits_of({"never_participant"})
_BYSTANDER = bits_of({"bystander"})
_THEIRS = _NEVER | bits_of({"relative"})
_OVER = bits_of({"gone"})
_PAST, _AGO = bits_of({"long_ago"}), bits_of({"years_ago", "ago", "a_while_ago", "at_age", "when_aged"})
_ELSEWHERE = OF_SEVERAL_WORDS | _THEIRS | _BYSTANDER | _STRANGER | _PAST | _AGO
_THANKS, _SINCE_THEN = bits_of({"thanks"}), bits_of({"since_then"})
_TODAY, _ALSO = bits_of({"about_now"}), bits_of({"also"})
_OURS = bits_of({"writer", "about_now", "also"})
_PARTING = bits_of({"about_now", "this_time", "but"})
_HAS_IT = bits_of({"has_it"})
_AND, _WORSE = bits_of({"list_and"}), bits_of({"worse"})
_WELL_AGAIN = bits_of({"fine", "gone", "self_well", "none", "no_answer", "none_of_all"})
_MUDDLED, _PREGNANT = bits_of({"CONFUSION"}), bits_of({"PREGNANT"})
_SYMPTOMS = bits_of(SYMPTOM_CODES - {"QUESTION_FOR_TEAM"})
_ILL, _CLAIM = _SYMPTOMS | bits_of({"temperature_label"}), bits_of({"temperature_claim"})
# What tells, behind an "I" or a "now", that the talk comes back to the writer's own illness of today.
_TROUBLED = _SYMPTOMS | bits_of(SECTIONS["troubles"] | {"temperature_claim", "worse", "also", "alike"})
_SMALL = bits_of(
    {"filler_noun", "filler_verb", "is_filler", "gone_filler", "has_it", "degree", "smalltalk", "mild", "strong", "severe", "FEVER"}
)


def speaks_of_elsewhere(text: MarkedText, first: int, end: int) -> str | None:
    """ANOTHERS or LONG_AGO where the tokens from `first` to before `end` tell of such an illness; None where they may tell of today."""
    said = text.spoken_of
    if not said & _ELSEWHERE and not names_a_year(text):
        return None
    if said & OF_SEVERAL_WORDS:
        said |= _NEVER | _BYSTANDER
    if said & _NEVER and says_well(text) and _is_anothers(text, first, _NEVER, even_now=says_well(text, in_set_words=True)):
        return ANOTHERS
    if said & _BYSTANDER and _is_anothers(text, first, _BYSTANDER) and _speaks_of_them_alone(text, first, end):
        return ANOTHERS
    if said & _THEIRS and _is_anothers(text, first, _THEIRS) and says_well(text, in_set_words=True):
        return ANOTHERS
    if said & _NEVER and said & (_SAME | _LAUGH) and _is_anothers(text, first, _NEVER):
        return ANOTHERS
    if said & _PREGNANT and text.has(first, "PREGNANT") and _is_anothers(text, first, _NEVER | _BYSTANDER):
        return ANOTHERS
    if said & _STRANGER and (_is_anothers(text, first, _STRANGER) or _is_of_a_patient_of_the_vet(text, first)):
        return ANOTHERS
    if (said & (_PAST | _AGO) or names_a_year(text)) and not _is_muddled(text, first) and _is_past(text, first, end):
        return LONG_AGO
    return None


def _is_muddled(text: MarkedText, first: int) -> bool:
    """Whether words say clearly that somebody is confused: who is talks of long ago."""
    mark = text.at[first]
    return mark is not None and mark.concepts.bits == _MUDDLED and not says_well(text)


def _is_anothers(text: MarkedText, first: int, whose: int, *, even_now: bool = False) -> bool:
    """Whether the clause begins with such a one and comes to the illness with no word of the writer, of measuring or of today.

    A grandchild who writes for the participant is introduced another way: "this is his granddaughter, he has 39".
    An animal measures nobody. `even_now` lets it be today's: "the neighbour had a heart attack tonight, I'm fine".
    """
    subject = _subject(text, first, whose)
    if subject is None or not _begins_clause(text, subject):
        return False
    is_person = not subject.concepts.bits & _STRANGER
    between = [place for place in range(_end_of(text, subject), first) if is_person or not text.has(place, "temperature_label")]
    words = {text.words[place] for place in between} - _AND_AGAIN
    if any(word in text.returning or word == ":" for word in words) or any(text.has(place, "relative") for place in between):
        return False
    labels = [mark for mark in text.marks if _is_thermometer(mark, first) and text.clauses[mark.first] == text.clauses[first]]
    if is_person and not all(_has_it(text, subject, label) for label in labels):
        return False
    return not any(
        (not even_now and mark.concepts.bits & _TODAY and text.clauses[mark.first] == text.clauses[first])
        or (mark.concepts.bits & _ALSO and text.sentences[mark.first] == text.sentences[first])
        for mark in text.marks
    )


def _subject(text: MarkedText, first: int, whose: int) -> Mark | None:
    """Such a one in the clause of the illness and near, or of whose illness the sentence told before: "has a stroke, his mouth hangs"."""
    such = others(text, whose)
    inside = next((mark for mark in such if text.clauses[mark.first] == text.clauses[first]), None)
    if inside is not None:
        return inside if _leads_to(text, inside, first) else None
    before = [mark for mark in text.marks if mark.end <= first and text.sentences[mark.first] == text.sentences[first]]
    subject = next((mark for mark in such if mark.end <= first and text.sentences[mark.first] == text.sentences[first]), None)
    if subject is None or first - subject.end > _TOLD_REACH:
        return None
    is_told = any(mark.concepts.bits & _ILL and text.clauses[mark.first] == text.clauses[subject.first] for mark in before)
    return subject if is_told else None


def _end_of(text: MarkedText, subject: Mark) -> int:
    """ "The neighbour's uncle" is one person: a relative of somebody who is no participant goes with the word before."""
    following = text.at[subject.end] if subject.end < len(text.at) else None
    return following.end if following is not None and subject.concepts.bits & _NEVER and "relative" in following.concepts else subject.end


def _speaks_of_them_alone(text: MarkedText, first: int, end: int) -> bool:
    """Whether only small words stand between a grandchild or a neighbour, perhaps named, and the illness, and the writer has none."""
    subject = _subject(text, first, _BYSTANDER)
    if subject is None or _comes_back(text, subject, first, end) or any(mark.first >= subject.end for mark in text.marked("treated")):
        return False
    if any(text.words[place] in text.returning for place in range(first, end)):
        return False
    if text.clauses[subject.first] != text.clauses[first]:
        return True
    between = [text.at[place] for place in range(_end_of(text, subject), first)]
    if text.kind(first) == "number" and all(mark is None for mark in between):
        return False
    has_it = next((mark for mark in between if mark is not None), None)
    most = _SOME_WORDS if has_it is not None and has_it.concepts.bits & _HAS_IT else _FEW_WORDS
    return between.count(None) <= most and all(
        mark is None or mark.concepts.bits & (_SMALL | _SYMPTOMS | _CLAIM | _OVER) for mark in between
    )


def _comes_back(text: MarkedText, subject: Mark, first: int, end: int) -> bool:
    """Whether an "I" or a "now" in the sentence of the illness brings the talk back to the writer, or a "me too" anywhere."""
    return any(
        mark.first >= subject.end
        and mark.concepts.bits & (_OURS if text.sentences[mark.first] == text.sentences[first] else _ALSO)
        and (mark.first < end or mark.concepts.bits & _ALSO or _is_troubled_from(text, mark.end))
        for mark in text.marks
    )


def _is_troubled_from(text: MarkedText, place: int) -> bool:
    """Whether a trouble or a number that no healthy body has stands at token `place` or behind it."""
    return any(mark.first >= place and mark.concepts.bits & _TROUBLED for mark in text.marks) or any(
        number >= place and is_alarming(text, number) for number in text.numeric
    )


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


def _has_it(text: MarkedText, subject: Mark, label: Mark) -> bool:
    """ "My grandson has a temperature", "у внука температура": such a one has it, and nobody measures another's."""
    if "has_it" in subject.concepts:
        return label.first >= subject.end
    between = text.at[_end_of(text, subject) : label.first]
    if not between:
        return label.first >= subject.end
    return any(mark is not None and "has_it" in mark.concepts for mark in between) and all(
        mark is not None and mark.concepts.bits & _SMALL for mark in between
    )


def _begins_clause(text: MarkedText, mark: Mark) -> bool:
    """Whether nothing but a greeting, a sign, a digit that answers or one "my" or "the" stands before the mark in its clause."""
    before = mark.first - 1
    if before >= 0 and (beside := text.at[before]) is not None and (_is_my(text, before) or "list_and" in beside.concepts):
        before = beside.first - 1
    while before >= 0 and text.clauses[before] == text.clauses[mark.first]:
        is_answer = before == 0 and text.kind(before) == "number" and len(text.words[before]) == 1
        if text.kind(before) != "mark" and not is_answer and not text.has(before, "smalltalk"):
            return False
        before -= 1
    return True


def _is_my(text: MarkedText, place: int) -> bool:
    return text.has(place, "filler_noun") or (text.has(place, "about_self") and not text.has(place, "writer"))


def _is_past(text: MarkedText, first: int, end: int) -> bool:
    clause = text.clauses[first]
    todays = [mark for mark in text.marks if mark.concepts.bits & _TODAY and text.clauses[mark.first] == clause]
    if any(not (_is_well_by(text, today) or _tells_no_more(text, today, end)) for today in todays):
        return False
    long_ago, a_while_ago = long_agos(text, first), a_while_agos(text)
    is_over = bool(a_while_ago or long_ago) and (
        text.spoken_of & (_OVER | _THANKS | _SINCE_THEN) or says_well(text) or says_well_now(text) or _tells_of_a_relative(text, first)
    )
    by_itself = [] if is_of_a_treatment(text, first) else long_ago
    known = [*long_ago, *a_while_ago] if is_over else by_itself
    if any(text.clauses[begins] == clause and _reaches(text, ends, begins, first, end, _PARTING | _AND) for begins, ends in known):
        return True
    if any(_is_next_to(text, begins, first) and _stands_alone(text, begins, ends) for begins, ends in by_itself):
        return True
    sentence = text.sentences[first]
    pasts = [past for past in (*long_ago, *a_while_ago) if text.sentences[past[0]] == sentence]
    return any(_reaches(text, ends, begins, first, end, _PARTING) for begins, ends in pasts) and (
        text.spoken_of & _SINCE_THEN != 0 or says_well_now(text)
    )


def _is_next_to(text: MarkedText, begins: int, first: int) -> bool:
    """Whether a time stands in the clause beside that of the illness, and where it comes before it in the same sentence."""
    if text.sentences[begins] != text.sentences[first] and begins < first:
        return False
    return abs(text.clauses[begins] - text.clauses[first]) == 1


def _stands_alone(text: MarkedText, begins: int, ends: int) -> bool:
    """Whether a clause is nothing but the time that it names, which goes with what stands beside it: "in 72, I fainted on parade"."""
    clause = text.clauses[begins]
    beside = [place for place in range(len(text.words)) if text.clauses[place] == clause and not begins - 1 <= place <= ends]
    words = [place for place in beside if text.kind(place) != "mark"]
    return len(words) <= _FEW_BESIDE and not any((mark := text.at[place]) is not None and mark.concepts.bits & _TROUBLED for place in words)


def _tells_no_more(text: MarkedText, today: Mark, end: int) -> bool:
    """ "A stroke ten years ago now I only walk slowly": a word for today behind the illness that goes on to no other."""
    return today.first >= end and today.end < len(text.words) and not today.concepts.bits & _ALSO and not _is_troubled_from(text, today.end)


def _is_well_by(text: MarkedText, now: Mark) -> bool:
    """ "Now all is well": the word for today that the next word calls good."""
    following = text.at[now.end] if now.end < len(text.at) else None
    return following is not None and following.concepts.bits & _WELL_AGAIN != 0


def _tells_of_a_relative(text: MarkedText, first: int) -> bool:
    """ "My brother had a stroke last year": whoever takes part, it is over, unless something is worse since."""
    subject = _subject(text, first, _THEIRS | _BYSTANDER)
    return subject is not None and not text.spoken_of & _WORSE and _begins_clause(text, subject)


def _reaches(text: MarkedText, ends: int, begins: int, first: int, end: int, parting: int) -> bool:
    """Whether the past from `begins` to `ends` is near enough to the illness, with no word between that parts them."""
    start, stop = min(ends, end), max(begins, first)
    return stop - start <= _PAST_REACH and not _passes(text, start, stop, parting)


def _passes(text: MarkedText, start: int, stop: int, concepts: int) -> bool:
    """Whether a word of one of these concepts stands in between."""
    between: list[Mark | None] = text.at[start:stop]
    return any(mark is not None and mark.concepts.bits & concepts for mark in between)
