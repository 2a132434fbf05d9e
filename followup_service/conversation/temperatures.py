"""Finds the body temperatures in a text and says of every other number that could be one why it is none."""

from decimal import Decimal

from followup_service.conversation.blood_pressure import find_blood_pressures
from followup_service.conversation.body_values import HIGHEST, LOWEST_POINTLESS, SLIPPED_BELOW, Value, plausible, to_celsius
from followup_service.conversation.bounds import is_quiet_bound
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText, new
from followup_service.conversation.measurement_sites import SITES, find_site
from followup_service.conversation.number_labels import label_before, past_degree_sign
from followup_service.conversation.numbers import Number
from followup_service.conversation.other_numbers import is_glued_count, other_meaning
from followup_service.conversation.past_years import names_a_year
from followup_service.conversation.place_temperatures import may_be_of_the_weather
from followup_service.conversation.reading import TemperatureCandidate
from followup_service.protocol.findings import TemperatureUnit
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

WEATHER = "perhaps the temperature of a place"
AGE = "an age, as nothing else speaks of a temperature"
_CELSIUS, _FAHRENHEIT = TemperatureUnit.CELSIUS, TemperatureUnit.FAHRENHEIT
_SITE_WORDS, _UNIT_WORDS = bits_of(SITES), bits_of({"celsius", "fahrenheit"})
_BODY_CONTEXT = frozenset({"temperature_label", "temperature_claim", "FEVER", "RIGOR", "high", "celsius", "fahrenheit", *SITES})
_BODY_WORDS, _PRESSURE = bits_of(_BODY_CONTEXT), bits_of({"pressure_label"})
_BESIDE_A_LONE_NUMBER = frozenset({"degree_sign", "celsius", "fahrenheit", "smalltalk", "fine"})
_OFFERED_FROM = Decimal(20)
# Where none of these is said, a number that a body may have is its temperature.
_OTHER_MEANINGS = bits_of({
    "weather", "if", "quoted", "below", "below_after", "currency", "counted", "counted_glued", "birthday", "street", "other_label",
    "place_label", "digits_label", "game", "warm_place", "topic", "minus", "understood", "stranger", "lifeless", "same_for_others",
    "years_ago", "ago", "a_while_ago", "story", "dream", "hearsay", "self_is", "never_participant", "self_well", "long_ago", "cost",
    "taken_back", "relative", "medicine", "priced", "measure", "comes_whole", "counted_before", "acquaintance", "nearby",
    "times",
    "threshold", "ring_at", "limit",
})  # fmt: skip
_COMPLAINTS = bits_of(SYMPTOM_CODES - {"QUESTION_FOR_TEAM", "PREGNANT", "ALLERGY"})
_NO_MATTER_OF_AGE = _COMPLAINTS | bits_of({"weather", "own_reading"})
_NUMBERED = bits_of({"currency", "street", "place_label", "other_label", "birthday"})
_ROUND_DOSE = 50
_MINUTES, _VISIT = Decimal("0.60"), bits_of({"visit"})
# Three and four said one after the other.
_THREE_OR_FOUR = Decimal(34)
_COUNTING_UP, _TENS = Decimal(345), frozenset("十百千")
# Where the country or a large part of the speakers measures so; elsewhere "98" is rather a year, a mark or a weight.
_THINK_IN_FAHRENHEIT = frozenset({"en", "es", "hi"})


def find_temperatures(text: MarkedText, numbers: list[Number], *, asked: bool) -> list[TemperatureCandidate]:
    """Every number that could be a body temperature; `asked` says that the open question is one for a temperature."""
    if not numbers:
        return []
    in_context = asked or text.spoken_of & _BODY_WORDS != 0 or _tells_a_course(text, numbers)
    pressures = find_blood_pressures(text, numbers) if len(numbers) > 1 or text.spoken_of & _PRESSURE else []
    candidates = []
    for number in numbers:
        if number.shape == "number" and not any(pressure.first <= number.first < pressure.end for pressure in pressures):
            candidate = _judge(text, numbers, number, asked=asked, in_context=in_context)
            if candidate is not None:
                candidates.append(candidate)
    if len(candidates) > 1 and any(not candidate.implausible and candidate.dropped is None for candidate in candidates):
        return [candidate for candidate in candidates if not candidate.implausible]
    return candidates


def _tells_a_course(text: MarkedText, numbers: list[Number]) -> bool:
    """ "Was 391, with paracetamol 375": two values that lack their point speak for each other where nothing else is said of them."""
    if len(numbers) < 2 or text.spoken_of & _NUMBERED:
        return False
    values = {(read.unit, read.value) for number in numbers if (read := _pointless(text, number)) is not None}
    return any(unit is other and value != another for unit, value in values for other, another in values)


def _pointless(text: MarkedText, number: Number) -> Value | None:
    """A three-digit value that is neither a dose nor a count."""
    if number.shape != "number" or text.has(number.end, "counted") or is_glued_count(text, number.end):
        return None
    if _is_dose(text, number):
        return None
    read = plausible(number.value)
    return read if read is not None and read.lacked_point and number.value >= LOWEST_POINTLESS else None


def _is_dose(text: MarkedText, number: Number) -> bool:
    return text.has(number.first - 1, "medicine") and number.value % _ROUND_DOSE == 0


def _judge(text: MarkedText, numbers: list[Number], number: Number, *, asked: bool, in_context: bool) -> TemperatureCandidate | None:
    if _is_three_or_four(text, number):
        return None
    read = plausible(number.value)
    if read is None and number.value < _OFFERED_FROM and not (asked and _is_alone(text, numbers)):
        return None
    is_doubtful = read is not None and _is_doubtful(text, number, read)
    if read is not None and not is_doubtful and not _may_mean_something_else(text):
        return _candidate(text, number, read)
    unit = _unit(text, number)
    has_degree = unit is not None or any(text.has(position, "degree_sign") for position in range(number.first + 1, number.end + 1))
    labelled = has_degree or _has_temperature_label(text, number)
    if read is None:
        alone = _is_alone(text, numbers)
        if not _is_offered(number, alone=alone, asked=asked, labelled=labelled) or _what_else(text, number, labelled=labelled):
            return None
        return _candidate(text, number, Value(number.value, unit or _CELSIUS), implausible=True)
    dropped = _what_else(text, number, labelled=labelled)
    if dropped is None and _is_age(text, number, in_context=in_context or has_degree):
        dropped = AGE
    if dropped is None and read.lacked_point:
        dropped = _as_it_is_written(text, numbers, number)
    if dropped is None and not asked and may_be_of_the_weather(text, number):
        dropped = WEATHER
    if dropped is None and not (in_context or labelled or _is_alone(text, numbers)):
        dropped = _unless_something_speaks(text, number, is_doubtful=is_doubtful)
    return _candidate(text, number, read, dropped=dropped)


def _is_doubtful(text: MarkedText, number: Number, read: Value) -> bool:
    """Whether a value needs a word beside it: its point was put back, or it is whole and of a unit that the language hardly measures in."""
    return read.lacked_point or (read.unit is _FAHRENHEIT and number.is_whole and text.language not in _THINK_IN_FAHRENHEIT)


def _unless_something_speaks(text: MarkedText, number: Number, *, is_doubtful: bool) -> str | None:
    """What a number is where nothing says that it is a temperature."""
    if _is_a_hundred_of_something(text, number):
        return "a hundred of something else"
    if is_doubtful and not (_is_spelt(text, number) or _is_beside_a_complaint(text, number)):
        return "a whole number, as nothing speaks of a temperature"
    return None


def _as_it_is_written(text: MarkedText, numbers: list[Number], number: Number) -> str | None:
    """What a number is that would be a temperature only if its point was forgotten or slipped."""
    if _is_dose(text, number):
        return "a dose"
    return "a time of day" if _is_time_of_a_visit(text, numbers, number) else None


def _is_time_of_a_visit(text: MarkedText, numbers: list[Number], number: Number) -> bool:
    """ "Temp 38.9, appt tomorrow 10.30": minutes behind an hour, in a text that has a temperature or an appointment."""
    if number.value >= SLIPPED_BELOW or number.value % 1 >= _MINUTES:
        return False
    others = (plausible(other.value) for other in numbers if other is not number and other.shape == "number")
    return text.spoken_of & _VISIT != 0 or any(read is not None and not read.lacked_point for read in others)


def _is_spelt(text: MarkedText, number: Number) -> bool:
    """ "Ba tám lăm", "three eight five", 三八五: three digits said one by one, as people say what a thermometer shows."""
    if number.end - number.first != 3:
        return False
    if text.kind(number.first) == "cjk":
        return number.value != _COUNTING_UP and _TENS.isdisjoint(text.words[number.first : number.end])
    return all(text.kind(place) == "word" for place in range(number.first, number.end))


def _is_three_or_four(text: MarkedText, number: Number) -> bool:
    """ "Teen chaar ulti", "ba bốn lần" count something, and Vietnamese "ba năm" is three years, unless a word for temperature leads."""
    words = text.words[number.first : number.end]
    if len(words) != 2 or not number.is_whole or not all(text.kind(place) == "word" for place in range(number.first, number.end)):
        return False
    return (number.value == _THREE_OR_FOUR or " ".join(words) in text.plain.three_years) and not _has_temperature_label(text, number)


def _may_mean_something_else(text: MarkedText) -> bool:
    return text.spoken_of & _OTHER_MEANINGS != 0 or "%" in text.words or names_a_year(text)


def _candidate(
    text: MarkedText, number: Number, read: Value, *, implausible: bool = False, dropped: str | None = None
) -> TemperatureCandidate:
    start, end = text.span(number.first, number.end)
    written, celsius = text.source.original[start:end], to_celsius(read.value, read.unit)
    site = find_site(text, number) if text.spoken_of & _SITE_WORDS else None
    return new(TemperatureCandidate, (written, (start, end), read.value, read.unit, celsius, site, implausible, dropped))


def _unit(text: MarkedText, number: Number) -> TemperatureUnit | None:
    if not text.spoken_of & _UNIT_WORDS:
        return None
    for position in (number.end, past_degree_sign(text, number), number.first - 1, number.end - 1):
        if text.has(position, "fahrenheit"):
            return _FAHRENHEIT
        if text.has(position, "celsius"):
            return _CELSIUS
    return None


def _is_alone(text: MarkedText, numbers: list[Number]) -> bool:
    """Whether the text is one number and nothing else but signs, units and small words."""
    if len(numbers) != 1:
        return False
    number = numbers[0]
    others = (position for position in range(len(text.words)) if not number.first <= position < number.end)
    return all(text.kind(position) == "mark" or _goes_with_a_lone_number(text.at[position]) for position in others)


def _goes_with_a_lone_number(mark: Mark | None) -> bool:
    return mark is not None and not _BESIDE_A_LONE_NUMBER.isdisjoint(mark.concepts)


def _is_beside_a_complaint(text: MarkedText, number: Number) -> bool:
    """ "386, I feel ill": alone in its clause, in a text that names a complaint in another."""
    if not text.spoken_of & _COMPLAINTS:
        return False
    others = (place for place in range(len(text.words)) if not number.first <= place < number.end)
    clause = text.clauses[number.first]
    return all(text.clauses[place] != clause or text.kind(place) == "mark" or _goes_with_a_lone_number(text.at[place]) for place in others)


def _is_a_hundred_of_something(text: MarkedText, number: Number) -> bool:
    """一百分, 一百多张: in Chinese hundreds count; whoever measures in Fahrenheit there says what it is."""
    return text.kind(number.first) == "cjk" and "百" in text.words[number.first : number.end]


def _is_offered(number: Number, *, alone: bool, asked: bool, labelled: bool) -> bool:
    """Whether a number that no body has was still meant as a temperature."""
    if alone and asked:
        return True
    return number.value >= _OFFERED_FROM and (labelled or (alone and not number.is_whole))


def _has_temperature_label(text: MarkedText, number: Number) -> bool:
    mark = label_before(text, number)
    return mark is not None and not mark.concepts.isdisjoint(_BODY_CONTEXT)


def _what_else(text: MarkedText, number: Number, *, labelled: bool) -> str | None:
    """What the number clearly is, if it clearly is something other than a temperature of this body now or earlier."""
    if is_quiet_bound(text, number):
        return "a bound that was not reached"
    return other_meaning(text, number, labelled=labelled)


def _is_age(text: MarkedText, number: Number, *, in_context: bool) -> bool:
    """ "I am 39": nobody tells an age who speaks of the heat, of feeling ill or of what was measured."""
    if in_context or text.spoken_of & _NO_MATTER_OF_AGE:
        return False
    return number.is_whole and number.value <= HIGHEST and text.has(number.first - 1, "self_is")
