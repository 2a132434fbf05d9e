"""Withdrawn, paused or dead: one action stops what must stop, and an alarm stays an alarm."""

import pytest
from sqlalchemy import select

from followup_service.checkins.checkin import CheckinState
from followup_service.checkins.report import Report
from followup_service.checkins.stop_followup import resume_followup
from followup_service.errors import Conflict
from followup_service.jobs.send_outbox import claim, hand_over, keep_results
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.participants.enrol_participant import record_consent
from followup_service.participants.participant import MAY_BE_SENT, PARTICIPANT_TRANSITIONS, ParticipantState, TextKind
from tests.hospital import Hospital, Phone

ENDED = [ParticipantState.WITHDRAWN, ParticipantState.DECEASED, ParticipantState.PAUSED, ParticipantState.COMPLETED]


def asked(hospital: Hospital) -> Phone:
    """A participant in the middle of a check-in."""
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", hospital.clock.now().date())
    hospital.move(hours=25)
    assert phone.told() == ["question.temperature"]
    return phone


@pytest.mark.parametrize("state", ENDED)
def test_nothing_more_is_asked_and_the_open_check_in_ends(hospital: Hospital, state: ParticipantState) -> None:
    phone = asked(hospital)
    hospital.ends("PKU-001", state)
    hospital.move(days=35)
    last = {ParticipantState.WITHDRAWN: ["withdrawn"], ParticipantState.COMPLETED: ["closing"]}
    assert phone.told()[1:] == last.get(state, [])
    (checkin,) = hospital.checkins()
    assert (checkin.state, checkin.closed_because) == (CheckinState.CLOSED, state.value)
    assert hospital.escalations() == []
    assert [event.detail["reason"] for event in hospital.events(f"state_{state}")] == ["told by the ward"]


@pytest.mark.parametrize(("state", "answered"), [(ParticipantState.DECEASED, False), (ParticipantState.PAUSED, True)])
def test_a_death_stops_even_the_answers_that_wait(hospital: Hospital, state: ParticipantState, answered: bool) -> None:
    phone = hospital.enrols()
    hospital.post_inbound(phone.number, "39.2")
    hospital.ends("PKU-001", state)
    hospital.run_due()
    assert (phone.told() == ["emergency_now"]) is answered
    assert hospital.nurse.was_paged("emergency")
    with hospital.session() as session:
        (row,) = session.scalars(select(OutboundMessage).where(OutboundMessage.message == "emergency_now"))
    assert (row.state is OutboundState.NOT_SENT, row.not_sent_reason) == (not answered, None if answered else "deceased")


def test_a_death_does_not_close_what_staff_have_to_close_and_what_they_do_texts_nobody(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("39.2")
    hospital.ends("PKU-001", ParticipantState.DECEASED)
    assert hospital.the_escalation().resolved_at is None
    hospital.nurse.texts("1")
    assert hospital.the_escalation().acknowledged_by == "nurse-li"
    assert phone.told() == ["emergency_now"]


def test_a_death_is_final(hospital: Hospital) -> None:
    hospital.enrols()
    hospital.ends("PKU-001", ParticipantState.DECEASED)
    with pytest.raises(Conflict, match="it is final"):
        hospital.ends("PKU-001", ParticipantState.ACTIVE)
    with pytest.raises(Conflict, match="PKU-001 is deceased already"):
        hospital.ends("PKU-001", ParticipantState.DECEASED)


def test_who_opted_out_gets_no_closing_text(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("STOP")
    hospital.ends("PKU-001", ParticipantState.WITHDRAWN)
    hospital.move(hours=1)
    assert phone.told() == ["opted_out"]


def test_after_a_pause_the_questions_go_on_from_today(hospital: Hospital) -> None:
    phone = asked(hospital)
    hospital.ends("PKU-001", ParticipantState.PAUSED, "in hospital")
    hospital.move(days=2, hours=2)
    assert phone.told() == ["question.temperature"]
    with hospital.changing() as (session, participant):
        study = hospital.app.extensions["study"]
        resume_followup(session, participant, hospital.clock.now(), "nurse-li", "home again", study=study)
    hospital.move(days=2)
    assert hospital.checkins()[1].occurrence == "2026-01-10"
    assert phone.told()[1] == "question.temperature"


def test_what_was_claimed_before_a_death_is_not_handed_over_after_it(hospital: Hospital) -> None:
    phone = asked(hospital)
    hospital.post_inbound(phone.number, "36.8")
    envelopes = claim(hospital.app, 16)
    assert [envelope.to for envelope in envelopes] == [phone.number]
    hospital.ends("PKU-001", ParticipantState.DECEASED)
    keep_results(hospital.app, [handed for envelope in envelopes if (handed := hand_over(hospital.app, envelope))])
    hospital.move(minutes=5)
    assert phone.told() == ["question.temperature"]
    with hospital.session() as session:
        (row,) = session.scalars(select(OutboundMessage).where(OutboundMessage.message == "question.worst_pain"))
    assert (row.state, row.not_sent_reason) == (OutboundState.NOT_SENT, "deceased")


def test_each_state_says_what_may_still_be_sent() -> None:
    assert set(MAY_BE_SENT) == set(ParticipantState) == set(PARTICIPANT_TRANSITIONS)
    assert [state for state, kinds in MAY_BE_SENT.items() if TextKind.UNASKED in kinds] == [ParticipantState.ACTIVE]
    assert [state for state, kinds in MAY_BE_SENT.items() if not kinds] == [ParticipantState.DECEASED]


def test_who_is_invited_gets_nothing_until_they_consent(hospital: Hospital) -> None:
    phone = hospital.enrols(arm="rfa", consented_on=None, consent_version=None)
    hospital.treats("PKU-001", "rfa", hospital.clock.now().date())
    hospital.move(days=1)
    assert (hospital.participant().state, phone.told()) == (ParticipantState.INVITED, [])
    phone.texts("39.2")
    assert hospital.nurse.was_paged("emergency")
    assert phone.told() == ["emergency_now"]
    with hospital.session() as session:
        assert session.scalars(select(Report)).all() == []
    with hospital.changing() as (session, participant):
        study = hospital.app.extensions["study"]
        record_consent(session, participant, hospital.clock.now().date(), "1.0", hospital.clock.now(), "nurse-li", study=study)
    hospital.clock.move(days=1, hours=2)
    hospital.run_due()
    assert "question.temperature" in phone.told()
    assert [event.detail["wording"] for event in hospital.events("consent_given")] == ["1.0"]


def test_who_was_lost_and_is_found_is_asked_again(hospital: Hospital) -> None:
    phone = asked(hospital)
    hospital.ends("PKU-001", ParticipantState.LOST)
    hospital.move(days=1)
    assert phone.told() == ["question.temperature"]
    with hospital.changing() as (session, participant):
        resume_followup(session, participant, hospital.clock.now(), "nurse-li", "rang us", study=hospital.app.extensions["study"])
    hospital.move(days=1)
    assert phone.told().count("question.temperature") > 1
