"""The words of a text: in the recipient's language, with everything filled in, and nothing of one person in another's."""

import re

import pytest

from followup_service.messaging.catalogues import languages
from followup_service.messaging.count_parts import measure
from followup_service.messaging.local_values import celsius_in_words
from followup_service.messaging.render_text import render_text, translated
from followup_service.messaging.texts import MORE_REASONS, TEXTS
from followup_service.protocol.load_study import load_study
from followup_service.protocol.rule_definitions import Level

STUDY = load_study("NCT06609434")
LONGEST = 1600
VALUES = {
    "level": "emergency",
    "code": "PKU-001",
    "reasons": ["FEVER", "RIGOR"],
    "celsius": "38.5",
    "number": 12345,
    "numbers": "41, 42, 43",
    "example": 41,
    "by": "nurse-li",
    "digit": "2",
    "now": "2026-01-05T01:00:00+00:00",
    "call_by": "2026-01-05T06:30:00+00:00",
    "until": "2026-01-05T06:30:00+00:00",
    "site": "PKU",
    "starts": "2026-01-05T06:30:00+00:00",
    "ends": "2026-01-06T06:30:00+00:00",
    "stands_in": "dr-wang",
    "clinic_phone": "+86 10 8819 6000",
    "emergency_number": "120",
    "visits": ["quarterly"],
    "timezone": "Asia/Shanghai",
    "opens_on": "2026-03-22",
    "closes_on": "2026-04-19",
    "was_opens_on": "2026-03-15",
    "was_closes_on": "2026-04-12",
    "booked_at": "2026-04-07T02:30:00+00:00",
    "was_booked_at": "2026-04-08T02:30:00+00:00",
    "offers": ["2026-04-07T02:30:00+00:00"],
    "tags": "A, B",
    "text": "hello",
    "error": "30034",
    "count": 1000,
    "minutes": 60,
}
PAGE = {"level": "emergency", "code": "PKU-001", "reasons": ["FEVER"], "celsius": "38.9", "number": 7}


@pytest.mark.parametrize("language", languages())
def test_every_text_can_be_sent_in_every_language(language: str) -> None:
    keys = [*TEXTS, *STUDY.texts, *(f"question.{code}" for code in STUDY.questions)]
    for key in keys:
        text = render_text(key, VALUES, language, STUDY)
        assert text.strip(), key
        assert not re.search(r"%\(|%%", text), key
        assert len(text) <= LONGEST, key


@pytest.mark.parametrize("language", languages())
def test_a_page_says_how_bad_who_why_and_which(language: str) -> None:
    text = render_text("page", PAGE, language, STUDY)
    assert "PKU-001" in text
    assert celsius_in_words("38.9", language) in text
    assert "7" in text
    assert "FEVER" not in text
    for level in Level:
        assert render_text("page", PAGE | {"level": level.value}, language, STUDY) != "", level


def test_an_english_page_is_one_cheap_part() -> None:
    size = measure(render_text("page_again", VALUES, "en", STUDY))
    assert (size.encoding, size.parts) == ("GSM-7", 1)


def test_without_a_temperature_none_is_told() -> None:
    text = render_text("page", PAGE | {"celsius": None}, "en", STUDY)
    assert "None" not in text
    assert not re.search(r"\d\d\.\d", text)


def test_values_are_put_in_as_they_are() -> None:
    assert "%(x)s {0} %s" in render_text("page_taken_before", {"number": 1, "by": "%(x)s {0} %s"}, "en", STUDY)


@pytest.mark.parametrize(
    ("key", "values"), [("no_such_text", {}), ("question.no_such", {}), ("page", {}), ("page", PAGE | {"level": "NO"})]
)
def test_a_text_that_cannot_be_made_raises_and_sends_no_half(key: str, values: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        render_text(key, values, "en", STUDY)


@pytest.mark.parametrize(
    ("language", "minutes", "says"),
    [
        ("en", 1, "within 1 minute."),
        ("en", 15, "within 15 minutes."),
        ("es", 1, "en 1 minuto."),
        ("ru", 1, "за 1 минуту "),
        ("ru", 3, "за 3 минуты "),
        ("ru", 15, "за 15 минут "),
        ("ru", 21, "за 21 минуту "),
        ("ar", 5, "خلال 5 دقائق"),
        ("ar", 15, "خلال 15 دقيقة"),
        ("ar", 100, "خلال 100 دقيقة"),
        ("zh_Hans", 15, "15分钟内"),
    ],
)
def test_a_number_has_the_form_that_the_language_has_for_it(language: str, minutes: int, says: str) -> None:
    assert says in render_text("page_drill_failed", {"site": "PKU", "minutes": minutes}, language, STUDY)


def test_how_many_reasons_more_there_are_has_its_form_too() -> None:
    more = [translated(MORE_REASONS, {"count": left}, "ar") % {"count": left} for left in (1, 2, 3, 11)]
    assert more == ["و1 آخر", "و2 آخران", "و3 أخرى", "و11 أخرى"]
