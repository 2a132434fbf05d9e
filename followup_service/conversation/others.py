"""Finds who is named that takes no part, in one word or in several: "el hijo de la vecina", "my wife's mother", 同事家孩子, 隔壁老王."""

from collections.abc import Iterator

from followup_service.conversation.concepts import Concepts, bits_of, together
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.text_language import DEFAULT

LIFELESS = bits_of({"lifeless"})
STRANGER, NEVER, BYSTANDER = LIFELESS | bits_of({"stranger"}), bits_of({"never_participant"}), bits_of({"bystander"})
_ACQUAINTANCE, _NEARBY = bits_of({"acquaintance"}), bits_of({"nearby"})
_KIN, _SPOUSE = bits_of({"kin"}), bits_of({"spouse"})
_PREGNANT = bits_of({"PREGNANT"})
_OURS, _RELATIVE = bits_of({"relative", "kin"}), bits_of({"relative"})
_KNOWN = _ACQUAINTANCE | BYSTANDER | NEVER
# What names one of them besides a word of its own.
OF_SEVERAL_WORDS = _ACQUAINTANCE | _NEARBY | _KIN | _PREGNANT
# Their children are nobody who takes part; their husband or wife may write, and counts only where the writer says to be well.
_THEIR_KIN, _THEIR_SPOUSE = together({"bystander", "never_participant"}), together({"never_participant"})
_NEIGHBOUR = together({"bystander", "never_participant", "acquaintance"})
_FARTHEST = 3
_APOSTROPHES = frozenset("'’`´")


def others(text: MarkedText, whose: int) -> list[Mark]:
    """The marks of these concepts, in the order of the text, those of several words before them; "the patient" is who takes part."""
    single = [mark for mark in text.marks if mark.concepts.bits & whose and not names_the_patient(text, mark)]
    if not text.spoken_of & OF_SEVERAL_WORDS:
        return single
    return [
        mark
        for mark in (
            *_kin_of_others(text),
            *_theirs_in_english(text),
            *_acquaintances_of_ours(text),
            *_young_ones_of_ours(text),
            *_neighbours(text),
        )
        if mark.concepts.bits & whose
    ] + single


def names_the_patient(text: MarkedText, mark: Mark) -> bool:
    joined = "" if text.kind(mark.first) == "cjk" else " "
    return joined.join(text.words[mark.first : mark.end]) in text.plain.patients


def _kin_of_others(text: MarkedText) -> Iterator[Mark]:
    for one in text.marks:
        if one.concepts.bits & (_KIN | _SPOUSE):
            for known in _marks_beside(text, one):
                if (known.concepts.bits & (_KNOWN | _RELATIVE) or _is_a_child(text, known)) and _is_of(text, one, known):
                    is_ours = not known.concepts.bits & _KNOWN and not _is_a_child(text, known)
                    yield Mark(_THEIR_SPOUSE if is_ours else _kinship(one.concepts), min(one.first, known.first), max(one.end, known.end))


def _theirs_in_english(text: MarkedText) -> Iterator[Mark]:
    """ "My wife's mother", "our Kevin's lad", "my niece's dog": behind an apostrophe, or behind kin with an "s", as texts are typed."""
    if text.language != DEFAULT:
        return
    for one in text.marks:
        if (
            one.concepts.bits & (_KIN | NEVER)
            and one.first
            and text.kind(one.first - 1) == "word"
            and text.words[one.first - 1].endswith("s")
        ):
            place = one.first - 1
            if not _APOSTROPHES.isdisjoint(text.written(place, place + 1)) or text.has(place, "kin"):
                yield Mark(one.concepts if one.concepts.bits & STRANGER else _THEIR_SPOUSE, place, one.end)


def _acquaintances_of_ours(text: MarkedText) -> Iterator[Mark]:
    """Hindi "beti ki saheli", 儿子的同学: whom a relative knows takes part no more than whom the writer knows."""
    for one in text.marks:
        if one.concepts.bits & _ACQUAINTANCE and one.first > 1 and text.words[one.first - 1] in text.plain.of_behind:
            ours = text.at[one.first - 2]
            if ours is not None and ours.concepts.bits & _OURS:
                yield Mark(_THEIR_KIN, ours.first, one.end)


def _young_ones_of_ours(text: MarkedText) -> Iterator[Mark]:
    """我妹怀孕七个月, 儿子放暑假: who is pregnant, and is no wife, and who goes to school take no part."""
    for one in text.marks:
        if one.concepts.bits & (_OURS | NEVER) and one.end < len(text.at):
            behind = text.at[one.end]
            is_pregnant = (
                behind is not None and behind.concepts.bits & _PREGNANT and "".join(text.words[one.first : one.end]) not in text.plain.wives
            )
            if is_pregnant or "".join(text.words[one.end : one.end + 2]) in text.plain.at_school:
                yield Mark(_THEIR_KIN, one.first, one.end)


def _is_a_child(text: MarkedText, mark: Mark) -> bool:
    """ "El nene de mi hija", "le bébé de mon fils": a daughter's or son's child is a grandchild."""
    return text.words[mark.end - 1] in text.plain.children


def _marks_beside(text: MarkedText, one: Mark) -> Iterator[Mark]:
    """The marks up to so many tokens before and behind."""
    before = range(max(0, one.first - 1 - _FARTHEST), one.first)
    behind = range(one.end, min(len(text.at), one.end + 1 + _FARTHEST))
    yield from dict.fromkeys(mark for place in (*before, *behind) if (mark := text.at[place]) is not None)


def _kinship(concepts: Concepts) -> Concepts:
    return _THEIR_KIN if concepts.bits & _KIN else _THEIR_SPOUSE


def _is_of(text: MarkedText, one: Mark, known: Mark) -> bool:
    """ "Hijo de la vecina" with an "of" between, 同事的孩子 perhaps without one."""
    if one.end <= known.first:
        between = text.words[one.end : known.first]
        if text.language == "vi":
            return known.concepts.bits & _ACQUAINTANCE != 0 and text.plain.of_alone.issuperset(between)
        if text.plain.of.isdisjoint(between):
            return False
        return len(between) <= _FARTHEST and all(word in text.plain.of or word in text.plain.the_or_my for word in between)
    if not known.concepts.bits & _ACQUAINTANCE:
        return False
    between = text.words[known.end : one.first]
    if len(between) == 1 and between[0] in text.plain.of_behind:
        return True
    if text.kind(one.first) != "cjk":
        return False  # 孩子他爸 is the writer's husband
    return len(between) <= _FARTHEST and text.plain.of_joined.issuperset(between)


def _neighbours(text: MarkedText) -> Iterator[Mark]:
    """隔壁老王, 楼下王大妈, 樓下阿伯: where one lives, and a surname with a title or a familiar word, or a title."""
    for mark in text.marks:
        if mark.concepts.bits & _NEARBY:
            end = _end_of_name(text, mark.end + (not text.plain.of_a_place.isdisjoint(text.words[mark.end : mark.end + 1])))
            if end is not None:
                yield Mark(_NEIGHBOUR, mark.first, end)


def _end_of_name(text: MarkedText, place: int) -> int | None:
    words = text.words
    surname = place + 1 if place < len(words) and words[place] in text.plain.familiar else place
    if surname >= len(words) or words[surname] not in text.plain.surnames:
        return _end_of_title(text, place, least=2)
    after = _end_of_title(text, surname + 1, least=1)
    return after or (surname + 1 if surname > place else None)


def _end_of_title(text: MarkedText, place: int, *, least: int) -> int | None:
    """Where the title ends that begins there; without a name before it one of a single character could be part of a body."""
    title = text.at[place] if place < len(text.at) else None
    return title.end if title is not None and "title" in title.concepts and title.end - place >= least else None
