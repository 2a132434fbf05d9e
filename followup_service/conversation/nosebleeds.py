"""Tells a nosebleed that stopped within minutes, which is mild, from one that goes on (protocol, row 36), and what passed from an alarm."""

from followup_service.conversation.clearing import Clearing, Denial
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.mentions import Named
from followup_service.conversation.numbers import Number
from followup_service.protocol.findings import Severity, Symptom

_LONG_MINUTES = 10
# A word for more than a toothbrush draws from the gums keeps the alarm.
_MORE = bits_of({"not", "no", "cannot", "severe", "strong", "much", "repeated", "worse", "unbearable", "widespread", "vomit", "phlegm"})
_OVER = bits_of({"gone", "fine"})
_NOSE = bits_of({"nose"})


def bleeding_severity(text: MarkedText, named: Named, denial: Denial | None, numbers: list[Number]) -> Severity | None:
    """Only a nosebleed that stopped within minutes is mild, and gums that bleed at brushing; "a little" makes no other bleeding so."""
    if not text.spoken_of & _NOSE or not any(text.has(position, "nose") for position in range(named.first, named.end)):
        return None
    if _is_of_brushing(text):
        return Severity.MILD
    stopped = (denial is not None and denial.how is Clearing.GONE) or _has_stopped(text, named)
    return Severity.MILD if stopped and not _took_long(text, numbers) and not _comes_again(text) else None


def _is_of_brushing(text: MarkedText) -> bool:
    """ "A gengiva sangrou na escova": gums and a toothbrush, and no word for much, for long or for not stopping."""
    if text.spoken_of & _MORE or text.numeric:
        return False
    return all(any(word.startswith(tuple(of)) for word in text.words) for of in (text.plain.gums, text.plain.brushing))


def _comes_again(text: MarkedText) -> bool:
    """又, 再; 沒再流 and 冇再流 say that it does not."""
    return any(
        word in text.plain.comes_again and not (text.has(place, "gone") or text.has(place, "no_longer") or text.has(place - 1, "not"))
        for place, word in enumerate(text.words)
    )


def _took_long(text: MarkedText, numbers: list[Number]) -> bool:
    """Ten minutes and more, or an hour."""
    joined, plain = "".join(text.words), text.plain
    if any(long in joined for long in plain.long_within) or any(_is_an_hour(text, place) for place in range(len(text.words))):
        return True
    return any(
        number.value >= _LONG_MINUTES and not plain.minutes.isdisjoint(text.words[number.end : number.end + 1]) for number in numbers
    )


def _is_an_hour(text: MarkedText, place: int) -> bool:
    """ "Half an hour", "meia hora"; "parou na hora" is at once, and "two hours ago" says when."""
    word, plain = text.words[place], text.plain
    if word not in plain.hours or not plain.ago.isdisjoint(text.words[place + 1 : place + 2]):
        return False
    return (
        word in plain.hours_by_themselves or place - 1 in text.numeric or not plain.spans.isdisjoint(text.words[max(0, place - 1) : place])
    )


def _has_stopped(text: MarkedText, named: Named) -> bool:
    """Whether a later word of the sentence or the next one says it is over, without "not" before that word or a "cannot" behind it."""
    if not text.spoken_of & _OVER:
        return False
    for position in range(named.end, len(text.words)):
        if text.has(position, "not") or text.has(position, "no") or text.tokens[position][0] in text.plain.and_not:
            return False
        if text.has(position, "gone") or (text.has(position, "fine") and text.has(position - 1, "about_now")):
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


def is_passing(text: MarkedText, symptom: Symptom) -> bool:
    """A nosebleed that stopped within minutes, and one loose stool; gums bleed on, whatever a word for "over" is said of."""
    if symptom.code == "BLEEDING":
        return symptom.severity is Severity.MILD and not any(word.startswith(tuple(text.plain.gums)) for word in text.words)
    return symptom.code == "DIARRHOEA" and symptom.count == 1 and not symptom.worse and symptom.severity in (None, Severity.MILD)
