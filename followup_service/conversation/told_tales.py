"""Decides whether words tell no fact about the participant: a film or a dream, what others are said to have, or a jest.

What is set aside so alarms nobody and still goes to a person. A word for wanting to die is taken for none of these but a supporter's jest
that ends in a laugh.
"""

from followup_service.conversation.another_person import names_the_writer
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText

STORY, HEARSAY, JEST = "of a story or a dream", "only said of others", "said in jest or joy"
OF_THE_DEAD = "of somebody who died"
_STORY, _DREAM, _HEARSAY, _JOKING, _MOVED = (bits_of({concept}) for concept in ("story", "dream", "hearsay", "joking", "moved"))
_WATCHED, _CHARACTER = bits_of({"watched"}), bits_of({"character"})
_ALMOST, _LAUGH = bits_of({"almost"}), bits_of({"laugh"})
_SHOCKS = bits_of({"cost", "game"})
# "The price of eggs is killing me".
_COST, _KILLING = bits_of({"cost"}), bits_of({"unbearable"})
_REFEREE, _WRITER = bits_of({"referee"}), bits_of({"writer", "yes"})
_I, _NOTHING = bits_of({"writer"}), bits_of({"no", "not", "no_answer", "none", "none_of_all", "fine", "self_well"})
_FUNERAL, _MATCH = bits_of({"funeral"}), bits_of({"game", "referee"})
_SOMEBODY = bits_of({"relative", "never_participant", "acquaintance"})
_TALES = _FUNERAL | _REFEREE | _WATCHED | _STORY | _DREAM | _HEARSAY | _JOKING | _MOVED | _SHOCKS | _LAUGH
_QUESTION, _WOKE = bits_of({"question"}), bits_of({"woke"})
_SELF = bits_of({"about_self", "relative", "writer"})
_NOW, _FINE = bits_of({"about_now"}), bits_of({"fine", "self_well"})
# What people say to have when they laugh, are moved or support a team.
_FELT_IN_JOY = frozenset({"CHEST_PAIN", "ABDOMINAL_PAIN", "BREATHLESSNESS", "PAIN", "HEADACHE", "RIGOR", "WORST_HEADACHE", "COLLAPSE"})
_FELT_AT_A_PRICE = _FELT_IN_JOY | {"STROKE_SIGN", "SEIZURE", "VOMITING"}
_GIVEN_BY_A_PRICE = _FELT_AT_A_PRICE | {"VOMITING_BLOOD"}
_FELT_AT_A_MATCH = _FELT_AT_A_PRICE | {"BLEEDING", "VOMITING_BLOOD"}
_ALMOST_REACH, _SHOCK_REACH, _ABOUT_REACH = 5, 12, 4
_QUOTES = frozenset('"«“')
_STOPS = frozenset(".!?\n")


def speaks_of_no_fact(text: MarkedText, first: int, code: str | None) -> str | None:
    """STORY, HEARSAY or JEST where what begins at token `first` is such; `code` is its symptom, None for a number."""
    if code == "SELF_HARM":
        return JEST if _is_laughed_at_over_a_match(text, first) else None
    return _tale(text, first, code) if text.spoken_of & _TALES else None


def _tale(text: MarkedText, first: int, code: str | None) -> str | None:
    if (
        (_follows(text, first, _STORY, _SELF | _NOW) and not names_the_writer(text, first))
        or _is_watched(text, first)
        or _is_dreamt(text, first)
    ):
        return STORY
    if text.spoken_of & _FUNERAL and _follows(text, first, _FUNERAL, _WRITER | _NOW) and _is_somebodys_funeral(text, first):
        return OF_THE_DEAD
    if (text.spoken_of & _QUESTION or "?" in text.words) and _follows(text, first, _HEARSAY, _SELF | _NOW) and not _claims(text, first):
        return HEARSAY
    if code is None:
        return None
    if text.spoken_of & (_LAUGH | _MOVED) and first and text.words[first - 1] in _QUOTES:
        return JEST
    if (
        _is_joked(text, first)
        or (code in _FELT_IN_JOY and _is_moved(text, first))
        or (code in _FELT_AT_A_PRICE and _is_a_shock(text, first))
    ):
        return JEST
    if (code in _FELT_AT_A_MATCH and _is_of_a_match(text, first)) or (code in _GIVEN_BY_A_PRICE and _is_left_so_by_a_price(text, first)):
        return JEST
    if code == "PAIN" and text.spoken_of & _LAUGH and text.spoken_of & _FINE and not _has_beside(text, first, _NOW):
        return JEST
    return None


def _follows(text: MarkedText, first: int, concepts: int, barring: int) -> bool:
    """Whether a word of `concepts` stands before token `first` in its sentence, with none of `barring` between where a comma parts them."""
    for mark in text.marks:
        if mark.end > first or not mark.concepts.bits & concepts or text.sentences[mark.first] != text.sentences[first]:
            continue
        if mark.concepts.bits & _STORY and _goes_on_outside(text, mark, first):
            continue
        if text.clauses[mark.first] == text.clauses[first] or not _passes(text, mark.end, first, barring):
            return True
    return False


def _is_somebodys_funeral(text: MarkedText, first: int) -> bool:
    """ "My uncle's funeral, a stroke": who fell ill back from one is not the dead."""
    funeral = text.marked("funeral")[0]
    return any(
        mark.concepts.bits & _SOMEBODY and abs(mark.first - funeral.first) <= _ALMOST_REACH and mark.end <= first for mark in text.marks
    )


def _claims(text: MarkedText, first: int) -> bool:
    """ "They say people get yellow eyes, I have that", "can one bleed from it? I do since noon": an "I" behind what is said, unless
    another sentence denies with it: "I have nothing".
    """
    sentence = text.sentences[first]
    said = next(mark for mark in text.marks if mark.concepts.bits & _HEARSAY and text.sentences[mark.first] == sentence)
    return any(
        mark.concepts.bits & _WRITER
        and mark.first >= said.end
        and (text.sentences[mark.first] == sentence or (mark.concepts.bits & _I != 0 and not _has_beside(text, mark.first, _NOTHING)))
        for mark in text.marks
    )


def _is_watched(text: MarkedText, first: int) -> bool:
    """ "We watched a film, everybody coughing blood": something watched, then who has it in it, and not the writer."""
    if not text.spoken_of & _WATCHED:
        return False
    before = [mark for mark in text.marks if mark.end <= first and _STOPS.isdisjoint(text.words[mark.end : first])]
    watched = next((mark for mark in before if mark.concepts.bits & _WATCHED), None)
    if watched is None:
        return False
    who = [mark for mark in before if mark.first >= watched.end and mark.concepts.bits & _CHARACTER]
    return bool(who) and not _passes(text, who[-1].end, first, _SELF | _NOW)


def _is_dreamt(text: MarkedText, first: int) -> bool:
    """In one clause with the dream, before anybody wakes: "dreamt I vomited blood, woke up fine"."""
    if not text.spoken_of & _DREAM or _is_awake(text, first):
        return False
    return any(
        mark.end <= first
        and mark.concepts.bits & _DREAM
        and text.clauses[mark.first] == text.clauses[first]
        and not _goes_on_outside(text, mark, first)
        and not _passes(text, mark.end, first, _NOW)
        for mark in text.marks
    )


def _is_awake(text: MarkedText, first: int) -> bool:
    """ "Woke from a dream and can't breathe": who woke before it in the sentence dreams no more."""
    if not text.spoken_of & _WOKE:
        return False
    sentence = text.sentences[first]
    return any(mark.concepts.bits & _WOKE and mark.first < first and text.sentences[mark.first] == sentence for mark in text.marks)


def _goes_on_outside(text: MarkedText, tale: Mark, first: int) -> bool:
    """ "Watched a film and my chest hurts", "dreamt of my father and I am yellow": an "and" behind the tale, and nobody who is in it."""
    behind = _behind_whom_it_is_about(text, tale, first)
    behind = behind + 1 if text.words[behind : behind + 1] == [","] else behind
    return behind < len(text.tokens) and text.joins(behind) and not _passes(text, behind, first, _CHARACTER)


def _behind_whom_it_is_about(text: MarkedText, tale: Mark, first: int) -> int:
    about = next(
        (mark for mark in text.at[tale.end : tale.end + _ABOUT_REACH] if mark is not None and mark.concepts.bits & _SOMEBODY), None
    )
    return about.end if about is not None and about.end < first else tale.end


def _is_joked(text: MarkedText, first: int) -> bool:
    """ "Only joking", in the sentence or as the beginning of the next; but "no joke, I am coughing blood" is none."""
    return any(
        (text.sentences[mark.first] == text.sentences[first] or _begins_next_sentence(text, mark, first))
        and not _is_denied(text, mark)
        and not _is_taken_back(text, mark)
        for mark in text.marked("joking")
    )


def _begins_next_sentence(text: MarkedText, mark: Mark, first: int) -> bool:
    """Whether nothing but signs and small talk stands between the sentence of token `first` and the mark."""
    between = [place for place in range(first, mark.first) if text.sentences[place] != text.sentences[first]]
    return mark.first > first and all(
        text.kind(place) == "mark" or text.has(place, "smalltalk") or text.has(place, "laugh") for place in between
    )


def _is_taken_back(text: MarkedText, mark: Mark) -> bool:
    """ "Joking, but it is swollen": where a "but" follows, what was said in jest is meant all the same."""
    behind = mark.end + 1 if text.words[mark.end : mark.end + 1] == [","] else mark.end
    return text.has(behind, "but")


def _is_denied(text: MarkedText, mark: Mark) -> bool:
    beside = (*range(mark.first - 3, mark.first), *range(mark.end, mark.end + 2))
    return any(text.has(place, concept) for place in beside for concept in ("no", "not", "no_answer"))


def _is_moved(text: MarkedText, first: int) -> bool:
    """In the sentence of a laugh that says nothing of now."""
    beside = [mark for mark in text.marks if text.sentences[mark.first] == text.sentences[first]]
    return any(mark.concepts.bits & _MOVED for mark in beside) and not any(mark.concepts.bits & _NOW for mark in beside)


def _is_a_shock(text: MarkedText, first: int) -> bool:
    """ "Nearly fainted when I saw the bill", "heart attack prices": a price or a match near, and almost so or right beside it."""
    mark = text.at[first]
    if mark is None or not text.spoken_of & _SHOCKS or _has_beside(text, first, _NOW):
        return False
    beside = text.at[mark.end] if mark.end < len(text.at) else None
    if beside is not None and "cost" in beside.concepts:
        return True
    if mark.concepts.bits & _KILLING and _has_beside(text, first, _COST):
        return True
    if text.has(mark.end, "laugh") or (text.spoken_of & _LAUGH and _has_beside(text, first, _COST)):
        return any(one.concepts.bits & _SHOCKS and _is_near(text, one, first) for one in text.marks)
    near = range(max(0, first - _ALMOST_REACH), min(len(text.words), mark.end + _ALMOST_REACH))
    if not text.spoken_of & _ALMOST or not any(text.has(place, "almost") for place in near):
        return False
    return any(one.concepts.bits & _SHOCKS and _is_near(text, one, first) for one in text.marks)


def _is_left_so_by_a_price(text: MarkedText, first: int) -> bool:
    """ "El recibo me dejó temblando", 房价涨得我想吐血: what a price gave one, in a clause that tells of nothing else and of no now."""
    illness = text.at[first]
    if illness is None or not text.spoken_of & _COST or _has_beside(text, first, _NOW):
        return False
    beside = [mark for mark in text.marks if text.clauses[mark.first] == text.clauses[first]]
    price = next((mark for mark in beside if mark.concepts.bits & _COST), None)
    if price is None or sum(bool(mark.concepts & _FELT_AT_A_MATCH) for mark in beside) > 1:
        return False
    between = range(min(price.end, illness.end), max(price.first, illness.first))
    if len(between) > _ALMOST_REACH or any(text.joins(place) for place in between):
        return False
    return any(text.words[place] in text.plain.left for place in between)


def _is_of_a_match(text: MarkedText, first: int) -> bool:
    """A referee or a penalty in the same sentence, nothing of now, and one complaint alone: 胸口疼得出冷汗 is two."""
    if not text.spoken_of & _REFEREE:
        return False
    beside = [mark for mark in text.marks if text.sentences[mark.first] == text.sentences[first]]
    if len({code for mark in beside for code in mark.concepts & _FELT_AT_A_MATCH}) > 1:
        return False
    return any(mark.concepts.bits & _REFEREE for mark in beside) and not any(mark.concepts.bits & _NOW for mark in beside)


def _is_laughed_at_over_a_match(text: MarkedText, first: int) -> bool:
    """ "Perdimos en el último minuto, me quiero matar jaja": a match before it in the sentence, a laugh straight behind, nothing of now."""
    mark = text.at[first]
    if mark is None or not text.spoken_of & _LAUGH or not text.spoken_of & _MATCH or not text.has(mark.end, "laugh"):
        return False
    beside = [one for one in text.marks if text.sentences[one.first] == text.sentences[first]]
    return any(one.concepts.bits & _MATCH and one.end <= first for one in beside) and not any(one.concepts.bits & _NOW for one in beside)


def _is_near(text: MarkedText, one: Mark, first: int) -> bool:
    start, stop = min(one.first, first), max(one.first, first)
    return stop - start <= _SHOCK_REACH and _STOPS.isdisjoint(text.words[start:stop])


def _has_beside(text: MarkedText, first: int, concepts: int) -> bool:
    return any(mark.concepts.bits & concepts and text.clauses[mark.first] == text.clauses[first] for mark in text.marks)


def _passes(text: MarkedText, start: int, stop: int, concepts: int) -> bool:
    between: list[Mark | None] = text.at[start:stop]
    return any(mark is not None and mark.concepts.bits & concepts for mark in between)
