"""Decides whether somebody tells of an illness by saying that there was never one like it: "никогда такой головной боли не было".

The denial in it is of the past: what was never before is there now.
"""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.mentions import Named

_PAINS = frozenset({"PAIN", "ABDOMINAL_PAIN", "SHOULDER_PAIN", "CHEST_PAIN", "HEADACHE", "WORST_HEADACHE"})
# Of these only with the "such" straight before them: "itna tez bukhar kabhi nahi aaya".
_OTHERS = frozenset({"FEVER", "BLEEDING", "RIGOR"})
_SUCH_REACH = 2
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
    return not text.plain.such.isdisjoint(text.words[max(0, named.first - _SUCH_REACH) : named.first])


def _has_one_of(joined: str, phrases: frozenset[str]) -> bool:
    return any((phrase if phrase[0] >= _FIRST_CHINESE else f" {phrase} ") in joined for phrase in phrases)
