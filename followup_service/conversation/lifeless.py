"""Whether something happened to a thing and not to the writer: "the roof collapsed", "le canapé a jauni"."""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.subjects import SMALL

# What comes out of a body comes out of no thing.
_COMES_OUT = bits_of(
    {"blood", "BLEEDING", "vomit", "VOMITING", "VOMITING_BLOOD", "COUGHING_BLOOD", "stool", "DIARRHOEA", "BLOOD_IN_STOOL", "urine"}
)
_LEADING_IN = bits_of({"but", "self_well"})


def befell(text: MarkedText, thing: Mark, first: int) -> bool:
    """ "The roof collapsed", "le canapé a jauni": with its article or nothing before it, and at once what befell it.

    "On sofa passed out" is the writer's, and so is what only stands in the sentence, "the ladder fell, bleeding", and what comes out of a
    body: "the sofa is soaked in blood".
    """
    befallen = text.at[first]
    if (befallen is not None and befallen.concepts.bits & _COMES_OUT) or (text.kind(first) == "number" and thing.end == first):
        return False
    before = thing.first - 1
    is_alone = before < 0 or text.clauses[before] != text.clauses[thing.first] or text.kind(before) == "mark"
    if not (is_alone or text.words[before] in text.plain.the_or_my or text.has_any(before, _LEADING_IN)):
        return False
    if text.language == "hi" and thing.end < first:
        return False  # "छत से गिर गया": off it, on it or in it
    return text.clauses[thing.first] == text.clauses[first] and all(text.has_any(place, SMALL) for place in range(thing.end, first))
