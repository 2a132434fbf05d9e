"""Finds the words of a text that name a symptom, by themselves or as a pair, before anybody asks whether they are denied."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from followup_service.conversation.concepts import Concepts, bits_of
from followup_service.conversation.marked_text import Mark, MarkedText, new
from followup_service.conversation.numbers import Number
from followup_service.conversation.symptom_pairs import ABSENT, ALONE, PAIRS, SUBSUMED, THINGS, TROUBLES, gravest_pair
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

_REACH = 8
# Between these a number in words is a body's temperature, in degrees Celsius or Fahrenheit.
_LOWEST, _HIGHEST = 34, 110
_CANNOT_REACH = 5
_NAMING = bits_of(SYMPTOM_CODES | ALONE.keys() | ABSENT.keys())
_THING, _TROUBLE = bits_of(THINGS), bits_of(TROUBLES)
_TEMPERATURE_WORDS = bits_of({"temperature_claim", "temperature_label"})
# "Chest feels like someone is standing on it": feeling and persons do not draw a trouble away from a part of the body.
_PARTS = bits_of(THINGS - {"forehead_or_body", "relative", "toilet", "every_drink", "drink", "mind", "rising"})
# "To the loo nine times, all of it water": what is said of these may follow in the next clause.
_OVER_COMMAS = bits_of({"toilet", "every_drink"})
# Vietnamese "vang", typed without its mark, is yellow and also a polite yes, Arabic "صفر" is yellow and zero: alone they say nothing.
_SMALL_WORDS = frozenset({"yes", "no_answer", "smalltalk", "fine", "no", "none"})
_RELATIVE, _COMING_OUT = bits_of({"relative"}), bits_of({"vomit", "stool", "phlegm", "urine"})
_HURTING_PARTS = {"belly": "ABDOMINAL_PAIN", "chest": "CHEST_PAIN", "shoulder": "SHOULDER_PAIN", "head": "HEADACHE"}
_HURTING, _PAINFUL = bits_of(_HURTING_PARTS), bits_of(_HURTING_PARTS.values())
# 不疼了 says the pain and denies it.
_PAIN_THAT_IS_NONE = frozenset({"pain", "none"})
# What comes out with blood in it; words that there is some of it, and words that there is none or that all is well.
_BLOODY = {"stool": "BLOOD_IN_STOOL", "vomit": "VOMITING_BLOOD", "phlegm": "COUGHING_BLOOD", "urine": "BLEEDING"}
_BLOOD_REACH, _ENDS_OF_CLAUSES = 6, frozenset(".,;!?\n")
_THERE_IS, _SAYS_NONE = bits_of({"yes", "much", "most", "severe"}), bits_of({"no", "not", "no_answer", "fine", "none", "gone"})
_BRUISE_REACH, _NO_BRUISES = 8, bits_of({"eyes", "skin", "face", "writer", "list_and", "also"})
_DENIALS, _WRITER = bits_of({"no", "not"}), bits_of({"writer"})
_BARRIERS, _JOINING = bits_of({"fine", "smalltalk"}), bits_of({"either_or", "list_and"})


class Named(NamedTuple):
    """A symptom named over the tokens from `first` to before `end`; `core` is the first token of the word that says the trouble."""

    code: str
    first: int
    end: int
    core: int


def find_mentions(text: MarkedText, numbers: Sequence[Number] = ()) -> list[Named]:
    """Every symptom that the text names, in the order of the text; `numbers` are those that it gives."""
    found: list[Named] = []
    paired: set[int] = set()
    spoken_of = text.spoken_of
    if spoken_of & _THING and spoken_of & _TROUBLE:
        _find_pairs(text, found, paired)
    if spoken_of & _NAMING:
        for mark in text.marks:
            if mark.concepts.bits & _NAMING:
                _by_itself(text, mark, found, is_paired=mark.first in paired)
    if spoken_of & _COMING_OUT and any(named.code in _BLOODY.values() for named in found):
        found.extend(_blood_elsewhere(text, found))
    if spoken_of & _PAINFUL and spoken_of & _HURTING:
        found.extend(_pains_beside(text))
    if spoken_of & _TEMPERATURE_WORDS:
        found.extend(_high_temperatures(text, numbers))
    return sorted(found, key=lambda named: (named.first, named.code)) if len(found) > 1 else found


def _find_pairs(text: MarkedText, found: list[Named], paired: set[int]) -> None:
    """Add to `found` what each thing and each trouble make together, and to `paired` where the words begin that did."""
    things = [mark for mark in text.marks if mark.concepts.bits & _THING]
    troubles = [mark for mark in text.marks if mark.concepts.bits & _TROUBLE and not mark.concepts >= _PAIN_THAT_IS_NONE]
    for trouble in troubles:
        partners = _partners_of(trouble.concepts)
        told_of = _last_relative_before(trouble, things) if partners & _RELATIVE else None
        for thing in things:
            if not thing.concepts.bits & partners or ("relative" in thing.concepts and thing not in (told_of, trouble)):
                continue
            code = _pair_code(thing.concepts, trouble.concepts)
            if code is not None and _belong_together(text, thing, trouble, code) and not _is_denied_before_an_i(text, thing, trouble):
                found.append(Named(code, min(thing.first, trouble.first), max(thing.end, trouble.end), trouble.first))
                paired |= {thing.first} if "WEAKNESS" in trouble.concepts else {thing.first, trouble.first}


def _last_relative_before(trouble: Mark, things: list[Mark]) -> Mark | None:
    """Of several it is the last one named: whoever repeats a sentence a hundred times does not name ten thousand complaints."""
    return next((thing for thing in reversed(things) if thing.first < trouble.first and "relative" in thing.concepts), None)


def _by_itself(text: MarkedText, mark: Mark, found: list[Named], *, is_paired: bool) -> None:
    """Add what `mark` names without help: its own codes, what its trouble says alone, or a thing that is not there ("no urine")."""
    codes, alone, absent = _codes_of(mark.concepts)
    for code in codes:
        if not (is_paired and code in SUBSUMED) and not _is_a_relatives(code, mark, found):
            found.append(new(Named, (code, mark.first, mark.end, mark.first)))
    if is_paired:
        return
    for code in alone:
        if code == "PAIN" and "pressure_label" in mark.concepts:
            continue  # "pressão 12 por 8"
        if code == "JAUNDICE" and (_has_in_sentence(text, mark, "stool") or _is_of_a_bruise(text, mark)):
            continue  # yellow is what a stool should be, and what a bruise becomes
        found.append(new(Named, (code, mark.first, mark.end, mark.first)))
    for code in absent:
        first = _denial_first(text, mark)
        if first is not None:
            found.append(Named(code, first, mark.end, first))


def _pains_beside(text: MarkedText) -> Iterator[Named]:
    """ "Dor no ombro e na barriga": a part behind a pain that one term names, joined to it, with which the clause ends."""
    for mark in text.marks:
        if not mark.concepts.bits & _PAINFUL or not text.has(mark.end, "list_and"):
            continue
        place = mark.end + 1
        while text.has(place, "filler_noun") and not text.has_any(place, _HURTING):
            place += 1
        part = text.at[place] if place < len(text.at) else None
        if part is None or not text.has_any(place, _HURTING):
            continue
        end = part.end
        while text.has(end, "also"):
            end += 1
        if end >= len(text.words) or text.kind(end) == "mark":
            yield from (Named(code, mark.first, part.end, part.first) for thing, code in _HURTING_PARTS.items() if thing in part.concepts)


def _blood_elsewhere(text: MarkedText, found: list[Named]) -> Iterator[Named]:
    """ "No blood in my wee but plenty in my poo": what comes out, with a word that there is some, behind a "but" or a comma after blood."""
    for mark in text.marks:
        if not mark.concepts.bits & _COMING_OUT:
            continue
        first = mark.first
        while first and text.words[first - 1] != "," and not (text.has(first - 1, "but") or text.has(first - 1, "breaks_denial")):
            first -= 1
        end = mark.end
        while end < len(text.words) and text.clauses[end] == text.clauses[mark.first] and text.words[end] not in _ENDS_OF_CLAUSES:
            end += 1
        rest: list[Mark] = [one for one in text.marks if first <= one.first < end and one is not mark]
        is_bloody = any(named.code in _BLOODY.values() and named.end < first and first - named.end <= _BLOOD_REACH for named in found)
        if first and is_bloody and not any(one.concepts.bits & _SAYS_NONE and not one.concepts.bits & _THERE_IS for one in rest):
            places = (*range(first - 1, mark.first), *range(mark.end, end))
            spoken = {said for place in places for said in (text.words[place], text.tokens[place][0])}
            if not spoken.isdisjoint(text.plain.there_is_some) or any(one.concepts.bits & _THERE_IS for one in rest):
                yield from (Named(code, mark.first, mark.end, mark.first) for thing, code in _BLOODY.items() if thing in mark.concepts)


def _has_in_sentence(text: MarkedText, mark: Mark, concept: str) -> bool:
    return any(text.sentences[other.first] == text.sentences[mark.first] for other in text.marked(concept))


def _is_of_a_bruise(text: MarkedText, mark: Mark) -> bool:
    """Whether a bruise stands before the yellow in its sentence, and neither eyes, skin, the writer nor an "and" between."""
    for bruise in text.marked("bruise"):
        if text.sentences[bruise.first] == text.sentences[mark.first] and 0 <= mark.first - bruise.end <= _BRUISE_REACH:
            between: list[Mark | None] = text.at[bruise.end : mark.first]
            return not any(one is not None and one.concepts.bits & _NO_BRUISES for one in between)
    return False


@lru_cache(maxsize=10_000)
def _codes_of(concepts: Concepts) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The codes that a word names by itself, those that its trouble says where nothing pairs with it, those of a thing not there."""
    codes = tuple(sorted(concepts & SYMPTOM_CODES))
    is_trouble = not codes and _SMALL_WORDS.isdisjoint(concepts)
    alone = tuple(ALONE[concept] for concept in sorted(concepts & ALONE.keys())) if is_trouble else ()
    return codes, alone, tuple(ABSENT[concept] for concept in sorted(concepts & ABSENT.keys()))


def _denial_first(text: MarkedText, mark: Mark) -> int | None:
    """The first token of a "not" or "no" before `mark`, small words between them allowed."""
    position = mark.first - 1
    while text.has(position, "filler_verb") or text.has(position, "filler_noun"):
        position -= 1
    denial = text.at[position] if position >= 0 else None
    return denial.first if denial is not None and _denies(text, denial) else None


def _denies(text: MarkedText, mark: Mark) -> bool:
    """A no or a not, also as the end of a joining "and no"."""
    return not mark.concepts.isdisjoint({"no", "not"}) or ("either_or" in mark.concepts and text.words[mark.end - 1] in text.denying)


@lru_cache(maxsize=10_000)
def _partners_of(trouble: Concepts) -> int:
    """The bits of all things that make a symptom with this trouble."""
    return bits_of(thing for thing, what in PAIRS if what in trouble)


@lru_cache(maxsize=10_000)
def _pair_code(thing: Concepts, trouble: Concepts) -> str | None:
    return gravest_pair(thing, trouble)


def _is_denied_before_an_i(text: MarkedText, thing: Mark, trouble: Mark) -> bool:
    """ "No vomiting I'm bleeding", without a comma: the denial ends where the writer says "I"."""
    if "blood" not in trouble.concepts or not text.has_any(thing.first - 1, _DENIALS):
        return False
    return any(text.has_any(place, _WRITER) for place in range(thing.end, trouble.first))


def _belong_together(text: MarkedText, thing: Mark, trouble: Mark, code: str) -> bool:
    """Whether the two are said of each other; "my belly, I cannot straighten up" goes on over a comma."""
    if thing is trouble:
        return True
    if "relative" in thing.concepts:
        return thing.first < trouble.first and text.sentences[thing.first] == text.sentences[trouble.first]
    if "unbearable" in trouble.concepts and "pain" not in trouble.concepts:
        return text.sentences[thing.first] == text.sentences[trouble.first] and 0 <= trouble.first - thing.end <= _REACH
    of = text.sentences if thing.concepts.bits & _OVER_COMMAS else text.clauses
    if of[thing.first] != of[trouble.first]:
        return _is_added(text, thing, trouble) or _has_dots_between(text, thing, trouble)
    start, stop = min(thing.end, trouble.end), max(thing.first, trouble.first)
    if trouble.first < thing.first and (_is_answered(text, start, stop) or (code == "BURN" and text.has(trouble.end, "gone"))):
        return False
    if stop - start > (_CANNOT_REACH if "cannot" in trouble.concepts else _REACH):
        return False
    others = joined = False
    for mark in text.at[start:stop]:
        if mark is not None:
            if mark.concepts.bits & _BARRIERS and "moderate" not in mark.concepts:
                return False
            others = others or (mark.concepts.bits & _PARTS != 0 and mark.concepts != thing.concepts)
            joined = joined or mark.concepts.bits & _JOINING != 0
    return not others or joined or ("cannot" not in trouble.concepts and stop - start <= 3)


def _is_added(text: MarkedText, thing: Mark, trouble: Mark) -> bool:
    """ "Was sick, red like ketchup": what comes out, then behind a comma at once what it looks like, and nothing else in that clause."""
    if not thing.concepts.bits & _COMING_OUT or trouble.first != thing.end + 1 or text.words[thing.end] != ",":
        return False
    clause, sentence = text.clauses[trouble.first], text.sentences[trouble.first]
    goes_on = any(text.clauses[place] != clause and text.sentences[place] == sentence for place in range(trouble.end, len(text.words)))
    return not goes_on and not any(mark.first >= trouble.end and mark.concepts.bits & _PARTS for mark in text.marks)


def _has_dots_between(text: MarkedText, thing: Mark, trouble: Mark) -> bool:
    """ "Chest... pain", "j'arrive plus... à respirer"."""
    between = text.words[min(thing.end, trouble.end) : max(thing.first, trouble.first)]
    return between.count(".") > 1 and len(between) - between.count(".") <= 1


def _is_answered(text: MarkedText, start: int, stop: int) -> bool:
    """Whether what stands before its nought or its verb is not said of what follows: "shoulder pain 0 tummy pain 0",
    खून नहीं निकला पट्टी सूखी है; nor is that of "pas vomi de sang" before "ni craché".
    """
    between: list[Mark | None] = text.at[start:stop]
    is_closed = any(mark is not None and "no_answer" in mark.concepts and text.has(mark.end, "closing") for mark in between)
    return is_closed or "0" in text.words[start:stop] or not text.plain.nor.isdisjoint(text.words[start:stop])


def _is_a_relatives(code: str, mark: Mark, found: list[Named]) -> bool:
    """Whether this UNWELL is already told as the word of a relative."""
    return code == "UNWELL" and any(named.code == "UNWELL_BY_RELATIVE" and named.core == mark.first for named in found)


def _high_temperatures(text: MarkedText, numbers: Sequence[Number]) -> list[Named]:
    """A temperature that is "high" or that somebody "has" is a fever, unless a number follows and says how high."""
    found = []
    for mark in text.marked("temperature_claim"):
        if not _is_told_how_high(text, mark, numbers):
            found.append(Named("FEVER", mark.first, mark.end, mark.first))
    for high in text.marked("high"):
        for mark in text.marked("temperature_label"):
            near = text.clauses[high.first] == text.clauses[mark.first] and abs(high.first - mark.first) <= _REACH
            if near and not _is_told_how_high(text, mark, numbers):
                found.append(Named("FEVER", min(mark.first, high.first), max(mark.end, high.end), high.first))
    return found


def _is_told_how_high(text: MarkedText, mark: Mark, numbers: Sequence[Number]) -> bool:
    """Whether a number behind `mark` in its clause says how high: not the two days of "a temperature for 2 days"."""
    clause = text.clauses[mark.first]
    return any(
        number.first >= mark.end and text.clauses[number.first] == clause and _may_be_a_temperature(text, number) for number in numbers
    )


def _may_be_a_temperature(text: MarkedText, number: Number) -> bool:
    """Whether it counts nothing, is no time of day, and is of a living body where it is said in words."""
    if number.shape == "time" or (text.has(number.end, "counted") and not text.has(number.end, "degree_sign")):
        return False
    return any(text.kind(place) == "number" for place in range(number.first, number.end)) or _LOWEST <= number.value <= _HIGHEST
