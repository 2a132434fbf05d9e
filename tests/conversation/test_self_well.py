"""Who tells of another's illness and is well pages nobody; who has an alarm of their own, or writes for a patient, does."""

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study
from followup_service.protocol.question_kinds import QuestionKind

# What somebody of the house or the family has, and what the writer says of themself beside it.
OF_OTHERS = {
    "en": ["My brother has yellow eyes from the drink", "My wife fainted this morning when they took her blood", "My son has chest pain"],
    "zh_Hans": ["我弟弟喝酒喝得眼睛黄了", "老伴今天抽血的时候晕倒了", "我儿子胸口疼"],
    "zh_Hant": ["我弟弟喝酒喝到眼睛黃了", "我老婆抽血嗰陣暈低咗", "我個仔心口痛"],
    "es": ["Mi hermano tiene los ojos amarillos", "Mi mujer se desmayó cuando le sacaron sangre", "Mi hijo tiene dolor en el pecho"],
    "fr": ["Mon frère a les yeux jaunes", "Ma femme s'est évanouie à la prise de sang", "Mon fils a mal à la poitrine"],
    "pt": ["Meu irmão está com os olhos amarelos", "Minha mulher desmaiou hoje", "Meu filho está com dor no peito"],
    "ru": ["У брата глаза жёлтые", "Жена сегодня упала в обморок", "У сына боль в груди"],
    "ar": ["اخوي عيونه صفرا من الشرب", "زوجتي اغمى عليها", "ابني عنده الم في صدره"],
    "hi": [
        "मेरे भाई की आंखें पीली हो गई हैं",
        "padosi aaj subah behosh ho gaya",
        "meri patni khoon nikalte samay behosh ho gayi",
        "मेरे बेटे को सीने में दर्द है",
    ],
    "vi": ["Anh trai tôi vàng mắt vì rượu", "Vợ tôi ngất lúc lấy máu", "Con trai toi dau nguc"],
}
WELL = {
    "en": [
        "mine are fine", "mine went fine", "I'm perfectly well", "nothing like that with me", "touch wood I've escaped it",
        "it's her, not me",
        "I'm only looking after him, I'm fine myself", "I got off lightly", "my own ablation went well",
        "I've been fine since my ablation",
    ],
    "zh_Hans": ["我自己做完消融到现在都挺好", "我的手术很顺利", "我没有这种情况", "是他不是我", "至于我,挺好", "我恢复得很好",
        "我天天给她送饭,我自己挺好"],
    "zh_Hant": ["我自己做完消融到現在都很好", "我的手術很順利", "我沒有這種情況", "佢唔係我", "我嗰次好順利", "我一啲問題都冇",
        "我自己好好哋", "好險我沒事"],
    "es": ["lo mío va bien", "a mí me fue bien", "es ella, no yo", "yo nada de eso", "en cuanto a mí, bien", "mi ablación fue bien",
        "yo sigo bien"],
    "fr": ["moi ça va", "la mienne s'est bien passée", "c'est elle, pas moi", "rien de tel chez moi", "quant à moi, ça va", "moi RAS",
        "je me sens bien"],
    "pt": ["o meu vai bem", "comigo correu bem", "é ela, não eu", "eu não tive nada disso", "quanto a mim, tudo bem", "eu sigo firme",
        "minha cirurgia correu bem"],
    "ru": ["у меня порядок", "у меня тьфу-тьфу всё хорошо", "это у неё, не у меня", "меня пронесло", "моя операция прошла хорошо",
        "я-то здоров"],
    "ar": ["انا تمام", "عمليتي نجحت", "هي مش انا", "انا معنديش كده", "الحمد لله مش انا", "انا بعد العملية بخير", "anaa tamam",
        "howa mesh ana"],
    "hi": ["मैं तो मस्त हूं", "मेरा ऑपरेशन अच्छा हो गया", "मुझे कुछ नहीं हुआ", "main to mast hun", "mera operation theek hua",
        "meri tabiyat achi hai"],
    "vi": ["tôi mổ xong vẫn khỏe", "ca mổ của tôi suôn sẻ", "không phải tôi", "tôi không bị gì hết", "tôi không bị như vậy",
        "toi khoe nhu trau"],
}  # fmt: skip
OWN = {
    "en": ["I passed out twice", "I have a fever of 38.6", "my skin is yellow"], "zh_Hans": ["晕倒了两次", "我发烧38度6", "皮肤黄了"],
    "zh_Hant": ["昏倒了兩次", "我發燒38度6", "皮膚黃咗"], "es": ["me desmayé dos veces", "tengo fiebre de 38,6",
        "tengo la piel amarilla"],
    "fr": ["je me suis évanoui deux fois", "j'ai 38,6 de fièvre", "j'ai la peau jaune"],
    "pt": ["desmaiei duas vezes", "estou com febre de 38,6", "tenho a perna inchada"],
    "ru": ["дважды терял сознание", "температура 38,6", "кожа пожелтела"], "ar": ["اغمى علي مرتين", "عندي حرارة 38.6", "جلدي اصفر"],
    "hi": ["दो बार बेहोश हुआ", "mujhe 38.6 bukhar hai", "पैर सूज गया"], "vi": ["ngất hai lần", "tôi sốt 38.6", "chân sưng"],
}  # fmt: skip
BUT = {
    "en": " but ", "zh_Hans": "，但是", "zh_Hant": "，但係", "es": " pero ", "fr": " mais ", "pt": " mas ", "ru": " но ", "ar": " بس ",
    "hi": " lekin ", "vi": " nhưng ",
}  # fmt: skip
OF_THE_PATIENT = {
    "en": ["Dad, your patient, passed out", "This is his wife, he fainted", "My husband had the ablation and now he has chest pain"],
    "zh_Hans": ["我爸是你们的病人,他晕倒了", "我是他女儿,他发烧39度", "病人是我爱人,她胸口疼"],
    "zh_Hant": ["我爸是你們的病人,他昏倒了", "我係佢個女,佢發燒39度", "病人是我太太,她胸口痛"],
    "es": ["Mi padre, su paciente, se desmayó", "Soy su hija, él tiene 39"], "fr": ["Mon père, votre patient, s'est évanoui",
        "Je suis sa fille, il a 39"],
    "pt": ["Meu pai, seu paciente, desmaiou", "Sou a filha, ele tem 39"], "ru": ["Папа, ваш пациент, потерял сознание",
        "Я его дочь, у него 39"],
    "ar": ["ابي مريضكم اغمى عليه", "انا بنته هو عنده حرارة 39"], "hi": ["पापा आपके मरीज हैं, वो बेहोश हो गए",
        "main unki beti hu, unko 39 bukhar hai"],
    "vi": ["Ba tôi là bệnh nhân của quý vị, ba ngất", "Tôi là con gái, ba sốt 39 độ"],
}  # fmt: skip
PAGED = ("urgent", "emergency")


def _level(text: str, language: str) -> str:
    return str(summarise(read_reply(text, language), None, load_study("NCT06609434"))["level"])


def _beside(one: str, other: str) -> list[str]:
    return [f"{one}, {other}", f"{one}. {other}", f"{other}. {one}"]


@pytest.mark.parametrize("language", WELL)
def test_anothers_illness_beside_a_writer_who_is_well_is_set_aside_and_read_by_a_person(language: str) -> None:
    texts = [text for well in WELL[language] for ill in OF_OTHERS[language] for text in _beside(ill, well)]
    assert [text for text in texts if _level(text, language) != "review"] == []


@pytest.mark.parametrize("language", WELL)
def test_without_a_word_of_the_writers_own_health_it_pages(language: str) -> None:
    assert [text for text in OF_OTHERS[language] if _level(text, language) not in PAGED] == []


@pytest.mark.parametrize("language", WELL)
def test_the_writers_own_alarm_stands_beside_a_word_of_being_well(language: str) -> None:
    own = {alarm: _level(alarm, language) for alarm in OWN[language]}
    texts = {
        text: level
        for well in WELL[language]
        for alarm, level in own.items()
        for text in (*_beside(well, alarm), f"{well}{BUT[language]}{alarm}", f"{OF_OTHERS[language][0]}, {well}. {alarm}")
    }
    assert set(own.values()) <= set(PAGED)
    assert [text for text, level in texts.items() if PAGED.index(level) > (PAGED + ("",)).index(_level(text, language))] == []


@pytest.mark.parametrize("language", WELL)
def test_who_writes_for_a_patient_pages_however_well_they_are(language: str) -> None:
    texts = [text for well in WELL[language] for ill in OF_THE_PATIENT[language] for text in _beside(ill, well)]
    assert [text for text in texts if _level(text, language) not in PAGED] == []


@pytest.mark.parametrize("language", WELL)
def test_being_well_is_an_answer_and_needs_nobody(language: str) -> None:
    for well in WELL[language]:
        reading = read_reply(well, language, QuestionKind.YES_NO)
        assert (reading.answer, reading.findings.unread, _level(well, language)) == ("no", False, "none"), well


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "my wife had a cold now 39, I'm fine"), ("en", "I've no trouble breathing"), ("en", "I haven't had any trouble breathing"),
        ("vi", "tôi thì không bị sốt"), ("fr", "j'ai aucun souci pour respirer"), ("es", "yo no tengo problemas para respirar"),
    ],
)  # fmt: skip
def test_what_is_denied_behind_i_have_no_is_no_alarm_and_whose_fever_it_is_now_is_asked(language: str, text: str) -> None:
    assert (_level(text, language) in PAGED) is ("39" in text)
