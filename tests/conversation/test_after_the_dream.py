"""A dream, a film or a year ends, and what somebody has now is told; a value with a decimal is no count of what stands beside it."""

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study

EMERGENCIES = [
    # Who woke is out of the dream, and an "and" straight behind a film is out of the film.
    ("en", "woke up from a dream and I can't breathe"), ("en", "woke from a nightmare, my temp is 39.2"),
    ("en", "watched a film and my chest hurts"), ("es", "me desperté de un sueño y no puedo respirar"),
    ("es", "tuve una pesadilla y no puedo respirar"), ("fr", "je me suis réveillé d'un rêve et je n'arrive plus à respirer"),
    ("pt", "acordei de um pesadelo sem ar"), ("pt", "vi um filme e estou com dor no peito"),
    ("ru", "проснулся от кошмара, не могу дышать"), ("ru", "смотрел фильм и болит в груди"),
    ("ar", "صحيت من كابوس ومش قادر اتنفس"), ("hi", "bura sapna dekh kar utha saans nahi aa rahi"),
    ("vi", "gặp ác mộng dậy không thở được"), ("vi", "nam mo ac mong giat minh day kho tho qua"),
    ("zh_Hans", "做噩梦醒来喘不上气"), ("zh_Hant", "發惡夢扎醒唞唔到氣"),
    # Days ago, since then, and a time in which all was well.
    ("vi", "2 ngày trước tôi ói ra máu"), ("vi", "sốt 39 hai ngày trước"), ("vi", "vai ngay truoc bi ngat"),
    ("es", "desde 2023 me duele el pecho"), ("es", "desde el año pasado me duele el pecho"), ("en", "since last year my chest hurts"),
    ("ru", "с 2023 года болит в груди"), ("ru", "с химии в 2023 у меня 39,2"), ("hi", "2023 se seene me dard hai"),
    ("zh_Hans", "2023年开始胸口疼"), ("en", "39.2, was fine years ago"), ("zh_Hans", "我喘不上气，以前没事现在喘"),
    ("zh_Hant", "我39.2度，以前冇事而家燒"), ("zh_Hans", "胸口很疼，之前没事"),
    # What was never like this is there now.
    ("hi", "aisa sir dard kabhi nahi hua"), ("hi", "ज़िंदगी में ऐसा सिर दर्द नहीं हुआ"), ("ru", "никогда такой головной боли не было"),
    ("ar", "ما جاني صداع زي كذا في حياتي"), ("ar", "3omri ma jani soda3 heik"), ("fr", "je n'ai jamais eu un mal de tête pareil"),
    ("es", "yo nunca tuve un dolor de cabeza así"), ("pt", "nunca tive uma dor de cabeça assim na vida"),
    ("vi", "chua bao gio dau dau nhu vay"), ("zh_Hans", "从来没有这样头痛过"), ("zh_Hant", "未試過頭痛成咁"),
    # A body value with a decimal counts nothing.
    ("zh_Hans", "38.9周一开始的"), ("zh_Hans", "38.9两次都是"), ("zh_Hans", "38.9月经没来"), ("zh_Hans", "39周日晚上"),
    ("zh_Hant", "38.9兩次都係"), ("zh_Hant", "38.9個人好攰"), ("ru", "38,9 цикл 2"), ("ru", "38,9 таблетку выпил"),
    ("ru", "39 день второй"),
    ("es", "38,9 semana 2"), ("pt", "38,9 comprimido tomado"), ("fr", "38,9 deux fois"), ("en", "38.9 birthday today"),
    ("en", "reading 2: 38.9"), ("ar", "38.9 المرة الثانية"), ("ar", "٣٩ يوم الاثنين"), ("hi", "38.9 कमरे में"), ("hi", "38.9 goli li"),
    ("vi", "61 tuổi 38.9"), ("vi", "mẹ em 72 tuổi 39"),
    # In words that the lexicons lacked.
    ("en", "peed nothing since last nite"), ("ar", "مابي اعيش"), ("es", "me parto del dolor de tripa"),
    ("en", "pain isn't bearable in my belly"),
]  # fmt: skip
URGENT = [
    ("en", "mild belly pain but getting worse"), ("es", "dolor leve de barriga pero cada vez peor"),
    ("fr", "léger mal au ventre mais ça empire"), ("pt", "dor leve na barriga mas está piorando"),
    ("ru", "живот слегка болит, но становится хуже"), ("hi", "pet me halka dard hai lekin badh raha hai"),
    ("vi", "đau bụng nhẹ nhưng càng lúc càng nặng"), ("zh_Hans", "肚子有点疼，但是越来越厉害"), ("zh_Hant", "個肚少少痛，但越嚟越痛"),
    ("ar", "برجع حتى المية"), ("zh_Hant", "叫咗999"), ("hi", "108 pe phone kiya"), ("hi", "112 dial kiya"), ("hi", "108 bula liya"),
]  # fmt: skip
QUIET = [
    ("en", "dreamt I vomited blood, woke up fine"), ("es", "soñé que vomitaba sangre"), ("ru", "приснилось что не могу дышать"),
    ("zh_Hans", "梦见自己吐血"), ("vi", "ngày trước tôi bị vàng da"), ("en", "walked 38.5 miles"), ("zh_Hans", "体重38.9公斤"),
    ("zh_Hans", "我穿38.5码"),
]  # fmt: skip


def _level(text: str, language: str) -> str:
    level: str = summarise(read_reply(text, language), None, load_study("NCT06609434"))["level"]
    return level


@pytest.mark.parametrize(("language", "text"), EMERGENCIES)
def test_what_is_there_now_pages_at_once(language: str, text: str) -> None:
    assert _level(text, language) == "emergency"


@pytest.mark.parametrize(("language", "text"), URGENT)
def test_what_grows_worse_or_was_called_for_pages(language: str, text: str) -> None:
    assert _level(text, language) in {"urgent", "emergency"}


@pytest.mark.parametrize(("language", "text"), QUIET)
def test_a_dream_an_old_illness_and_a_count_stay_quiet(language: str, text: str) -> None:
    assert _level(text, language) in {"none", "review"}
