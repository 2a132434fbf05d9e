"""Of whom a clause speaks that comes to an illness: a neighbour, "the neighbour's uncle", 隔壁老李68岁."""

from followup_service.conversation.body_values import is_alarming
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.others import NEVER, others
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

# What may stand between somebody and the illness and says nothing of its own.
SMALL = bits_of(
    {"filler_noun", "filler_verb", "is_filler", "gone_filler", "has_it", "degree", "smalltalk", "mild", "strong", "severe", "FEVER"}
)
# In Chinese a token is a character.
_OTHERS_REACH, _CHINESE_REACH, _TOLD_REACH = 8, 12, 20
_ILL = bits_of((SYMPTOM_CODES - {"QUESTION_FOR_TEAM"}) | {"temperature_label", "infection"})


def subject_of(text: MarkedText, first: int, whose: int) -> Mark | None:
    """Such a one in the clause of the illness and near, or of whose illness the sentence told before: "has a stroke, his mouth hangs"."""
    such = others(text, whose)
    inside = next((mark for mark in such if mark.first <= first and text.clauses[mark.first] == text.clauses[first]), None)
    if inside is not None:
        return _with_whose(text, inside) if _leads_to(text, inside, first) else None
    before = [mark for mark in text.marks if mark.end <= first and text.sentences[mark.first] == text.sentences[first]]
    subject = next((mark for mark in such if mark.end <= first and text.sentences[mark.first] == text.sentences[first]), None)
    if subject is None or first - subject.end > _TOLD_REACH:
        return None
    if _goes_on_with_that(text, subject.end):
        return subject
    clause = text.clauses[subject.first]
    is_told = any(mark.concepts.bits & _ILL and text.clauses[mark.first] == clause for mark in before)
    is_measured = any(text.clauses[place] == clause and subject.end <= place < first and is_alarming(text, place) for place in text.numeric)
    return _with_whose(text, subject) if is_told or is_measured else None


def _with_whose(text: MarkedText, subject: Mark) -> Mark:
    """ "Em họ tôi", "anh đồng nghiệp của tôi": the words behind somebody that say whose he is, and speak of nobody else."""
    end = _after_whose(text, subject.end)
    return Mark(subject.concepts, subject.first, end) if end > subject.end else subject


def _after_whose(text: MarkedText, end: int) -> int:
    while end < len(text.words) and text.words[end] in text.plain.ours_behind:
        end += 1
    return end


def _goes_on_with_that(text: MarkedText, end: int) -> bool:
    """ "Mi vecina, que se desmayó", "mi colega Paco, que …"."""
    comma = end if text.words[end] == "," else end + 1
    return text.words[comma : comma + 1] == [","] and text.words[comma + 1] in text.plain.that


def end_of(text: MarkedText, subject: Mark) -> int:
    """ "The neighbour's uncle" and 老公的姐姐 are one person, and "minha vizinha de 80 anos", 隔壁老李68岁 say how old somebody is."""
    end = subject.end
    whose = end + 1 if not text.plain.of_behind.isdisjoint(text.words[end : end + 1]) else end
    following = text.at[whose] if whose < len(text.at) else None
    # Vietnamese "ba hang xom noi toi", typed without its marks, says it of the writer.
    is_said = following is not None and text.words[following.first] in text.plain.says
    if following is not None and not is_said and (whose > end or subject.concepts.bits & NEVER) and "relative" in following.concepts:
        end = following.end
    return _after_age(text, _after_whose(text, end))


def _after_age(text: MarkedText, end: int) -> int:
    age = end + 1 if text.words[end : end + 1] == ["de"] else end
    if age in text.numeric and age + 1 < len(text.words) and (text.has(age + 1, "years") or text.words[age + 1] in text.plain.years_old):
        end = age + 2
        following = text.at[end] if end < len(text.at) else None
        return following.end if following is not None and "relative" in following.concepts else end
    return end


def _leads_to(text: MarkedText, subject: Mark, first: int) -> bool:
    """Whether the illness follows soon, or is said by the subject's own word, "pig fever"."""
    reach = _CHINESE_REACH if text.kind(first) == "cjk" or text.kind(subject.first) == "cjk" else _OTHERS_REACH
    return subject.first <= first < subject.end or 0 <= first - end_of(text, subject) <= reach
