"""Decides which symptoms a text reports: what it names, less what it safely denies, with how bad and how often."""

from followup_service.conversation.clearing import Clearing, Denial
from followup_service.conversation.concepts import BITS, bits_of
from followup_service.conversation.denial import find_denial
from followup_service.conversation.marked_text import Mark, MarkedText, new
from followup_service.conversation.mentions import Named, find_mentions
from followup_service.conversation.numbers import Number
from followup_service.conversation.only_mentioned import (
    find_elsewhere,
    find_future,
    find_plan,
    find_question_about,
    find_quotation,
    find_threshold,
    find_visit,
)
from followup_service.conversation.pain_scores import Score, find_scored, find_scores
from followup_service.conversation.reading import SymptomMention
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
    {"worse", "worst", "exploding", "gone", "widespread", "repeated", "hinders", "belly", "leg", "limb"}
)
# "Very" makes a pain severe, but not tiredness or a cough.
_PAINS = frozenset({"PAIN", "ABDOMINAL_PAIN", "SHOULDER_PAIN", "HEADACHE", "UNWELL"})
# Where it is, how often or what it hinders makes these severe: a rash all over, sick all night, fingers too numb for a button.
_EXTENTS = {"RASH": "widespread", "VOMITING": "repeated", "NUMBNESS": "hinders", "WEAKNESS": "hinders"}
_COUNTED = frozenset({"DIARRHOEA", "VOMITING"})
# "If it goes over 38, do I go to hospital?" says where to go, not where somebody is.
_ONLY_SUPPOSED = frozenset({"IN_HOSPITAL", "HELP_ASKED"})
_SEVERITY_REACH = 8
_MILD_REACH = 3
# A burn that is mild is red and no more: a small blister is a blister.
_MORE_THAN_REDNESS = ("blister", "black")
_COMPARED_REACH, _BUT_REACH = 4, 3
_MOST_TIMES = 60
# Fewer visits to the toilet than these are anybody's.
_LEAST_VISITS = 5
# As the words of a text are spelt; in Chinese a character each.
_LONG_MINUTES, _MINUTES = 10, frozenset({
    "minute", "minutes", "min", "mins", "minuto", "minutos", "минут", "минуты", "мин", "минуту", "دقيقه", "دقائق", "دقايق", "دقايئ", "मिनट",
    "मिनिट", "minat", "minit", "phút", "phut", "p", "分",
})  # fmt: skip
_HOURS = frozenset({
    "hour", "hours", "hr", "hrs", "hora", "horas", "heure", "heures", "час", "часа", "часов", "полчаса", "ساعه", "ساعات", "ساعتين",
    "घंटा", "घंटे", "घंटों", "ghanta", "ghante", "tiếng", "tieng",
})  # fmt: skip
_HALF_HOURS = frozenset({"полчаса", "ساعتين"})
_SPANS = frozenset({
    "an", "half", "for", "several", "una", "media", "uma", "meia", "varias", "une", "demi", "plusieurs", "целыи", "почти", "больше", "نص",
    "نصف", "कई", "आधा", "आधे", "kai", "aadha", "aadhe", "nửa", "nua", "mấy", "may", "cả", "ca",
})  # fmt: skip
_AGO = frozenset({"ago", "atras", "назад", "पहले", "pehle", "trước", "truoc"})
_CHINESE_HOURS = ("小时", "个钟", "钟头", "半天", "成日")
_COMES_AGAIN = frozenset({
    "again", "opyat", "снова", "опять", "otra", "outra", "nouveau", "recommence", "repris", "volvió", "volvio", "voltou", "तीसरी", "फिर",
    "dobara", "phir", "fir", "دوباره", "تاني", "ثاني", "رجع", "lại", "又", "再",
})  # fmt: skip
_NOSE, _AND_NOT = bits_of({"nose"}), frozenset({"وما", "ولا", "ولم", "وماا", "wma", "w ma"})
_ONCE = [
    phrase.split()
    for phrase in (
        "just once", "only once", "once today", "once this", "once since", "once last night", "una sola vez", "solo una vez",
        "una vez hoy", "una vez nada", "una vez ayer", "una vez esta", "une seule", "juste une fois", "une fois ce", "une fois hier",
        "une fois cette", "so uma vez", "uma vez so", "apenas uma vez", "uma unica vez", "uma vez hoje", "uma vez ontem", "один раз",
        "разок", "مره وحده", "مره واحده", "mara wa7da", "एक बार", "ek baar", "ek bar", "một lần", "mot lan", "1 lần", "1 lan",
    )
]  # fmt: skip
_MORE_THAN_ONCE = frozenset({"times", "twice", "veces", "vezes", "раза", "مرات", "marrat", "marat", "مرتين", "marten"})
_HOW_OFTEN = frozenset({
    "an", "a", "every", "per", "each", "more", "cada", "por", "al", "mas", "par", "toutes", "chaque", "de", "encore", "mais", "в", "за",
    "каждые", "كل", "بال", "हर", "har", "mỗi", "moi", "nữa", "nua", "और", "aur",
})  # fmt: skip
_TOILET, _URINE = bits_of({"toilet"}), bits_of({"urine"})
_CLEARING = (find_denial, find_elsewhere, find_future, find_threshold, find_quotation, find_plan, find_visit)
_CLEARING_MEASURED = (find_elsewhere, find_future, find_quotation)


def find_symptoms(text: MarkedText, numbers: list[Number]) -> tuple[list[SymptomMention], list[Symptom]]:
    """Every mention with what denies it, and the symptoms that stand, one a code, each at its worst."""
    found = find_mentions(text)
    if not found and not numbers:
        return [], []
    scores = find_scores(text, numbers)
    found.extend(find_scored(text, scores, found))
    denials = [_what_clears(text, named) for named in found]
    denied = [named.code for named, denial in zip(found, denials, strict=True) if denial is not None and denial.how is Clearing.DENIED]
    mentions: list[SymptomMention] = []
    standing: list[Symptom] = []
    for named, denial in zip(found, denials, strict=True):
        if denial is None and (named.code in denied or named.code in _ONLY_SUPPOSED):
            denial = find_question_about(text, named)
        cleared = denial is not None and denial.clears
        mentions.append(_mention(text, named, denial if cleared else None))
        if not cleared:
            standing.append(_symptom(text, named, denial, numbers, scores))
    for named in find_vital_signs(text, numbers) if numbers else ():
        denial = next(filter(None, (find(text, named) for find in _CLEARING_MEASURED)), None)
        mentions.append(_mention(text, named, denial))
        if denial is None:
            standing.append(Symptom(named.code))
    for number in numbers:
        if text.spoken_of & _TOILET and not text.spoken_of & _URINE and _is_running(text, number):
            mentions.append(_mention(text, Named("DIARRHOEA", number.first, number.end, number.first), None))
            standing.append(Symptom("DIARRHOEA", count=int(number.value)))
    return mentions, _worst_of_each(standing) if len(standing) > 1 else standing


def _what_clears(text: MarkedText, named: Named) -> Denial | None:
    """The first denial that clears it, or else the first of those that do not."""
    if is_unheard_of(text, named):
        return None
    weaker = None
    for find in _CLEARING:
        denial = find(text, named)
        if denial is not None and denial.clears:
            return denial
        weaker = weaker or denial
    return weaker


def _mention(text: MarkedText, named: Named, denial: Denial | None) -> SymptomMention:
    start, end = text.span(named.first, named.end)
    return new(SymptomMention, (named.code, text.source.original[start:end], (start, end), None if denial is None else denial.words))


def _symptom(text: MarkedText, named: Named, denial: Denial | None, numbers: list[Number], scores: list[Score]) -> Symptom:
    code = named.code
    if code == "HEADACHE" and denial is None and is_unheard_of(text, named):
        return Symptom("WORST_HEADACHE")
    if denial is None and not text.spoken_of & _DEGREE_WORDS and not scores and code not in _COUNTED:
        return new(Symptom, (code, None, False, None))
    if code == "HEADACHE" and (_near(text, named, "worst") or _near(text, named, "exploding")):
        code = "WORST_HEADACHE"
    if code == "BLEEDING":
        return Symptom(code, severity=_bleeding_severity(text, named, denial, numbers))
    if code == "PAIN" and _is_unbearable(text, named):
        code = "UNBEARABLE_PAIN"
    severity = Severity.SEVERE if _is_extensive(text, named) else _severity(text, named, scores)
    if denial is not None and denial.how is Clearing.SLIGHT:
        severity = Severity.MILD
    if code == "BURN" and severity is Severity.MILD and any(map(text.marked, _MORE_THAN_REDNESS)):
        severity = None
    count = _count(text, named, numbers) if code in _COUNTED else None
    return Symptom(code, severity=severity, worse=_is_worse(text, named), count=count)


def _bleeding_severity(text: MarkedText, named: Named, denial: Denial | None, numbers: list[Number]) -> Severity | None:
    """Only a nosebleed that stopped within minutes is mild; words such as "a little" make no other bleeding so."""
    if not text.spoken_of & _NOSE or not any(text.has(position, "nose") for position in range(named.first, named.end)):
        return None
    stopped = (denial is not None and denial.how is Clearing.GONE) or _has_stopped(text, named)
    return Severity.MILD if stopped and not _took_long(text, numbers) and _COMES_AGAIN.isdisjoint(text.words) else None


def _took_long(text: MarkedText, numbers: list[Number]) -> bool:
    """Ten minutes and more, or an hour."""
    if any(long in "".join(text.words) for long in _CHINESE_HOURS) or any(_is_an_hour(text, place) for place in range(len(text.words))):
        return True
    return any(number.value >= _LONG_MINUTES and "".join(text.words[number.end : number.end + 1]) in _MINUTES for number in numbers)


def _is_an_hour(text: MarkedText, place: int) -> bool:
    """ "Half an hour", "meia hora"; "parou na hora" is at once, and "two hours ago" says when."""
    if text.words[place] not in _HOURS or not _AGO.isdisjoint(text.words[place + 1 : place + 2]):
        return False
    return text.words[place] in _HALF_HOURS or place - 1 in text.numeric or not _SPANS.isdisjoint(text.words[max(0, place - 1) : place])


def _has_stopped(text: MarkedText, named: Named) -> bool:
    """Whether a later word of the sentence or the next one says it is over, without "not" before that word or a "cannot" behind it."""
    if not text.marked("gone"):
        return False
    for position in range(named.end, len(text.words)):
        if text.has(position, "not") or text.has(position, "no") or text.tokens[position][0] in _AND_NOT:
            return False
        if text.has(position, "gone"):
            return not _cannot_after(text, position)
        if text.has(position, "cannot"):
            return False
    return False


def _cannot_after(text: MarkedText, position: int) -> bool:
    """ "Ướt hết bao gối, không cầm": what cannot be stopped has not."""
    near = (text.sentences[position], text.sentences[position] + 1)
    return any(
        mark.first > position and "gone" not in mark.concepts and text.sentences[mark.first] in near for mark in text.marked("cannot")
    )


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


def _severity(text: MarkedText, named: Named, scores: list[Score]) -> Severity | None:
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
            if found[0] <= reach and not (_is_denied(text, mark) or _is_compared(text, mark)) and (nearest is None or found < nearest):
                nearest = found
    return Severity(-nearest[1]) if nearest else None


def _is_unbearable(text: MarkedText, named: Named) -> bool:
    return any(_distance(text, named, mark) <= _SEVERITY_REACH and not _is_denied(text, mark) for mark in text.marked("unbearable"))


def _is_extensive(text: MarkedText, named: Named) -> bool:
    """Sick again and again, a rash all over or on belly and limbs: those on face and chest, hands and feet are the drugs' usual ones."""
    if named.code not in _EXTENTS:
        return False
    if _near(text, named, _EXTENTS[named.code]):
        return True
    return named.code == "RASH" and _near(text, named, "belly") and (_near(text, named, "leg") or _near(text, named, "limb"))


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


def _count(text: MarkedText, named: Named, numbers: list[Number]) -> int | None:
    """How many loose stools or vomits: a whole number with "times" beside it ("раза четыре"), or straight before the word."""
    counts = [
        int(number.value)
        for number in numbers
        if number.shape == "number"
        and number.is_whole
        and 0 < number.value <= _MOST_TIMES
        and (text.has(number.end, "times") or number.end == named.first or (number.value > 1 and text.has(number.first - 1, "times")))
    ]
    if not counts and named.code == "DIARRHOEA" and not any(number.value > 1 for number in numbers) and _is_once(text, named):
        return 1
    return max(counts, default=None)


def _is_once(text: MarkedText, named: Named) -> bool:
    """ "Fiz cocô mole só uma vez hoje", where the "only" may part it; but "once an hour" and "once more" are not once."""
    if not _MORE_THAN_ONCE.isdisjoint(text.words):
        return False
    near = (text.sentences[named.first], text.sentences[named.first] + 1)
    places = [place for place in range(len(text.words)) if text.sentences[place] in near]
    for place in places:
        once = next((phrase for phrase in _ONCE if text.words[place : place + len(phrase)] == phrase), None)
        if once is not None:
            return _HOW_OFTEN.isdisjoint(text.words[place + len(once) : place + len(once) + 1])
    return False


def _is_running(text: MarkedText, number: Number) -> bool:
    """ "To the loo nine times since morning": so many visits are loose stools, whatever somebody calls them."""
    if number.shape != "number" or not number.is_whole or not _LEAST_VISITS <= number.value <= _MOST_TIMES:
        return False
    if not (text.has(number.end, "times") or text.has(number.first - 1, "times")):
        return False
    return any(text.sentences[mark.first] == text.sentences[number.first] for mark in text.marked("toilet"))


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
