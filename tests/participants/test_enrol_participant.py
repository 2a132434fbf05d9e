"""Enrolment takes a person in with consent, a number that is theirs alone, and a plan; and says what is wrong with the rest."""

from datetime import UTC, date, datetime

import pytest

from followup_service.errors import Conflict, FollowupError, Refused
from followup_service.messaging.catalogues import check_language
from followup_service.participants.participant import ParticipantState
from tests.hospital import Hospital

TODAY = date(2026, 1, 5)


def test_who_is_enrolled_is_active_planned_for_and_in_the_audit_trail(hospital: Hospital) -> None:
    hospital.enrols(number="138 0013 8000", name="Zhang Wei", consented_on=TODAY)
    participant = hospital.participant()
    assert (participant.state, participant.enrolled_on, participant.protocol_version) == (ParticipantState.ACTIVE, TODAY, "1.0")
    assert participant.next_checkin_at == datetime(2026, 2, 5, 2, tzinfo=UTC)
    enrolled, consent = hospital.events("enrolled") + hospital.events("consent_given")
    assert (enrolled.actor, enrolled.detail["code"]) == ("tests", "PKU-001")
    assert consent.detail == {"on": "2026-01-05", "wording": "1.0"}


@pytest.mark.parametrize(
    ("values", "sentence", "field"),
    [
        ({"arm": "placebo"}, "unknown arm 'placebo' for PKU-001: write one of rfa, control", "arm"),
        ({"timezone": "Peking"}, "unknown time zone 'Peking' for PKU-001: write it like Asia/Shanghai", "timezone"),
        ({"consented_on": date(2026, 1, 6)}, "consent of PKU-001 is dated in the future", "consented_on"),
        ({"consent_version": " "}, "say which consent wording PKU-001 agreed to", "consent_version"),
        ({"number": "12"}, "write it like \\+8613800138000", "phone"),
        ({"code": "PKU 001/x"}, "write|must be", "code"),
    ],
)
def test_what_is_wrong_is_refused_with_what_to_write(hospital: Hospital, values: dict[str, object], sentence: str, field: str) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        hospital.enrols(**values)
    assert list(refused.value.errors) == [field]
    assert hospital.events("enrolled") == []


def test_consent_of_today_in_the_participants_own_zone_is_not_in_the_future(hospital: Hospital) -> None:
    hospital.clock.move(to=datetime(2026, 1, 5, 20, tzinfo=UTC))  # Tuesday in Beijing already, Monday in New York
    hospital.enrols(consented_on=date(2026, 1, 6))
    with pytest.raises(Refused, match="in the future"):
        hospital.enrols("PKU-002", "+12125550123", timezone="America/New_York", consented_on=date(2026, 1, 6))


@pytest.mark.parametrize(("code", "number", "field"), [("PKU-001", "+8613800138009", "code"), ("PKU-002", "13800138000", "phone")])
def test_a_code_or_number_in_use_is_refused_without_telling_whose(hospital: Hospital, code: str, number: str, field: str) -> None:
    hospital.enrols("PKU-001", "+8613800138000")
    with pytest.raises(Conflict) as refused:
        hospital.enrols(code, number)
    assert refused.value.errors == {field: ["in use"]}
    assert "13800138000" not in refused.value.detail


def test_a_number_of_somebody_who_left_is_free_again(hospital: Hospital) -> None:
    hospital.enrols()
    hospital.ends("PKU-001", ParticipantState.WITHDRAWN)
    hospital.enrols("PKU-002").texts("39.2")
    assert hospital.nurse.pages()[-1].startswith("EMERGENCY PKU-002")


@pytest.mark.parametrize(
    ("written", "meant"), [("zh-CN", "zh_Hans"), ("zh", "zh_Hans"), ("chinese", "zh_Hans"), ("zh_hans", "zh_Hans"), ("english", "en")]
)
def test_an_unknown_language_is_refused_with_the_one_that_was_meant(written: str, meant: str) -> None:
    with pytest.raises(FollowupError, match=f"unknown language '{written}' for PKU-001: write {meant}"):
        check_language(written, "PKU-001")


def test_a_language_like_no_other_gets_the_list() -> None:
    with pytest.raises(FollowupError, match="write one of en, "):
        check_language("klingon", "PKU-001")
    assert check_language("zh_Hans", "PKU-001") == "zh_Hans"
