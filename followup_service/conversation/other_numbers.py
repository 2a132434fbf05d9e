"""Says of a number that could be a body temperature what else it is: a place, a count, money, an age, another's fever."""

from decimal import Decimal

from followup_service.conversation.bearers import has_a_bearer, says_to_have
from followup_service.conversation.bounds import meaning_as_a_bound
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.elsewhere import speaks_of_elsewhere
from followup_service.conversation.game_scores import is_in_a_score
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.number_labels import label_before, own_reading_before
from followup_service.conversation.numbers import Number
from followup_service.conversation.place_temperatures import (
    BODY,
    is_degrees_of_a_thing,
    is_in_a_town,
    is_near_weather,
    names_a_fever_beside,
)
from followup_service.conversation.suppositions import condition_of_the_future
from followup_service.conversation.text_language import DEFAULT
from followup_service.conversation.told_tales import speaks_of_no_fact

_BIRTHDAY_REACH = 2
_COST = bits_of({"cost", "priced"})
_MEASURE, _IN_PARTS = bits_of({"measure"}), bits_of({"measure", "in_parts", "priced"})
# "I told you 100 times", "हनुमान चालीसा 108 बार"; 102 may be a fever that comes so many times.
_MANY_TIMES = frozenset({Decimal(100), Decimal(108)})
_CHOICE_REACH, _STREET_REACH = 3, 4
_MEASURED_REACH, _NEAR_IN_SIZE = 6, Decimal("0.75")
_COME_WHOLE = bits_of({"place_label", "clock", "relative", "never_participant", "bystander", "comes_whole"})
_TOPIC, _OURS_OR_NOW = bits_of({"topic"}), bits_of({"relative", "about_now"})
_MOST_MARKS = (["40"], ["50"], ["60"], ["100"])
_STREET, _YEARS, _THEIR_AGE = bits_of({"street"}), bits_of({"years"}), bits_of({"relative", "never_participant", "kin", "spouse"})
_ENZYMES = frozenset({"got", "gpt"})
_QUESTION, _PLACE, _SPELT_IN_GROUPS = (bits_of({concept}) for concept in ("question", "place_label", "digits_label"))


def other_meaning(text: MarkedText, number: Number, *, labelled: bool) -> str | None:
    """What the number is that is no temperature of this body; `labelled` says that a unit or a word for temperature stands beside it."""
    before = number.first - 1
    is_own = says_to_have(text, number)
    elsewhere = None if is_own else speaks_of_elsewhere(text, number.first, number.end) or speaks_of_no_fact(text, number.first, None)
    if elsewhere is not None:
        return elsewhere
    if _is_of_a_place(text, number) and not names_a_fever_beside(text, number):
        return "the temperature of a place"
    if condition_of_the_future(text, number.first, is_number=True) is not None:
        return "only what might come"
    if text.has(before, "minus"):
        return "below nought"
    bound = meaning_as_a_bound(text, number)
    if bound is not None:
        return bound
    return _money_or_count(text, number) or (None if labelled or is_own else _unlabelled_meaning(text, number))


def _is_of_a_place(text: MarkedText, number: Number) -> bool:
    return (is_near_weather(text, number) or is_degrees_of_a_thing(text, number)) and not has_a_bearer(text, number)


def _money_or_count(text: MarkedText, number: Number) -> str | None:
    """What a number is that a currency or a count stands beside, or that is taken back, whatever label it has."""
    before, after = number.first - 1, number.end
    if text.has(before, "currency") or text.has(after, "currency") or _is_share(text, after):
        return "money or a share"
    if is_glued_count(text, after) or (_has_thousands(number) and text.has(after, "counted")):
        return f"a count of {text.words[after]}"
    if len(text.numeric) > 1 and text.has(before, "taken_back"):
        return "taken back as a slip"
    return None


def _unlabelled_meaning(text: MarkedText, number: Number) -> str | None:
    """What a number is that no word for temperature stands before."""
    after = number.end
    if text.has(after, "counted") and not (_is_numbered(text, after) or (_has_tenths(number) and _is_never_in_parts(text, after))):
        return f"a count of {text.words[after]}"
    bought_or_measured = _price_or_measure(text, number)
    if bought_or_measured is not None:
        return bought_or_measured
    if is_in_a_town(text, number) and not has_a_bearer(text, number):
        return "the temperature of a place"
    if number.is_whole and (_birthday_beside(text, number) or _is_age_after_own(text, number)):
        return "an age"
    if number.is_whole and (any(text.has(after + ahead, "street") for ahead in range(3)) or _is_in_a_street(text, number)):
        return "an address"
    if number.is_whole and _asks_which_place(text, number):
        return "one of several places"
    if number.is_whole and is_in_a_score(text, number):
        return "the score of a game"
    if _is_a_mark_out_of(text, number):
        return "a mark out of so many"
    if (number.is_whole and _is_about_a_topic(text, number)) or _is_a_quotation(text, number):
        return "a number of something else that the sentence speaks of"
    return _what_it_belongs_to(text, number)


def _what_it_belongs_to(text: MarkedText, number: Number) -> str | None:
    """A room, a street, a laboratory value; "61 tuổi 38.9" has its years before it."""
    label = _label_of_group(text, number) or label_before(text, number)
    if label is None or ("counted" in label.concepts and _has_number_before(text, label.first, number)):
        return None
    if "other_label" in label.concepts or (number.is_whole and _is_a_place(text, label, number)):
        return f"belongs to {text.written(label.first, label.end)}"
    return None


def _is_a_place(text: MarkedText, label: Mark, number: Number) -> bool:
    """ "Bed 39", but not "my temperature in bed is 39", "the patient has 39", nor "estoy en la sala con 39"."""
    between = range(label.end, number.first)
    is_had = "relative" in label.concepts and any(text.has(place, "has_it") for place in between)
    is_had = is_had or any(text.words[place] in text.plain.along_with for place in between)
    return "place_label" in label.concepts and not is_had and own_reading_before(text, number) is None


def _price_or_measure(text: MarkedText, number: Number) -> str | None:
    if _is_price(text, number) or (_has_thousands(number) and len(text.words) > 1 and not text.spoken_of & BODY):
        return "a price"
    if _is_an_enzyme(text, number):
        return "a value from the laboratory"
    if number.is_whole and _is_measured_again(text, number):
        return "a length or a weight beside another"
    if number.is_whole and _are_seconds(text, number):
        return "the seconds of a race"
    if number.is_whole and text.has(number.first - 1, "counted_before") and (number.first < 2 or text.kind(number.first - 2) != "number"):
        return "a count of the unit before it"
    if number.value in _MANY_TIMES and text.has(number.end, "times"):
        return f"a count of {text.words[number.end]}"
    return None


def _is_price(text: MarkedText, number: Number) -> bool:
    """ "38.50 for the taxi": two digits behind the point, as prices have, in a sentence that speaks of buying and of no body."""
    if not text.spoken_of & _COST or text.spoken_of & BODY or number.value.as_tuple().exponent != -2:
        return False
    beside = [mark for mark in text.marks if text.sentences[mark.first] == text.sentences[number.first]]
    return any(mark.concepts.bits & _COST for mark in beside) and not any("about_now" in mark.concepts for mark in beside)


def _is_measured_again(text: MarkedText, number: Number) -> bool:
    """ "Round the waist 88 cm, now 95", "one calf 41 cm against 36": the unit was said with a number of like size before."""
    if not text.spoken_of & _MEASURE or text.spoken_of & BODY or has_a_bearer(text, number):
        return False
    for place in range(max(1, number.first - _MEASURED_REACH), number.first):
        if text.has(place, "measure") and text.words[place - 1].isdecimal() and text.sentences[place] == text.sentences[number.first]:
            other = Decimal(text.words[place - 1])
            return min(other, number.value) >= _NEAR_IN_SIZE * max(other, number.value)
    return False


def _is_a_mark_out_of(text: MarkedText, number: Number) -> bool:
    """ "38 sobre 40", "38,5 de 40": a mark or the most that one can get, with an "out of" between, in a text that speaks of no body."""
    if text.spoken_of & BODY:
        return False
    return any(
        not text.plain.out_of.isdisjoint(text.words[place : place + 1])
        and place - 1 in text.numeric
        and text.words[place + 1 : place + 2] in _MOST_MARKS
        for place in (number.end, number.first - 1)
    )


def _are_seconds(text: MarkedText, number: Number) -> bool:
    """跑四百米一分三十九: minutes with a number of their own straight before it, and how far somebody ran."""
    before = number.first - 1
    if before < 1 or text.words[before] != "分" or before - 1 not in text.numeric or text.spoken_of & BODY:
        return False
    return text.spoken_of & _MEASURE != 0 and not text.has(number.end, "degree_sign")


def _is_numbered(text: MarkedText, place: int) -> bool:
    """ "39 day 5", "39 الساعة 3", 39周日: a day or an hour with a number or a name of its own behind it counts nothing before it.

    39號5樓 is a house with a floor behind it.
    """
    mark = text.at[place]
    if mark is None or not mark.concepts.bits & _COME_WHOLE or mark.end >= len(text.words):
        return False
    if mark.concepts.bits & _PLACE and text.has(mark.end + 1, "place_label"):
        return False
    behind = text.at[mark.end]
    is_name = text.tokens[mark.end][0] in text.plain.which_day and (behind is None or behind.end == mark.end + 1)
    return text.kind(mark.end) == "number" or is_name


def _is_never_in_parts(text: MarkedText, place: int) -> bool:
    """ "39.2 tablets taken", "39.2 bus is late", "39,2 внук тут": only what is weighed, measured or paid for has tenths."""
    mark = text.at[place]
    return mark is not None and not mark.concepts.bits & _IN_PARTS


def _is_in_a_street(text: MarkedText, number: Number) -> bool:
    """ "Rua das Flores 38": a street, then its name, written large straight before the number."""
    if not text.spoken_of & _STREET or not text.written(number.first - 1, number.first)[:1].isupper():
        return False
    before = range(max(0, number.first - _STREET_REACH), number.first)
    return any(text.has(place, "street") and text.clauses[place] == text.clauses[number.first] for place in before)


def _is_age_after_own(text: MarkedText, number: Number) -> bool:
    """ "Tenho 66 anos e minha filha 38": behind an "and", of somebody else, where the writer's years came straight before."""
    if not text.spoken_of & _YEARS or text.spoken_of & BODY:
        return False
    somebody = text.at[number.first - 1] if number.first else None
    if somebody is None or not somebody.concepts.bits & _THEIR_AGE or not text.has(somebody.first - 1, "list_and"):
        return False
    return text.has(somebody.first - 2, "years") and somebody.first > 2 and somebody.first - 3 in text.numeric


def _birthday_beside(text: MarkedText, number: Number) -> bool:
    """A word for a birthday right before or after; elsewhere in the text it says nothing about a number that may be a fever."""
    near = (*range(number.first - _BIRTHDAY_REACH, number.first), *range(number.end, number.end + _BIRTHDAY_REACH))
    return any(text.has(position, "birthday") and not _has_number_before(text, position, number) for position in near)


def _has_number_before(text: MarkedText, position: int, number: Number) -> bool:
    """ "72 tuổi 39": the years have a number of their own, so this one is none; in "coach S3 seat 39" it is the coach's."""
    return position < number.first and position - 1 in text.numeric and not text.is_glued(position - 1)


def is_glued_count(text: MarkedText, after: int) -> bool:
    """Whether a unit too short to trust by itself is written onto the number: 38th, 40g, 38-й."""
    is_hyphened = text.words[after : after + 1] == ["-"] and text.is_glued(after) and text.words[after + 2 : after + 3] != ["-"]
    unit = after + 1 if is_hyphened else after
    return text.has(unit, "counted_glued") and text.is_glued(unit)


def _has_tenths(number: Number) -> bool:
    """Whether one or two digits stand behind its point, as a thermometer shows them."""
    return number.value.as_tuple().exponent in (-1, -2)


def _has_thousands(number: Number) -> bool:
    """ "38.500 đồng": no thermometer shows three digits behind the point."""
    return number.value.as_tuple().exponent == -3


def _is_about_a_topic(text: MarkedText, number: Number) -> bool:
    """A lottery, shares, exams, a price list: a topic of whole numbers named in its clause, or before one that tells of no relative and
    of no today, and no word of a body.
    """
    if not text.spoken_of & _TOPIC or text.spoken_of & BODY:
        return False
    sentence, clause = text.sentences[number.first], text.clauses[number.first]
    topics = [mark for mark in text.marked("topic") if text.sentences[mark.first] == sentence]
    if any(text.clauses[mark.first] == clause for mark in topics):
        return True
    tells = has_a_bearer(text, number) or any(
        mark.concepts.bits & _OURS_OR_NOW for mark in text.marks if text.clauses[mark.first] == clause
    )
    return not tells and any(mark.first < number.first for mark in topics)


def _is_a_quotation(text: MarkedText, number: Number) -> bool:
    """股票跌到38.5, 油价38.5: straight behind a topic, with at most a "fell to" between, and no word of a body."""
    if not text.spoken_of & _TOPIC or text.spoken_of & BODY or text.kind(number.first - 1) != "cjk":
        return False
    before = text.at[number.first - 1]
    start = before.first if before is not None and "change" in before.concepts else number.first
    return text.has(start - 1, "topic") and text.clauses[start - 1] == text.clauses[number.first]


def _is_share(text: MarkedText, after: int) -> bool:
    return after < len(text.words) and text.words[after] == "%"


def _is_an_enzyme(text: MarkedText, number: Number) -> bool:
    """ "ALT 41, GOT 38": GPT is nothing else; GOT in capitals is the enzyme beside another value, and where it is no English word."""
    before = number.first - 1
    if before < 0 or text.words[before] not in _ENZYMES or text.has(number.end, "degree_sign"):
        return False
    if text.words[before] == "gpt":
        return True
    is_beside = "gpt" in text.words or text.marked("other_label") != [] or (text.language != DEFAULT and not text.source.original.isupper())
    return text.written(before, number.first) == "GOT" and is_beside


def _label_of_group(text: MarkedText, number: Number) -> Mark | None:
    """The word for a telephone or a code whose digits are written in groups: "my number ends in 38 39", "file no. 0385-39"."""
    if not number.is_whole or not text.spoken_of & _SPELT_IN_GROUPS:
        return None
    first = number.first
    while first and (text.words[first - 1] == "-" or (text.kind(first - 1) == "number" and text.words[first - 1].isdecimal())):
        first -= 1
    label = label_before(text, Number(first, number.end, number.value)) if first < number.first else None
    return label if label is not None and "digits_label" in label.concepts else None


def _asks_which_place(text: MarkedText, number: Number) -> bool:
    """ "Which room, 38 or 39?", "¿la sala 38 o en la 39?", "в 38 или в 39 кабинете?": a choice, a place before or right behind, no body."""
    if not text.spoken_of & _PLACE or text.spoken_of & BODY or not (text.spoken_of & _QUESTION or "?" in text.words):
        return False
    beside = any(text.has(place, "either_or") for place in (number.end, *range(number.first - _CHOICE_REACH, number.first)))
    return beside and any(mark.first < number.first or mark.first - 1 in text.numeric for mark in text.marked("place_label"))
