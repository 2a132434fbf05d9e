"""An alarm is a promise: the chain goes on until somebody takes it, and comes back until somebody says what was done."""

from datetime import datetime, timedelta

import pytest

from followup_service.escalations.escalation import EscalationState, EventKind, Outcome
from followup_service.escalations.settle_escalation import resolve_escalation
from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.change_roster import lead_the_site, stand_in
from tests.hospital import Hospital, Nurse


@pytest.fixture
def professor(hospital: Hospital) -> Nurse:
    """The principal investigator, who is on no roster."""
    nurse = hospital.employs("prof-zhou", "+8613900000008", role="investigator")
    with hospital.staff("prof-zhou") as (session, person):
        lead_the_site(session, person, hospital.clock.now(), "tests")
    return nurse


def night(hospital: Hospital) -> None:
    hospital.clock.move(to=datetime.fromisoformat("2026-01-06T02:00+08:00"))


def test_the_chain_reaches_the_next_person_and_then_the_principal_investigator(hospital: Hospital, professor: Nurse) -> None:
    night(hospital)
    at_night = hospital.clock.now()
    hospital.enrols().texts("39.2")
    everybody = (hospital.nurse, hospital.doctor, professor)
    # By the minute: how many texts and how many calls each of them had.
    for minute, had in ((4, "10 00 00"), (6, "11 00 00"), (11, "21 10 00"), (16, "21 11 00")):
        hospital.move(to=at_night + timedelta(minutes=minute))
        assert " ".join(f"{len(who.pages())}{len(who.calls())}" for who in everybody) == had
    hospital.move(to=at_night + timedelta(minutes=21))
    assert professor.was_paged("emergency")


def test_nobody_answers_for_three_hours_and_the_pages_never_end(hospital: Hospital, professor: Nurse) -> None:
    hospital.enrols().texts("39.2")
    hospital.move(hours=3)
    before = len(professor.pages()) + len(professor.calls())
    assert before > 30
    hospital.move(hours=3)
    assert before + 5 <= len(professor.pages()) + len(professor.calls()) <= before + 8
    episode = hospital.the_escalation()
    assert (episode.state, episode.resolved_at) == (EscalationState.OPEN, None)


def test_at_night_with_the_first_persons_phone_off_the_second_is_paged_within_seconds(hospital: Hospital) -> None:
    night(hospital)
    hospital.nurse.is_off()
    hospital.enrols().texts("39.2")
    hospital.move(seconds=5)
    assert hospital.doctor.was_paged("emergency")
    assert not [row for row in hospital.nurse.messages(Purpose.PAGE) if row.state is OutboundState.NOT_SENT]
    hospital.move(minutes=3)
    assert hospital.nurse.was_paged("emergency")


def test_an_urgent_one_brings_the_principal_investigator_only_once_it_is_late(hospital: Hospital, professor: Nurse) -> None:
    hospital.enrols().texts("shoulder pain")
    hospital.move(minutes=59)
    assert hospital.doctor.was_paged("urgent")
    assert not professor.was_paged()
    hospital.move(minutes=2)
    assert professor.was_paged("urgent")


def test_at_night_an_urgent_one_is_late_in_the_morning(hospital: Hospital, professor: Nurse) -> None:
    night(hospital)
    hospital.enrols().texts("shoulder pain")
    assert hospital.nurse.was_paged("urgent")
    assert hospital.the_escalation().acknowledge_by == datetime.fromisoformat("2026-01-06T08:30+08:00")
    hospital.move(to=datetime.fromisoformat("2026-01-06T08:29+08:00"))
    assert not professor.was_paged()
    hospital.move(hours=5)
    assert professor.was_paged("urgent")


def test_what_is_for_review_is_paged_on_the_next_working_day(hospital: Hospital) -> None:
    hospital.clock.move(to=datetime.fromisoformat("2026-02-13T15:00+08:00"))
    hospital.enrols().texts("qwertz")
    # 14 February is a working Saturday that makes up for the Spring Festival, but the study file has the clinic closed from the 15th on.
    assert hospital.the_escalation().acknowledge_by == datetime.fromisoformat("2026-02-14T12:00+08:00")
    hospital.move(to=datetime.fromisoformat("2026-02-14T11:59+08:00"))
    assert not hospital.nurse.was_paged()
    hospital.move(minutes=2)
    assert hospital.nurse.pages()[0].startswith("TO REVIEW PKU-001")
    hospital.move(to=datetime.fromisoformat("2026-02-23T23:00+08:00"))
    assert len(hospital.nurse.pages()) == 1
    hospital.move(to=datetime.fromisoformat("2026-02-24T13:00+08:00"))
    assert len(hospital.nurse.pages()) == 2


def test_taken_without_an_outcome_it_returns_to_whoever_had_it_and_the_chain_begins_anew(hospital: Hospital) -> None:
    participant = hospital.enrols()
    participant.texts("39.2")
    hospital.doctor.replies("1 1", "3")
    hospital.move(hours=2, minutes=1)
    episode = hospital.the_escalation()
    assert (episode.state, episode.acknowledged_by) == (EscalationState.OPEN, None)
    for who in (hospital.nurse, hospital.doctor):
        assert who.pages()[-1].startswith("NOT DONE EMERGENCY PKU-001")
    assert EventKind.RETURNED in {step.kind for step in hospital.steps()}
    hospital.doctor.texts("1")
    assert hospital.the_escalation().acknowledged_by == "dr-wang"
    assert participant.told().count("nurse_will_call") == 2


def test_nobody_on_call_means_the_fallback_person_and_then_the_principal_investigator(hospital: Hospital, professor: Nurse) -> None:
    spare = hospital.employs("nurse-chen", "+8613900000003")
    with hospital.staff("nurse-chen") as (session, person):
        stand_in(session, person, hospital.clock.now(), "tests")
    hospital.ends_all_shifts()
    hospital.enrols().texts("39.2")
    assert spare.was_paged("emergency")
    assert not any(who.was_paged() for who in (hospital.nurse, hospital.doctor, professor))
    hospital.dismisses("nurse-chen")
    hospital.enrols("PKU-002", "+8613800138002").texts("39.2")
    assert any("PKU-002" in page for page in professor.pages())
    assert not any(who.was_paged() for who in (hospital.nurse, hospital.doctor))


def test_two_participants_at_once_are_two_chains(hospital: Hospital) -> None:
    for code, number in (("PKU-001", "+8613800138001"), ("PKU-002", "+8613800138002")):
        hospital.enrols(code, number).texts("39.2")
    hospital.nurse.texts("1 2")
    hospital.move(minutes=11)
    assert [sum(code in page for page in hospital.doctor.pages()) for code in ("PKU-001", "PKU-002")] == [1, 0]


def test_a_new_alarm_within_a_week_follows_the_one_that_ended(hospital: Hospital) -> None:
    participant = hospital.enrols()
    for days, follows in ((0, None), (6, 1), (8, None)):
        if days:
            hospital.move(days=1)
            participant.replies("well again", "36.8")
            hospital.move(days=days - 1)
        participant.texts("39.2")
        assert hospital.escalations()[-1].follows == follows
        with hospital.session() as session:
            last = hospital.escalations()[-1].id
            resolve_escalation(
                session, last, "nurse-li", Outcome.ADVISED, "called", hospital.clock.now(), study=hospital.app.extensions["study"]
            )
            session.commit()
    assert [page.split()[0] for page in hospital.nurse.pages()] == ["EMERGENCY", "BACK", "EMERGENCY"]


def test_worse_news_say_what_is_new_and_nothing_else(hospital: Hospital) -> None:
    participant = hospital.enrols()
    participant.texts("38.5")
    participant.texts("39.1")
    assert hospital.nurse.pages()[-1].startswith("WORSE EMERGENCY PKU-001: 39.1 C, was 38.5 C. No. 1.")
    participant.texts("39.2, shaking chills")
    assert hospital.nurse.pages()[-1].startswith("WORSE EMERGENCY PKU-001: shaking chills. No. 1.")


def test_one_normal_temperature_neither_closes_nor_pages(hospital: Hospital) -> None:
    participant = hospital.enrols()
    participant.texts("shoulder pain")
    hospital.nurse.texts("1")
    participant.replies("36.8", "shoulder pain 36.9")
    assert hospital.the_escalation().state is EscalationState.ACKNOWLEDGED
    assert len(hospital.nurse.pages()) == 1


def test_the_clock_of_a_worse_level_counts(hospital: Hospital) -> None:
    participant = hospital.enrols()
    participant.texts("shoulder pain")
    hospital.nurse.texts("1")
    hospital.move(minutes=30)
    participant.texts("39.2")
    episode = hospital.the_escalation()
    assert (episode.level, episode.state) == (Level.EMERGENCY, EscalationState.OPEN)
    assert episode.acknowledge_by == hospital.clock.now() + timedelta(minutes=15)
