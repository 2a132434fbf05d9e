"""Decides whether somebody tells of a pain by saying that there was never one like it: "никогда такой головной боли не было".

The denial in it is of the past: what was never before is there now.
"""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.mentions import Named

_PAINS = frozenset({"PAIN", "ABDOMINAL_PAIN", "SHOULDER_PAIN", "CHEST_PAIN", "HEADACHE", "WORST_HEADACHE"})
_HURTS = bits_of(_PAINS | {"pain"})
_FIRST_CHINESE = "\u3005"


def is_unheard_of(text: MarkedText, named: Named) -> bool:
    """Whether the sentence of a pain has both a "never" and a "such"."""
    if named.code not in _PAINS or not text.spoken_of & _HURTS:
        return False
    sentence = text.sentences[named.first]
    words = [word for place, word in enumerate(text.words) if text.sentences[place] == sentence]
    joined = "".join(words) if words[0] >= _FIRST_CHINESE or words[-1] >= _FIRST_CHINESE else f" {' '.join(words)} "
    return _has_one_of(joined, text.plain.never) and _has_one_of(joined, text.plain.such)


def _has_one_of(joined: str, phrases: frozenset[str]) -> bool:
    return any((phrase if phrase[0] >= _FIRST_CHINESE else f" {phrase} ") in joined for phrase in phrases)
