"""Films, dreams, jests, hearsay, fevers only supposed and others' old illnesses alarm nobody; and what looks like one and is none does."""

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.escalation_rules import KnownSoFar, decide
from followup_service.protocol.load_study import load_study
from followup_service.protocol.rule_definitions import Level

QUIET = [
    ("en", "the price of butter is giving me chest pains lol"), ("hi", "सीरियल में खून खराबा"), ("zh_Hant", "打麻雀輸到嘔血"),
    ("zh_Hans", "电视烧了"),
    ("ru", "рубль упал, лампочка перегорела"),
    ("ru", "А бывает ли после этого кровотечение? У меня-то нет, боюсь просто"), ("es", "se me quemó el arroz"),
    ("es", "perdimos en el último minuto me quiero matar jaja qué equipo"),
    ("es", "me hierve la sangre con las noticias"), ("es", "estoy que ardo con los del banco"), ("pt", "o açude até sangrou de tão cheio"),
    ("pt", "feijão queimou a panela"), ("fr", "on s'est saigné aux quatre veines"), ("fr", "mon sang n'a fait qu'un tour"),
    ("ru", "начальница всю кровь выпила"), ("ru", "предвыборная лихорадка по телику"), ("hi", "खून पसीने की कमाई है"),
    ("hi", "world cup ka bukhar chadha hai sabko"), ("ar", "دمي عم يغلي من هالاخبار"), ("ar", "اللحم المشوي احترق"),
    ("vi", "nấu cháo huyết bán sáng nay"), ("zh_Hans", "今儿跑车拉了八趟活"), ("zh_Hans", "水烧开了泡茶"),
    ("zh_Hant", "台積電賣太早 看了快吐血"),
    ("zh_Hant", "買樓要我大出血"),
    ("en", "in the film everybody was coughing blood"), ("es", "en la telenovela el galán tose sangre"),
    ("zh_Hant", "昨天夜裡做夢夢見自己吐血"),
    ("pt", "sonhei que vomitava sangue, credo"), ("en", "price of petrol gave me chest pains, figure of speech"),
    ("ru", "живот болит от смеха"),
    ("zh_Hans", "听说有人做完消融吐血，这种情况多吗？我没有，就问问"), ("en", "If I get a fever at the weekend, who do I ring?"),
    ("hi", "agar kabhi 101 se upar chala jaye raat ko to kya karna hai?"), ("ru", "понял, выше 38,3 звонить вам"),
    ("zh_Hans", "十年前我得过疟疾打摆子"), ("es", "hace 30 años tuve ictericia"),
    ("es", "el perro está malito, vomitó sangre, lo vio el veterinario"),
    ("vi", "Hà Nội nay 40 độ"), ("fr", "36,5 chauffage réglé sur 19"),
    ("en", "the leaflet says jaundice, bleeding, fits. can it be taken with aspirin?"), ("es", "casi me da un infarto con el penal"),
    ("en", "at the hospital for my regular scan, all done by 11"), ("fr", "sur la notice il y a jaunisse, hémorragie, convulsions ?"),
    ("ru", "стул не чёрный, озноба нет, в обморок не падал"),
    ("en", "thank you to the nurse who held me when I fainted three years ago"),
]  # fmt: skip
ALARMING = [
    ("zh_Hans", "大便这两天黑了"), ("zh_Hans", "吐的像猪血"), ("fr", "vomi comme du café noir"), ("vi", "đi cầu ra như huyết heo"),
    ("es", "vomité algo como sangre de cerdo"), ("ar", "البول مثل الشاي الاسود"), ("zh_Hans", "眼白像蛋黄一样"),
    ("es", "me quemó la sopa la boca y tengo ampolla"), ("pt", "o café queimou minha mão"), ("ru", "жара, дышать нечем"),
    ("es", "me quiero matar jaja"), ("es", "perdimos, me quiero matar"),
    ("pt", "tremendo de frio debaixo de três cobertas"), ("es", "temblando de frío con tres mantas"),
    ("es", "estoy que ardo tóquenme la frente"), ("pt", "corda no pescoço, não aguento mais"), ("ar", "البول احمر زي الدم"),
    ("ar", "الدم نازل من مكان الابرة"), ("ru", "моча красная как кровь"), ("vi", "con sot ve dem"), ("vi", "con sot vang da met"),
    ("vi", "mau chay tui so qua"), ("zh_Hans", "拉了八趟 人都虚了"), ("zh_Hant", "成個人燒起來"), ("hi", "meri jaan nikal rahi hai"),
    ("en", "the leaflet says yellow eyes, I have that, can I take it?"),
    ("en", "The leaflet says bleeding is possible. Bleeding from the wound now, what do I do?"),
    ("en", "leaflet says black stools, mine are black, should I stop it?"), ("en", "chest pain since the penalty, still there"),
    ("en", "the ref was terrible. I am coughing blood"), ("en", "only joking about the weather. I am coughing blood"),
    ("en", "my neighbour had a stroke last year, chest pain now"),
    ("en", "neighbour has flu, I have 39"), ("en", "grandson had fever 39 and now my wife says I am burning up"),
    ("en", "My grandson has a fever and he gave it to me, 38.9"), ("en", "thank you to the nurse, I fainted this morning"),
    ("en", "before the study I was fine, fever 39 now"), ("en", "appointment went fine but I collapsed at the hospital"),
    ("en", "was at the hospital for my scan and fainted there"), ("en", "the price of meat, chest pain since morning"),
    ("es", "el prospecto dice ictericia y yo estoy amarillo, lo puedo tomar?"), ("es", "el nieto tiene fiebre y yo también tiemblo"),
    ("es", "el vecino tuvo un infarto y a mí me duele el pecho"),
    ("fr", "la notice dit vomissements, j'en ai avec du sang, que faire ?"), ("fr", "mon petit-fils a 39, moi 38,9"),
    ("pt", "na bula diz sangramento e eu tô sangrando, posso tomar?"),
    ("ru", "Бывает ли желтуха после абляции? У меня второй день глаза желтые"), ("ru", "читала в интернете, у меня черный стул, опасно?"),
    ("ar", "مكتوب بالكتيب انه ممكن يصير نزيف، هل هذا طبيعي؟ انا عندي من امس"),
    ("ru", "смотрю сериал, там смешно, а у меня рот перекосило"),
    ("ru", "лодыжка опухла, шучу, но отёк приличный"), ("ru", "врач смотрел и говорит: глаза жёлтые, женщина"),
    ("ru", "в инструкции пишут про желтуху, у меня желтые глаза, можно пить?"), ("ru", "у внука 39, у меня 38,7"),
    ("zh_Hans", "说明书上写可能便血，我现在便血了，怎么办"), ("zh_Hans", "隔壁老王中风了，我嘴也歪了"),
    ("zh_Hans", "孙子发烧，我也39度"), ("zh_Hant", "單張寫會黃疸，我對眼黃咗，點算"),
    ("vi", "tờ hướng dẫn ghi chảy máu, tôi đang chảy máu, làm sao"), ("ar", "النشرة مكتوب فيها نزيف وانا عندي نزيف اعمل ايه؟"),
    ("hi", "पर्चे पर लिखा है खून आना, मुझे खून आ रहा है क्या करूँ"), ("hi", "padosi ko bukhar hai aur mujhe bhi 102"),
    ("en", "I dreamt badly and woke up vomiting blood"), ("en", "no joke, I am coughing blood"), ("zh_Hans", "看电影的时候晕倒了"),
    ("ar", "كنت بتفرج على المسلسل وأغمي علي"), ("en", "laughed till it hurt but now I can't breathe"),
    ("en", "got it, it is over 38.3 now"),
    ("en", "had ablation last month fever 39"), ("en", "my dad has a fever of 39 after the ablation, is it common?"),
    ("fr", "mon mari a 39,5 après la radiofréquence, c'est fréquent ?"), ("en", "dog walk then collapsed"), ("vi", "39 cháu ơi"),
    ("en", "i'm in delhi with 40 degrees fever"), ("es", "más o menos 38,5"), ("pt", "mais ou menos 38,5"), ("zh_Hans", "38头疼"),
    ("ru", "вдруг поднялась температура 39, что делать?"), ("es", "si tengo 39 por la noche, que hago?"),
    ("es", "Sí, tengo fiebre por la noche, ¿qué hago?"), ("ar", "لو سمحت الحرارة طلعت ٣٩ شو اعمل؟"),
    ("en", "coffee then 39 degrees"), ("pt", "há 6 horas 39"), ("ru", "смотрел телевизор и упал в обморок"),
    ("en", "cat had kittens. i have 39.2"), ("en", "my belly, i cant straighten up"), ("en", "watched the match, 39 and shivering"),
    ("vi", "xem phim xong bệnh nhân ngất xỉu"), ("hi", "serial ke baad mareez ko khoon ki ulti hui"),
    ("hi", "टीवी देखते हुए मेरी सास को सांस नहीं आ रही"),
]  # fmt: skip


def _level(text: str, language: str) -> Level | None:
    decision = decide(read_reply(text, language).findings, KnownSoFar(), load_study("NCT06609434").rules)
    return decision.level if decision is not None else None


@pytest.mark.parametrize(("language", "text"), QUIET)
def test_what_tells_nothing_of_the_participant_now_alarms_nobody(language: str, text: str) -> None:
    assert _level(text, language) in (None, Level.REVIEW)


@pytest.mark.parametrize(("language", "text"), ALARMING)
def test_what_only_looks_like_a_tale_alarms(language: str, text: str) -> None:
    assert _level(text, language) in (Level.EMERGENCY, Level.URGENT)


def test_two_complaints_over_a_match_are_no_jest() -> None:
    study = load_study("NCT06609434")
    assert summarise(read_reply("国足输了，看得我胸口疼", "zh_Hans"), None, study)["level"] == "review"
    assert summarise(read_reply("国足输了，我胸口疼得出冷汗", "zh_Hans"), None, study)["level"] == "emergency"
