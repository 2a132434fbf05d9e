"""Who asks for a paper about days in hospital pages nobody; who lies there and asks for one does."""

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study

WISHES = [
    ("en", "Could you send me a certificate for the days in hospital? Work is asking", "I'm in hospital could you send me a certificate"),
    ("es", "necesito un justificante de los días que estuve ingresado", "estoy ingresado necesito un justificante"),
    ("fr", "il me faut une attestation pour les jours où j'étais hospitalisé", "je suis à l'hôpital, il me faut une attestation"),
    ("pt", "preciso de um atestado dos dias que fiquei internado", "estou internado preciso de um atestado"),
    ("ru", "Нужна справка за дни в стационаре для работы", "лежу в больнице нужна справка"),
    ("ar", "محتاج شهادة عن ايام الرقود بالمستشفى للدوام", "انا بالمستشفى محتاج تقرير"),
    ("zh_Hans", "我能不能开一张住院那几天的证明，单位要", "我住院了，要开证明"),
    ("zh_Hant", "住院那三天的證明要怎麼申請？公司要", "我入咗院，要假紙"),
]


@pytest.mark.parametrize(("language", "about_a_stay", "from_a_bed"), WISHES)
def test_a_paper_about_a_stay_that_is_over_is_asked_for_by_day(language: str, about_a_stay: str, from_a_bed: str) -> None:
    study = load_study("NCT06609434")
    levels = [summarise(read_reply(text, language), None, study)["level"] for text in (about_a_stay, from_a_bed)]
    assert levels == ["review", "urgent"]
