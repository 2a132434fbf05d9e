"""A participant writes in another language than the one on file: understood all the same, offered the change, and the team is told."""

import pytest

from followup_service.messaging.purposes import Purpose
from tests.hospital import Hospital

CHINESE = "我今天感觉很好，没有发烧，谢谢"


def test_who_writes_chinese_is_offered_chinese_texts_in_chinese_and_the_team_is_told(hospital: Hospital) -> None:
    participant = hospital.enrols(language="en")
    participant.texts(CHINESE)
    assert "中文" in participant.last_text
    assert hospital.the_escalation().reasons == ["OTHER_LANGUAGE"]


def test_the_word_that_the_offer_names_changes_the_language(hospital: Hospital) -> None:
    participant = hospital.enrols(language="en")
    participant.texts(CHINESE)
    participant.texts("中文")
    assert hospital.participant().language == "zh_Hans"
    participant.texts("38.6")
    assert participant.messages(Purpose.ALARM_ANSWER)[-1].language == "zh_Hans"


def test_the_same_language_is_offered_once(hospital: Hospital) -> None:
    participant = hospital.enrols(language="en")
    for _ in range(3):
        participant.texts(CHINESE)
    assert sum("中文" in text for text in participant.received()) == 1


def test_an_alarm_in_another_language_pages_first(hospital: Hospital) -> None:
    participant = hospital.enrols(language="en")
    participant.texts("我爸发烧38度9，一直打寒战")
    assert hospital.nurse.was_paged(level="emergency")
    assert any("中文" in text for text in participant.received())


@pytest.mark.parametrize("text", ["38.5", "ok", "没有 no", "STOP", "please write in Chinese"])
def test_a_word_or_two_is_no_other_language(hospital: Hospital, text: str) -> None:
    participant = hospital.enrols(language="en")
    participant.texts(text)
    assert not any("中文短信" in body for body in participant.received())
