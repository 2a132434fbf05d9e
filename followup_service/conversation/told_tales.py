"""Decides whether words tell no fact about the participant: a film or a dream, what others are said to have, or a jest.

What is set aside so alarms nobody and still goes to a person. A word for wanting to die is never taken for any of these.
"""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText

STORY, HEARSAY, JEST = "of a story or a dream", "only said of others", "said in jest or joy"
_STORY, _DREAM, _HEARSAY, _JOKING, _MOVED = (bits_of({concept}) for concept in ("story", "dream", "hearsay", "joking", "moved"))
_WATCHED, _CHARACTER = bits_of({"watched"}), bits_of({"character"})
_TALES = _WATCHED | _STORY | _DREAM | _HEARSAY | _JOKING | _MOVED
_QUESTION, _WOKE = bits_of({"question"}), bits_of({"woke"})
_SELF = bits_of({"about_self", "relative"})
_NOW = bits_of({"about_now"})
# What people say to have when they laugh, are moved or support a team.
_FELT_IN_JOY = frozenset({"CHEST_PAIN", "ABDOMINAL_PAIN", "BREATHLESSNESS", "PAIN", "HEADACHE", "RIGOR", "WORST_HEADACHE", "COLLAPSE"})


def speaks_of_no_fact(text: MarkedText, first: int, code: str | None) -> str | None:
    """STORY, HEARSAY or JEST where what begins at token `first` is such; `code` is its symptom, None for a number."""
    if not text.spoken_of & _TALES or code == "SELF_HARM":
        return None
    if _follows(text, first, _STORY, _SELF | _NOW) or _is_watched(text, first) or _is_dreamt(text, first):
        return STORY
    if (text.spoken_of & _QUESTION or "?" in text.words) and _follows(text, first, _HEARSAY, _SELF | _NOW):
        return HEARSAY
    if code is not None and (_is_joked(text) or (code in _FELT_IN_JOY and _is_moved(text, first))):
        return JEST
    return None


def _follows(text: MarkedText, first: int, concepts: int, barring: int) -> bool:
    """Whether a word of `concepts` stands before token `first` in its sentence, with none of `barring` between where a comma parts them."""
    for mark in text.marks:
        if mark.end > first or not mark.concepts.bits & concepts or text.sentences[mark.first] != text.sentences[first]:
            continue
        if text.clauses[mark.first] == text.clauses[first] or not _passes(text, mark.end, first, barring):
            return True
    return False


def _is_watched(text: MarkedText, first: int) -> bool:
    """ "We watched a film, everybody coughing blood": something watched, then who has it in it, and not the writer."""
    if not text.spoken_of & _WATCHED:
        return False
    before = [mark for mark in text.marks if mark.end <= first and text.sentences[mark.first] == text.sentences[first]]
    watched = next((mark for mark in before if mark.concepts.bits & _WATCHED), None)
    if watched is None:
        return False
    who = [mark for mark in before if mark.first >= watched.end and mark.concepts.bits & _CHARACTER]
    return bool(who) and not _passes(text, who[-1].end, first, _SELF | _NOW)


def _is_dreamt(text: MarkedText, first: int) -> bool:
    """In one clause with the dream, before anybody wakes: "dreamt I vomited blood, woke up fine"."""
    return any(
        mark.end <= first
        and mark.concepts.bits & _DREAM
        and text.clauses[mark.first] == text.clauses[first]
        and not _passes(text, mark.end, first, _WOKE)
        for mark in text.marks
    )


def _is_joked(text: MarkedText) -> bool:
    """ "Only joking"; but "no joke, I am coughing blood" is none."""
    return any(not _is_denied(text, mark) for mark in text.marked("joking"))


def _is_denied(text: MarkedText, mark: Mark) -> bool:
    beside = (*range(mark.first - 3, mark.first), *range(mark.end, mark.end + 2))
    return any(text.has(place, concept) for place in beside for concept in ("no", "not", "no_answer"))


def _is_moved(text: MarkedText, first: int) -> bool:
    """In the sentence of a laugh that says nothing of now."""
    beside = [mark for mark in text.marks if text.sentences[mark.first] == text.sentences[first]]
    return any(mark.concepts.bits & _MOVED for mark in beside) and not any(mark.concepts.bits & _NOW for mark in beside)


def _passes(text: MarkedText, start: int, stop: int, concepts: int) -> bool:
    between: list[Mark | None] = text.at[start:stop]
    return any(mark is not None and mark.concepts.bits & concepts for mark in between)
