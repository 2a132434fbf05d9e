"""Decides whether a number is only a bound that somebody was told or asks about, "over 38.3 I call", and none that was measured."""

from decimal import Decimal

from followup_service.conversation.body_values import is_alarming, is_normal, plausible, to_celsius
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.number_labels import label_before, past_degree_sign
from followup_service.conversation.numbers import Number
from followup_service.conversation.reading import TemperatureCandidate
from followup_service.conversation.says_well import says_well

_IF, _ABOVE, _QUOTED, _HAS_IT, _UNDERSTOOD, _QUESTION, _OPEN_ABOVE = (
    bits_of({concept}) for concept in ("if", "above", "quoted", "has_it", "understood", "question", "open_above")
)
_LIMIT, _LIMIT_REACH = bits_of({"limit"}), 1
_BELOW = bits_of({"below", "below_after"})
_THRESHOLD, _RING_AT = bits_of({"threshold"}), bits_of({"ring_at"})
_HAVING = bits_of({"has_it", "about_now", "temperature_claim"})
_ASKING = _THRESHOLD | _RING_AT | bits_of({"is_filler", "question", "above", "either_or", "change", "filler_noun"})
_OF_SOMEBODY = bits_of({"writer", "relative", "FEVER", "about_now", "temperature_claim"})
_TOLD_OF = bits_of({"writer", "relative", "about_now", "temperature_claim"})
_TELLING = _HAVING | bits_of({"temperature_label", "FEVER", "relative"})
_TELLING_NOW = bits_of({"bearer", "own_reading", "temperature_claim", "about_now", "relative"})
_FAHRENHEIT = bits_of({"fahrenheit"})
_STILL = _LIMIT | bits_of({"about_now"})
_BESIDE_NUMBERS = ("degree_sign", "celsius", "fahrenheit")
_IF_REACH, _PAIR_REACH = 11, 12
# "under 39" is said by somebody with 38-something; only a bound up to here says that there is no fever.
_HIGHEST_QUIET_BOUND = Decimal(38)
# "It does not go over 35.6" tells of what is measured: nobody names so low a bound.
_LOWEST_QUIET_BOUND = Decimal(36)
_LOWEST_OPEN_BOUND = Decimal("37.5")


def meaning_as_a_bound(text: MarkedText, number: Number) -> str | None:
    """What the number is where it is the bound of a rule: one that was understood, one for a time to come, or one that is asked about."""
    if _is_rule_understood(text, number) or _is_rule_for_ringing(text, number) or _is_when_only_then(text, number):
        return "only a rule that was understood"
    if _is_hypothetical(text, number) or _is_promised(text, number):
        return "only what might come"
    if _is_quoted(text, number) or _chooses_at(text, number) or _is_asked_as_a_bound(text, number) or _is_one_of_two_bounds(text, number):
        return "only an instruction that is asked about"
    return None


def find_open_bound(text: MarkedText, numbers: list[Number], candidates: list[TemperatureCandidate]) -> TemperatureCandidate | None:
    """ "सौ से ऊपर", "over 37.5": how high it was is not said, and it may be a fever."""
    if not text.spoken_of & _OPEN_ABOVE:
        return None
    bounds = {text.span(number.first, number.end) for number in numbers if _is_open_above(text, number)}
    read = (candidate for candidate in candidates if candidate.dropped is None and candidate.span in bounds)
    return next((candidate for candidate in read if _LOWEST_OPEN_BOUND <= candidate.celsius < _HIGHEST_QUIET_BOUND), None)


def is_quiet_bound(text: MarkedText, number: Number) -> bool:
    """ "Below 38": a bound that was not reached, and so low that there is no fever."""
    if not text.spoken_of & _BELOW:
        return False
    read = plausible(number.value)
    if not number.is_whole and read is not None and to_celsius(read.value, read.unit) < _HIGHEST_QUIET_BOUND:
        return False  # "37.4 at most" was measured: nobody names a bound in tenths of a healthy body
    if read is None or not _LOWEST_QUIET_BOUND <= to_celsius(read.value, read.unit) <= _HIGHEST_QUIET_BOUND:
        return False
    return text.has(number.first - 1, "below") or text.has(past_degree_sign(text, number), "below_after")


def _is_rule_understood(text: MarkedText, number: Number) -> bool:
    """ "Got it, over 38.3 I call": who says so repeats what was asked of him; "got it, it is over 38.3 now" does not."""
    if not text.spoken_of & _UNDERSTOOD or not _is_bound(text, number):
        return False
    if _is_noted_behind(text, number):
        return True
    said = [mark for mark in text.marks if mark.first < number.first and text.sentences[mark.first] == text.sentences[number.first]]
    return any("understood" in mark.concepts for mark in said) and not any("has_it" in mark.concepts for mark in said)


def _is_noted_behind(text: MarkedText, number: Number) -> bool:
    """ "So above 38.3 I ring the ward, noted": ringing behind the bound, "noted" as the last word, and nothing of somebody or of now."""
    clause = text.clauses[number.first]
    rings = any(mark.first >= number.end and text.clauses[mark.first] == clause for mark in text.marked("ring_at"))
    if text.spoken_of & _TELLING_NOW or not rings:
        return False
    noted = text.marked("understood")[-1]
    return noted.first > number.end and all(text.kind(place) == "mark" for place in range(noted.end, len(text.words)))


def _is_rule_for_ringing(text: MarkedText, number: Number) -> bool:
    """超过38度要打电话: ringing straight behind an "over", in a clause about nobody and no fever; "reached 38.5" was measured."""
    if not text.spoken_of & _RING_AT or not _is_open_above(text, number):
        return False
    place = number.end
    while text.has(place, "degree_sign") or text.has(place, "above"):
        place += 1
    clause = text.clauses[number.first]
    beside = [mark for mark in text.marks if text.clauses[mark.first] == clause]
    return text.has(place, "ring_at") and not any(mark.concepts.bits & _OF_SOMEBODY for mark in beside)


def _is_when_only_then(text: MarkedText, number: Number) -> bool:
    """超过38.5才要通知你们吗: straight behind the number an "only then" and ringing, in a clause that asks and tells of nobody."""
    place = number.end
    while text.has(place, "degree_sign") or text.has(place, "above") or text.has(place, "celsius"):
        place += 1
    if text.plain.only_then.isdisjoint(text.words[place : place + 1]):
        return False
    beside = [mark for mark in text.marks if text.clauses[mark.first] == text.clauses[number.first]]
    if any(mark.concepts.bits & _TOLD_OF and mark.first != place for mark in beside):
        return False
    asks = text.words[-1] == "?" or any(mark.concepts.bits & _QUESTION for mark in beside)
    return asks and (text.has(place, "ring_at") or text.has(place + 1, "ring_at"))


def _is_bound(text: MarkedText, number: Number) -> bool:
    label = label_before(text, number)
    before = label.end if label is not None else number.first - 1
    after = past_degree_sign(text, number)
    return text.has(number.first - 1, "above") or text.has(before, "above") or text.has(after, "above")


def _is_open_above(text: MarkedText, number: Number) -> bool:
    """Whether an "over" stands straight before the number or behind it, and not only a "reached"."""
    after = past_degree_sign(text, number)
    return text.has(number.first - 1, "open_above") or text.has(after, "open_above")


def _is_hypothetical(text: MarkedText, number: Number) -> bool:
    """ "If it goes over 39": an if, then a word for rising, then the number, in one clause."""
    if not (text.spoken_of & _IF and text.spoken_of & _ABOVE):
        return False
    rising = False
    for position in range(number.first - 1, max(-1, number.first - 1 - _IF_REACH), -1):
        if text.clauses[position] != text.clauses[number.first]:
            return False
        rising = rising or text.has(position, "above")
        if text.has(position, "if"):
            return rising
    return False


def _is_promised(text: MarkedText, number: Number) -> bool:
    """ "Si llego a 38 les aviso, de momento 37": an if before it, a ringing right behind it, and then what is measured, which is normal."""
    if not (text.spoken_of & _IF and text.spoken_of & _RING_AT) or not text.has(number.end, "ring_at"):
        return False
    clause = [place for place in range(number.first) if text.clauses[place] == text.clauses[number.first]]
    measured = [place for place in text.numeric if place >= number.end and text.clauses[place] != text.clauses[number.first]]
    return any(text.has(place, "if") for place in clause) and bool(measured) and all(is_normal(text, place) for place in measured)


def _is_quoted(text: MarkedText, number: Number) -> bool:
    """ "The leaflet says over 38.3 call, at night too?": a question about a rule, from somebody who does not say to have it."""
    if not text.spoken_of & _QUOTED:
        return False
    if _asks_to_convert(text):
        return True
    if not text.spoken_of & _ABOVE:
        return False
    quoted = [mark for mark in text.marked("quoted") if text.sentences[mark.first] == text.sentences[number.first]]
    if not any(mark.first < number.first for mark in quoted):
        return False
    if _is_bound(text, number) and (_tells_another(text, number) or says_well(text, in_set_words=True, of_self=True)):
        return True
    return not text.spoken_of & _HAS_IT and (text.spoken_of & _QUESTION != 0 or "?" in text.words)


def _asks_to_convert(text: MarkedText) -> bool:
    """ "The leaflet says 101 F, what is that in Celsius?": a unit that is asked about and nothing of somebody or of now."""
    asks = "?" in text.words or text.spoken_of & _QUESTION
    return bool(asks and text.spoken_of & _FAHRENHEIT) and not text.spoken_of & _TELLING_NOW


def _tells_another(text: MarkedText, number: Number) -> bool:
    """ "You said ring above 38.3, I'm at 36.9": what the writer has comes behind the rule, in a part of its own."""
    behind = (place for place in text.numeric if place >= number.end and text.clauses[place] != text.clauses[number.first])
    return any(text.kind(place) == "number" and (is_normal(text, place) or is_alarming(text, place)) for place in behind)


def _chooses_at(text: MarkedText, number: Number) -> bool:
    """ "From 38.5 on do I go to A&E or ring you?": a bound, an "or" and ringing behind it, and nothing of now."""
    if not text.spoken_of & _RING_AT or "?" not in text.words or not _is_bound(text, number):
        return False
    sentence = [place for place, other in enumerate(text.sentences) if other == text.sentences[number.first]]
    behind = [place for place in sentence if place >= number.end]
    asks = any(text.has_any(place, _RING_AT) for place in behind) and any(_is_or(text, place) for place in behind)
    return asks and not any(text.has_any(place, _TELLING) for place in sentence)


def _is_asked_as_a_bound(text: MarkedText, number: Number) -> bool:
    """ "At what temperature do I call, 38 or 37.5?", "¿38 es el límite?": beside a question for it, in a clause with nothing of now."""
    if not text.spoken_of & (_THRESHOLD | _LIMIT):
        return False
    sentence = text.sentences[number.first]
    asked = [mark for mark in text.marked("threshold") if mark.end <= number.first and text.sentences[mark.first] == sentence]
    asked += [mark for mark in text.marked("limit") if 0 <= mark.first - number.end <= _LIMIT_REACH]
    named = _named_as_a_bound(text, number) or ([] if asked else _asked_before(text, number))
    clause = (place for place in range(len(text.words)) if text.clauses[place] == text.clauses[number.first])
    beside = [place for place in clause if text.at[place] not in named]
    if not (asked or named) or not ("?" in text.words or any(text.has_any(place, _QUESTION) for place in beside)):
        return False
    return not any(_is_of_somebody(text, place) or text.has_any(place, _HAVING) for place in beside)


def _is_of_somebody(text: MarkedText, place: int) -> bool:
    """给你们 is "to you" and no word of the writer."""
    return text.has(place, "relative") or (text.words[place] in text.returning and text.words[place] not in text.plain.to_you)


def _named_as_a_bound(text: MarkedText, number: Number) -> list[Mark]:
    """ "Is 38.5 the cut-off?", "is it still 38 that I call at?": what stands straight behind the number, and the "still" before it."""
    after = past_degree_sign(text, number)
    if not text.has(after, "limit"):
        return []
    beside = (text.at[after], text.at[number.first - 1] if number.first else None)
    return [mark for mark in beside if mark is not None and mark.concepts.bits & _STILL]


def _asked_before(text: MarkedText, number: Number) -> list[Mark]:
    """ "What counts as fever? 38 or 38.5?": a question for the bound, and behind it one of nothing but numbers and an "or" between them.

    "From what temperature do I call? 39.2" gives what was measured.
    """
    sentence = text.sentences[number.first]
    places = [place for place in range(len(text.words)) if text.sentences[place] == sentence and text.kind(place) not in ("number", "mark")]
    if not any(_is_or(text, place) for place in places):
        return []
    if not all(_is_or(text, place) or any(text.has(place, small) for small in _BESIDE_NUMBERS) for place in places):
        return []
    return [mark for mark in text.marked("threshold") if text.sentences[mark.first] == sentence - 1]


def _is_one_of_two_bounds(text: MarkedText, number: Number) -> bool:
    """ "Is it 38.0 I have to ring at or 38.5": an "or" between two numbers, ringing spoken of, and nothing else before the first."""
    if not text.spoken_of & (_THRESHOLD | _RING_AT | _LIMIT | _QUOTED) or len(text.numeric) < 2:
        return False
    asks = "?" in text.words or any(_is_or(text, place) for place in range(len(text.words)))
    asking = _THRESHOLD | _RING_AT | _LIMIT | (_QUOTED if asks else 0)
    if not text.spoken_of & asking:
        return False
    sentence = text.sentences[number.first]
    asked = [mark for mark in text.marks if mark.concepts.bits & asking]
    if not any(text.sentences[mark.first] == sentence or (mark.end <= number.first and "?" in text.words) for mark in asked):
        return False
    for place in range(len(text.words)):
        if text.sentences[place] == sentence and _is_or(text, place):
            before = [one for one in text.numeric if place - _PAIR_REACH <= one < place and text.sentences[one] == sentence]
            behind = [one for one in text.numeric if place < one <= place + _PAIR_REACH and text.sentences[one] == sentence]
            if before and behind and before[0] <= number.first <= behind[-1]:
                if not _asks_for_a_rule(text, before[0], behind[0], asked):
                    return False
                return _only_asks_before(text, before[0], asking) or _asks_between(text, before[0], behind[-1])
    return False


def _is_or(text: MarkedText, place: int) -> bool:
    return text.has(place, "either_or") or text.words[place] in text.plain.or_between or text.words[place : place + 2] == ["还", "是"]


def _only_asks_before(text: MarkedText, first: int, asking: int) -> bool:
    clause = [place for place in range(first) if text.clauses[place] == text.clauses[first] and text.kind(place) != "mark"]
    marks = (text.at[place] for place in clause)
    return all(
        mark is not None and (mark.concepts.bits & asking or _asks(mark.concepts.bits) or text.words[mark.first] in text.plain.at)
        for mark in marks
    )


def _asks_for_a_rule(text: MarkedText, first: int, second: int, asked: list[Mark]) -> bool:
    """ "Ring at 38 or 38.5?", "38 ou 38,5 que j'appelle?", "from 38 or 38.5 on I ring?"; not "39 or 40, do I ring?", which was measured."""
    if any(mark.concepts.bits & _LIMIT or not mark.concepts.bits & _RING_AT or mark.first < second for mark in asked):
        return True
    return any(text.has_any(place, _ABOVE) for place in range(first) if text.clauses[place] == text.clauses[first])


def _asks_between(text: MarkedText, first: int, last: int) -> bool:
    """ "Bukhar 100 ko maane ki 101 ko": the word that asks for a bound between the two, and nobody before the first but a fever."""
    if not any(first < mark.first < last for mark in text.marked("threshold")):
        return False
    clause = [place for place in range(first) if text.clauses[place] == text.clauses[first] and text.kind(place) != "mark"]
    return all(text.has(place, "FEVER") or text.has(place, "temperature_label") for place in clause)


def _asks(said: int) -> bool:
    return said & _ASKING != 0 and not said & _TELLING
