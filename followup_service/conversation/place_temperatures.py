"""Whether a number is the temperature of a place or a thing: the weather, a town, a drink; and no body's."""

from followup_service.conversation.bearers import has_a_bearer
from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.number_labels import label_before, own_reading_before
from followup_service.conversation.numbers import Number
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

_BEFORE_A_FEVER = ("degree_sign", "celsius", "fahrenheit", "is_filler", "change")
_WEATHER_REACH = 4
_SMALL = ("is_filler", "about_now", "has_it", "filler_noun", "filler_verb", "degree_sign", "celsius", "fahrenheit")
_UNITS = ("degree_sign", "celsius", "fahrenheit")
_WEATHER, _WARM, _WRITER_OR_OURS = bits_of({"weather"}), bits_of({"warm_place"}), bits_of({"writer", "relative"})
_AMBIENT, _OUT_THERE = bits_of({"ambient"}), bits_of({"out_there"})
# "It freezes me" is no weather.
_CHILLS = bits_of({"RIGOR"})
_OWN = bits_of({"about_self", "writer", "temperature_label", "FEVER"})
_PARTING = bits_of({"writer", "relative", "medicine", "no", "not"})
# What speaks of a body, wherever it stands in the text.
BODY = bits_of({"temperature_label", "temperature_claim", "FEVER", "RIGOR", "high", "celsius", "fahrenheit"})
_OF_A_PERSON = bits_of({"temperature_claim", "own_reading", "relative", *SYMPTOM_CODES, *SECTIONS["troubles"]} - {"QUESTION_FOR_TEAM"})
_CLIMATE = bits_of({"climate"})
_BODY_OR_SELF = bits_of({"temperature_claim", "FEVER", "RIGOR", "about_self", "relative"})


def is_near_weather(text: MarkedText, number: Number) -> bool:
    if not text.spoken_of & _WEATHER:
        return False
    if number.first == 0 and not number.is_whole and _is_followed_by_and(text, number):
        return False
    near = range(max(0, number.first - _WEATHER_REACH), min(len(text.words), number.end + _WEATHER_REACH))
    if not number.is_whole and " ".join(text.words[max(0, number.first - 2) : number.first]) in text.plain.he_has:
        return False
    own = own_reading_before(text, number)
    return any(
        (mark := text.at[position]) is not None
        and mark.concepts.bits & _WEATHER
        and not mark.concepts.bits & _CHILLS
        and not _is_measured_there(text, mark, number, own)
        and text.clauses[position] == text.clauses[number.first]
        and (_may_be_outdoors(text, number) or position < number.first)
        and not _has_own_number(text, position, number)
        and not _names_somebody_before(text, position, number)
        and not _is_told_before(text, position, number)
        for position in near
    )


def _is_measured_there(text: MarkedText, mark: Mark, number: Number, own: Mark | None) -> bool:
    """ "Just had a shower 38.9", "my temp in the car was 39": where somebody is who measures, and not what was measured.

    Tenths are told of the air and of water, but of no room and no bath in which somebody is; and "outside 38.9" may be either.
    """
    if _only_says_where(text, mark, number) or _is_where_one_sits(text, mark, number):
        return True
    if own is not None and (mark.end <= own.first or text.clauses[mark.first] == text.clauses[own.first]):
        return True
    return not mark.concepts.bits & _AMBIENT and (own is not None or not number.is_whole)


def _only_says_where(text: MarkedText, mark: Mark, number: Number) -> bool:
    """ "In the shade 38.9", with tenths and no other number, right behind; "outside it was 38.9" and "outside 38.9 degrees" are weather."""
    if number.is_whole or not mark.concepts.bits & _OUT_THERE or len(text.numeric) > 1:
        return False
    if number.end < len(text.words) and text.kind(number.end) != "mark" and any(text.has(number.end, unit) for unit in _UNITS):
        return False
    return all(text.kind(place) == "mark" for place in range(mark.end, number.first))


def _is_where_one_sits(text: MarkedText, mark: Mark, number: Number) -> bool:
    """ "39 and in the bath": a room or a bath that an "and" adds to the number, and no weather."""
    return mark.first >= number.end and not mark.concepts.bits & _AMBIENT and _is_followed_by_and(text, number)


def _is_followed_by_and(text: MarkedText, number: Number) -> bool:
    """ "35.4 and it is cold out", ٣٥٫٤ والجو بارد: the weather is what comes besides."""
    after = number.end
    return after < len(text.tokens) and text.joins(after)


def _has_own_number(text: MarkedText, position: int, number: Number) -> bool:
    """ "36.5, heating set to 19": the word for a place before which `number` stands is followed by a number of its own."""
    following = range(position + 1, min(len(text.words), position + 1 + _WEATHER_REACH))
    return number.end <= position and any(text.kind(place) == "number" for place in following)


def _is_told_before(text: MarkedText, position: int, number: Number) -> bool:
    """天氣37度我36.9: the number of the weather, then an "I" or somebody of the family, then this one."""
    between = range(position + 1, number.first)
    says_i = any(text.has_any(place, _WRITER_OR_OURS) for place in between)
    return says_i and any(text.kind(place) == "number" for place in between)


def _may_be_outdoors(text: MarkedText, number: Number) -> bool:
    """Thermometers outdoors are read in whole degrees, and whoever writes "tengo 39", "体温39" means a body."""
    before = text.at[number.first - 1] if number.first else None
    labels = (before, label_before(text, number))
    return number.is_whole and not any(label is not None and label.concepts.bits & _OWN for label in labels)


def _names_somebody_before(text: MarkedText, position: int, number: Number) -> bool:
    """ "39.2 no paracetamol in the house": a person, a no or a medicine between the number and the word for a place parts them."""
    between = text.at[number.end : position]
    return any(mark is not None and mark.concepts.bits & _PARTING for mark in between)


def may_be_of_the_weather(text: MarkedText, number: Number) -> bool:
    """ "Here 39, blinds down, what a heatwave": whole degrees in a text about the weather and about nobody's health."""
    if not number.is_whole or not text.spoken_of & _CLIMATE or text.spoken_of & _OF_A_PERSON:
        return False
    return not has_a_bearer(text, number)


def is_degrees_of_a_thing(text: MarkedText, number: Number) -> bool:
    """ "Delhi 44 degrees today", "coffee at 40 degrees": a town or a drink, degrees, and nobody in the clause who could have them."""
    if not text.spoken_of & _WARM or not any(text.has(place, unit) for place in (number.end - 1, number.end) for unit in _UNITS):
        return False
    beside = [mark for mark in text.marks if text.clauses[mark.first] == text.clauses[number.first]]
    is_said_of = any(mark.concepts.bits & _WARM and _is_beside(text, number, mark) for mark in beside)
    return is_said_of and not any(mark.concepts.bits & _BODY_OR_SELF for mark in beside) and own_reading_before(text, number) is None


def is_in_a_town(text: MarkedText, number: Number) -> bool:
    """ "39 in Delhi": a town right behind, in a text without a word of a body; a forecast has no tenths."""
    after = number.end
    return number.is_whole and text.has(after, "filler_noun") and text.has(after + 1, "warm_place") and not text.spoken_of & BODY


def _is_beside(text: MarkedText, number: Number, mark: Mark) -> bool:
    """With nothing but today, is, in and the like between: "coffee, then 39 degrees" says nothing of the coffee."""
    between = range(min(mark.end, number.end), max(mark.first, number.first))
    return all(any(text.has(place, small) for small in _SMALL) for place in between)


def names_a_fever_beside(text: MarkedText, number: Number) -> bool:
    """A fever named straight before the number or after it, and not denied: then a hot day is only small talk."""
    label = label_before(text, number)
    if label is not None and "FEVER" in label.concepts:
        return not (text.has(label.first - 1, "no") or text.has(label.first - 1, "not"))
    position = number.end
    while any(text.has(position, concept) for concept in _BEFORE_A_FEVER):
        position += 1
    return text.has(position, "FEVER")
