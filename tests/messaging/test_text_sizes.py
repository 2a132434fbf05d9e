"""The sizes of all texts: every text in every language once, its limit, and the letters that make it long."""

from followup_service.messaging.catalogues import languages
from followup_service.messaging.text_sizes import Kind, kind_of, most_parts, sized_texts
from followup_service.messaging.texts import TEXTS
from followup_service.messaging.wording import LONGEST_VALUES, text_keys
from followup_service.protocol.load_study import load_study

STUDY = load_study("NCT06609434")


def test_every_text_is_there_once_in_each_language_and_fits() -> None:
    sized = list(sized_texts(STUDY, languages()))
    assert [(one.key, one.language) for one in sized] == [(key, language) for key in text_keys(STUDY) for language in languages()]
    assert {*TEXTS, *STUDY.texts, "question.red_flags"} <= {one.key for one in sized}
    assert [one for one in sized if not one.fits] == []


def test_what_makes_a_text_long_is_told_letter_by_letter() -> None:
    english, chinese = (one for one in sized_texts(STUDY, ("en", "zh_Hans")) if one.key == "received")
    assert (english.size.encoding, english.made_long_by) == ("GSM-7", ())
    assert (chinese.size.encoding, "".join(chinese.made_long_by)) == ("UCS-2", "谢，您的短信收到了。")


def test_the_longest_values_stand_in_the_texts() -> None:
    words = {one.key: one.words for one in sized_texts(STUDY, ("en",))}
    assert str(LONGEST_VALUES["clinic_phone"]) in words["help"]
    assert str(LONGEST_VALUES["by"]) in words["page_taken_before"]


def test_a_question_costs_one_part_wherever_its_letters_allow_it() -> None:
    assert most_parts("question.red_flags", "es", "GSM-7") == 1
    assert most_parts("question.red_flags", "es", "UCS-2") == 2
    assert most_parts("question.red_flags", "ru", "UCS-2") == 3
    assert most_parts("question.red_flags", "zh_Hant", "UCS-2") == 1
    assert most_parts("page", "hi", "UCS-2") == 2
    assert [kind_of(key) for key in ("page_taken", "question.worst_pain", "help")] == [Kind.STAFF, Kind.QUESTION, Kind.ANSWER]
