"""Which symptom a part of the body and what ails it make together."""

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.symptom_pairs import gravest_pair


def test_of_several_pairs_the_gravest_is_told_whatever_the_order_of_the_words() -> None:
    assert gravest_pair(["belly"], ["pain", "tight"]) == gravest_pair(["belly"], ["tight", "pain"]) == "SWOLLEN_ABDOMEN"
    assert gravest_pair(["urine"], ["blood", "dark"]) == gravest_pair(["urine"], ["dark", "blood"]) == "BLEEDING"


def test_what_makes_no_pair_makes_no_symptom() -> None:
    assert gravest_pair(["belly"], ["drooping"]) is None


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("ru", "живот со вчера всё хуже", "ABDOMINAL_PAIN"),
        ("ru", "дренаж забился", "LINE_PROBLEM"),
        ("hi", "सीने पर जैसे कोई बैठ गया हो", "CHEST_PAIN"),
        ("hi", "कंधे की नोक पर टीस है", "SHOULDER_PAIN"),
        ("hi", "pet me theek thaak dard hai", "ABDOMINAL_PAIN"),
        ("ar", "جتفي اليمين يأذيني من الصبح", "SHOULDER_PAIN"),
        ("ar", "sadri byuja3ni ktir", "CHEST_PAIN"),
        ("ar", "ljer7 te7al chwiya", "WOUND"),
        ("ar", "جرحي ريحته خايبة", "WOUND"),
        ("es", "meo marrón desde el lunes", "DARK_URINE_OR_PALE_STOOL"),
        ("pt", "xixi castanho", "DARK_URINE_OR_PALE_STOOL"),
    ],
)
def test_a_part_and_its_trouble_are_told_in_any_dialect(language: str, text: str, code: str) -> None:
    assert code in {symptom.code for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize("text", ["ريحة السمك قوية", "عندي عمل كثير اليوم"])
def test_a_smell_or_work_alone_is_no_wound(text: str) -> None:
    assert "WOUND" not in {symptom.code for symptom in read_reply(text, "ar").findings.symptoms}


@pytest.mark.parametrize(("language", "text"), [("es", "la caca marrón, normal"), ("pt", "fezes castanhas, normais")])
def test_a_brown_stool_is_what_it_should_be(language: str, text: str) -> None:
    assert read_reply(text, language).findings.symptoms == ()


def test_a_part_joined_to_a_pain_that_one_term_names_hurts_too() -> None:
    codes = {symptom.code for symptom in read_reply("dor no ombro e na barriga", "pt").findings.symptoms}
    assert codes == {"SHOULDER_PAIN", "ABDOMINAL_PAIN"}
    assert {symptom.code for symptom in read_reply("dor no ombro e a barriga mole", "pt").findings.symptoms} == {"SHOULDER_PAIN"}
