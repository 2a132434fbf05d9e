"""A fever reported by text reaches a nurse, who takes it, and the participant hears what to do."""

from sqlalchemy import select

from followup_service.escalations.escalation import EscalationEvent, EscalationState, EventKind
from followup_service.messaging.purposes import Purpose
from tests.hospital import Hospital


def test_a_fever_pages_the_nurse_and_tells_the_participant_what_to_do(hospital: Hospital) -> None:
    participant = hospital.enrols()
    participant.texts("38.9")
    assert hospital.nurse.pages() == ["EMERGENCY PKU-001: 38.9 C, fever. No. 1. 1 calling, 2 sent to hospital, 3 watching, 4 not mine."]
    assert "120" in participant.received(Purpose.ALARM_ANSWER)[0]
    assert not hospital.doctor.was_paged()


def test_taking_it_stops_the_pages_and_the_participant_hears_of_it(hospital: Hospital) -> None:
    participant = hospital.enrols()
    participant.texts("39.2")
    hospital.nurse.texts("1")
    assert hospital.the_escalation().state is EscalationState.ACKNOWLEDGED
    assert hospital.the_escalation().acknowledged_by == "nurse-li"
    assert participant.last_text.startswith("A nurse has read your message")
    hospital.move(minutes=29)
    assert len(hospital.nurse.pages()) == 1


def test_a_page_that_nobody_takes_is_repeated_and_reaches_the_next_person(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.move(minutes=16)
    assert (len(hospital.nurse.pages()), len(hospital.nurse.calls())) == (2, 1)
    assert hospital.nurse.pages()[-1].startswith("AGAIN EMERGENCY PKU-001")
    assert hospital.doctor.was_paged("emergency")


def test_the_threshold_is_exact(hospital: Hospital) -> None:
    at_threshold = hospital.enrols()
    at_threshold.texts("38.3")
    assert hospital.the_escalation().reasons == ["BORDERLINE_FEVER"]
    hospital.enrols("PKU-002", "+8613800138002").texts("38.31")
    assert hospital.escalations()[1].reasons == ["FEVER"]


def test_repeats_join_the_episode_quietly_and_worse_news_pages_again(hospital: Hospital) -> None:
    participant = hospital.enrols()
    participant.texts("38.5")
    participant.texts("38.6")
    assert len(hospital.nurse.pages()) == 1
    participant.texts("39.1")
    assert hospital.nurse.pages()[-1].startswith("WORSE EMERGENCY PKU-001: 39.1 C")
    assert len(hospital.escalations()) == 1
    assert EventKind.REPEATED in _events(hospital)


def _events(hospital: Hospital) -> list[EventKind]:
    with hospital.session() as session:
        return list(session.scalars(select(EscalationEvent.kind).order_by(EscalationEvent.at)))
