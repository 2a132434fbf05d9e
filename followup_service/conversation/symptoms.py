"""Decides which symptoms a text reports: what it names, less what it safely denies, with how bad and how often."""

from followup_service.conversation.clearing import Clearing, Denial
from followup_service.conversation.concepts import BITS, bits_of
from followup_service.conversation.denial import find_denial
from followup_service.conversation.denied_around import read_as_normal
from followup_service.conversation.how_often import COUNTED, find_count, is_running
from followup_service.conversation.marked_text import Mark, MarkedText, new
from followup_service.conversation.mentions import Named, find_mentions
from followup_service.conversation.nosebleeds import bleeding_severity
from followup_service.conversation.numbers import Number
from followup_service.conversation.only_mentioned import (
    find_appointment,
    find_colour,
    find_elsewhere,
    find_future,
    find_papers,
    find_plan,
    find_question_about,
    find_quotation,
    find_threshold,
    find_visit,
)
from followup_service.conversation.pain_scores import Score, find_scored, find_scores, is_worst_of_few_points
from followup_service.conversation.reading import SymptomMention
from followup_service.conversation.slight_redness import find_slight_redness
from followup_service.conversation.unheard_of import is_unheard_of
from followup_service.conversation.vital_signs import find_vital_signs
from followup_service.protocol.findings import Severity, Symptom

_SEVERITIES = {
    "unbearable": Severity.SEVERE,
    "severe": Severity.SEVERE,
    "strong": Severity.SEVERE,
    "moderate": Severity.MODERATE,
    "mild": Severity.MILD,
}
_SEVERITY_WORDS = bits_of(_SEVERITIES)
_WORSENING = bits_of({"worse", "severe"})
_DEGREE_WORDS = _SEVERITY_WORDS | bits_of(
    {"worse", "worst", "exploding", "gone", "widespread", "repeated", "hinders", "rising", "belly", "leg", "limb"}
)
# "Very" makes a pain severe, but not tiredness or a cough.
_PAINS = frozenset({"PAIN", "ABDOMINAL_PAIN", "SHOULDER_PAIN", "HEADACHE", "UNWELL"})
# Where it is, how often or what it hinders makes these severe: a rash all over, a whole mouth sore, sick all night, fingers too numb for a
# button, too weak to get up.
_EXTENTS = {"RASH": "widespread", "VOMITING": "repeated", "NUMBNESS": "hinders", "WEAKNESS": "hinders", "MOUTH_SORES": "widespread"}
# "If it goes over 38, do I go to hospital?" says where to go, not where somebody is.
_ONLY_SUPPOSED = frozenset({"IN_HOSPITAL", "HELP_ASKED"})
_SEVERITY_REACH = 8
_MILD_REACH = 3
# A burn that is mild is red and no more: a small blister is a blister.
_MORE_THAN_REDNESS = ("blister", "black")
_COMPARED_REACH, _BUT_REACH = 4, 3
_TOILET, _URINE = bits_of({"toilet"}), bits_of({"urine"})
_CLEARING = (
    find_denial,
    find_elsewhere,
    find_future,
    find_threshold,
    find_quotation,
    find_plan,
    find_appointment,
    find_papers,
    find_visit,
    find_colour,
    find_slight_redness,
)
_CLEARING_MEASURED = (find_elsewhere, find_future, find_quotation)


def find_symptoms(text: MarkedText, numbers: list[Number]) -> tuple[list[SymptomMention], list[Symptom]]:
    """Every mention with what denies it, and the symptoms that stand, one a code, each at its worst."""
    found = [named for named in find_mentions(text, numbers) if not _is_part_of_a_number(named, numbers)]
    if not found and not numbers:
        return [], []
    scores = find_scores(text, numbers)
    found.extend(find_scored(text, scores, found))
    denials = [_what_clears(text, named, numbers) for named in found]
    denied = [named.code for named, denial in zip(found, denials, strict=True) if denial is not None and denial.how is Clearing.DENIED]
    mentions: list[SymptomMention] = []
    standing: list[Symptom] = []
    for named, denial in zip(found, denials, strict=True):
        if denial is None and (named.code in denied or named.code in _ONLY_SUPPOSED):
            denial = find_question_about(text, named)
        if denial is not None and denial.clears:
            mentions.append(_mention(text, named, denial))
        else:
            symptom = _symptom(text, named, denial, numbers, scores)
            mentions.append(_mention(text, named._replace(code=symptom.code), None))
            standing.append(symptom)
    for named in find_vital_signs(text, numbers) if numbers else ():
        denial = next(filter(None, (find(text, named) for find in _CLEARING_MEASURED)), None)
        mentions.append(_mention(text, named, denial))
        if denial is None:
            standing.append(Symptom(named.code))
    for number in numbers:
        if text.spoken_of & _TOILET and not text.spoken_of & _URINE and is_running(text, number):
            mentions.append(_mention(text, Named("DIARRHOEA", number.first, number.end, number.first), None))
            standing.append(Symptom("DIARRHOEA", count=int(number.value)))
    return mentions, _worst_of_each(standing) if len(standing) > 1 else standing


def _is_part_of_a_number(named: Named, numbers: list[Number]) -> bool:
    """The "décimas" of "37 y 2 décimas", by themselves a slight fever."""
    return named.code == "FEVER" and any(number.first < named.first and named.end <= number.end for number in numbers)


def _what_clears(text: MarkedText, named: Named, numbers: list[Number]) -> Denial | None:
    """The first denial that clears it, or else the first of those that do not."""
    if is_unheard_of(text, named):
        return None
    weaker = None
    for find in _CLEARING:
        denial = find(text, named)
        if denial is not None and denial.clears:
            return denial
        weaker = weaker or denial
    return weaker or read_as_normal(text, named, numbers)


def _mention(text: MarkedText, named: Named, denial: Denial | None) -> SymptomMention:
    start, end = text.span(named.first, named.end)
    return new(SymptomMention, (named.code, text.source.original[start:end], (start, end), None if denial is None else denial.words))


def _symptom(text: MarkedText, named: Named, denial: Denial | None, numbers: list[Number], scores: list[Score]) -> Symptom:
    code = named.code
    if code == "HEADACHE" and denial is None and is_unheard_of(text, named):
        return Symptom("WORST_HEADACHE")
    if code == "BLEEDING":
        return Symptom(code, severity=bleeding_severity(text, named, denial, numbers))
    if denial is None and not text.spoken_of & _DEGREE_WORDS and not scores and code not in COUNTED:
        return new(Symptom, (code, None, False, None))
    if code == "HEADACHE" and (_near(text, named, "worst") or _near(text, named, "exploding")):
        code = "WORST_HEADACHE"
    if code == "PAIN" and _is_unbearable(text, named, numbers):
        code = "UNBEARABLE_PAIN"
    severity = Severity.SEVERE if _is_extensive(text, named) else _severity(text, named, numbers, scores)
    if denial is not None and denial.how is Clearing.SLIGHT:
        severity = Severity.MILD
    if code == "BURN" and severity is Severity.MILD and any(map(text.marked, _MORE_THAN_REDNESS)):
        severity = None
    count = find_count(text, named, numbers) if code in COUNTED else None
    return Symptom(code, severity=severity, worse=_is_worse(text, named), count=count)


def _near(text: MarkedText, named: Named, concept: str) -> bool:
    return any(_distance(text, named, mark) <= _SEVERITY_REACH for mark in text.marked(concept))


def _distance(text: MarkedText, named: Named, mark: Mark) -> int:
    """Tokens between a symptom and a word about it; another sentence is out of reach, another clause is far."""
    if text.sentences[mark.first] != text.sentences[named.first]:
        return 1000
    if mark.first >= named.end:
        distance = mark.first - named.end
    elif mark.end <= named.first:
        distance = named.first - mark.end
    else:
        distance = 0
    return distance + (0 if text.clauses[mark.first] == text.clauses[named.first] else 3)


def _severity(text: MarkedText, named: Named, numbers: list[Number], scores: list[Score]) -> Severity | None:
    scored = _score(text, named, scores)
    if scored is not None:
        return scored
    if not text.spoken_of & _SEVERITY_WORDS:
        return None
    nearest: tuple[int, int] | None = None
    for concept, severity in _SEVERITIES.items():
        if not text.spoken_of & BITS[concept] or (concept == "strong" and named.code not in _PAINS):
            continue
        reach = _MILD_REACH if severity is Severity.MILD else _SEVERITY_REACH
        for mark in text.marked(concept):
            found = _distance(text, named, mark), -severity
            if found[0] > reach or _is_denied(text, mark) or _is_compared(text, mark) or is_worst_of_few_points(text, mark, numbers):
                continue
            if nearest is None or found < nearest:
                nearest = found
    return Severity(-nearest[1]) if nearest else None


def _is_unbearable(text: MarkedText, named: Named, numbers: list[Number]) -> bool:
    return any(
        _distance(text, named, mark) <= _SEVERITY_REACH and not (_is_denied(text, mark) or is_worst_of_few_points(text, mark, numbers))
        for mark in text.marked("unbearable")
    )


def _is_extensive(text: MarkedText, named: Named) -> bool:
    """Sick again and again, too weak to rise, a rash all over or on belly and limbs: those on face and chest, hands and feet are the drugs'
    usual ones.
    """
    if named.code not in _EXTENTS:
        return False
    if _near(text, named, _EXTENTS[named.code]) or _cannot_rise(text, named):
        return True
    return named.code == "RASH" and _near(text, named, "belly") and (_near(text, named, "leg") or _near(text, named, "limb"))


def _cannot_rise(text: MarkedText, named: Named) -> bool:
    return named.code == "WEAKNESS" and any(text.has(place, "rising") for place in range(named.first, named.end))


def _is_compared(text: MarkedText, mark: Mark) -> bool:
    """比昨天厉害: worse than it was, which says nothing of how bad it is."""
    before = range(max(0, mark.first - _COMPARED_REACH), mark.first)
    return any(text.has(position, "than_before") and text.clauses[position] == text.clauses[mark.first] for position in before)


def _is_worse(text: MarkedText, named: Named) -> bool:
    if not text.spoken_of & _WORSENING:
        return False
    if _near(text, named, "worse") or _is_but_worse(text, named):
        return True
    return any(_is_compared(text, mark) and _distance(text, named, mark) <= _SEVERITY_REACH for mark in text.marked("severe"))


def _is_but_worse(text: MarkedText, named: Named) -> bool:
    """ "Mild belly pain but getting worse": a "but" near behind begins a sentence of its own, and the worse with it at once."""
    return any(
        0 <= mark.first - named.end <= _SEVERITY_REACH
        and text.sentences[mark.first] == text.sentences[named.end - 1] + 1
        and any(text.has(place, "but") for place in range(mark.first - _BUT_REACH, mark.first))
        and not _is_denied(text, mark)
        for mark in text.marked("worse")
    )


def _is_denied(text: MarkedText, mark: Mark) -> bool:
    return text.has(mark.first - 1, "not") or text.has(mark.first - 1, "no")


def _score(text: MarkedText, named: Named, scores: list[Score]) -> Severity | None:
    """ "Pain 8/10": seven and more is severe, four to six moderate."""
    sentence = text.sentences[named.first]
    return next((score.severity for score in scores if text.sentences[score.position] == sentence), None)


def _worst_of_each(symptoms: list[Symptom]) -> list[Symptom]:
    worst: dict[str, Symptom] = {}
    for symptom in symptoms:
        known = worst.get(symptom.code)
        worst[symptom.code] = symptom if known is None else _worse_of(known, symptom)
    return list(worst.values())


def _worse_of(one: Symptom, other: Symptom) -> Symptom:
    """Unsaid severity weighs more than mild and less than moderate."""
    graver = max(one, other, key=lambda symptom: 1.5 if symptom.severity is None else symptom.severity)
    counts = [count for count in (one.count, other.count) if count is not None]
    return Symptom(one.code, severity=graver.severity, worse=one.worse or other.worse, count=max(counts, default=None))
