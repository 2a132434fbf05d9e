"""Taking an alarm is not ending it: only a named person ends it, with an outcome and a note."""

import pytest

from followup_service.errors import Changed, Conflict, NotFound, Refused
from followup_service.escalations.escalation import Escalation, EscalationState, Outcome
from followup_service.escalations.settle_escalation import acknowledge_escalation, resolve_escalation
from followup_service.messaging.purposes import Purpose
from tests.hospital import Hospital


def resolve(hospital: Hospital, note: str = "called: drinks, no fever now", version: int | None = None) -> Escalation:
    with hospital.session() as session:
        first, how = hospital.escalations()[0].id, {"study": hospital.app.extensions["study"], "version": version}
        episode = resolve_escalation(session, first, "nurse-li", Outcome.ADVISED, note, hospital.clock.now(), **how)
        session.commit()
        return episode


def test_resolving_keeps_outcome_and_note_and_ends_the_pages(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    resolve(hospital)
    episode = hospital.the_escalation()
    assert (episode.state, episode.outcome, episode.resolved_by) == (EscalationState.RESOLVED, Outcome.ADVISED, "nurse-li")
    assert episode.note == "called: drinks, no fever now"
    hospital.move(hours=1)
    assert len(hospital.nurse.pages()) == 1


@pytest.mark.parametrize("note", ["", "  "])
def test_without_a_note_it_is_not_resolved(hospital: Hospital, note: str) -> None:
    hospital.enrols().texts("39.2")
    with pytest.raises(Refused, match="say in a note what was done"):
        resolve(hospital, note)
    assert hospital.the_escalation().state is EscalationState.OPEN


def test_it_is_resolved_once(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    resolve(hospital)
    with pytest.raises(Conflict, match="No. 1 was already resolved by nurse-li"):
        resolve(hospital)


def test_what_is_resolved_is_neither_taken_nor_put_off_nor_handed_on(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    resolve(hospital)
    for answer in ("1 1", "2 1", "3 1", "4 1"):
        hospital.doctor.texts(answer)
        assert hospital.doctor.last_text == "No. 1 was already closed by nurse-li. Nothing more to do."
    assert hospital.the_escalation().state is EscalationState.RESOLVED


def test_the_next_fever_after_it_is_a_new_episode(hospital: Hospital) -> None:
    participant = hospital.enrols()
    participant.texts("39.2")
    resolve(hospital)
    participant.texts("39.2")
    assert [(episode.number, episode.state) for episode in hospital.escalations()] == [
        (1, EscalationState.RESOLVED),
        (2, EscalationState.OPEN),
    ]
    assert len(hospital.nurse.pages()) == 2


def test_who_read_an_older_version_changes_nothing(hospital: Hospital) -> None:
    participant = hospital.enrols()
    participant.texts("38.5")
    read = hospital.the_escalation().version
    participant.texts("39.9")
    with pytest.raises(Changed, match="Read it again"):
        resolve(hospital, version=read)
    assert hospital.the_escalation().state is EscalationState.OPEN


def test_the_participant_hears_that_a_nurse_has_read_it_but_not_for_a_mere_review(hospital: Hospital) -> None:
    urgent, review = hospital.enrols(), hospital.enrols("PKU-002", "+8613800138002")
    urgent.texts("39.2")
    review.texts("qwertz")
    hospital.nurse.texts("1 1")
    hospital.nurse.texts("1 2")
    assert "nurse_will_call" in urgent.told()
    assert review.received(Purpose.ANSWER) == []


def test_an_unknown_episode_is_not_found(hospital: Hospital) -> None:
    with hospital.session() as session, pytest.raises(NotFound):
        acknowledge_escalation(session, hospital.site_id, "nurse-li", hospital.clock.now(), study=hospital.app.extensions["study"])
