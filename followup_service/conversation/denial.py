"""Decides whether words around a named symptom deny it or say that it is over. Only patterns known to be safe clear; in doubt it stands."""

from dataclasses import dataclass

from followup_service.conversation.clearing import Clearing, Denial, imagined_by
from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.denied_around import (
    called_well,
    denied_by_nought,
    denied_later,
    is_closed_by_a_verb,
    past_repeated_no,
    read_as_normal,
    says_no,
    turns_into_more,
)
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.mentions import Named
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

_ITEMS = SYMPTOM_CODES | SECTIONS["things"] | SECTIONS["troubles"] | {"temperature_label", "temperature_claim"}
_SEVERITY = SECTIONS["severity"]
_LIST_SIGNS = frozenset({"、", "/", "&"})
_ENDS = frozenset({".", ",", ";", "\n", "!", "(", ")"})
_COLON_SIGNS = frozenset({"?", ":", "-", "="})
# Symptoms that trouble nobody once they have passed; any other that "is gone" still has to be told.
_QUIET_WHEN_GONE = frozenset({
    "ABDOMINAL_PAIN", "SHOULDER_PAIN", "DIARRHOEA", "PAIN", "NAUSEA", "VOMITING", "HEADACHE", "DIZZINESS", "WEAKNESS", "COUGH", "RASH",
    "MOUTH_SORES", "NUMBNESS", "TIREDNESS", "NO_APPETITE", "UNWELL", "LINE_PROBLEM",
    "LEG_SWELLING", "BURN",
})  # fmt: skip
_ENDINGS = frozenset({"if", "no_longer", "not", "no"})
_DENYING = bits_of(_ENDINGS | {"no_answer", "gone", "none_of_all"})
_NONE_OF_ALL, _JOINING = bits_of({"none_of_all"}), bits_of({"either_or", "list_and"})
_ITEM, _QUOTED, _BUT = bits_of(_ITEMS), bits_of({"quoted"}), bits_of({"but"})
_AFTER_A_NO = ("is_filler", "smalltalk", "please", "this_time")
_ALSO, _CANNOT = bits_of({"also"}), bits_of({"cannot"})
_FEWEST_NEITHERS = 2
_NOW = bits_of({"about_now"})
_ZEROS = frozenset({"0", "0/10", "0/4"})


def find_denial(text: MarkedText, named: Named) -> Denial | None:
    """The words that deny `named`, or None where it simply stands."""
    if not text.spoken_of & _DENYING and _ZEROS.isdisjoint(text.words):
        return called_well(text, named) or read_as_normal(text, named)
    denial = _denied_beside(text, named)
    return None if denial is not None and denial.how is Clearing.DENIED and _is_so_today(text, named) else denial


def _is_so_today(text: MarkedText, named: Named) -> bool:
    """ "No fever yesterday, today yes": what was not so then, and behind it a day that is now with a yes."""
    if not text.spoken_of & _NOW or text.plain.yesterday.isdisjoint(text.words):
        return False
    return any(
        mark.first >= named.end and (text.has(mark.end, "yes") or not text.plain.there_is.isdisjoint(text.words[mark.end : mark.end + 1]))
        for mark in text.marked("about_now")
    )


def _denied_beside(text: MarkedText, named: Named) -> Denial | None:
    for first in dict.fromkeys((named.core, named.first)):
        denial = _denial_before(text, named, first)
        if denial is not None:
            return denial
    nearby = _denial_after(text, named) or _gone_after(text, named) or _none_of_all(text, named) or _also_denied(text, named)
    return nearby or denied_by_nought(text, named) or denied_later(text, named) or called_well(text, named) or read_as_normal(text, named)


@dataclass(slots=True)
class _Passed:
    """What a walk to the left has passed so far: it decides what a denial found next may mean."""

    verb: bool = False
    degree: bool = False
    list_sign: bool = False
    condition: bool = False


def _denial_before(text: MarkedText, named: Named, first: int) -> Denial | None:
    """Walk left over words that may stand between a denial and what it denies; anything else ends the walk."""
    passed = _Passed()
    position = first - 1
    while position >= 0:
        mark = text.at[position]
        if mark is None:
            if not _carries_a_list(text, named, position, passed):
                return None
            passed.list_sign = True
            position -= 1
            continue
        if not _ENDINGS.isdisjoint(mark.concepts):
            return _ending(text, named, mark, passed)
        if _is_neither(text, mark):
            return _denied(text, named, mark, slight=passed.degree)
        if not _may_pass(text, named, mark, passed):
            return None
        position = mark.first - 1
    return None


def _is_neither(text: MarkedText, mark: Mark) -> bool:
    """Hindi "ना बुखार ना दर्द": one that begins the clause and comes again denies; "दर्द है ना" asks to agree."""
    word = text.words[mark.first]
    if word not in text.plain.neither or text.words.count(word) < _FEWEST_NEITHERS:
        return False
    first = text.words.index(word)
    return first == 0 or text.clauses[first - 1] != text.clauses[first]


def _carries_a_list(text: MarkedText, named: Named, position: int, passed: _Passed) -> bool:
    """Whether an unknown token is a sign that carries a denial on: 、 always, a comma only in a list closed by "or"."""
    word = text.words[position]
    return word in _LIST_SIGNS or (word == "," and (passed.list_sign or _list_is_closed(text, named.end)))


def _ending(text: MarkedText, named: Named, mark: Mark, passed: _Passed) -> Denial | None:
    if "if" in mark.concepts:
        return imagined_by(text, mark)
    if "no_longer" in mark.concepts:
        return _gone(text, named, mark)
    if passed.condition or ("not" not in mark.concepts and passed.verb) or _affirms(text, mark) or _is_never_without(text, mark):
        return None
    if not passed.verb and _only_answers(text, named, mark):
        return None
    return _denied(text, named, mark, slight=passed.degree)


def _only_answers(text: MarkedText, named: Named, mark: Mark) -> bool:
    """ "No can't breathe": a bare no answers what was asked, where the symptom says a no of its own; 没有喘不上气, in one piece, denies."""
    symptom = text.at[named.core]
    if "no_answer" not in mark.concepts or mark.end > named.core or symptom is None or symptom is mark or not says_no(text, symptom):
        return False
    return text.kind(mark.end) != "cjk" or text.tokens[mark.end].start() > text.tokens[mark.end - 1].end()


def _is_never_without(text: MarkedText, mark: Mark) -> bool:
    """ "I can't get to the loo without gasping": what somebody cannot do without it is there."""
    if text.words[mark.first] not in text.plain.without or not text.spoken_of & _CANNOT:
        return False
    return any(cannot.end <= mark.first and text.clauses[cannot.first] == text.clauses[mark.first] for cannot in text.marked("cannot"))


def _affirms(text: MarkedText, mark: Mark) -> bool:
    """ "Нет температура": what a Russian no denies stands in the genitive; before a nominative it answers what was asked."""
    answers = "no_answer" in mark.concepts and "not" not in mark.concepts
    return answers and mark.end < len(text.tokens) and text.tokens[mark.end][0] in text.nominatives


def _may_pass(text: MarkedText, named: Named, mark: Mark, passed: _Passed) -> bool:
    """Whether the walk may pass `mark`; notes what kind of word it was."""
    concepts = mark.concepts
    if "either_or" in concepts or ("list_and" in concepts and text.tokens[mark.end][0] in text.genitives):
        passed.list_sign = True
    elif "filler_verb" in concepts:
        passed.verb = True
    elif "filler_noun" in concepts:
        return "yes" not in concepts or text.has(mark.first - 1, "not")  # 不是黄的是黑的: not yellow, but black
    elif "degree" in concepts or not _SEVERITY.isdisjoint(concepts):
        passed.degree = True
    elif "if_filler" in concepts:
        passed.condition = True
    else:
        is_item = not _ITEMS.isdisjoint(concepts)
        return is_item and (
            passed.list_sign or mark.end > named.first or _are_list_nouns(text, mark, named) or _list_is_closed(text, named.end)
        )
    return True


def _are_list_nouns(text: MarkedText, mark: Mark, named: Named) -> bool:
    """没有发烧咳嗽: bare nouns side by side share one denial; a whole clause such as 肚子疼 does not."""
    return "list_noun" in mark.concepts and text.has(named.core, "list_noun") and mark.end <= named.first


def _list_is_closed(text: MarkedText, position: int) -> bool:
    """Whether a list goes on from `position` to an "or": only then do commas carry a denial on."""
    while position < len(text.words):
        mark = text.at[position]
        if mark is None:
            if text.words[position] != ",":
                return False
        elif "either_or" in mark.concepts:
            return True
        elif not (_ITEMS & mark.concepts or "filler_noun" in mark.concepts):
            return False
        position += 1
    return False


def _denied(text: MarkedText, named: Named, mark: Mark, *, slight: bool) -> Denial | None:
    clause = text.clauses[named.end - 1]
    if any(trap.first >= named.end and text.clauses[trap.first] == clause for trap in text.marked("breaks_denial")):
        return None
    words = text.written(mark.first, mark.end)
    following = named.end
    while following < len(text.words) and text.words[following] in _COLON_SIGNS:
        following += 1
    if text.has(following, "yes") and not text.has(following, "perfective") and not _is_before_number(text, following):
        return None
    if text.has(named.end, "perfective"):
        return _gone(text, named, mark)
    if slight:
        return Denial(Clearing.SLIGHT, words, clears=False)
    return Denial(Clearing.DENIED, words, clears=True)


def _is_before_number(text: MarkedText, position: int) -> bool:
    """行 is yes, and also to walk: "唔氣促 行3層樓梯都得"."""
    return position + 1 < len(text.words) and text.kind(position + 1) == "number"


def _gone(text: MarkedText, named: Named, mark: Mark) -> Denial:
    return Denial(Clearing.GONE, text.written(mark.first, mark.end), clears=named.code in _QUIET_WHEN_GONE)


def _denial_after(text: MarkedText, named: Named) -> Denial | None:
    """ "Fever: none", "fever? no", "pain 0/10", and "fever no pain yes" where each word has its own answer after it."""
    if _says_no_itself(text, named):
        return None
    position = _after_joined(text, named)
    while position < len(text.words) and (text.words[position] in _COLON_SIGNS or text.has(position, "is_filler")):
        position += 1
    if position >= len(text.words):
        return None
    mark = text.at[position]
    zero = text.words[position] in _ZEROS
    if not zero and (mark is None or "no_answer" not in mark.concepts):
        return None
    if mark is not None and _is_only_over(text, named, mark):
        return _gone(text, named, mark)
    no = end = mark.end if mark is not None else position + 1
    if text.has(end, "perfective"):
        end += 1
    end = past_repeated_no(text, end)
    if text.tokens[named.end - 1][0] in text.genitives and not (end < len(text.words) and text.kind(end) == "number"):
        return Denial(Clearing.DENIED, text.written(position, end), clears=True)
    while any(text.has(end, concept) for concept in _AFTER_A_NO):
        end += 1
    if end < len(text.words) and text.words[end] not in _ENDS and not text.has(end, "but") and not _has_own_answer(text, end):
        # "बुखार नहीं 36.4": the number speaks for itself.
        is_over = is_closed_by_a_verb(text, no) or _is_fever_before_number(text, named, end)
        return Denial(Clearing.DENIED, text.written(position, end), clears=True) if is_over else None
    return Denial(Clearing.DENIED, text.written(position, end), clears=True)


def _is_only_over(text: MarkedText, named: Named, no: Mark) -> bool:
    """昨天有發燒 今天沒有了, "yesterday fever today no": the no is today's."""
    if "gone" in no.concepts and text.kind(no.first) == "cjk" and no.first > named.end:
        return True
    is_todays = text.spoken_of & _NOW != 0 and any(text.has(place, "about_now") for place in range(named.end, no.first))
    return is_todays and not text.plain.yesterday.isdisjoint(text.words[: named.first])


def _is_fever_before_number(text: MarkedText, named: Named, end: int) -> bool:
    if named.code != "FEVER" or text.kind(end) != "number":
        return False
    return all(text.has(after, "fahrenheit") or text.has(after, "celsius") for after in range(end + 1, len(text.words)))


def _none_of_all(text: MarkedText, named: Named) -> Denial | None:
    """ "Fever, cough: none of them": a word that denies a whole list after nothing but its items, or all that a leaflet says."""
    if not text.spoken_of & _NONE_OF_ALL or _says_no_itself(text, named):
        return None
    is_quoted = text.spoken_of & _QUOTED != 0 and any(mark.end <= named.first for mark in text.marked("quoted"))
    for mark in text.marked("none_of_all"):
        if mark.first < named.end:
            continue
        is_list = _closes(text, mark.end) and _is_list(text, named.end, mark.first)
        if is_list or (is_quoted and not any(later.concepts.bits & (_ITEM | _BUT) for later in text.marks if later.first >= mark.end)):
            return Denial(Clearing.DENIED, text.written(mark.first, mark.end), clears=True)
    return None


def _also_denied(text: MarkedText, named: Named) -> Denial | None:
    """ "Жара не было, озноба тоже": what stands in the genitive and is so "too" is denied like what came before it in the sentence."""
    if not text.spoken_of & _ALSO or text.tokens[named.end - 1][0] not in text.genitives or not text.has(named.end, "also"):
        return None
    sentence = text.sentences[named.first]
    before = [mark for mark in text.marked("no_answer") if mark.end <= named.first and text.sentences[mark.first] == sentence]
    return Denial(Clearing.DENIED, text.written(before[-1].first, before[-1].end), clears=True) if before else None


def _after_joined(text: MarkedText, named: Named) -> int:
    """Where the answer to a symptom may stand: behind it, or in Russian behind the list of genitives that one "no" closes."""
    position = named.end
    if text.tokens[position - 1][0] not in text.genitives and text.tokens[named.first][0] not in text.genitives:
        return position
    while position < len(text.words) and (mark := text.at[position]) is not None and mark.concepts.bits & (_ITEM | _JOINING):
        position = mark.end
    return position if text.has(position, "no_answer") else named.end


def _closes(text: MarkedText, end: int) -> bool:
    """Whether a clause ends before `end`: "none of that yet, but chills" denies, "none of that helps" does not."""
    if is_closed_by_a_verb(text, end):
        return True
    while any(text.has(end, concept) for concept in _AFTER_A_NO):
        end += 1
    return end >= len(text.words) or text.words[end] in _ENDS or text.has(end, "but")


def _is_list(text: MarkedText, start: int, stop: int) -> bool:
    """Whether nothing but other items and what joins them stands between."""
    for position in range(start, stop):
        mark = text.at[position]
        if mark is None:
            word = text.words[position]
            if word != "," and word not in _LIST_SIGNS and word not in _COLON_SIGNS:
                return False
        elif not mark.concepts.bits & (_ITEM | _JOINING):
            return False
    return True


def _says_no_itself(text: MarkedText, named: Named) -> bool:
    """ "Não acorda não", "no quiere beber nada": what is itself said with a no is not taken back by one more."""
    return any(text.words[at] in text.denying or text.has(at, "cannot") for at in range(named.first, named.end))


def _has_own_answer(text: MarkedText, position: int) -> bool:
    """Whether a symptom at `position` is followed by its own yes or no."""
    while text.has(position, "filler_noun"):
        position += 1  # "koi bukhar nahi koi dard nahi"
    mark = text.at[position] if position < len(text.at) else None
    if mark is None or not _ITEMS & mark.concepts:
        return mark is not None and "none" in mark.concepts  # कोई दर्द नहीं in one term
    while (following := text.at[mark.end] if mark.end < len(text.at) else None) is not None and following.concepts & _ITEMS:
        mark = following
    return text.has(mark.end, "yes") or text.has(mark.end, "no_answer") or text.words[mark.end : mark.end + 1] == ["0"]


def _gone_after(text: MarkedText, named: Named) -> Denial | None:
    position = named.end
    while position < len(text.words) and (text.has(position, "gone_filler") or text.has(position, "is_filler")):
        position += 1
    if not text.has(position, "gone"):
        return None
    mark = text.at[position]
    return _gone(text, named, mark) if mark is not None and not turns_into_more(text, named, mark) else None
