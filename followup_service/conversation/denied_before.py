"""Denials that stand before a symptom, what may stand between and what breaks them: "no fever", 没有发烧咳嗽, "not much of a cough"."""

from dataclasses import dataclass

from followup_service.conversation.clearing import COLON_SIGNS, ITEMS, LIST_SIGNS, Clearing, Denial, denied, gone, imagined_by
from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.denied_around import is_itself_denied, says_no
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.mentions import Named

ENDINGS = frozenset({"if", "no_longer", "not", "no"})
_SEVERITY, _CANNOT = SECTIONS["severity"], bits_of({"cannot"})
_FEWEST_NEITHERS = 2


@dataclass(slots=True)
class _Passed:
    """What a walk to the left has passed so far: it decides what a denial found next may mean."""

    verb: bool = False
    degree: bool = False
    list_sign: bool = False
    condition: bool = False
    writer: bool = False


def denied_before(text: MarkedText, named: Named, first: int) -> Denial | None:
    """Walk left over words that may stand between a denial and what it denies; anything else ends the walk."""
    passed = _Passed(writer=text.words[named.first] in text.plain.i_am)
    position = first - 1
    while position >= 0:
        mark = text.at[position]
        if mark is None:
            if not _carries_a_list(text, named, position, passed):
                return None
            passed.list_sign = True
            position -= 1
            continue
        if _is_neither(text, mark):
            denial = _unless_broken(text, named, mark, slight=passed.degree)
            # "न ठंड लगी न बुखार आया": in a list of noes the verb that it came says no more than that it did not.
            return denied(text, mark.first, mark.end) if denial is not None and denial.how is Clearing.GONE else denial
        if not ENDINGS.isdisjoint(mark.concepts):
            return _ending(text, named, mark, passed)
        if passed.list_sign and is_itself_denied(text, mark):
            return _unless_broken(text, named, Mark(mark.concepts, mark.first, mark.first + 1), slight=passed.degree)
        if not _may_pass(text, named, mark, passed):
            return None
        position = mark.first - 1
    return None


def _has_denied_another(text: MarkedText, no: Mark) -> bool:
    """ "Боли нет у меня кровь идет": what stands in the genitive before a Russian no is what it denies."""
    before = no.first - 1
    return before >= 0 and text.tokens[before][0] in text.genitives and text.clauses[before] == text.clauses[no.first]


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
    return word in LIST_SIGNS or (word == "," and (passed.list_sign or _list_is_closed(text, named.end)))


def _ending(text: MarkedText, named: Named, mark: Mark, passed: _Passed) -> Denial | None:
    if "if" in mark.concepts:
        return imagined_by(text, mark)
    if "no_longer" in mark.concepts:
        return gone(text, named, mark)
    if passed.writer and _has_denied_another(text, mark):
        return None
    if passed.condition or ("not" not in mark.concepts and passed.verb) or _affirms(text, mark) or _is_never_without(text, mark):
        return None
    if not passed.verb and _only_answers(text, named, mark):
        return None
    return _unless_broken(text, named, mark, slight=passed.degree)


def _only_answers(text: MarkedText, named: Named, mark: Mark) -> bool:
    """ "No can't breathe": a bare no answers what was asked, where the symptom says a no of its own; 没有喘不上气, in one piece, denies."""
    symptom = text.at[named.core]
    if "no_answer" not in mark.concepts or mark.end > named.core or symptom is None or symptom is mark or not says_no(text, symptom):
        return False
    return text.kind(mark.end) != "cjk" or not text.is_glued(mark.end)


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
    if passed.writer and not ITEMS.isdisjoint(concepts):
        return False  # "no vomiting I'm bleeding"
    passed.writer = passed.writer or "writer" in concepts
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
        is_item = not ITEMS.isdisjoint(concepts)
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
        elif not (ITEMS & mark.concepts or "filler_noun" in mark.concepts):
            return False
        position += 1
    return False


def _unless_broken(text: MarkedText, named: Named, mark: Mark, *, slight: bool) -> Denial | None:
    """Denied by `mark`, where nothing behind the symptom breaks that: a "but", a yes, or a word that says it is over."""
    clause = text.clauses[named.end - 1]
    if any(trap.first >= named.end and text.clauses[trap.first] == clause for trap in text.marked("breaks_denial")):
        return None
    following = named.end
    while following < len(text.words) and text.words[following] in COLON_SIGNS:
        following += 1
    if text.has(following, "yes") and not text.has(following, "perfective") and not _is_before_number(text, following):
        return None
    if text.has(named.end, "perfective"):
        return gone(text, named, mark)
    if slight:
        return Denial(Clearing.SLIGHT, text.written(mark.first, mark.end), clears=False)
    return denied(text, mark.first, mark.end)


def _is_before_number(text: MarkedText, position: int) -> bool:
    """行 is yes, and also to walk: "唔氣促 行3層樓梯都得"."""
    return position + 1 < len(text.words) and text.kind(position + 1) == "number"
