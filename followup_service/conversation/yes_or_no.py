"""Decides over all words of a text whether it answers yes or no: a red flag must not hide behind a "fine" or a "good morning"."""

from collections.abc import Sequence

from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.marked_text import Mark, MarkedText, Placed
from followup_service.conversation.numbers import Number

_YES, _NO = 1, 2
_FEW_WORDS = 2
_UNDECIDED, _ALONE, _PERHAPS = (bits_of({concept}) for concept in ("undecided", "yes_alone", "yes_perhaps"))
_NEGATIVE, _NO_ANSWER = bits_of({"no", "not", "no_answer"}), bits_of({"no_answer"})
_NONE, _FINE = bits_of({"none", "none_of_all"}), bits_of({"fine"})
_DENYING = _NEGATIVE | _NONE
# "OK" accepts what was written, and "same as yesterday" says nothing of how yesterday was.
_NO_NEWS = bits_of({"accept", "alike"})
_LEADS = bits_of(
    {"smalltalk", "please", "fine", "accept", "but", "list_and", "yes", "no_answer", "undecided", "unsure"}
    | {"degree", "little", "writer", "title", "relative", "also", "about_now"}
)
_TRAILS = bits_of({"smalltalk", "please", "little", "degree", "mild", "yes", "title"})
_MEANING = bits_of(
    SECTIONS["things"]
    | SECTIONS["troubles"]
    | SECTIONS["symptoms"]
    | {"none", "none_of_all", "no_answer", "fine", "smalltalk", "please", "yes"}
)
# "2 blisters", "2 of the drains", "2 times": what follows is counted, and nothing is answered.
_COUNTED = bits_of(SECTIONS["things"] | SECTIONS["troubles"] | SECTIONS["symptoms"] | {"counted", "times"})


def find_yes_or_no(text: MarkedText, numbers: list[Number], *, is_well: bool, well: Sequence[Mark]) -> tuple[str, Sequence[Placed]] | None:
    """ "yes" or "no", and what says so. A yes that is not itself denied beats every no and "fine" beside it; None where the text says
    neither, or leaves it open.

    `is_well` says that the text names no trouble that stands; `well` are the words by which the writer says to be well.
    """
    digit = _digit(text, numbers)
    said = text.marked("yes")
    if digit is not None and digit.value == _YES:
        return "yes", [digit]
    if standing := [mark for mark in said if _stands(text, mark, digit)]:
        return "yes", standing
    if text.spoken_of & _UNDECIDED or any(_is_open(text, mark) for mark in said) or _ends_with_a_one(text, numbers):
        return None
    if digit is not None:
        return "no", [digit]
    denials = _denials(text, is_well=is_well) or (well if is_well else [])
    return ("no", denials) if denials else None


def _digit(text: MarkedText, numbers: list[Number]) -> Number | None:
    """The 1 or 2 with which a text answers: its only number, at its start, or by itself behind a greeting, a "fine" or a "no, sorry"."""
    typed = [number for number in numbers if not text.has_any(number.first, _NO_ANSWER)]
    if len(typed) != 1 or typed[0].shape != "number" or typed[0].value not in {_YES, _NO}:
        return None
    number = typed[0]
    if not _opens(text, number.first) or (number.value == _NO and text.has_any(number.end, _COUNTED)):
        return None
    is_first = number.first == _first_spoken(text) and text.kind(number.first) == "number"
    return number if is_first or _closes(text, number.end, _TRAILS | _DENYING | _FINE) else None


def _ends_with_a_one(text: MarkedText, numbers: list[Number]) -> bool:
    """ "Unfortunately 1" may be the digit that was asked for."""
    return any(number.value == _YES and text.kind(number.first) == "number" and number.end == len(text.words) for number in numbers)


def _stands(text: MarkedText, mark: Mark, digit: Number | None) -> bool:
    """Whether a word for yes is one here. A "si" that may be an "if" must close its clause or open the text; a "ji" that may be a courtesy
    answers only where nothing says no.
    """
    concepts = mark.concepts.bits
    if not concepts & (_ALONE | _PERHAPS):
        return not _is_denied(text, mark)
    if text.has_any(mark.end, _DENYING) and text.clauses[mark.end] == text.clauses[mark.first]:
        return False
    if concepts & _ALONE and (mark.first == _first_spoken(text) or (_closes(text, mark.end, _TRAILS) and not _denies_before(text, mark))):
        return True
    return digit is None and not text.spoken_of & (_DENYING | _FINE) and _opens(text, mark.first)


def _is_open(text: MarkedText, mark: Mark) -> bool:
    """ "Not yes", "fine, right": neither a yes nor a plain no."""
    if not mark.concepts.bits & (_ALONE | _PERHAPS):
        return True
    return mark.first > _first_spoken(text) and _opens(text, mark.first) and _closes(text, mark.end, _TRAILS)


def _denials(text: MarkedText, *, is_well: bool) -> list[Mark]:
    first = _first_spoken(text)
    opening = text.at[first] if first < len(text.at) else None
    if opening is not None and opening.concepts.bits & _NEGATIVE:
        return [] if _denies_the_unknown(text, first) else [opening]
    return [mark for mark in text.marks if _denies_all(text, mark)] if is_well else []


def _denies_the_unknown(text: MarkedText, first: int) -> bool:
    """ "No sé", "not eating": a no with a word or two that say nothing else may deny what is good."""
    mark = text.at[first]
    if mark is None or mark.end > first + 1 or text.kind(first) != "word":
        return False
    clause = text.clauses[first]
    rest = [place for place in range(mark.end, len(text.words)) if text.clauses[place] == clause and text.kind(place) != "mark"]
    return 0 < len(rest) <= _FEW_WORDS and not any(text.has_any(place, _MEANING) for place in rest)


def _denies_all(text: MarkedText, mark: Mark) -> bool:
    concepts = mark.concepts.bits
    if text.kind(mark.first) == "mark":
        return concepts & _NO_ANSWER != 0 and len(text.words) == mark.end - mark.first
    if concepts & _NEGATIVE and _closes(text, mark.end, _TRAILS):
        return True
    if concepts & _NO_ANSWER:
        return _opens(text, mark.first)
    return concepts & _NONE != 0 or (concepts & _FINE != 0 and not concepts & _NO_NEWS)


def _is_denied(text: MarkedText, mark: Mark) -> bool:
    before = mark.first - 1
    return before >= 0 and text.has_any(before, _NEGATIVE) and text.clauses[before] == text.clauses[mark.first]


def _denies_before(text: MarkedText, mark: Mark) -> bool:
    clause = text.clauses[mark.first]
    before = [place for place in range(mark.first) if text.clauses[place] == clause and text.kind(place) != "mark"]
    return any(text.words[place] in text.denying or text.has_any(place, _DENYING) for place in before)


def _first_spoken(text: MarkedText) -> int:
    """The first token that is no sign, or the end."""
    return next((position for position in range(len(text.words)) if text.kind(position) != "mark"), len(text.words))


def _opens(text: MarkedText, position: int) -> bool:
    """Whether only greetings, courtesies and the like stand before `position` in its clause."""
    before = position - 1
    while before >= 0 and text.clauses[before] == text.clauses[position]:
        if text.kind(before) != "mark" and not text.has_any(before, _LEADS):
            return False
        before -= 1
    return True


def _closes(text: MarkedText, end: int, concepts: int) -> bool:
    """Whether only words of `concepts` follow in the clause that ends behind or after token `end - 1`."""
    clause = text.clauses[end - 1]
    while end < len(text.words) and text.clauses[end] == clause:
        if text.kind(end) not in ("mark", "number") and not text.has_any(end, concepts):
            return False
        end += 1
    return True
