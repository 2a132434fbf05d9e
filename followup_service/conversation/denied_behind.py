"""Denials that stand behind a symptom: "fever: none", "pain 0/10", "the rash is gone", "fever, cough: none of them"."""

from followup_service.conversation.clearing import COLON_SIGNS, ITEMS, LIST_SIGNS, Denial, denied, gone
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.denied_around import is_closed_by_a_verb, past_repeated_no, turns_into_more
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.mentions import Named

ZEROS = frozenset({"0", "0/10", "0/4"})
_ENDS = frozenset({".", ",", ";", "\n", "!", "(", ")"})
_NONE_OF_ALL, _JOINING = bits_of({"none_of_all"}), bits_of({"either_or", "list_and"})
_ITEM, _QUOTED, _BUT = bits_of(ITEMS), bits_of({"quoted"}), bits_of({"but"})
_AFTER_A_NO = ("is_filler", "smalltalk", "please", "this_time")
_GOOD = bits_of({"fine", "self_well", "none", "no", "not", "no_answer"})
_ALSO, _NOW = bits_of({"also"}), bits_of({"about_now"})


def denied_behind(text: MarkedText, named: Named) -> Denial | None:
    """By an answer of its own, a word that it is over, one that denies a whole list, or an "also" after a denial."""
    return _answered(text, named) or _gone_after(text, named) or _none_of_all(text, named) or _also_denied(text, named)


def _answered(text: MarkedText, named: Named) -> Denial | None:
    """ "Fever: none", "fever? no", "pain 0/10", and "fever no pain yes" where each word has its own answer after it."""
    if _says_no_itself(text, named):
        return None
    position = _after_joined(text, named)
    while position < len(text.words) and (text.words[position] in COLON_SIGNS or text.has(position, "is_filler")):
        position += 1
    if position >= len(text.words):
        return None
    no = text.at[position]
    if text.words[position] not in ZEROS and (no is None or "no_answer" not in no.concepts):
        return None
    if no is not None and _is_a_whole_answer(text, no):
        return None
    if no is not None and _is_only_over(text, named, no):
        return gone(text, named, no)
    end = _end_of_no(text, named, position)
    if end is not None and _has_come_since(text, position, end):
        return None
    return denied(text, position, end) if end is not None else None


def _has_come_since(text: MarkedText, never: int, end: int) -> bool:
    """ "Sangramento nunca houve, agora tem", "fiebre nunca tuve, hasta hoy": a never, and a clause of now that says nothing good."""
    if not text.spoken_of & _NOW or text.words[never] not in text.plain.never or text.words[end : end + 1] != [","]:
        return False
    start = end + 2 if text.has(end + 1, "breaks_denial") else end + 1
    if not text.has(start, "about_now"):
        return False
    clause = text.clauses[start]
    return not any(mark.first >= start and mark.concepts.bits & _GOOD for mark in text.marks if text.clauses[mark.first] == clause)


def _is_a_whole_answer(text: MarkedText, no: Mark) -> bool:
    """ "У меня кровь идет ничего не болит": what says of all that nothing is the matter answers no one symptom."""
    return "none" in no.concepts and any(text.words[place] in text.denying for place in range(no.first + 1, no.end - 1))


def _end_of_no(text: MarkedText, named: Named, position: int) -> int | None:
    """Where the no or nought at token `position` ends with the words that go with it; None where it may deny what follows instead."""
    no = text.at[position]
    after = end = no.end if no is not None else position + 1
    if text.has(end, "perfective"):
        end += 1
    end = past_repeated_no(text, end)
    if text.tokens[named.end - 1][0] in text.genitives and not (end < len(text.words) and text.kind(end) == "number"):
        return end
    end = _past_courtesies(text, end)
    if _ends_a_clause(text, end) or _has_own_answer(text, end):
        return end
    # "बुखार नहीं 36.4": the number speaks for itself.
    return end if is_closed_by_a_verb(text, after) or _is_fever_before_number(text, named, end) else None


def _past_courtesies(text: MarkedText, end: int) -> int:
    while any(text.has(end, concept) for concept in _AFTER_A_NO):
        end += 1
    return end


def _ends_a_clause(text: MarkedText, end: int) -> bool:
    return end >= len(text.words) or text.words[end] in _ENDS or text.has(end, "but")


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
            return denied(text, mark.first, mark.end)
    return None


def _also_denied(text: MarkedText, named: Named) -> Denial | None:
    """ "Жара не было, озноба тоже": what stands in the genitive and is so "too" is denied like what came before it in the sentence."""
    if not text.spoken_of & _ALSO or text.tokens[named.end - 1][0] not in text.genitives or not text.has(named.end, "also"):
        return None
    sentence = text.sentences[named.first]
    before = [mark for mark in text.marked("no_answer") if mark.end <= named.first and text.sentences[mark.first] == sentence]
    return denied(text, before[-1].first, before[-1].end) if before else None


def _after_joined(text: MarkedText, named: Named) -> int:
    """Where the answer to a symptom may stand: behind it, or in Russian behind the list of genitives that one "no" closes."""
    position = named.end
    if text.tokens[position - 1][0] not in text.genitives and text.tokens[named.first][0] not in text.genitives:
        return position
    while position < len(text.words):
        mark = text.at[position]
        if mark is None and (text.words[position] != "," or text.tokens[position - 1][0] not in text.genitives):
            break
        if mark is not None and not mark.concepts.bits & (_ITEM | _JOINING):
            break
        position = mark.end if mark is not None else position + 1
    return position if text.has(position, "no_answer") else named.end


def _closes(text: MarkedText, end: int) -> bool:
    """Whether a clause ends before `end`: "none of that yet, but chills" denies, "none of that helps" does not."""
    return is_closed_by_a_verb(text, end) or _ends_a_clause(text, _past_courtesies(text, end))


def _is_list(text: MarkedText, start: int, stop: int) -> bool:
    """Whether nothing but other items and what joins them stands between."""
    for position in range(start, stop):
        mark = text.at[position]
        if mark is None:
            word = text.words[position]
            if word != "," and word not in LIST_SIGNS and word not in COLON_SIGNS:
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
    if mark is None:
        return text.language == "hi" and text.has(position + 1, "no_answer")  # "बुखार नहीं ठंड नहीं"
    if not ITEMS & mark.concepts:
        return not mark.concepts.isdisjoint({"none", "fine"})  # "कोई दर्द नहीं", "सूजन नहीं" in one term
    while (following := text.at[mark.end] if mark.end < len(text.at) else None) is not None and following.concepts & ITEMS:
        mark = following
    return text.has(mark.end, "yes") or text.has(mark.end, "no_answer") or text.words[mark.end : mark.end + 1] == ["0"]


def _gone_after(text: MarkedText, named: Named) -> Denial | None:
    """ "The rash is gone", but for one that turned into more."""
    position = named.end
    while position < len(text.words) and (text.has(position, "gone_filler") or text.has(position, "is_filler")):
        position += 1
    if not text.has(position, "gone"):
        return None
    mark = text.at[position]
    return gone(text, named, mark) if mark is not None and not turns_into_more(text, named, mark) else None
