"""What somebody can no longer do, or has no strength to, pages: breathe, rise, walk, swallow, see, speak, feel the legs, stop the blood."""

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study

_UNABLE = {
    "en": ["no strength to breathe", "no strength to get up", "no longer able to walk", "not able to swallow my own spit",
           "no words come out of her mouth", "no movement in her left arm", "no way to wake him", "no feeling in my legs",
           "too weak to stand", "not able to take a step"],
    "zh_Hans": ["没力气呼吸", "没有力气起身", "没力气走路", "没法咽口水", "没有视力了", "没办法开口说话", "感觉不到腿", "双腿不能动",
                "不会喘气了"],
    "zh_Hant": ["冇力呼吸", "冇力企起身", "冇力行路", "冇辦法吞嘢", "冇晒視力", "對腳冇感覺", "沒力氣走路", "走不動", "冇力落床"],
    "es": ["ya no puedo levantarme", "no logro dar un paso", "no logro tragar", "no logra decir nada", "no logramos despertarlo",
           "no siento las piernas", "no soy capaz de andar", "no me puedo parar"],
    "fr": ["pas la force de me lever", "impossible de marcher", "je ne garde même pas l'eau", "pas la force de lever le bras",
           "plus de sensation dans les jambes", "je n'arrive pas à marcher", "plus la force d'avaler"],
    "pt": ["não há ar", "sem força pra levantar", "não tenho força para andar", "não posso engolir", "não sou capaz de urinar",
           "já não sinto as pernas", "não aguento ficar de pé"],
    "ru": ["нет сил дышать", "нет сил встать", "сил нет встать", "не в силах подняться", "нет сил ходить", "не проглотить даже слюну",
           "нет зрения на левом глазу", "нет речи у мужа", "нет движения в правой руке", "нет сил его добудиться", "не чувствую ног"],
    "ar": ["لا اقدر اقوم", "مفيش حيل اقوم", "لا استطيع المشي", "ما عنديش حيل امشي", "لا اقدر ابلع", "لا ارى", "ما عاد يحكي",
           "لا نستطيع ايقاظه", "لا احس برجلي", "لا استطيع الاحتفاظ بالماء"],
    "hi": ["सांस लेने की ताकत नहीं", "उठने की ताकत नहीं", "uthne ki himmat nahi", "नहीं चल सकता", "कुछ निगल नहीं सकता", "कुछ नहीं दिखता",
           "नहीं बोल सकते", "टांगों में जान नहीं", "पैरों में कुछ महसूस नहीं होता", "chala nahi jata"],
    "vi": ["không sao thở được", "không còn sức đứng dậy", "không dậy nổi khỏi giường", "không bước nổi", "không thể nuốt",
           "không còn thấy đường", "không nói nổi", "tay không còn sức", "không lay tỉnh được", "chân không còn cảm giác"],
}  # fmt: skip
_ABLE = [
    ("en", "98.2 F and had a nice walk to the shops"),
    ("zh_Hant", "冇唔舒服,行路有力"),
    ("es", "camino bien y me levanto sin problema"),
    ("ru", "хожу нормально, сил хватает"),
    ("ar", "لا ارى مشكلة"),
    ("hi", "kal raat light nahi thi, chhat pe soye. machhar to the par hawa achhi chal rahi thi"),
    ("vi", "mai tôi không đi được, cho tôi đổi lịch"),
    ("zh_Hans", "看见蛋糕就走不动道"),
]


def _level(language: str, text: str) -> str:
    level: str = summarise(read_reply(text, language), None, load_study("NCT06609434"))["level"]
    return level


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in _UNABLE.items() for text in texts])
def test_what_nobody_can_do_any_more_pages(language: str, text: str) -> None:
    assert _level(language, text) in {"urgent", "emergency"}


@pytest.mark.parametrize(("language", "text"), _ABLE)
def test_walking_and_getting_up_by_themselves_do_not(language: str, text: str) -> None:
    assert _level(language, text) in {"none", "review"}
