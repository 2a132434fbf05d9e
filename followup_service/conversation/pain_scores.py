"""How bad a pain is by a score of ten: 8/10, "8 out of 10", "from 1 to 10 I give it an 8"; a belly with a score hurts."""

from collections.abc import Iterator
from typing import NamedTuple

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.mentions import Named
from followup_service.conversation.numbers import Number
from followup_service.protocol.findings import Severity

_FULL, _MOST_OF_A_CHECK_IN = 10, 4
_SEVERE, _MODERATE = 7, 4
# A number so many tokens after the words of the scale is still the score: "de 1 a 10 eu diria uns 8".
_REACH = 7
_HURTING = {"belly": "ABDOMINAL_PAIN", "chest": "CHEST_PAIN", "shoulder": "SHOULDER_PAIN", "head": "HEADACHE"}
_PARTS = bits_of(_HURTING)
_ENDS = frozenset(".,;!\n")
_SMALL = bits_of({"is_filler", "about_now", "filler_verb", "closing", "worst"})
_PAINS = bits_of({"pain", "PAIN", *_HURTING.values()})


class Score(NamedTuple):
    """`points` of ten, said at token `position`."""

    points: int
    position: int

    @property
    def severity(self) -> Severity:
        return Severity.SEVERE if self.points >= _SEVERE else Severity.MODERATE if self.points >= _MODERATE else Severity.MILD


def find_scores(text: MarkedText, numbers: list[Number]) -> list[Score]:
    """Every score of ten, in the order of the text."""
    return [Score(points, number.first) for number in numbers for points in _points(text, number) if points <= _FULL]


def _points(text: MarkedText, number: Number) -> Iterator[int]:
    if number.shape == "ratio":
        points, _, full = text.words[number.first].replace(" ", "").partition("/")
        if full == str(_FULL):
            yield int(points)
    elif number.shape == "number" and number.is_whole and _is_score(text, number):
        yield int(number.value)


def _is_score(text: MarkedText, number: Number) -> bool:
    is_told = text.has(number.end, "of_ten") or _follows_scale(text, number) or _is_in_points(text, number)
    return is_told or _is_of_a_part(text, number) or _is_of_a_pain(text, number)


def _is_of_a_part(text: MarkedText, number: Number) -> bool:
    """ "Belly: 9", "barriga: 10": a part of the body, a colon, and a number with which the sentence ends."""
    part = text.at[number.first - 2] if number.first > 1 and text.words[number.first - 1] == ":" else None
    if part is None or not part.concepts.bits & _PARTS:
        return False
    return number.end >= len(text.words) or text.sentences[number.end] != text.sentences[number.first] or text.words[number.end] in _ENDS


def _is_of_a_pain(text: MarkedText, number: Number) -> bool:
    """ "Pain 9", "dolor 9": more than the scale of the check-ins has, straight behind a pain, and the end of the clause."""
    before = number.first - 1
    while before >= 0 and (text.words[before] == ":" or text.has_any(before, _SMALL)) and not text.has_any(before, _PAINS):
        before -= 1
    if not (text.has_any(before, _PAINS) and text.clauses[before] == text.clauses[number.first] and number.value > _MOST_OF_A_CHECK_IN):
        return False
    behind = number.end
    while text.has_any(behind, _SMALL):
        behind += 1
    return behind >= len(text.words) or text.clauses[behind] != text.clauses[number.first] or text.words[behind] in _ENDS


def _is_in_points(text: MarkedText, number: Number) -> bool:
    """疼6分, 肚子今天5分: of how many nobody says, so that fewer than four say nothing."""
    return number.value >= _MODERATE and bool(text.spoken_of & (_PAINS | _PARTS)) and text.has(number.end, "points")


def is_worst_of_few_points(text: MarkedText, worst: Mark, numbers: list[Number]) -> bool:
    """最疼的时候也就1分: the one number of the text, with its points behind it, says how little the worst pain was."""
    if len(numbers) != 1 or "pain" not in worst.concepts:
        return False
    number = numbers[0]
    is_said_of_it = number.first >= worst.end and text.clauses[number.first] == text.clauses[worst.first]
    return is_said_of_it and number.is_whole and number.value < _MODERATE and text.has(number.end, "points")


def _follows_scale(text: MarkedText, number: Number) -> bool:
    return any(
        0 <= number.first - scale.end <= _REACH and text.sentences[scale.first] == text.sentences[number.first]
        for scale in text.marked("scale")
    )


def find_scored(text: MarkedText, scores: list[Score], found: list[Named]) -> Iterator[Named]:
    """The parts of the body that have a score and, in their sentence, no other complaint and nothing good: "belly 6/10"."""
    if not scores or not text.spoken_of & _PARTS:
        return
    explained = {text.sentences[named.first] for named in found if named.code != "UNWELL"}
    explained |= {text.sentences[mark.first] for mark in text.marked("fine") if _is_well(text, mark)}
    for score in scores:
        sentence = text.sentences[score.position]
        if score.points and (sentence not in explained or text.words[score.position - 1] == ":"):
            parts = ((part, mark) for part in _HURTING for mark in text.marked(part) if text.sentences[mark.first] == sentence)
            yield from (Named(_HURTING[part], mark.first, mark.end, mark.first) for part, mark in parts)


def _is_well(text: MarkedText, mark: Mark) -> bool:
    """French "rien" is a good answer and also "the tablet does nothing"."""
    return "none" not in mark.concepts and not text.has(mark.first - 1, "not")
