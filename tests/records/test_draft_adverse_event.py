"""A draft: everything suggested from what was reported, with the rule that suggests it; nothing decided."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from followup_service.errors import Conflict, Refused
from followup_service.escalations.escalation import Outcome
from followup_service.records.adverse_event import AdverseEvent, AdverseEventState
from tests.hospital import Hospital
from tests.records.conftest import Ward

Fever = Callable[..., AdverseEvent]


def test_a_draft_says_what_was_reported_and_leaves_the_judgement_open(fever: Fever) -> None:
    event = fever("39.5 and shivering")
    assert (event.number, event.state, event.dictionary, event.term) == (1, AdverseEventState.DRAFT, "CTCAE 5.0", "Fever")
    assert (event.grade, event.suggested_grade) == (2, 2)
    assert event.suggested_by == "Fever by highest_celsius: 39.5 is above 39.0"
    assert event.suggested_terms[:3] == ["Fever", "Chills", "Febrile neutropenia"]
    assert (event.seriousness, event.relations, event.narrative) == (None, {}, None)
    assert event.suggested_seriousness == ["hospitalisation"]


def test_the_clock_begins_when_a_person_first_knew(hospital: Hospital, ward: Ward) -> None:
    hospital.enrols().texts("39.5")
    hospital.move(minutes=7)
    taken_at = hospital.clock.now()
    hospital.nurse.texts("1")
    hospital.move(hours=3)
    ward.resolves()
    event = ward.drafts()
    assert (event.aware_at, event.report_due_at) == (taken_at, taken_at + timedelta(hours=24))


def test_resolved_without_being_taken_before_it_begins_there(hospital: Hospital, ward: Ward) -> None:
    hospital.enrols().texts("39.5")
    hospital.move(minutes=2)
    ward.resolves()
    assert ward.drafts().aware_at == hospital.clock.now()


def test_days_are_counted_from_enrolment_and_from_the_last_ablation_before_it(hospital: Hospital, ward: Ward) -> None:
    phone = hospital.enrols(arm="rfa", enrolled_on=date(2026, 1, 1))
    hospital.treats("PKU-001", "rfa", date(2026, 1, 2))
    hospital.clock.move(hours=20)  # 05:00 in Beijing, and the day before in Greenwich
    phone.texts("39.5")
    ward.resolves()
    event = ward.drafts()
    assert (event.onset_on, event.study_day, event.days_since_rfa) == (date(2026, 1, 6), 6, 4)
    earlier = ward.changes(event, onset_on=date(2025, 12, 31))
    assert (earlier.study_day, earlier.days_since_rfa) == (-1, None)


def test_the_onset_is_when_the_first_text_came_not_when_it_was_dealt_with(hospital: Hospital, ward: Ward) -> None:
    hospital.enrols().texts("39.5")
    hospital.clock.move(hours=30)
    hospital.run_due()
    ward.resolves()
    assert ward.drafts().onset_on == date(2026, 1, 5)


def test_counts_and_severity_of_the_texts_grade_it(hospital: Hospital, ward: Ward) -> None:
    phone = hospital.enrols()
    phone.texts("diarrhoea 5 times today")
    phone.texts("severe headache")
    ward.resolves()
    assert (ward.drafts(term="Diarrhea").grade, ward.drafts(term="Headache").grade) == (2, 3)


def test_an_open_escalation_is_not_drafted(hospital: Hospital, ward: Ward) -> None:
    hospital.enrols().texts("39.5")
    with pytest.raises(Conflict, match="No. 1 is not resolved"):
        ward.drafts()


def test_a_number_that_nobody_knows_has_no_adverse_event(hospital: Hospital, ward: Ward) -> None:
    hospital.stranger().texts("39.5")
    ward.resolves()
    with pytest.raises(Refused, match="an adverse event needs a participant"):
        ward.drafts()


def test_one_escalation_may_be_several_events_but_not_the_same_twice(fever: Fever, ward: Ward) -> None:
    first = fever("39.5 and shivering")
    second = ward.drafts(term="Chills")
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(Conflict, match="has 'Fever' as adverse event 1 already"):
        ward.drafts()
    ward.dismisses(first)
    assert ward.drafts().number == 3


def test_a_term_of_no_dictionary_is_refused(hospital: Hospital, ward: Ward) -> None:
    hospital.enrols().texts("39.5")
    ward.resolves(outcome=Outcome.ADVISED)
    with pytest.raises(Refused, match="'A cold' is no term of CTCAE 5.0"):
        ward.drafts(term="A cold")
    assert ward.drafts().suggested_seriousness == []


def test_the_audit_trail_says_who_drafted_what(fever: Fever, hospital: Hospital) -> None:
    fever("39.5")
    (drafted,) = hospital.events("adverse_event_drafted")
    assert (drafted.actor, drafted.detail) == ("nurse-li", {"number": 1, "escalation": 1, "term": "Fever", "grade": 2})


def test_two_at_once_get_two_numbers(hospital: Hospital, ward: Ward) -> None:
    """Of two participants, so that only the study's row makes one wait for the other."""
    for number in (1, 2):
        hospital.enrols(f"PKU-00{number}", f"+861380013800{number}").texts("39.5")
        ward.resolves(number)
    with ThreadPoolExecutor(2) as pool:
        events = list(pool.map(ward.drafts, (1, 2)))
    assert sorted(event.number for event in events) == [1, 2]
