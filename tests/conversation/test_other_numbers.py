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
    ("es", "un par de zapatos por 38,90"), ("es", "el taxi me cobró 38,50"), ("pt", "uma caixa de morangos por 38,5"),
    ("fr", "39 pour la paire de pantoufles"), ("fr", "les bottes à 39,90 je les ai prises"), ("pt", "paguei 38,90 no quilo da picanha"),
    ("es", "mi hijo sacó 38 sobre 50"), ("pt", "o menino tirou 38,5 de 40"), ("es", "hoy cumple 39 mi hija"), ("pt", "nasci em 38"),
    ("pt", "a minha filha faz 38 amanhã"), ("fr", "mon fils fête ses 39 ans"), ("es", "zapatos nuevos 38 y medio"),
    ("es", "la incubadora a 38,5"), ("fr", "le yaourt se fait à 42"), ("pt", "chuveiro no 39 e ainda acho frio"),
    ("fr", "la piscine est à 38 au centre de cure"), ("es", "desde cuánto es fiebre, 37,5 o 38?"),
    ("es", "me dijeron 38 o 38,5 para llamar?"), ("fr", "vous avez dit 38 ou 38,5 pour appeler?"), ("pt", "vocês falaram 38 ou 38,5?"),
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
    ("es", "39,5 por la noche y 37 por la mañana"), ("fr", "39,6 pour la deuxième fois"), ("fr", "39 pour mon mari, c'est lui le malade"),
    ("es", "me salió 39,6 en el termómetro"), ("pt", "deu 39,7 depois do almoço"), ("es", "hoy mi hija tiene 39"),
    ("fr", "après la douche 39,9"), ("es", "agua tibia y nada, sigo a 39"), ("pt", "saí do banho e deu 39"),
    ("es", "si, llegó a 39"), ("es", "ya llego a 39,5, les aviso"), ("fr", "c'est pas 38 c'est 39"),
    ("fr", "pas encore 40, 39,7 pour l'instant"),
    ("es", "la enfermera dijo 39,5 ahora"), ("pt", "a enfermeira disse 39,9 agora"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), OTHERS)
def test_the_number_is_no_temperature(language: str, text: str) -> None:
    assert read_reply(text, language).findings.temperatures == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [("es", "si llego a 38 les aviso, de momento 37"), ("fr", "c'est pas 38, juste 37,4"), ("fr", "pas encore 38, j'ai 37,2")],
)
def test_of_a_bound_and_a_reading_the_reading_counts(language: str, text: str) -> None:
    highest = read_reply(text, language).findings.highest
    assert highest is not None
    assert highest.celsius < 38


@pytest.mark.parametrize(("language", "text"), FEVERS)
def test_the_fever_stands(language: str, text: str) -> None:
    highest = read_reply(text, language).findings.highest
    assert highest is not None
    assert highest.celsius >= 39


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Petrol is 1.54 now, its daylight robbery, I have 39"),
        ("en", "Wednesday is no good, the sheep are being sheared and my temp is 39.2"),
        ("es", "mañana hay elecciones, voto en la escuela 38, tengo 39"),
        ("es", "a mi tía abuela le dio un derrame viendo el bingo, hace años ya, tengo 39"),
        ("fr", "on a gagné au loto des pompiers, un jambon, j'ai 39"),
        ("pt", "colheita do café bonita esse ano, estou com 39"),
        ("ru", "у козы понос, бегаю к ветеринару, и у меня 39"),
        ("ar", "الخروف عنده اسهال والبيطري جاي, حرارتي ٣٩٫٢"),
        ("hi", "गेहूं 2425 क्विंटल बिका, मुझे 39 है"),
        ("zh_Hant", "我39度, 上年紀記性差,鎖匙放哪裡老是忘,一直都這樣,不是現在才有"),
    ],
)
def test_what_the_writer_says_to_have_is_no_price_and_nobody_elses(language: str, text: str) -> None:
    assert read_reply(text, language).findings.temperatures
