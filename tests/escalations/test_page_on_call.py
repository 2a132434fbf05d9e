"""Who is paged, when, and with which words: never the participant's name or number."""

from followup_service.escalations.escalation import EscalationState, EventKind
from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.paging_clock import Channel
from followup_service.protocol.rule_definitions import Level
from tests.hospital import Hospital


def test_a_page_names_code_level_reasons_and_number_and_nothing_else(hospital: Hospital) -> None:
    hospital.enrols(name="Zhang Wei").texts("39.2, Zhang Wei here, shaking chills")
    (page,) = hospital.nurse.pages()
    assert page.startswith("EMERGENCY PKU-001: 39.2 C, ")
    assert "shaking chills" in page
    assert "No. 1" in page
    assert "Zhang" not in page
    assert "13800138000" not in page


def test_urgent_pages_are_repeated_more_slowly_and_review_pages_nobody(hospital: Hospital) -> None:
    hospital.enrols().texts("shoulder pain")
    hospital.move(minutes=19)
    assert (len(hospital.nurse.pages()), len(hospital.nurse.calls())) == (1, 0)
    hospital.move(minutes=2)
    assert (len(hospital.nurse.pages()), len(hospital.nurse.calls())) == (1, 1)
    hospital.enrols("PKU-002", "+8613800138002").texts("qwertz")
    hospital.move(hours=2)
    assert hospital.escalations()[1].level is Level.REVIEW
    assert not any("PKU-002" in page for page in hospital.nurse.pages())


def test_a_page_that_does_not_arrive_brings_the_next_person_at_once(hospital: Hospital) -> None:
    participant = hospital.enrols()
    hospital.nurse.is_off("30005")
    participant.texts("39.2")
    assert hospital.nurse.pages() == []
    hospital.move(seconds=2)
    assert hospital.doctor.was_paged("emergency")


def test_with_nobody_on_the_roster_everybody_active_of_the_site_is_paged(hospital: Hospital) -> None:
    hospital.ends_all_shifts()
    spare = hospital.employs("nurse-chen", "+8613900000003")
    hospital.dismisses("dr-wang")
    elsewhere = hospital.employs_elsewhere("nurse-zhao", "+8613900000009")
    hospital.enrols().texts("39.2")
    assert hospital.nurse.was_paged("emergency")
    assert spare.was_paged("emergency")
    assert not hospital.doctor.was_paged()
    assert not elsewhere.was_paged()


def test_pages_go_on_for_hours_until_somebody_takes_it(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.move(hours=3)
    assert len(hospital.nurse.pages()) + len(hospital.nurse.calls()) > 30
    assert hospital.the_escalation().state is EscalationState.OPEN
    hospital.doctor.texts("1")
    before = len(hospital.nurse.pages())
    hospital.move(minutes=25)
    assert len(hospital.nurse.pages()) == before


def test_the_same_fever_five_times_in_an_hour_is_one_episode_with_one_page(hospital: Hospital) -> None:
    participant = hospital.enrols()
    participant.texts("39.0")
    hospital.nurse.replies("1", "3")
    for _ in range(4):
        hospital.move(minutes=12)
        participant.texts("39.0")
    assert hospital.the_escalation().state is EscalationState.ACKNOWLEDGED
    assert len(hospital.nurse.pages()) == 1
    steps = [event.action for event in hospital.events() if event.action.startswith("escalation_")]
    assert steps.count("escalation_opened") == 1
    assert "escalation_repeated" in steps or "escalation_worsened" in steps


def test_worse_news_after_it_was_taken_must_be_taken_again(hospital: Hospital) -> None:
    participant = hospital.enrols()
    participant.texts("38.5")
    hospital.nurse.texts("1")
    participant.texts("39.0")
    assert hospital.the_escalation().state is EscalationState.OPEN
    assert hospital.the_escalation().acknowledged_by is None
    assert len(hospital.nurse.pages()) == 2


def test_better_now_closes_nothing(hospital: Hospital) -> None:
    participant = hospital.enrols()
    participant.texts("39.2")
    participant.replies("better now", "no fever any more, 36.8", "all fine, please cancel")
    assert hospital.the_escalation().state is EscalationState.OPEN
    assert hospital.the_escalation().level is Level.EMERGENCY
    hospital.move(minutes=30)
    assert hospital.doctor.was_paged("emergency")


def test_a_page_waits_for_a_gateway_that_is_down_and_then_goes_first(hospital: Hospital) -> None:
    participant = hospital.enrols()
    hospital.app.extensions["sms_gateway"].down = True
    participant.texts("39.2")
    hospital.move(minutes=10)
    assert hospital.nurse.pages() == []
    hospital.app.extensions["sms_gateway"].down = False
    hospital.move(minutes=6)
    assert hospital.nurse.was_paged("emergency")
    assert not [row for row in hospital.nurse.messages(Purpose.PAGE) if row.state is OutboundState.NOT_SENT]


def test_every_page_is_a_step_of_the_episode(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.move(minutes=11)
    paged = [(step.kind, step.channel) for step in hospital.steps()]
    text, call = (EventKind.PAGED, Channel.TEXT), (EventKind.PAGED, Channel.VOICE)
    assert paged == [(EventKind.OPENED, None), text, call, text, text]
