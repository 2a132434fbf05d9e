"""The armpit reads low: the service asks once where the temperature is measured, and judges by it from then on."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from followup_service.checkins.checkin import Answer
from tests.hospital import Hospital


def test_it_is_asked_once_and_an_armpit_reading_of_38_is_an_emergency_from_then_on(hospital: Hospital) -> None:
    participant = hospital.enrols(measures_in=None)
    participant.texts("36.9")
    assert "1 armpit" in participant.last_text
    participant.texts("１")
    participant.texts("37.0")
    assert sum("1 armpit" in text for text in participant.received()) == 1
    assert not hospital.nurse.was_paged()
    participant.texts("38.0")
    assert hospital.the_escalation().reasons == ["FEVER"]
    assert hospital.nurse.was_paged("emergency")


@pytest.mark.parametrize(("words", "site"), [("armpit", "armpit"), ("in my mouth", "mouth"), ("Ear.", "ear"), ("腋下", "armpit")])
def test_the_place_may_be_said_in_words(hospital: Hospital, words: str, site: str) -> None:
    participant = hospital.enrols(measures_in=None)
    participant.texts("36.9")
    participant.texts(words)
    assert hospital.participant().usual_site == site
    assert hospital.escalations() == []


@pytest.mark.parametrize("words", ["mouth or ear, it depends", "on the sofa"])
def test_what_names_no_one_place_is_neither_kept_nor_paged(hospital: Hospital, words: str) -> None:
    participant = hospital.enrols(measures_in=None)
    participant.texts("36.9")
    participant.texts(words)
    assert hospital.participant().usual_site is None
    assert hospital.escalations() == []


def test_an_alarm_is_answered_before_anything_is_asked(hospital: Hospital) -> None:
    participant = hospital.enrols(measures_in=None)
    participant.texts("38.9")
    assert not any("1 armpit" in text for text in participant.received())


def test_who_says_it_with_the_number_is_not_asked(hospital: Hospital) -> None:
    participant = hospital.enrols(measures_in=None)
    participant.texts("37.2 under the arm")
    assert not any("1 armpit" in text for text in participant.received())


@pytest.mark.parametrize("digit", ["2", "3", "4"])
def test_where_it_is_measured_is_no_correction_of_the_pain_asked_before(hospital: Hospital, digit: str) -> None:
    participant = hospital.enrols(arm="rfa", measures_in=None)
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.move(to=datetime(2026, 1, 6, 2, tzinfo=UTC))
    participant.replies("36.8", "0", "2")
    assert "1 armpit" in participant.last_text
    participant.replies(digit)
    assert hospital.participant().usual_site == {"2": "mouth", "3": "ear", "4": "forehead"}[digit]
    assert hospital.escalations() == []
    with hospital.session() as session:
        assert list(session.scalars(select(Answer.value).where(Answer.question == "worst_pain"))) == ["0"]
