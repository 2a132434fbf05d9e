"""Why was no text sent? Whatever the reason, it is told in words, for any participant and any day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from followup_service.participants.participant import ParticipantState
from followup_service.records.explain_day import ExplainedDay, explain_day
from tests.hospital import Hospital, Phone

MONDAY = date(2026, 1, 5)
TUESDAY = date(2026, 1, 6)


def ablated(hospital: Hospital) -> Phone:
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", MONDAY)
    return phone


def explained(hospital: Hospital, on: date, code: str = "PKU-001") -> ExplainedDay:
    with hospital.session() as session:
        participant = hospital.participant(code)
        return explain_day(session, participant, on, hospital.clock.now(), study=hospital.app.extensions["study"])


def why(hospital: Hospital, on: date) -> set[tuple[str, str | None]]:
    return {(reason.code, reason.about) for reason in explained(hospital, on).reasons}


def test_before_it_is_due_it_says_when(hospital: Hospital) -> None:
    ablated(hospital)
    (reason,) = (reason for reason in explained(hospital, TUESDAY).reasons if reason.about == "after_rfa")
    assert (reason.code, reason.words) == ("not_yet_due", "Not yet due: 2026-01-06 10:00 by the participant's clock.")


def test_what_went_out_is_listed_and_needs_no_reason(hospital: Hospital) -> None:
    phone = ablated(hospital)
    hospital.move(to=datetime(2026, 1, 6, 2, tzinfo=UTC))
    phone.replies("36.8", "1", "2")
    day = explained(hospital, TUESDAY)
    assert [text.message for text in day.sent] == ["question.temperature", "question.worst_pain", "question.red_flags", "checkin_done"]
    assert {text.state for text in day.sent} == {"delivered"}
    assert day.reasons == ()


@pytest.mark.parametrize("state", [state for state in ParticipantState if state not in (ParticipantState.ACTIVE, ParticipantState.INVITED)])
def test_the_state_of_that_day_is_a_reason_and_the_state_of_another_is_not(hospital: Hospital, state: ParticipantState) -> None:
    ablated(hospital)
    hospital.move(days=1, hours=4)
    hospital.ends("PKU-001", state)
    hospital.move(days=2)
    assert (str(state), None) not in why(hospital, MONDAY)
    assert (str(state), None) in why(hospital, TUESDAY)
    assert (str(state), None) in why(hospital, date(2026, 1, 8))


def test_after_stop_it_says_so_and_after_start_no_longer(hospital: Hospital) -> None:
    phone = ablated(hospital)
    phone.texts("STOP")
    hospital.move(days=2)
    phone.texts("START")
    hospital.move(days=1)
    assert ("opted_out", None) in why(hospital, TUESDAY)
    assert ("not_started", "after_rfa") in why(hospital, TUESDAY)
    assert ("opted_out", None) not in why(hospital, date(2026, 1, 8))


def test_no_answer_is_not_no_text(hospital: Hospital) -> None:
    ablated(hospital)
    hospital.move(days=2)
    day = explained(hospital, TUESDAY)
    assert [text.message for text in day.sent] == ["question.temperature"] * 2
    assert [reason.code for reason in day.reasons] == ["not_answered"]


def test_a_day_on_which_nothing_was_planned_names_the_next_one(hospital: Hospital) -> None:
    hospital.enrols()
    (reason,) = explained(hospital, date(2026, 1, 20)).reasons
    assert (reason.code, "2026-02-05" in reason.words) == ("nothing_planned", True)


def test_from_the_command_line(hospital: Hospital) -> None:
    ablated(hospital)
    hospital.move(days=2)
    told = hospital.runs("participants", "why", "PKU-001", "--on", "2026-01-06")
    assert told.exit_code == 0
    assert "10:00  question.temperature (question): delivered" in told.output
    assert "after_rfa: Asked, asked again, and closed without an answer." in told.output
    assert "there is no participant PKU-999" in hospital.runs("participants", "why", "PKU-999").output


def test_from_the_command_line_treatment_ends(hospital: Hospital) -> None:
    hospital.enrols()
    hospital.treats("PKU-001", "systemic", MONDAY)
    hospital.move(days=8)
    assert hospital.runs("participants", "end-treatment", "PKU-001", "--on", "2026-01-12").output == (
        "PKU-001: treatment ended on 2026-01-12.\n"
    )
    assert hospital.participant().treatment_ended_on == date(2026, 1, 12)
    refused = hospital.runs("participants", "end-treatment", "PKU-001", "--on", "2026-01-04")
    assert "write 2026-01-05 or later" in refused.output
    hospital.move(days=7)
    assert [row.occurrence for row in hospital.checkins("systemic_weekly")] == []
    assert hospital.runs("participants", "end-treatment", "PKU-001", "--undo").exit_code == 0
    assert hospital.participant().treatment_ended_on is None
    assert hospital.runs("participants", "end-treatment", "PKU-001").exit_code == 2


def test_a_treatment_after_the_end_takes_the_end_back(hospital: Hospital) -> None:
    hospital.enrols()
    hospital.treats("PKU-001", "systemic", MONDAY)
    hospital.runs("participants", "end-treatment", "PKU-001", "--on", "2026-01-05")
    hospital.clock.move(days=1)
    (warning,) = hospital.treats("PKU-001", "systemic", MONDAY + timedelta(days=1))[-1:]
    assert "taken back" in warning
    assert hospital.participant().treatment_ended_on is None
