"""Who goes to hospital to be examined as planned, or repeats from when on to ring, pages nobody; who is taken there or has it now does."""

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study

GOING = [
    ("en", "Going to hospital tomorrow for my scan", "in hospital, they did a scan"),
    ("es", "mañana voy al hospital a sacarme sangre, lo de siempre", "estoy en urgencias, me hacen un tac"),
    ("fr", "Je passe à l'hôpital mardi pour un simple contrôle, tout va bien", "hospitalisé depuis hier, scanner demain"),
    ("pt", "quinta vou ao hospital fazer o ultrassom, tá anotado", "estou no hospital fazendo exames"),
    ("ru", "В четверг еду в больницу на УЗИ, помню", "забрали в больницу, делают УЗИ"),
    ("ar", "يوم الاحد رايح المستشفى اعمل تحليل الدم زي الميعاد", "دخلت المستشفى وعملوا تحاليل"),
    ("hi", "कल अस्पताल जाना है जांच के लिए", "अस्पताल में भर्ती हूं, जांच चल रही"),
    ("vi", "mai đi bệnh viện tái khám", "nhập viện rồi, đang xét nghiệm"),
    ("zh_Hans", "在去医院的路上，做增强CT，地铁人真多", "昨晚急诊住院，今天做检查"),
    ("zh_Hant", "聽日去醫院覆診", "入咗院，照緊CT"),
]
NOTED = [
    ("en", "so over 38.3 I ring the ward, noted", "over 38.3 since noon, I rang the ward, noted"),
    ("en", "my leaflet says 101F, is that the same as 38.3C?", "my temp is 101 F what is that in C?"),
    ("ru", "значит выше 38,3 звоню в отделение, запомнил", "выше 38,3 уже, звоню, поняла"),
    ("hi", "38.3 se upar ho to ward me phone karna hai, samajh gaya", "mujhe 101 F hai, parche me kya likha hai?"),
    ("zh_Hans", "超过38.3就给病房打电话，记住了", "现在超过38.3，给你们打电话没人接，知道了"),
    ("zh_Hans", "华氏101度等于多少摄氏度？说明书上写的", "我101华氏度，说明书上写要打电话吗？"),
]


@pytest.mark.parametrize(("language", "harmless", "alarm"), [*GOING, *NOTED])
def test_what_is_planned_or_repeated_pages_nobody(language: str, harmless: str, alarm: str) -> None:
    study = load_study("NCT06609434")
    quiet, paged = (summarise(read_reply(text, language), None, study)["level"] for text in (harmless, alarm))
    assert quiet in ("none", "review")
    assert paged in ("urgent", "emergency")
