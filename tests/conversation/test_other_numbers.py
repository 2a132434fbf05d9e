"""Numbers that a body could have and that are a telephone, a room or a score; and those beside them that are a fever all the same."""

import pytest

from followup_service.conversation.read_reply import read_reply

OTHERS = [
    ("fr", "mon 06 finit toujours par 38 39"), ("en", "my number ends in 38 39"), ("es", "mi número termina en 38 39"),
    ("ru", "Скажите в каком кабинете талон отмечать, в 38 или 39?"), ("en", "which room is it, 38 or 39?"),
    ("fr", "c'est quelle salle, la 38 ou la 39 ?"), ("en", "we won 38-36"), ("pt", "o jogo acabou, ganhamos 38-36"),
    ("pt", "hoje 100 %"), ("zh_Hant", "隻貓探熱39度獸醫話正常喎,我就冇嘢,食得瞓得"),
    ("ru", "Если что, это к вам или сразу 103?"), ("vi", "đường lúc đói 101"), ("pt", "a vizinha do 102 espera gêmeos"),
    ("en", "my da had a stroke in 99, I nursed him"), ("zh_Hans", "38:36赢了"),
    ("ru", "выиграли 38:36"), ("fr", "la crp est à 39 aujourd'hui"), ("vi", "ve 38.500"),
    ("fr", "le 38 est en retard"), ("zh_Hant", "小卷一斤一百八"), ("zh_Hans", "肚子疼 让打分 我说一百分"),
    ("ar", "الباص ٣٨ تاخر"), ("ar", "الجو ٤٠"), ("pt", "às 38,5 km da cidade"), ("zh_Hans", "打车38.5"), ("hi", "38.50 ka doodh"),
    ("en", "38.50 for the taxi home, daylight robbery that"), ("fr", "39,90 le gigot!! ils se moquent du monde"),
    ("zh_Hans", "猪肉38.5一斤 又涨了"), ("pt", "a barriga era 88 cm agora 95"), ("ru", "одна нога 41 см против 36"),
    ("ru", "минут 40 колотит"), ("en", "woke at 0400 drenched"), ("pt", "tomei 1 brufen 400"), ("ar", "t7t ma39eltch 3la walo"),
    ("zh_Hans", "42的鞋穿不进"), ("ru", "в калошу 43 не лезет"), ("ru", "38 кабинет нашли"), ("es", "TGO salió 38,5 en el análisis"),
    ("ru", "Билирубин пришел 38,5"), ("vi", "mười năm nay không bị lại"),
    ("hi", "teen chaar baar khoon ki ulti"), ("hi", "हनुमान चालीसा 108 बार"),
    ("vi", "con dau ba tu thay ma vang da"), ("vi", "thay ba nam duoi san"),
    ("fr", "quand j'avais 8 ans au Sénégal j'ai eu le palu avec 40, depuis je crains plus rien"),
]  # fmt: skip
FEVERS = [
    ("fr", "chambre 12, 39 ce matin"), ("en", "pulse 98 39 temp"), ("en", "temp 38-39"), ("en", "38 or 39?"),
    ("en", "won the match. 39.4 now"),
    ("en", "which room? fever 38 or 39"), ("es", "el gato bien, yo 39"),
    ("en", "the cat scratched me and now I have 39.1, otherwise i'm fine"),
    ("zh_Hans", "下午量的39.2 人没啥感觉"), ("vi", "vạch 40 người tôi như cục than"), ("pt", "tirei agora 39,3"),
    ("en", "39.20 at the pharmacy now"),
    ("en", "39.50 and shivering in the taxi, fever"), ("ru", "уже 5 минут 39"), ("en", "waist 88 cm, temp 39"),
    ("ru", "температура 103"), ("vi", "sốt 103"), ("pt", "103"), ("en", "woke up at 103 and shivering"),
    ("ru", "в палате 12, температура 39"), ("fr", "j'ai le palu avec 40"), ("vi", "người nóng hổi, ba chín tám"),
    ("hi", "सौ बार बोला 103 है"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), OTHERS)
def test_the_number_is_no_temperature(language: str, text: str) -> None:
    assert read_reply(text, language).findings.temperatures == ()


@pytest.mark.parametrize(("language", "text"), FEVERS)
def test_the_fever_stands(language: str, text: str) -> None:
    highest = read_reply(text, language).findings.highest
    assert highest is not None
    assert highest.celsius >= 39
