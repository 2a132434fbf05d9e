"""Decides whether an illness is that of somebody named who takes no part, and not the writer's."""

from followup_service.conversation.animals import is_done_to
from followup_service.conversation.back_to_the_writer import ALSO, TODAY, TROUBLED, comes_back, is_again
from followup_service.conversation.body_values import is_normal
from followup_service.conversation.clause_beginnings import begins_clause
from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.lifeless import befell
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.others import BYSTANDER, LIFELESS, STRANGER, names_the_patient
from followup_service.conversation.says_well import SOMEBODY
from followup_service.conversation.subjects import SMALL, end_of, subject_of
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

_ACQUAINTANCE, _PLACE_WORDS = bits_of({"acquaintance"}), 5
# What is seen in others, and what nobody likens to an animal: "a cow is sitting on my chest".
_SEEN = bits_of({"COLLAPSE", "SEIZURE", "IN_HOSPITAL"})
_HAS_IT, _VET = bits_of({"has_it"}), bits_of({"vet"})
_BESIDE_COMPANY = 2
# How many words that nobody knows, and how many known ones that are not small, may stand between somebody and the illness.
_FEW_WORDS, _SOME_WORDS, _FEW_CHARACTERS, _FEW_ODD = 1, 3, 4, 2
_SYMPTOMS = bits_of(SYMPTOM_CODES - {"QUESTION_FOR_TEAM"})
_ILL, _CLAIM = _SYMPTOMS | bits_of({"temperature_label", "infection"}), bits_of({"temperature_claim"})
_HAD = TROUBLED | bits_of({"infection"})
_MAY_STAND_BETWEEN = (
    SMALL
    | _SYMPTOMS
    | _CLAIM
    | bits_of({"gone", "list_and", "at_age", "infection", "never_participant", "bystander", "stranger", "title", "kin"})
    | bits_of({"pressure_label", "yes_perhaps"})  # "padosi ka bp 200/110", "ông sui phải đi cấp cứu"
    | bits_of(SECTIONS["things"] - {"relative", "visit", "rising"})
    | bits_of(SECTIONS["troubles"])
)
_LIVING_WITH_US = bits_of({"relative", "spouse"})
_NOT_OF_THEM = ALSO | bits_of({"writer", "about_self"})
_SELF = bits_of({"writer", "about_self", "relative", "medicine", "quoted", "temperature_label"})


def is_anothers(text: MarkedText, first: int, whose: int, *, even_now: bool = False) -> bool:
    """Whether the clause begins with such a one and comes to the illness with no word of the writer, of measuring or of today.

    A grandchild who writes for the participant is introduced another way: "this is his granddaughter, he has 39".
    Only the vet measures an animal. `even_now` lets it be today's: "the neighbour had a heart attack tonight, I'm fine".
    """
    subject = subject_of(text, first, whose)
    if subject is None or not (
        begins_clause(text, subject) or _comes_in_at_once(text, subject, first) or (even_now and _stands_alone(text, subject))
    ):
        return False
    if subject.concepts.bits & LIFELESS and not befell(text, subject, first):
        return False
    if is_done_to(text, subject, first) or _is_company(text, subject) or names_the_writer(text, first):
        return False
    is_person = not subject.concepts.bits & STRANGER
    is_told = text.clauses[subject.first] != text.clauses[first]
    is_unmeasured = is_told and not text.spoken_of & _VET
    for place in range(end_of(text, subject), first):
        if (is_told and _is_he_or_she(text, place)) or (even_now and _is_today_behind(text, subject, place)):
            continue
        if text.words[place] in text.plain.says and place + 1 == first and text.has(first, "SELF_HARM"):
            continue  # 朋友话唔想做人: of this people tell by what somebody says
        if _is_mine(text, place) or ((is_person or not text.has(place, "temperature_label")) and _leads_elsewhere(text, place)):
            return False
    clauses = (text.clauses[subject.first], text.clauses[first])
    labels = [
        mark
        for mark in text.marks
        if text.clauses[mark.first] in clauses
        and _is_thermometer(mark, first)
        and not _is_a_degree(text, mark)
        and not _says_a_normal_one(text, mark, first)
    ]
    if not is_person:
        labels = [label for label in labels if is_unmeasured and text.clauses[label.first] == text.clauses[first]]
    if not all(_has_it(text, subject, label) or _is_told_on(text, subject, label, whose) for label in labels):
        return False
    return not _is_todays_or_also_ours(text, subject, first, even_now=even_now)


def _is_mine(text: MarkedText, place: int) -> bool:
    """عيوني, حرارتي: in Arabic "my eyes" is one word."""
    return text.kind(place) == "word" and text.words[place] in text.plain.me


def _is_todays_or_also_ours(text: MarkedText, subject: Mark, first: int, *, even_now: bool) -> bool:
    """Whether the clause of the illness speaks of today, or its sentence says "also"; a mere "again" says neither."""
    return any(
        (mark.concepts.bits & ALSO and text.sentences[mark.first] == text.sentences[first])
        or (
            mark.concepts.bits & TODAY
            and text.clauses[mark.first] == text.clauses[first]
            and (not even_now or (_parts(text, subject, mark, first) and not text.has(first, "IN_HOSPITAL")))
        )
        for mark in text.marks
        if mark.concepts.bits & (TODAY | ALSO) and not is_again(text, mark)
    )


def _stands_alone(text: MarkedText, subject: Mark) -> bool:
    """打着牌麻友突然倒了: in Chinese somebody of whom the writer, who is well, speaks in the middle of a clause, and not as company."""
    if text.kind(subject.first) != "cjk" or subject.concepts.bits & _LIVING_WITH_US:
        return False
    is_seen = "".join(text.words[max(0, subject.first - 2) : subject.first]) in text.plain.sees
    before = text.words[max(0, subject.first - _BESIDE_COMPANY) : subject.first]
    clause = [place for place in range(subject.first) if text.clauses[place] == text.clauses[subject.first]]
    return (is_seen or text.plain.done_for.isdisjoint(before)) and not any(
        text.has(place, "writer") or text.has(place, "relative") for place in clause
    )


def _is_company(text: MarkedText, subject: Mark) -> bool:
    """跟同事吃饭晕倒了: with whom the writer was."""
    return subject.first > 0 and text.words[subject.first - 1] in text.plain.company


def names_the_writer(text: MarkedText, first: int) -> bool:
    """我晕倒, "me desmayé": the writer in the word of the illness, as this language has it; "la vaca se me hinchó" tells of the cow."""
    illness = text.at[first]
    if illness is None:
        return False
    said = text.words[illness.first : illness.end]
    if not text.plain.me.isdisjoint(said):
        return True
    return said[:2] != ["se", "me"] and any(word in text.plain.oneself and word in text.returning for word in said)


def _is_today_behind(text: MarkedText, subject: Mark, place: int) -> bool:
    """ "Жена сегодня упала в обморок", 老伴今天早上晕倒了: the words for today directly behind somebody."""
    end = end_of(text, subject)
    while end <= place and (mark := text.at[end]) is not None and mark.concepts.bits & TODAY:
        end = mark.end
    return end > place


def _is_a_degree(text: MarkedText, mark: Mark) -> bool:
    """Vietnamese "39 do" without its marks, where "do" before the number measures."""
    return "degree_sign" in mark.concepts and mark.first > 0 and text.kind(mark.first - 1) == "number"


def _says_a_normal_one(text: MarkedText, label: Mark, first: int) -> bool:
    """ "My cousin had a stroke my temp is 36.7": what is measured behind the illness is healthy."""
    behind = label.end + 1 if text.has(label.end, "is_filler") else label.end
    return label.first > first and behind < len(text.words) and is_normal(text, behind)


def _parts(text: MarkedText, subject: Mark, today: Mark, first: int) -> bool:
    """ "My wife had a cold now 39": what she has stands before the word for today, and the illness behind it may be the writer's."""
    return today.end <= first and any(mark.concepts.bits & _HAD and subject.end <= mark.first < today.first for mark in text.marks)


def _comes_in_at_once(text: MarkedText, subject: Mark, first: int) -> bool:
    """ "At the market a woman fainted", 公司有個同事暈倒: a few words of where, then a stranger or a colleague and at once the illness."""
    illness = text.at[first]
    if not text.plain.animals.isdisjoint(text.words[subject.first : subject.end]):
        return False  # "ordeñando la vaca me desmayé"
    if (
        illness is None
        or subject.concepts.bits & LIFELESS
        or not illness.concepts.bits & _SEEN
        or not subject.concepts.bits & (STRANGER | _ACQUAINTANCE)
    ):
        return False
    if text.clauses[subject.first] != text.clauses[first] or subject.concepts.bits & BYSTANDER and subject.concepts.bits & STRANGER:
        return False
    before = [place for place in range(subject.first) if text.clauses[place] == text.clauses[first]]
    if len(before) > _PLACE_WORDS or any(text.words[place] in text.returning for place in before):
        return False
    if any(text.has_any(place, _SELF | TROUBLED) for place in before):
        return False
    return all(text.has_any(place, SMALL) for place in range(end_of(text, subject), first))


def _leads_elsewhere(text: MarkedText, place: int) -> bool:
    """Whether a token brings in somebody else, or a colon does: "my neighbour: fever 39"."""
    mark = text.at[place]
    if mark is not None and is_again(text, mark):
        return False
    if mark is not None and "".join(text.words[mark.first : mark.end]) in text.plain.heard:
        return False
    if _tells_of_oneself(text, place) or (place and _tells_of_oneself(text, place - 1)):
        return False
    return _returns(text, place) or text.words[place] == ":" or text.has(place, "relative")


def _returns(text: MarkedText, place: int) -> bool:
    """Whether a token brings the talk back to the writer or to today; in the word of an illness 叫不醒 and 又发烧 do not."""
    if text.words[place] not in text.returning:
        return False
    mark = text.at[place]
    return not (text.words[place] in text.plain.in_an_illness and mark is not None and mark.concepts.bits & _SYMPTOMS)


def _tells_of_oneself(text: MarkedText, place: int) -> bool:
    """隔壁床说她又烧了: a "says" and at once the "she" who says it."""
    return text.words[place] in text.plain.says and place + 1 < len(text.words) and _is_he_or_she(text, place + 1)


def _is_he_or_she(text: MarkedText, place: int) -> bool:
    """ "My cousin has the flu, he has 39": somebody of whose illness the sentence told."""
    return text.words[place] in text.plain.he_or_she


def is_said_of_somebody(text: MarkedText, first: int) -> bool:
    """Whether the clause names somebody and neither the writer nor a thermometer: "la que está en 39 es mi vecina". Who lives with the
    writer may have measured, so with them only small words may stand before the illness: "my wife says 38.9" is the writer's.
    """
    clause = text.clauses[first]
    beside = [mark for mark in text.marks if text.clauses[mark.first] == clause]
    named = [mark for mark in beside if mark.concepts.bits & SOMEBODY]
    told_of = named[0].end if named else len(text.words)
    if any(_brings_back(text, place, told_of) for place, other in enumerate(text.clauses) if other == clause):
        return False
    if any(mark.concepts.bits & _NOT_OF_THEM and not _is_he_or_she(text, mark.first) for mark in beside):
        return False
    if any(names_the_patient(text, mark) for mark in beside):
        return False
    if any(_is_thermometer(mark, first) for mark in beside):
        return False
    if any(not mark.concepts.bits & _LIVING_WITH_US for mark in named):
        return True
    return any(
        mark.end <= first and _are_small(text, range(end_of(text, mark), first)) or _is_told_behind(text, first, mark) for mark in named
    )


def _is_told_behind(text: MarkedText, first: int, mark: Mark) -> bool:
    """ "36.5 me, 38.7 the wife": the number, and with whose it is the clause ends."""
    is_next = mark.first > first and all(text.has(place, "filler_noun") for place in range(first + 1, mark.first))
    return is_next and (mark.end == len(text.words) or text.kind(mark.end) == "mark")


def _brings_back(text: MarkedText, place: int, told_of: int) -> bool:
    """Whether a token brings the talk back to the writer: "my husband has 38.4, he caught it at work" does not."""
    return text.words[place] in text.returning and not (place >= told_of and _is_he_or_she(text, place))


def speaks_of_them_alone(text: MarkedText, first: int, end: int) -> bool:
    """Whether only small words stand between a grandchild or a neighbour, perhaps named, and the illness, and the writer has none."""
    subject = subject_of(text, first, BYSTANDER)
    if subject is None or comes_back(text, subject, first, end) or any(mark.first >= subject.end for mark in text.marked("treated")):
        return False
    if any(_returns(text, place) for place in range(first, end)):
        return False
    if text.clauses[subject.first] != text.clauses[first]:
        return True
    between = range(end_of(text, subject), first)
    is_bare = text.kind(first) == "number" and all(text.at[place] is None for place in between)
    if is_bare and not (_is_given_to(text, subject, end) or _is_kept_home(text, first)):
        return False
    return _are_small(text, between)


def _is_kept_home(text: MarkedText, first: int) -> bool:
    """外孙女38度5，幼儿园不让去: a school in the sentence says that the child has it."""
    of_school = text.plain.kept_home
    return any(
        "".join(text.words[place : place + 2]) in of_school
        for place in range(first, len(text.words))
        if text.sentences[place] == text.sentences[first]
    )


def _is_given_to(text: MarkedText, subject: Mark, end: int) -> bool:
    """ "पोते को 102 बुखार", "у соседа 39", 個孫39度流感: the case or what stands behind the number says whose it is; "granddaughter 38.9" may
    report it.
    """
    while any(text.has(end, unit) for unit in ("degree_sign", "celsius", "fahrenheit")):
        end += 1
    is_said = end < len(text.at) and (mark := text.at[end]) is not None and mark.concepts.bits & _SYMPTOMS != 0
    if "has_it" in subject.concepts:
        return True
    return is_said and (text.words[subject.end - 1] in text.plain.to_behind or text.kind(subject.first) == "cjk")


def _are_small(text: MarkedText, between: range) -> bool:
    """Whether hardly a word between somebody and the illness says something of its own."""
    his_temperature = text.plain.his_temperature
    marks = [text.at[place] for place in between if text.kind(place) != "number" and text.tokens[place][0] not in his_temperature]
    known = [mark for mark in marks if mark is not None]
    odd = {mark for mark in known if not mark.concepts.bits & _MAY_STAND_BETWEEN and not is_again(text, mark)}
    if any(mark.concepts.bits & _SELF for mark in odd):
        return False
    has_it = bool(known) and known[0].concepts.bits & _HAS_IT != 0
    if bool(between) and all(text.kind(place) == "cjk" for place in between):
        return marks.count(None) <= _FEW_CHARACTERS and len(odd) <= _FEW_ODD
    return marks.count(None) + len(odd) <= _SOME_WORDS if has_it else marks.count(None) <= _FEW_WORDS and not odd


def _is_thermometer(mark: Mark, first: int) -> bool:
    """A word for measuring: "my wife took the temperature, 38.9, I'm fine" tells of the writer's."""
    return "temperature_label" in mark.concepts and "FEVER" not in mark.concepts and not mark.first <= first < mark.end


def _is_told_on(text: MarkedText, subject: Mark, label: Mark, whose: int) -> bool:
    """ "My niece fell ill, temperature 39, I'm well": the tale of somebody's illness goes on, from a writer who says to be well."""
    is_person = not subject.concepts.bits & STRANGER
    return is_person and whose != BYSTANDER and text.clauses[label.first] != text.clauses[subject.first]


def _has_it(text: MarkedText, subject: Mark, label: Mark) -> bool:
    """ "My grandson has a temperature", "у внука температура": such a one has it, and nobody measures another's."""
    if "has_it" in subject.concepts:
        return label.first >= subject.end
    between = text.at[end_of(text, subject) : label.first]
    if not between or text.tokens[label.first][0] in text.plain.his_temperature:
        return label.first >= subject.end
    return any(mark is not None and "has_it" in mark.concepts for mark in between) and all(
        mark is not None and mark.concepts.bits & SMALL for mark in between
    )
