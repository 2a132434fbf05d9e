"""Everyday Chinese that pages nobody: what others have, degrees of things and races, small things; and the alarms in the same words."""

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study

QUIET = [
    ("zh_Hans", "隔壁床那个大姐说她又发烧38.8了，我没有"), ("zh_Hans", "打着牌牌友突然倒了，我没事"),
    ("zh_Hans", "今早看见邻居晕过去了，我没事"), ("zh_Hans", "昏倒在电梯的是对门王太太，我好好的"), ("zh_Hans", "烧到40度的是柯基，我没事"),
    ("zh_Hans", "体温36.8，小宝38.8，一家两个样"), ("zh_Hans", "超过38度要打电话是吧？打哪个号"),
    ("zh_Hans", "38.5以上告诉你们，对吗"), ("zh_Hans", "孙子跑八百米三分三十九"), ("zh_Hans", "楼上老太太喊不醒，消防破门进去的"),
    ("zh_Hans", "隔壁老王叫都叫不醒，救护车拉走了"), ("zh_Hant", "嘔血嗰個係隻狗，我冇事"), ("zh_Hant", "樓下阿伯點都叫唔醒，保安報咗警"),
    ("zh_Hant", "兒子的同學昏倒了，我沒事"), ("zh_Hant", "阿公的朋友昏迷了"),
]  # fmt: skip
ALARMS = [
    ("zh_Hans", "跟同事吃饭我晕倒了，现在我没事"), ("zh_Hans", "跟同事吃饭晕倒了，我没事"), ("zh_Hans", "和老同学聚会吐血了，我没事别担心"),
    ("zh_Hans", "隔壁床看见我晕倒，我没事"), ("zh_Hans", "同事说我晕倒了，我没事"), ("zh_Hans", "在邻居家晕倒了，我没事"),
    ("zh_Hans", "送孙子上学的路上晕倒了，我没事"), ("zh_Hans", "带孙子打针，我突然胸口疼"), ("zh_Hans", "邻居叫救护车送我，我吐血了"),
    ("zh_Hans", "楼上邻居帮忙叫的车，我妈昏迷了"), ("zh_Hans", "陪老同学喝酒，半夜吐血，我没事了"), ("zh_Hans", "外面38度我39度"),
    ("zh_Hans", "开着空调我还三十九度"), ("zh_Hans", "屋里热我也39度"), ("zh_Hans", "跑了两公里回来烧到39"),
    ("zh_Hans", "跑步八百米39度5"), ("zh_Hans", "我超过38.5要打电话吗"), ("zh_Hans", "现在超过38.5度要打电话吗"),
    ("zh_Hans", "体温36.8，老伴38.8"), ("zh_Hans", "体温36.8，下午38.8"), ("zh_Hans", "体温38.8，小宝36.8"),
    ("zh_Hans", "儿子的同学送我来的，我晕倒了"), ("zh_Hans", "烧到40度的是我妈"), ("zh_Hans", "昏倒的是我爸，我没事"),
    ("zh_Hans", "邻床大姐说我又发烧38.8了"), ("zh_Hant", "阿公昏迷了"), ("zh_Hant", "同班同學食飯，我暈低咗，而家我冇事"),
    ("zh_Hant", "開咗冷氣我仲39度"), ("zh_Hant", "出面36度我38.5"), ("zh_Hant", "朋友話我暈低咗，我冇事"),
    ("zh_Hant", "同老友飲茶嘔血，我冇事"), ("zh_Hant", "同埋隔籬屋行街暈低，而家我冇事"),
]  # fmt: skip


def _level(text: str, language: str) -> str:
    level: str = summarise(read_reply(text, language), None, load_study("NCT06609434"))["level"]
    return level


@pytest.mark.parametrize(("language", "text"), QUIET)
def test_it_pages_nobody(language: str, text: str) -> None:
    assert _level(text, language) in {"none", "review"}


@pytest.mark.parametrize(("language", "text"), ALARMS)
def test_the_same_words_page_where_they_are_an_alarm(language: str, text: str) -> None:
    assert _level(text, language) in {"urgent", "emergency"}
