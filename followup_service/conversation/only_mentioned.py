"""Decides whether a named symptom is only spoken of and not had: asked about, supposed, read out, planned, or somebody else's.

Only patterns known to be safe clear; in doubt it stands.
"""

from followup_service.conversation.clearing import Clearing, Denial, imagined_by
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.elsewhere import ANOTHERS, speaks_of_elsewhere
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.mentions import Named
from followup_service.conversation.suppositions import condition_of_the_future, denies_for_now
from followup_service.conversation.told_tales import speaks_of_no_fact
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

PAPERS, PLANNED = "a stay that a paper is asked for", "a visit that was planned"
_QUESTION = bits_of({"question"})
_SELF = bits_of({"about_self", "about_now"})
_HAVING, _WRITER, _PLANNED = bits_of({"about_now", "has_it"}), bits_of({"writer", "yes"}), bits_of({"planned"})
_PAPERS, _NOW = bits_of({"papers"}), bits_of({"about_now"})
# "Fever above how much do I go to hospital?"
_WITH_A_THRESHOLD = frozenset({"FEVER", "IN_HOSPITAL", "HELP_ASKED"})
_VISITING, _SOMEBODY = bits_of({"visits_others"}), bits_of({"never_participant", "bystander", "relative", "acquaintance", "kin"})
_VISITED_REACH, _VISIT_REACH = 3, 5
_EXAMINED, _GOING_REACH = bits_of({"examined"}), 2
_GOING_ON = bits_of({"list_and", "but", "writer", "about_now"})
_COMPLAINTS = bits_of(SYMPTOM_CODES - {"QUESTION_FOR_TEAM", "IN_HOSPITAL"})
_COLOURED = bits_of({"coloured"})
_LIKENED_REACH = 5
_COLOUR_FIRST, _QUITE = frozenset({"ru"}), bits_of({"degree", "is_filler", "gone_filler"})
_THRESHOLD, _LIMIT = bits_of({"threshold"}), bits_of({"limit"})
_QUOTED, _UNDERSTOOD = bits_of({"quoted"}), bits_of({"understood"})


def find_elsewhere(text: MarkedText, named: Named) -> Denial | None:
    """The denial that a symptom is somebody else's, was long ago, or is a tale or a jest; its words say which."""
    why = speaks_of_elsewhere(text, named.core, named.end) or speaks_of_no_fact(text, named.first, named.code)
    return Denial(Clearing.ELSEWHERE, why, clears=True) if why is not None else None


def find_question_about(text: MarkedText, named: Named) -> Denial | None:
    """The "if" before a symptom in a text that asks: "if it is over 38, do I go to hospital or ring?"."""
    if not text.spoken_of & _QUESTION and "?" not in text.words:
        return None
    conditions = [
        mark for mark in text.marked("if") if mark.end <= named.first and text.sentences[mark.first] == text.sentences[named.first]
    ]
    return imagined_by(text, conditions[-1]) if conditions else None


def find_future(text: MarkedText, named: Named) -> Denial | None:
    """ "If I get a fever at the weekend, whom do I ring?": an if, a time to come or a bound, a question, and nothing of now.

    What is no fever must besides be denied for now: "if one day I see blood, whom do I ring? Nothing now".
    """
    if named.code == "SELF_HARM" or (named.code != "FEVER" and not denies_for_now(text)):
        return None
    condition = condition_of_the_future(text, named.first, is_number=False)
    return Denial(Clearing.IMAGINED, text.written(condition.first, condition.end), clears=True) if condition is not None else None


def find_threshold(text: MarkedText, named: Named) -> Denial | None:
    """ "Fever above how much do I call?" asks for a rule, where nothing of the writer or of today stands beside it."""
    if named.code not in _WITH_A_THRESHOLD or not text.spoken_of & (_THRESHOLD | _LIMIT):
        return None
    clause = text.clauses[named.first]
    beside = [mark for mark in text.marks if text.clauses[mark.first] == clause]
    asked = next((mark for mark in beside if "threshold" in mark.concepts or _names_a_bound(text, mark)), None)
    if asked is None or any(mark.concepts.bits & _SELF and mark.first < asked.first for mark in beside):
        return None
    return Denial(Clearing.IMAGINED, text.written(asked.first, asked.end), clears=True)


def _names_a_bound(text: MarkedText, mark: Mark) -> bool:
    """ "Fever is 38.5 and up?": asked straight behind a number."""
    return "limit" in mark.concepts and "?" in text.words and text.kind(mark.first - 1) == "number"


def find_quotation(text: MarkedText, named: Named) -> Denial | None:
    """ "The leaflet says jaundice, fits; may I take it?": what is read out and asked about or understood, by one who does not say to have
    it.
    """
    if not text.spoken_of & _QUOTED or not (text.spoken_of & (_QUESTION | _UNDERSTOOD) or "?" in text.words):
        return None
    beside = [mark for mark in text.marks if text.sentences[mark.first] == text.sentences[named.first]]
    quoted = next((mark for mark in beside if mark.concepts.bits & _QUOTED and mark.end <= named.first), None)
    if text.has(named.end, "perfective"):
        return None  # 医生说发烧了，怎么办
    if quoted is not None and "spoken" in quoted.concepts and named.code not in _WITH_A_THRESHOLD:
        return None  # "the nurse said to press, it keeps bleeding, what now?"
    if quoted is None or any(mark.concepts.bits & _WRITER or _is_had_before(mark, named) for mark in beside):
        return None
    return Denial(Clearing.IMAGINED, text.written(quoted.first, quoted.end), clears=True)


def _is_had_before(mark: Mark, named: Named) -> bool:
    """Chinese 发烧 is a fever and "has a fever", and in a list that is read out only the first."""
    return mark.concepts.bits & _HAVING != 0 and mark.end <= named.end and "list_noun" not in mark.concepts


def find_plan(text: MarkedText, named: Named) -> Denial | None:
    """ "At the hospital for my regular scan": who was there by appointment and tells no more of it was not kept there."""
    if named.code != "IN_HOSPITAL" or not text.spoken_of & _PLANNED or len(text.marked("IN_HOSPITAL")) > 1:
        return None
    planned = next((mark for mark in text.marked("planned") if text.clauses[mark.first] == text.clauses[named.first]), None)
    return Denial(Clearing.IMAGINED, text.written(planned.first, planned.end), clears=True) if planned is not None else None


def find_appointment(text: MarkedText, named: Named) -> Denial | None:
    """ "Tomorrow I go to hospital for a scan": on the way there to be examined, with no complaint told."""
    if named.code != "IN_HOSPITAL" or not text.spoken_of & _EXAMINED or any(mark.concepts.bits & _COMPLAINTS for mark in text.marks):
        return None
    going = text.words[max(0, named.first - _GOING_REACH) : named.end]
    sentence = text.sentences[named.first]
    if text.plain.going.isdisjoint(going) or not any(text.sentences[mark.first] == sentence for mark in text.marked("examined")):
        return None
    return Denial(Clearing.IMAGINED, PLANNED, clears=True)


def find_papers(text: MarkedText, named: Named) -> Denial | None:
    """ "A certificate for the days I was in hospital": who asks for a paper about a stay there, and tells no complaint, is out again."""
    if named.code != "IN_HOSPITAL" or not text.spoken_of & _PAPERS or any(mark.concepts.bits & _COMPLAINTS for mark in text.marks):
        return None
    beside = [mark for mark in text.marks if text.sentences[mark.first] == text.sentences[named.first]]
    paper = next((mark for mark in beside if mark.concepts.bits & _PAPERS and _leads_or_is_beside(text, mark, named)), None)
    if paper is None or any(mark.concepts.bits & _NOW for mark in beside):
        return None
    return Denial(Clearing.IMAGINED, PAPERS, clears=True)


def _leads_or_is_beside(text: MarkedText, paper: Mark, named: Named) -> bool:
    """Not "I'm in hospital could you send a certificate"; only in Chinese and Hindi does the paper for a stay that is over come last."""
    if paper.first < named.first:
        return True
    is_last = text.kind(named.first) == "cjk" or text.language == "hi"
    return is_last and text.clauses[paper.first] == text.clauses[named.first]


def find_visit(text: MarkedText, named: Named) -> Denial | None:
    """ "Back from the hospital, I was visiting my friend": who visits somebody there and names no complaint is a guest."""
    if named.code != "IN_HOSPITAL" or not text.spoken_of & _VISITING or any(mark.concepts.bits & _COMPLAINTS for mark in text.marks):
        return None
    for visiting in text.marked("visits_others"):
        behind = [mark for mark in text.at[visiting.end : visiting.end + _VISITED_REACH] if mark is not None]
        if any(mark.concepts.bits & _SOMEBODY for mark in behind) and not _goes_on_after(text, visiting, named):
            return Denial(Clearing.ELSEWHERE, ANOTHERS, clears=True)
    return None


def _goes_on_after(text: MarkedText, visiting: Mark, named: Named) -> bool:
    """ "I was visiting my mum and was taken to hospital myself": what follows the visit with an "and" or an "I" is the writer's."""
    between = [mark for mark in text.at[visiting.end : named.first] if mark is not None]
    return named.first - visiting.end > _VISIT_REACH or any(mark.concepts.bits & _GOING_ON for mark in between)


def find_colour(text: MarkedText, named: Named) -> Denial | None:
    """ "Tulipanes amarillos": a flower, a fruit or a garment straight before the colour; but "como un limón amarillo" likens somebody.

    In Russian it also stands behind, "связала желтую кофту", "огурцы пожелтели"; in Chinese an "also" or "all" may part them: 菜叶都黄了.
    """
    is_chinese = text.kind(named.first) == "cjk"
    if named.code != "JAUNDICE" or not text.spoken_of & _COLOURED or (named.end - named.first > 1 and not is_chinese):
        return None
    thing = _coloured_beside(text, named)
    if thing is None:
        return None
    if not text.plain.looking_like.isdisjoint(text.words[max(0, named.first - _LIKENED_REACH) : named.first]):
        return None
    first, end = min(thing, named.first), max(thing + 1, named.end)
    return Denial(Clearing.ELSEWHERE, text.written(first, end), clears=True)


def _coloured_beside(text: MarkedText, named: Named) -> int | None:
    """Where the thing stands: before it, in Russian with a "quite" or an "already" between, or straight behind it."""
    before = named.first - 1
    while text.language in _COLOUR_FIRST and before >= 0 and text.has_any(before, _QUITE):
        before -= 1
    if text.kind(named.first) == "cjk" and text.words[before] in text.plain.still:
        before -= 1
    places = (named.end, before) if text.language in _COLOUR_FIRST else (before,)
    return next((place for place in places if text.has(place, "coloured") and text.clauses[place] == text.clauses[named.first]), None)
