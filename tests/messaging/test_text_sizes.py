"""The sizes of all texts: every text in every language once, its limit, and the letters that make it long."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest

from followup_service.messaging.catalogues import catalogue, languages
from followup_service.messaging.count_parts import measure
from followup_service.messaging.local_values import instant_in_words
from followup_service.messaging.render_text import render_text
from followup_service.messaging.text_sizes import ASKS, BRING, Kind, kind_of, most_parts, sized_texts, words_in_full
from followup_service.messaging.texts import TEXTS
from followup_service.messaging.wording import longest_values, text_keys
from followup_service.protocol.load_study import load_study
from followup_service.reminders.visit_text import CAME, CHASERS, FIRST, OTHERWISE, SO_NEAR, WITHOUT_A_DAY, question_of, reminder_values
from followup_service.visits.visit import LONGEST_PREPARATION, VisitState

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
    words, longest = {one.key: one.words for one in sized_texts(STUDY, ("en",))}, longest_values("en", STUDY)
    assert longest["clinic_phone"] in words["help"]
    assert longest["by"] in words["page_taken_before"]
    assert "Wednesday, September 16, 12:00 AM" in words["visit_booked"]


@pytest.mark.parametrize("language", languages())
def test_no_day_of_the_year_and_no_hour_makes_a_text_longer_than_it_was_measured(language: str) -> None:
    longest = longest_values(language, STUDY)
    texts = ("visit_booked", "visit_rebooked", "visit_changed", "visit_offer_again", "nurse_will_call", "page_roster_gap")
    measured = {key: measure(render_text(key, longest, language, STUDY)) for key in texts}
    for number in range(366):
        day = date(2027, 1, 1) + timedelta(days=number)
        at = datetime.combine(day, time(number % 24), UTC)
        days = {name: day.isoformat() for name in longest if name.endswith("_on")}
        instants = {name: at.isoformat() for name in ("booked_at", "was_booked_at", "call_by", "until", "starts", "ends")}
        values = {**longest, **days, **instants, "now": (at - timedelta(days=number % 3)).isoformat(), "offers": [at.isoformat()] * 3}
        for key, most in measured.items():
            text = render_text(key, values, language, STUDY)
            assert measure(text).units <= most.units, text
            assert measure(text).encoding == most.encoding, text


@pytest.mark.parametrize(("language", "saturday"), [("es", "sabado, 1 de agosto"), ("pt", "sabado, 1 de agosto"), ("fr", "samedi 1 aout")])
def test_a_day_keeps_its_mark_only_where_the_text_is_not_cheap_anyway(language: str, saturday: str) -> None:
    values = {**longest_values(language, STUDY), "booked_at": "2026-08-01T10:00:00+00:00"}
    assert saturday in render_text("visit_booked", values, language, STUDY)
    at = instant_in_words(datetime(2026, 8, 1, 10, tzinfo=UTC), "UTC", language, catalogue(language).gettext)
    assert at in render_text("visit_booked", {**values, "place": "第三诊室"}, language, STUDY)


def test_what_is_added_at_sending_is_measured() -> None:
    (booked,) = (one for one in sized_texts(STUDY, ("en",)) if one.key == "visit_booked")
    assert "Please bring your hospital card and a list of your medicines. Can you come? Reply 1 yes" in booked.words
    in_full = words_in_full("visit_booked", longest_values("en", STUDY), "en", STUDY)
    assert in_full.startswith("For the person you care for: A reminder")
    assert "x" * LONGEST_PREPARATION + " Can you come?" in in_full
    assert booked.in_full == measure(in_full)
    assert words_in_full("question.red_flags", {}, "en", STUDY).startswith("xxxxxxxx: ")
    assert "X" * 32 in words_in_full("page_taken", longest_values("en", STUDY), "en", STUDY)


def test_what_reminders_add_is_what_is_measured_with_them() -> None:
    at = datetime(2026, 4, 7, 2, tzinfo=UTC)
    window = {"item": "quarterly", "together_with": [], "opens_on": at.date(), "closes_on": at.date(), "announced_at": None}
    booked = SimpleNamespace(**window, state=VisitState.BOOKED, booked_at=at)
    without = SimpleNamespace(**window, state=VisitState.ANNOUNCED, booked_at=None)
    for visit, keys in ((booked, (FIRST[True], *SO_NEAR.values(), OTHERWISE[True])), (without, (FIRST[False], *WITHOUT_A_DAY.values()))):
        added = reminder_values(visit, question_of(visit))
        assert {key for key in keys if ("bring" in added) != (key in BRING) or added.get("asks") != ASKS.get(key)} == set()
    assert {ASKS[key] for key in CHASERS.values()} == {CAME}


def test_a_question_costs_one_part_wherever_its_letters_allow_it() -> None:
    assert most_parts("question.red_flags", "es", "GSM-7") == 1
    assert most_parts("question.red_flags", "es", "UCS-2") == 2
    assert most_parts("question.red_flags", "ru", "UCS-2") == 3
    assert most_parts("question.red_flags", "zh_Hant", "UCS-2") == 1
    assert most_parts("page", "hi", "UCS-2") == 2
    assert [kind_of(key) for key in ("page_taken", "question.worst_pain", "help")] == [Kind.STAFF, Kind.QUESTION, Kind.ANSWER]
