"""Why was no text sent? Whatever the reason, it is told in words, for any participant and any day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from followup_service.checkins.stop_followup import stop_unasked
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.participants.participant import OptOutSource, ParticipantState
from followup_service.records.explain_day import ExplainedDay, explain_day
from followup_service.records.reasons_in_words import WORDS
from followup_service.visits.visit import Visit, VisitState
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


def test_what_an_outage_kept_back_is_told_with_its_reason(hospital: Hospital) -> None:
    ablated(hospital)
    hospital.app.extensions["sms_gateway"].down = True
    hospital.move(to=datetime(2026, 1, 6, 9, tzinfo=UTC))
    codes = {code for code, about in why(hospital, TUESDAY) if about == "question.temperature"}
    assert codes in ({"replaced", "being_sent"}, {"replaced", "waits"})


def test_a_day_on_which_the_service_did_not_run(hospital: Hospital) -> None:
    ablated(hospital)
    hospital.clock.move(to=datetime(2026, 1, 7, 1, tzinfo=UTC))
    hospital.run_due()
    assert ("not_started_in_time", "after_rfa") in why(hospital, TUESDAY)


def test_no_answer_is_not_no_text(hospital: Hospital) -> None:
    ablated(hospital)
    hospital.move(days=2)
    day = explained(hospital, TUESDAY)
    assert [text.message for text in day.sent] == ["question.temperature"] * 2
    assert [reason.code for reason in day.reasons] == ["not_answered"]


def test_a_number_that_the_provider_does_not_reach(hospital: Hospital) -> None:
    phone = ablated(hospital)
    hospital.app.extensions["sms_gateway"].fails_next[phone.number] = "30005"
    hospital.move(to=datetime(2026, 1, 6, 2, tzinfo=UTC))
    assert ("undeliverable", "question.temperature") in why(hospital, TUESDAY)


def test_a_confirmed_visit_leaves_reminders_out(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa")
    with hospital.changing() as (session, participant):
        session.add(
            Visit(
                participant_id=participant.id,
                item="quarterly",
                occurrence="month-3",
                state=VisitState.CONFIRMED,
                target_on=date(2026, 4, 6),
                opens_on=date(2026, 3, 23),
                closes_on=date(2026, 4, 20),
                booked_at=datetime(2026, 4, 9, 2, tzinfo=UTC),
                together_with=[],
                offers=[],
                protocol_version="1.0",
                recorded_at=hospital.clock.now(),
                version=1,
            )
        )
    assert ("already_confirmed", "quarterly month-3") in why(hospital, date(2026, 4, 2))
    assert ("not_yet_due", "quarterly month-3") in why(hospital, date(2026, 4, 8))


def test_before_enrolment_and_after_the_study(hospital: Hospital) -> None:
    hospital.enrols()
    assert why(hospital, date(2026, 1, 1)) == {("not_enrolled", None)}
    assert ("study_over", None) in why(hospital, date(2027, 1, 1))


def test_a_day_on_which_nothing_was_planned_names_the_next_one(hospital: Hospital) -> None:
    hospital.enrols()
    (reason,) = explained(hospital, date(2026, 1, 20)).reasons
    assert (reason.code, "2026-02-05" in reason.words) == ("nothing_planned", True)


def test_every_reason_that_rows_hold_has_words(hospital: Hospital) -> None:
    phone = ablated(hospital)
    hospital.move(days=1, hours=3)
    with hospital.changing() as (session, participant):
        stop_unasked(session, participant, OptOutSource.STAFF, hospital.clock.now(), "nurse-li", "asked on the phone")
    hospital.move(days=3)
    assert phone.told()
    closed = {row.closed_because for row in hospital.checkins()}
    with hospital.session() as session:
        kept = closed | set(session.scalars(select(OutboundMessage.not_sent_reason)))
    assert kept - {None} <= WORDS.keys()
    assert all(state in WORDS for state in ParticipantState if state is not ParticipantState.ACTIVE)


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
    (warning,) = hospital.treats("PKU-001", "systemic", MONDAY + timedelta(days=1))[-1:]
    assert "taken back" in warning
    assert hospital.participant().treatment_ended_on is None
