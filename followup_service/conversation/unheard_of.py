"""Decides whether somebody tells of a pain by saying that there was never one like it: "никогда такой головной боли не было".

The denial in it is of the past: what was never before is there now.
"""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.mentions import Named

_PAINS = frozenset({"PAIN", "ABDOMINAL_PAIN", "SHOULDER_PAIN", "CHEST_PAIN", "HEADACHE", "WORST_HEADACHE"})
_HURTS = bits_of(_PAINS | {"pain"})
_FIRST_CHINESE = "\u3005"
# As the words of a text are spelt: without accents but in Vietnamese, Chinese in simplified characters.
_NEVER = (
    "never", "in my life", "nunca", "jamas", "en mi vida", "en la vida", "en mi perra vida", "jamais", "de ma vie", "de toute ma vie",
    "na vida", "na minha vida", "никогда", "в жизни", "за всю жизнь", "ни разу", "сроду", "отродясь", "في حياتي", "بحياتي", "حياتي",
    "عمري", "ابدا", "اول مره", "ayati", "ayaty", "hayati", "omri", "umri", "कभी", "जिंदगी", "जीवन", "उम्र", "आज तक", "kabhi",
    "zindagi", "jindagi", "jeevan", "umar", "umr", "aaj tak", "chưa bao giờ", "chưa từng", "chưa hề", "chưa khi nào", "chưa khi mô",
    "chua bao gio", "chua tung", "chua khi nao", "chua he", "chưa bao h", "chua bao h", "từ trước tới giờ", "từ trước đến giờ",
    "从来没", "从没", "从未",
    "一辈子没", "这辈子没", "一辈子冇", "未试过", "未試过", "冇试过", "冇試过", "没試过", "没试过", "从来冇", "从来未",
    "一世人未", "一世都未",
)  # fmt: skip
_SUCH = (
    "like this", "like that", "such", "so bad", "this bad", "that bad", "as bad", "quite like", "asi", "como este", "como esta",
    "igual", "tan fuerte", "semejante", "pareil", "pareille", "pareils", "comme ca", "comme celui", "aussi fort", "aussi mal", "tel",
    "telle", "assim", "como essa", "como esta", "tao forte", "igual", "такои", "такая", "такую", "такое", "такие", "таких", "так",
    "подобнои", "подобного", "كذا", "كده", "كدا", "هيك", "هكذا", "هكا", "زيه", "مثله", "متله", "زي ده", "مثل هذا", "متل هاد", "بحال هاد",
    "kda", "keda", "heik", "hek", "haka", "kida", "zay da", "ऐसा", "ऐसी", "ऐसे", "इतना", "इतनी", "इतने", "aisa", "aisi", "aise", "itna",
    "itni", "như vậy", "như vầy", "như thế", "thế này", "như này", "cỡ này", "dữ vậy", "vậy", "nhu vay", "nhu the", "the nay",
    "nhu nay", "du vay", "这样", "这么", "那么", "那样", "这种", "咁", "噉", "这般", "如此",
)  # fmt: skip


def is_unheard_of(text: MarkedText, named: Named) -> bool:
    """Whether the sentence of a pain has both a "never" and a "such"."""
    if named.code not in _PAINS or not text.spoken_of & _HURTS:
        return False
    sentence = text.sentences[named.first]
    words = [word for place, word in enumerate(text.words) if text.sentences[place] == sentence]
    joined = "".join(words) if words[0] >= _FIRST_CHINESE or words[-1] >= _FIRST_CHINESE else f" {' '.join(words)} "
    return _has_one_of(joined, _NEVER) and _has_one_of(joined, _SUCH)


def _has_one_of(joined: str, phrases: tuple[str, ...]) -> bool:
    return any((phrase if phrase[0] >= _FIRST_CHINESE else f" {phrase} ") in joined for phrase in phrases)
