"""Decides whether words speak of somebody else's illness or of one long ago, which alarm nobody and still go to a person.

Only patterns known to be safe set anything aside: a relative with whom the clause begins, where the writer says to be well or asks whether
it happens to everybody; a grandchild or a neighbour of whom alone the text speaks; an animal, a machine or a stranger with which the clause
begins; childhood, a number of years ago, or a year of the last century, in a clause that says nothing of today; last year or an operation
of old where the writer says to be well now.
"""

from followup_service.conversation.animals import is_of_a_patient_of_the_vet, is_of_a_slaughter
from followup_service.conversation.another_person import is_anothers, is_said_of_somebody, speaks_of_them_alone
from followup_service.conversation.back_to_the_writer import ALSO, TODAY, TROUBLED, is_troubled_from
from followup_service.conversation.body_values import is_alarming
from followup_service.conversation.clause_beginnings import begins_clause
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.named_behind import names_the_one_who_has_it, names_them_behind
from followup_service.conversation.others import BYSTANDER, NEVER, OF_SEVERAL_WORDS, STRANGER
from followup_service.conversation.past_years import a_while_agos, is_of_a_treatment, long_agos, names_a_year
from followup_service.conversation.says_well import SOMEBODY, gives_own_reading, says_well, says_well_now
from followup_service.conversation.subjects import subject_of

ANOTHERS, LONG_AGO = "somebody else's, not the participant's", "long ago"
_PAST_REACH, _FEW_BESIDE, _FEW_SMALL = 14, 5, 4
_FUNERAL = bits_of({"funeral"})
_SAME, _LAUGH = bits_of({"same_for_others"}), bits_of({"laugh"})
_RELATIVE = bits_of({"relative"})
_THEIRS = NEVER | _RELATIVE
_OVER = bits_of({"gone"})
_ONLY_AGAIN = TODAY | ALSO | bits_of({"list_and", "but", "alike"})
_PAST, _AGO = bits_of({"long_ago"}), bits_of({"years_ago", "ago", "a_while_ago", "at_age", "when_aged"})
_SLAUGHTER = bits_of({"slaughter"})
_ELSEWHERE = OF_SEVERAL_WORDS | _SLAUGHTER | _THEIRS | BYSTANDER | STRANGER | _PAST | _AGO
# A clause with one of these is more than a time.
_TELLING = TROUBLED | _THEIRS | BYSTANDER | bits_of({"treated"})
_SMALL = bits_of({"filler_noun", "filler_verb", "is_filler", "gone_filler", "has_it", "degree", "smalltalk", "please", "laugh"})
_INFECTION = bits_of({"infection"})
_IN_YOUR_CARE = bits_of({"in_your_care"})
_THANKS, _SINCE_THEN = bits_of({"thanks"}), bits_of({"since_then"})
_PARTING = bits_of({"about_now", "this_time", "but"})
_AND, _WORSE = bits_of({"list_and"}), bits_of({"worse"})
_WELL_AGAIN = bits_of({"fine", "gone", "self_well", "none", "no_answer", "none_of_all"})
_MUDDLED, _PREGNANT = bits_of({"CONFUSION"}), bits_of({"PREGNANT"})


def speaks_of_elsewhere(text: MarkedText, first: int, end: int) -> str | None:
    """ANOTHERS or LONG_AGO where the tokens from `first` to before `end` tell of such an illness; None where they may tell of today."""
    said = text.spoken_of
    if not said & _ELSEWHERE and not names_a_year(text):
        return None
    if said & OF_SEVERAL_WORDS:
        said |= NEVER | BYSTANDER
    if said & _IN_YOUR_CARE and _takes_part(text):
        said &= ~(NEVER | _THEIRS)
    if said & _RELATIVE and _is_of_the_patient(text, first):
        return None
    if said & NEVER and says_well(text) and is_anothers(text, first, NEVER, even_now=says_well(text, in_set_words=True)):
        return ANOTHERS
    if said & SOMEBODY and text.numeric and gives_own_reading(text) and is_said_of_somebody(text, first):
        return ANOTHERS
    if said & _THEIRS and says_well(text, in_set_words=True, of_self=True) and is_anothers(text, first, _THEIRS, even_now=True):
        return ANOTHERS
    if said & (BYSTANDER | STRANGER | NEVER | _SLAUGHTER) and _is_of_nobody_who_takes_part(text, first, end, said):
        return ANOTHERS
    if (said & (_PAST | _AGO) or names_a_year(text)) and not _is_muddled(text, first) and _is_past(text, first, end):
        return LONG_AGO
    return None


def _takes_part(text: MarkedText) -> bool:
    """ "Mum collapsed, I am well, it is her on your trial": a patient of ours is named, and it is not the writer."""
    return any(
        not (text.has(mark.first - 1, "not") or text.has(mark.first - 1, "no") or _names_the_writer(text, mark))
        for mark in text.marked("in_your_care")
    )


def _is_of_the_patient(text: MarkedText, first: int) -> bool:
    """ "El paciente tiene 39, yo bien"."""
    subject = subject_of(text, first, _RELATIVE)
    return subject is not None and not text.plain.patient.isdisjoint(text.words[subject.first : subject.end])


def _names_the_writer(text: MarkedText, mark: Mark) -> bool:
    """ "I'm the patient", "el paciente soy yo"; but 我是病人的女儿 names the parent, and 病人是我爱人 the wife."""
    beside = (*range(mark.first - 2, mark.first), *range(mark.end, min(mark.end + 2, len(text.clauses))))
    return not text.has(mark.end, "relative") and any(
        text.has(place, "writer") and not text.has(place + 1, "relative") and text.clauses[place] == text.clauses[mark.first]
        for place in beside
    )


def _is_of_nobody_who_takes_part(text: MarkedText, first: int, end: int, said: int) -> bool:
    """Whether it is a neighbour's, an animal's or a stranger's, whatever the writer says of their own health."""
    if said & BYSTANDER and is_anothers(text, first, BYSTANDER) and speaks_of_them_alone(text, first, end):
        return True
    if said & NEVER and said & (_SAME | _LAUGH | _FUNERAL) and is_anothers(text, first, NEVER):
        return True
    if said & _PREGNANT and text.has(first, "PREGNANT") and is_anothers(text, first, NEVER | BYSTANDER):
        return True
    whose = BYSTANDER | STRANGER | (NEVER if says_well(text) else 0)
    if said & whose and (names_them_behind(text, first, end, whose) or names_the_one_who_has_it(text, first, end, whose)):
        return True
    if said & _SLAUGHTER and is_of_a_slaughter(text, first, end):
        return True
    return said & STRANGER != 0 and (is_anothers(text, first, STRANGER) or is_of_a_patient_of_the_vet(text, first))


def _is_muddled(text: MarkedText, first: int) -> bool:
    """Whether words say clearly that somebody is confused: who is talks of long ago."""
    mark = text.at[first]
    return mark is not None and mark.concepts.bits == _MUDDLED and not says_well(text)


def _is_past(text: MarkedText, first: int, end: int) -> bool:
    if text.spoken_of & ALSO and _is_there_again(text, end):
        return False
    clause = text.clauses[first]
    todays = [mark for mark in text.marks if mark.concepts.bits & TODAY and text.clauses[mark.first] == clause]
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
    if any(_is_next_to(text, begins, ends, first) for begins, ends in by_itself):
        return True
    sentence = text.sentences[first]
    pasts = [past for past in (*long_ago, *a_while_ago) if text.sentences[past[0]] == sentence]
    return any(_is_of_that_past(text, begins, ends, first, end) for begins, ends in pasts) and (
        text.spoken_of & _SINCE_THEN != 0 or says_well_now(text)
    )


def _is_there_again(text: MarkedText, end: int) -> bool:
    """ "Jaundice in 1998, now again": behind the illness a part with a word for today that says nothing but "again"."""
    for again in text.marks:
        if again.concepts.bits & ALSO and again.first >= end:
            beside = [mark for mark in text.marks if text.clauses[mark.first] == text.clauses[again.first]]
            is_now = any(mark.concepts.bits & TODAY and not mark.concepts.bits & ALSO for mark in beside)
            if is_now and all(mark.concepts.bits & _ONLY_AGAIN for mark in beside):
                return True
    return False


def _is_of_that_past(text: MarkedText, begins: int, ends: int, first: int, end: int) -> bool:
    """Not of a past with an illness of its own, "39.2, had jaundice in 1974", nor of one that was over: "in 1974, none since, 39.2"."""
    if begins < end:
        return _reaches(text, ends, begins, first, end, _PARTING | _SINCE_THEN)
    clause = text.clauses[begins]
    has_its_own = any(mark.concepts.bits & (TROUBLED | _INFECTION) for mark in text.marks if text.clauses[mark.first] == clause)
    return not has_its_own and _reaches(text, ends, begins, first, end, _PARTING | TROUBLED | _INFECTION)


def _is_next_to(text: MarkedText, begins: int, ends: int, first: int) -> bool:
    """Whether a time stands alone in the clause beside that of the illness; a sentence of its own stands behind it: "that was in 1987".

    "In 2019 it was 39, this time 39.4" tells of two fevers.
    """
    is_in_sentence = text.sentences[begins] == text.sentences[first]
    if abs(text.clauses[begins] - text.clauses[first]) != 1 or (begins < first and not is_in_sentence):
        return False
    beside = _beside(text, begins, ends)
    if any(text.has_any(place, _TELLING) or (text.kind(place) == "number" and is_alarming(text, place)) for place in beside):
        return False
    if begins < first:
        return len(beside) <= _FEW_BESIDE
    large = [place for place in beside if (mark := text.at[place]) is None or not mark.concepts.bits & _SMALL]
    is_all = len({text.clauses[place] for place, other in enumerate(text.sentences) if other == text.sentences[begins]}) == 1
    return (is_in_sentence or is_all) and len(beside) <= _FEW_SMALL and len(large) <= 1


def _beside(text: MarkedText, begins: int, ends: int) -> list[int]:
    """The words of a clause besides the time that it names: hardly any in "in 72, I fainted on parade"."""
    clause = [place for place in range(len(text.words)) if text.clauses[place] == text.clauses[begins] and text.kind(place) != "mark"]
    return [place for place in clause if not begins <= place < ends and text.words[place] != "年"]


def _tells_no_more(text: MarkedText, today: Mark, end: int) -> bool:
    """ "A stroke ten years ago now I only walk slowly": a word for today behind the illness that goes on to no other."""
    is_last = today.end >= len(text.words) and not text.spoken_of & _SINCE_THEN
    return today.first >= end and not is_last and not today.concepts.bits & ALSO and not is_troubled_from(text, today.end)


def _is_well_by(text: MarkedText, now: Mark) -> bool:
    """ "Now all is well", "ab theek hu": the word for today that itself or the next word calls good."""
    if now.concepts.bits & _WELL_AGAIN and not now.concepts.bits & ALSO:
        return True
    following = text.at[now.end] if now.end < len(text.at) else None
    return following is not None and following.concepts.bits & _WELL_AGAIN != 0


def _tells_of_a_relative(text: MarkedText, first: int) -> bool:
    """ "My brother had a stroke last year": whoever takes part, it is over, unless something is worse since."""
    subject = subject_of(text, first, _THEIRS | BYSTANDER)
    return subject is not None and not text.spoken_of & _WORSE and begins_clause(text, subject)


def _reaches(text: MarkedText, ends: int, begins: int, first: int, end: int, parting: int) -> bool:
    """Whether the past from `begins` to `ends` is near enough to the illness, with no word between that parts them."""
    start, stop = min(ends, end), max(begins, first)
    return stop - start <= _PAST_REACH and not _passes(text, start, stop, parting)


def _passes(text: MarkedText, start: int, stop: int, concepts: int) -> bool:
    """Whether a word of one of these concepts stands in between; 到 in 被操到昏倒 is no "and"."""
    between: list[Mark | None] = text.at[start:stop]
    return any(mark is not None and mark.concepts.bits & concepts and text.words[mark.first] != "到" for mark in between)
