"""Denials that do not stand straight before or after a symptom: a nought before it, a no at the end of its clause, a thing called well."""

from collections.abc import Sequence
from decimal import Decimal

from followup_service.conversation.clearing import Denial, denied
from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.mentions import Named
from followup_service.conversation.numbers import Number

_ENDS = frozenset(".,;\n!()")
_LATER_REACH = 4
_THINGS = bits_of({"line", "shoulder"})
_CLOSING, _FINE, _NO_ANSWER, _BUT = (bits_of({concept}) for concept in ("closing", "fine", "no_answer", "but"))
# "दर्द नहीं हुआ कम" says that it did not lessen, "बुखार नहीं है क्या" asks.
_TAKING_BACK = bits_of({
    "gone", "no_longer", "fine", "mild", "moderate", "strong", "severe", "worse", "little", "much", "most", "question", "yes", "degree",
    "no", "not", "no_answer",
})  # fmt: skip
_TOLD_WHEN_BACK = frozenset({"LEG_SWELLING", "BURN"})
_BECOMING = bits_of(SECTIONS["troubles"] | {"worse", "severe", "high"})
_TURNING = bits_of({"about_now", "but", "worse"})
_BESIDE_FINE = ("is_filler", "gone_filler", "filler_verb", "smalltalk")
_NORMAL = ((Decimal(36), Decimal("37.5")), (Decimal("96.8"), Decimal("99.5")))


def says_no(text: MarkedText, said: Named | Mark) -> bool:
    """Whether there is a no in the words themselves: "can't breathe", не просыпается."""
    return any(text.words[at] in text.denying or text.words[at] in text.plain.can_not for at in range(said.first, said.end))


def is_itself_denied(text: MarkedText, mark: Mark) -> bool:
    """The "no pain" of "no pain or fever", 不疼 of 不疼也不发烧: a term that says there is none begins with the no of the list, or in Hindi
    ends with it.
    """
    no = mark.end - 1 if text.language == "hi" else mark.first
    return "none" in mark.concepts and mark.end - mark.first > 1 and text.words[no] in text.denying


def is_closed_by_a_verb(text: MarkedText, end: int) -> bool:
    """ "खून नहीं निकला पट्टी सूखी है": a Hindi clause is over behind its verb, where what follows takes nothing back."""
    if not text.spoken_of & _CLOSING:
        return False
    beside = text.at[end - 1]
    after = end
    if beside is None or not beside.concepts.bits & _CLOSING:
        if not text.has(end, "closing"):
            return False
        after = text.at[end].end  # type: ignore[union-attr]
        while text.has(after, "closing"):
            after += 1
    following = text.at[after] if after < len(text.at) else None
    if following is not None and following.concepts.bits & _TAKING_BACK:
        return False
    sentence = text.sentences[end - 1]
    return not any(
        mark.first >= after and mark.concepts.bits & _TURNING and text.sentences[mark.first] == sentence and not _is_a_no_too(text, mark)
        for mark in text.marks
    )


def _is_a_no_too(text: MarkedText, mark: Mark) -> bool:
    """ "खून कभी नहीं निकला, आज भी नहीं": a day with which the sentence ends in a no of its own."""
    no = text.at[mark.end] if mark.end < len(text.at) else None
    if no is None or not no.concepts.bits & _NO_ANSWER:
        return False
    return no.end >= len(text.words) or text.words[no.end] in _ENDS


def past_repeated_no(text: MarkedText, end: int) -> int:
    """Portuguese "falta de ar não tenho não": past the second no where the clause ends with it."""
    is_no = end < len(text.words) and text.words[end] in text.denying
    return end + 1 if is_no and (end + 1 == len(text.words) or text.words[end + 1] in _ENDS) else end


def denied_by_nought(text: MarkedText, named: Named) -> Denial | None:
    """ "0 vomiting 0 fever" in a clause that begins with a nought; where a symptom begins it, a nought is that one's."""
    nought = named.first - 1
    if nought < 0 or text.words[nought] != "0" or says_no(text, named):
        return None
    first = nought
    while first and text.clauses[first - 1] == text.clauses[nought] and text.words[first - 1] not in _ENDS:
        first -= 1
    if text.words[first] != "0":
        return None
    return denied(text, nought, named.first)


def denied_later(text: MarkedText, named: Named) -> Denial | None:
    """Russian "ожогов под наклейками не осталось": a genitive with which a clause begins and which only a no at its end can ask for."""
    if not text.spoken_of & _NO_ANSWER or text.tokens[named.first][0] not in text.genitives:
        return None
    clause = text.clauses[named.first]
    if named.first and text.clauses[named.first - 1] == clause and text.words[named.first - 1] not in _ENDS:
        return None
    for mark in text.marks:
        if mark.first >= named.end and mark.concepts.bits & _NO_ANSWER and text.clauses[mark.first] == clause:
            is_last = mark.end == len(text.words) or text.clauses[mark.end] != clause or text.words[mark.end] in _ENDS
            near = mark.first - named.end <= _LATER_REACH
            return denied(text, mark.first, mark.end) if is_last and near else None
    return None


def called_well(text: MarkedText, named: Named) -> Denial | None:
    """ "Port is fine", كتفي سليم: a line or a shoulder that is only named, and called well by the word behind it."""
    if not text.spoken_of & _FINE or text.spoken_of & _BUT or named.code not in {"LINE_PROBLEM", "SHOULDER_PAIN"}:
        return None
    mark = text.at[named.first]
    if mark is None or not mark.concepts.bits & _THINGS or (mark.first, mark.end) != (named.first, named.end):
        return None
    position = named.end
    while any(text.has(position, concept) for concept in _BESIDE_FINE) and not text.has(position, "fine"):
        position += 1
    return denied(text, position, position + 1) if text.has(position, "fine") else None


def read_as_normal(text: MarkedText, named: Named, numbers: Sequence[Number]) -> Denial | None:
    """ "Bukhar 98.4", السخانة 36.4, 烧三十六度五: a word that is fever and temperature, and behind it a number that says there is none."""
    mark = text.at[named.first]
    if (
        named.code != "FEVER"
        or mark is None
        or "temperature_label" not in mark.concepts
        or (mark.first, mark.end) != (named.first, named.end)
    ):
        return None
    position = named.end
    while text.has(position, "is_filler"):
        position += 1
    number = next((number for number in numbers if number.first == position), None)
    if number is None and _says_no_more(text, named.end):
        number = next((number for number in numbers if number.end == named.first), None)  # "98.0 बुखार यानी बुखार नहीं"
    if number is None or number.shape != "number" or text.has(number.end, "change"):
        return None
    is_normal = any(lowest <= number.value <= highest for lowest, highest in _NORMAL)
    return denied(text, number.first, number.end) if is_normal else None


def _says_no_more(text: MarkedText, end: int) -> bool:
    """Whether the clause ends at `end`, or goes on with the same said in other words."""
    return end >= len(text.words) or text.kind(end) == "mark" or text.words[end] in text.plain.that_is


def turns_into_more(text: MarkedText, named: Named, gone: Mark) -> bool:
    """ "The blister went black": a trouble behind the word; of swellings and burns anywhere behind it, or a "but": 腿肿好了又肿."""
    later = [mark for mark in text.marks if mark.first >= gone.end]
    if named.code not in _TOLD_WHEN_BACK:
        return any(mark.first == gone.end and mark.concepts.bits & _BECOMING for mark in later)
    sentence = text.sentences[gone.first]
    return any(mark.concepts.bits & (_BECOMING if text.sentences[mark.first] == sentence else _BUT) for mark in later)
