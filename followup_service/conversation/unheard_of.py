"""Decides whether somebody tells of an illness by saying that there was never one like it: "никогда такой головной боли не было".

The denial in it is of the past: what was never before is there now.
"""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.mentions import Named

_PAINS = frozenset({"PAIN", "ABDOMINAL_PAIN", "SHOULDER_PAIN", "CHEST_PAIN", "HEADACHE", "WORST_HEADACHE"})
# Of these only with the "such" beside them: "itna tez bukhar kabhi nahi aaya", "chưa bao giờ sốt cao như vậy".
_OTHERS = frozenset({"FEVER", "BLEEDING", "RIGOR", "VOMITING_BLOOD", "COUGHING_BLOOD", "BLOOD_IN_STOOL"})
_SUCH_REACH = 4
_NAMED = bits_of(_PAINS | _OTHERS | {"pain", "blood"})
_FIRST_CHINESE = "\u3005"


def is_unheard_of(text: MarkedText, named: Named) -> bool:
    """Whether the sentence has both a "never" and a "such"."""
    if not text.spoken_of & _NAMED or not (named.code in _PAINS or (named.code in _OTHERS and _is_such(text, named))):
        return False
    sentence = text.sentences[named.first]
    words = [word for place, word in enumerate(text.words) if text.sentences[place] == sentence]
    joined = "".join(words) if words[0] >= _FIRST_CHINESE or words[-1] >= _FIRST_CHINESE else f" {' '.join(words)} "
    return _has_one_of(joined, text.plain.never) and _has_one_of(joined, text.plain.such)


def _is_such(text: MarkedText, named: Named) -> bool:
    near = range(max(0, named.first - _SUCH_REACH), min(len(text.words), named.end + _SUCH_REACH))
    beside = " ".join(text.words[place] for place in near if text.clauses[place] == text.clauses[named.first])
    return _has_one_of(f" {beside} ", text.plain.such)


def _has_one_of(joined: str, phrases: frozenset[str]) -> bool:
    return any((phrase if phrase[0] >= _FIRST_CHINESE else f" {phrase} ") in joined for phrase in phrases)
