"""Decides whether an illness or blood is that of an animal, taken to the vet or killed, and whether somebody only does something to one."""

from followup_service.conversation.back_to_the_writer import TODAY, is_troubled_from
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.others import STRANGER

_SLAUGHTER, _BLOOD, _VET = bits_of({"slaughter"}), bits_of({"blood"}), bits_of({"vet"})
# What people tell of themselves.
_TOLD_BY_PEOPLE = bits_of({"BREATHLESSNESS", "CHEST_PAIN", "HEADACHE", "WORST_HEADACHE", "STROKE_SIGN", "COLLAPSE", "CONFUSION", "pain"})
_OF_A_BODY = bits_of({"wound", "nose", "stool", "urine", "vomit", "phlegm", "mouth", "line", "cannot", "lost", "limb"})
_AND = bits_of({"list_and"})


def is_of_a_patient_of_the_vet(text: MarkedText, first: int) -> bool:
    """ "The dog is poorly, vomited blood, we took him to the vet": an animal before the illness in its sentence, a vet, and nobody else."""
    if not text.spoken_of & _VET:
        return False
    sentence = text.sentences[first]
    animal = next((mark for mark in text.marks if mark.concepts.bits & STRANGER and text.sentences[mark.first] == sentence), None)
    if animal is None or animal.first > first or animal.concepts.bits & _VET:
        return False
    between = range(animal.end, first)
    if any(text.has(place, "relative") or (text.words[place] in text.returning and not text.has_any(place, TODAY)) for place in between):
        return False
    return not _is_told_after_the_vet(text, first)


def _is_told_after_the_vet(text: MarkedText, first: int) -> bool:
    """ "Took the cat to the vet and I was sick", "带猫去看兽医，胸口疼": what an "and" adds behind the vet, or what no animal tells of."""
    sentence = text.sentences[first]
    vets = [mark for mark in text.marks if mark.concepts.bits & _VET and text.sentences[mark.first] == sentence]
    if any(mark.first >= first for mark in vets):
        return False
    illness = text.at[first]
    between = range(vets[-1].end, first + 1) if vets else range(0)
    return (illness is not None and illness.concepts.bits & _TOLD_BY_PEOPLE != 0) or any(text.joins(place) for place in between)


def is_done_to(text: MarkedText, animal: Mark, first: int) -> bool:
    """ "Кота кормила и упала", "kutte ko ghumate hue behosh": an animal to which somebody does something, in words of its own."""
    if not animal.concepts.bits & STRANGER:
        return False
    if animal.first and text.words[animal.first - 1] in text.plain.done_to_animals:
        return True
    if text.plain.animal_objects.isdisjoint(text.words[animal.end - 1 : animal.end + 1]):
        return False
    return any((mark := text.at[place]) is None or mark.concepts.bits & _AND for place in range(animal.end, first))


def is_of_a_slaughter(text: MarkedText, first: int, end: int) -> bool:
    """ "We killed the pig, blood everywhere": blood beside a slaughter, with no part of a body and no word of the writer in its clause."""
    illness = text.at[first]
    if not text.spoken_of & _SLAUGHTER or text.spoken_of & _OF_A_BODY or illness is None or not illness.concepts.bits & _BLOOD:
        return False
    clause = text.clauses[first]
    if any(text.words[place] in text.returning for place in range(len(text.words)) if text.clauses[place] == clause):
        return False
    return not is_troubled_from(text, end)
