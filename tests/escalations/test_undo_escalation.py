"""For ten seconds whoever did it may take it back: nothing is deleted, and the participant hears nothing of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from followup_service.errors import Changed, Conflict, Refused
from followup_service.escalations.escalation import EscalationState, EventKind, Outcome
from followup_service.escalations.settle_escalation import acknowledge_escalation, resolve_escalation, snooze_escalation
from followup_service.escalations.undo_escalation import undo_escalation
from tests.hospital import Hospital, Phone


def does(hospital: Hospital, act: Any, *values: Any, by: str = "nurse-li", **options: Any) -> None:
    """What a screen does: in the name of a person, through a program."""
    with hospital.session() as session:
        act(session, hospital.escalations()[0].id, by, *values, hospital.clock.now(), **options)
        session.commit()
    hospital.run_due()


def takes(hospital: Hospital, by: str = "nurse-li") -> None:
    does(hospital, acknowledge_escalation, by=by, study=hospital.app.extensions["study"], via="console")


def resolves(hospital: Hospital) -> None:
    does(hospital, resolve_escalation, Outcome.ADVISED, "called", study=hospital.app.extensions["study"], via="console")


def snoozes(hospital: Hospital, **span: float) -> None:
    until = hospital.clock.now() + timedelta(**span)
    does(hospital, snooze_escalation, until, study=hospital.app.extensions["study"], via="console")


def undoes(hospital: Hospital, by: str = "nurse-li", **options: Any) -> None:
    does(hospital, undo_escalation, by=by, study=hospital.app.extensions["study"], **options)


@pytest.fixture
def feverish(hospital: Hospital) -> Phone:
    phone = hospital.enrols()
    phone.texts("39.2")
    hospital.move(seconds=30)
    return phone


def test_taking_it_is_taken_back_and_the_participant_hears_nothing(hospital: Hospital, feverish: Phone) -> None:
    takes(hospital)
    hospital.move(seconds=9)
    undoes(hospital)
    hospital.move(minutes=2)
    assert hospital.the_escalation().state is EscalationState.OPEN
    assert "nurse_will_call" not in feverish.told()
    assert hospital.the_escalation().call_by is None
    assert hospital.nurse.calls()
    assert {EventKind.ACKNOWLEDGED, EventKind.UNDONE} <= {step.kind for step in hospital.steps()}


def test_an_end_is_taken_back(hospital: Hospital, feverish: Phone) -> None:
    takes(hospital)
    hospital.move(minutes=1)
    resolves(hospital)
    undoes(hospital)
    episode = hospital.the_escalation()
    assert (episode.state, episode.acknowledged_by, episode.outcome, episode.note) == (EscalationState.ACKNOWLEDGED, "nurse-li", None, None)
    hospital.move(minutes=45)
    assert hospital.nurse.pages()[-1].startswith("NOT DONE")


def test_putting_off_is_taken_back_and_it_stays_theirs(hospital: Hospital, feverish: Phone) -> None:
    takes(hospital)
    hospital.move(minutes=1)
    snoozes(hospital, hours=4)
    undoes(hospital)
    episode = hospital.the_escalation()
    assert (episode.state, episode.snoozed_at, episode.returns_at) == (
        EscalationState.ACKNOWLEDGED,
        None,
        datetime.fromisoformat("2026-01-05T09:45+08:00"),
    )


@pytest.mark.parametrize(("seconds", "by"), [(11, "nurse-li"), (1, "dr-wang")])
def test_too_late_or_by_somebody_else_nothing_is_taken_back(hospital: Hospital, feverish: Phone, seconds: int, by: str) -> None:
    takes(hospital)
    hospital.move(seconds=seconds)
    with pytest.raises(Conflict, match="nothing of yours can be taken back on No. 1"):
        undoes(hospital, by)
    assert hospital.the_escalation().acknowledged_by == "nurse-li"


def test_an_end_is_not_taken_back_once_another_alarm_is_open(hospital: Hospital, feverish: Phone) -> None:
    resolves(hospital)
    hospital.move(seconds=2)
    feverish.texts("39.3")
    with pytest.raises(Conflict, match="No. 2 has opened since"):
        undoes(hospital)


def test_who_read_an_older_version_takes_nothing_back(hospital: Hospital, feverish: Phone) -> None:
    takes(hospital)
    with pytest.raises(Changed, match="Read it again"):
        undoes(hospital, version=1)


def test_what_is_put_off_always_comes_back(hospital: Hospital, feverish: Phone) -> None:
    snoozes(hospital, hours=3)
    hospital.move(hours=2, minutes=59)
    assert len(hospital.nurse.pages()) == 1
    hospital.move(minutes=2)
    assert hospital.nurse.pages()[-1].startswith("NOT DONE EMERGENCY")
    assert hospital.the_escalation().state is EscalationState.OPEN


def test_worse_news_end_a_snooze(hospital: Hospital, feverish: Phone) -> None:
    snoozes(hospital, hours=3)
    feverish.texts("39.9")
    assert hospital.the_escalation().state is EscalationState.OPEN
    assert hospital.nurse.pages()[-1].startswith("WORSE")


@pytest.mark.parametrize("hours", [-1, 0, 4.1, 24 * 365])
def test_nothing_is_put_off_into_the_past_or_for_longer_than_the_protocol_says(hospital: Hospital, feverish: Phone, hours: float) -> None:
    with pytest.raises(Refused, match="can be put off until"):
        snoozes(hospital, hours=hours)
