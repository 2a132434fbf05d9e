"""Withdrawn, paused or dead: one action stops what must stop, and an alarm stays an alarm."""

import pytest
from sqlalchemy import select

from followup_service.checkins.checkin import CheckinState
from followup_service.checkins.stop_followup import resume_followup
from followup_service.errors import Conflict
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.participants.participant import ParticipantState
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
    assert phone.told()[1:] == (["withdrawn"] if state is ParticipantState.WITHDRAWN else [])
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
