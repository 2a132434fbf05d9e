"""Decides whether the writer says to be well, which lets an illness of others or of another time be set aside."""

from followup_service.conversation.body_values import DIGITS, is_alarming, is_normal, spoken_value
from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

_SELF_WELL, _WRITER = bits_of({"self_well"}), bits_of({"writer"})
_WELL, _NO_ANSWER = bits_of({"fine", "none", "none_of_all", "no_answer"}), bits_of({"no_answer"})
# "The same" is no good news beside somebody else's fever.
_NO_NEWS = bits_of({"alike", "also", "cannot"})
_ILLNESS = bits_of((SYMPTOM_CODES - {"QUESTION_FOR_TEAM"}) | SECTIONS["troubles"] | {"temperature_claim"})
# "I cannot" and "I am not quite there" are no denial.
_HAVABLE = _ILLNESS & ~bits_of({"cannot", "bad_way", "sleepy", "lost", "weak"})
_NOW, _THIS_TIME = bits_of({"about_now"}), bits_of({"this_time"})
_AGAIN = bits_of({"about_now", "also", "alike", "worse"})
_DENIALS = bits_of({"not", "no"})
_SMALL = bits_of({"filler_noun", "filler_verb", "is_filler", "gone_filler", "has_it", "degree", "smalltalk"})
_STOPS = frozenset(".,!\n")
SOMEBODY = bits_of({"relative", "never_participant", "bystander", "stranger", "acquaintance", "kin", "spouse"})
_OTHERS = bits_of({"never_participant", "bystander", "stranger"})
_OWN_REACH, _OWN_BESIDE = 6, 1
# Hindi "मेरा" is mine, and also my.
_MINE = bits_of({"about_self", "has_it"})
_OWN_LABEL = bits_of({"own_reading", "temperature_label"})
# The upper and the lower value of a blood pressure that pages nobody, in millimetres of mercury.
_PRESSURE, _NORMAL_PRESSURE = bits_of({"pressure_label"}), ((90, 149), (50, 94))
_OTHERS = bits_of({"never_participant", "bystander", "stranger"})
_GOES_ON = ("smalltalk", "fine", "self_well", "gone_filler", "please")


def says_well(text: MarkedText, *, in_set_words: bool = False, of_self: bool = False) -> bool:
    """ "I am fine", and nothing after it in its clause: "I am fine to drive him" says nothing of the writer.

    `in_set_words` asks for one of the known ways to say so, not only for an "I" and a "fine"; `of_self` for more than "all well at home",
    which a family writes of those who are not ill.
    """
    if text.spoken_of & _SELF_WELL and any(
        _closes(text, mark.end, mark) and not _names_whose(text, mark) and not (of_self and _is_of_the_house(text, mark))
        for mark in text.marked("self_well")
    ):
        return True
    if text.numeric and gives_own_reading(text):
        return True
    if not in_set_words and _begins_with_a_no(text):
        return True
    if text.spoken_of & _WRITER and any(_has_not_got_it(text, mark) for mark in text.marked("writer")):
        return True
    return bool(text.spoken_of & _WRITER) and any(
        _is_well_in_own_words(text, mark) and (not in_set_words or _stands_against(text, mark)) for mark in text.marked("writer")
    )


def _has_not_got_it(text: MarkedText, writer: Mark) -> bool:
    """我没黄, 我冇發燒: in Chinese an "I", a "not" and an illness, and nothing after it in its clause."""
    place = writer.end
    while place < len(text.words) and text.words[place] in text.plain.still:
        place += 1
    if place >= len(text.words) or text.kind(place) != "cjk" or not (text.has(place, "not") or text.has(place, "no")):
        return False
    illness = text.at[text.at[place].end] if text.at[place].end < len(text.at) else None  # type: ignore[union-attr]
    return illness is not None and illness.concepts.bits & _HAVABLE != 0 and _closes(text, illness.end, writer)


def _is_of_the_house(text: MarkedText, mark: Mark) -> bool:
    return not text.plain.house.isdisjoint(text.words[max(0, mark.first - 1) : mark.end])


def _names_whose(text: MarkedText, mark: Mark) -> bool:
    """ "Anh họ tôi thì khỏe", "đồng nghiệp của tôi khỏe": an "I" behind somebody only says whose he is."""
    before = mark.first - 1
    may_be_whose = text.language == "vi" or text.words[mark.first] in text.plain.ours_behind
    if before < 0 or not may_be_whose or not _in_one_clause(text, before, mark.first):
        return False
    return text.words[before] in text.plain.of_alone or text.has_any(before, SOMEBODY)


def _stands_against(text: MarkedText, writer: Mark) -> bool:
    """ "…, а я то нормально": an "I" that begins a clause behind another, perhaps with a "but" before it."""
    before = writer.first - 1
    while before >= 0 and _in_one_clause(text, before, writer.first) and _leads_in(text, before):
        before -= 1
    return before >= 0 and not _in_one_clause(text, before, writer.first)


def _in_one_clause(text: MarkedText, place: int, other: int) -> bool:
    return text.clauses[place] == text.clauses[other]


def _leads_in(text: MarkedText, place: int) -> bool:
    return text.kind(place) == "mark" or text.has(place, "but") or text.has(place, "list_and")


def _begins_with_a_no(text: MarkedText) -> bool:
    """ "0. My grandson has 39", 体温36.8，小宝38.8: the answer to what was asked comes first and ends its clause."""
    mark = text.at[0] if text.at else None
    if mark is not None and mark.concepts.bits & _WELL and not mark.concepts.bits & _NO_NEWS:
        end = mark.end
    elif text.words and text.words[0] == "0":
        end = 1
    elif (first := _after_label(text, 0)) < len(text.words) and is_normal(text, first):
        end = _after_unit(text, first)
    else:
        return False
    return end < len(text.words) and text.words[end] in _STOPS


def says_well_now(text: MarkedText) -> bool:
    """ "Nothing wrong with me today", "today 36.9", or "this time …" with no "again" and no fever after it: what came before was of another
    time.
    """
    said = text.spoken_of
    if said & _NOW and any(is_normal(text, place) and text.has(place - 1, "about_now") for place in text.numeric):
        return True
    if said & _THIS_TIME and any(not _repeats(text, mark) for mark in text.marked("this_time")):
        return True
    return bool(said & _NOW) and any(
        mark.concepts.bits & (_SELF_WELL | _WELL) and _has_beside(text, mark, _NOW) and not _has_beside(text, mark, _NO_NEWS | _ILLNESS)
        for mark in text.marks
    )


def _repeats(text: MarkedText, this_time: Mark) -> bool:
    after = [mark for mark in text.marks if mark.first >= this_time.end and text.sentences[mark.first] == text.sentences[this_time.first]]
    return any(mark.concepts.bits & _AGAIN for mark in after) or any(
        place >= this_time.end and is_alarming(text, place) for place in text.numeric
    )


def _is_well_in_own_words(text: MarkedText, writer: Mark) -> bool:
    """An "I", then a "fine", a nought or a normal temperature that ends the clause, with small words and no illness between."""
    if _names_whose(text, writer):
        return False
    place, strange = writer.end, 0
    while place < len(text.words) and text.clauses[place] == text.clauses[writer.first]:
        mark = text.at[place]
        if text.words[place] == "0" or is_normal(text, place):
            return _closes(text, _after_unit(text, place), writer)
        if mark is None:
            strange += 1
            place += 1
        elif mark.concepts.bits & _WELL and not mark.concepts.bits & _NO_NEWS and _closes(text, mark.end, writer):
            if strange and mark.concepts.bits & _WELL == _NO_ANSWER:
                return False  # "मैं सोया नहीं": I did not sleep
            return not _has_around(text, writer, _NO_NEWS | _ILLNESS | _DENIALS & ~_WELL)
        elif mark.concepts.bits & (_SMALL | _WELL | _WRITER | _NOW):
            place = mark.end
        else:
            return False
        if strange > 1:
            return False
    return False


def gives_own_reading(text: MarkedText) -> bool:
    """ "Me 36.8", 我自己36.5, "and I, the nurse of the house, 36.4", "mine is 128/76": who measures as well takes part."""
    own = [
        mark for mark in text.marks if mark.concepts.bits & _WRITER or mark.concepts.bits & _MINE == _MINE or _is_my_temperature(text, mark)
    ]
    return bool(own) and any(
        (is_normal(text, place) or _is_normal_pressure(text, place)) and any(_is_of(text, writer, place) for writer in own)
        for place in text.numeric
    )


def _is_my_temperature(text: MarkedText, mark: Mark) -> bool:
    """ "Mera temp", one term that begins with the "my"."""
    return mark.concepts.bits & _OWN_LABEL == _OWN_LABEL and mark.end - mark.first > 1 and text.words[mark.first] in text.returning


def _is_normal_pressure(text: MarkedText, place: int) -> bool:
    """Whether "128/76" or "128 over 76" begins at token `place`, in a text that speaks of blood pressure."""
    if not text.spoken_of & _PRESSURE:
        return False
    written = text.words[place].split("/") if text.kind(place) == "ratio" else text.words[place : place + 3 : 2]
    if len(written) != len(_NORMAL_PRESSURE) or not all(value.strip().isdecimal() for value in written):
        return False
    return all(least <= int(value) <= most for value, (least, most) in zip(written, _NORMAL_PRESSURE, strict=True))


def _after_label(text: MarkedText, place: int) -> int:
    """我体温36.5 is the writer's as well."""
    mark = text.at[place] if place < len(text.at) else None
    return mark.end if mark is not None and "temperature_label" in mark.concepts and "FEVER" not in mark.concepts else place


def _is_of(text: MarkedText, writer: Mark, place: int) -> bool:
    """Whether the number at token `place` is the writer's: an "I" beside it, or one that begins a clause before it, with nobody else and no
    fever in between.
    """
    if text.sentences[writer.first] != text.sentences[place]:
        return False
    first, end = (_after_label(text, writer.end), place) if writer.first < place else (place + 1, writer.first)
    reach = _OWN_REACH if writer.first < place and _stands_against(text, writer) else _OWN_BESIDE
    between = text.at[first:end]
    return len(between) <= reach and not any(
        (mark is not None and mark.concepts.bits & SOMEBODY) or (beside in text.numeric and is_alarming(text, beside))
        for beside, mark in enumerate(between, first)
    )


def _after_unit(text: MarkedText, place: int) -> int:
    if text.kind(place) == "cjk" and spoken_value(text, place) is not None:
        return _after_spoken(text, place)
    place += 1
    while any(text.has(place, unit) for unit in ("degree_sign", "celsius", "fahrenheit")):
        place += 1
    if text.has(place - 1, "degree_sign") and place in text.numeric and len(text.words[place]) == 1:
        place += 1
    return place


def _after_spoken(text: MarkedText, place: int) -> int:
    """Behind the number in Chinese words, with its degrees, its point and its tenths."""
    place += 3
    while place < len(text.words) and (
        text.words[place] in DIGITS or any(text.has(place, unit) for unit in ("degree_sign", "point", "half", "tenth"))
    ):
        place += 1
    return place


def _is_at_normal(text: MarkedText, place: int) -> bool:
    return place + 1 < len(text.words) and text.words[place] in text.plain.at and is_normal(text, place + 1)


def _has_around(text: MarkedText, mark: Mark, concepts: int) -> bool:
    """Whether one of these stands in the clause of `mark`; where spaces serve as commas, in it from the mark on."""
    return any(
        one.concepts.bits & concepts and _in_clause(text, one, mark) and (one.first >= mark.first or text.kind(mark.first) != "cjk")
        for one in text.marks
    )


def _has_beside(text: MarkedText, mark: Mark, concepts: int) -> bool:
    return any(one.concepts.bits & concepts for one in text.marks if _in_clause(text, one, mark))


def _in_clause(text: MarkedText, one: Mark, other: Mark) -> bool:
    return text.clauses[one.first] == text.clauses[other.first]


def _closes(text: MarkedText, end: int, mark: Mark) -> bool:
    """Whether the clause of `mark` ends at `end`, but for small talk and a normal temperature, "I'm grand at 36.7", or goes on to somebody
    who takes no part: "I'm fine the neighbour has 39".
    """
    while any(text.has(end, concept) for concept in _GOES_ON) or _is_at_normal(text, end):
        end = _after_unit(text, end + 1) if _is_at_normal(text, end) else end + 1
    if end >= len(text.words) or text.clauses[end] != text.clauses[mark.first] or text.kind(end) == "mark":
        return True
    is_led_to = text.has(end, "list_and") or (text.has(end, "filler_noun") and not text.has_any(end, _OTHERS))
    if text.has_any(end + 1 if is_led_to else end, _OTHERS):
        return True
    return text.kind(end) == text.kind(end - 1) == "cjk" and not text.is_glued(end)
