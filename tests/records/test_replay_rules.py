"""Changed rules over the texts that came: what would have been escalated, missed or spared, each with what a person made of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from followup_service.escalations.escalation import Outcome
from followup_service.participants.participant import ParticipantState
from followup_service.protocol.amend_rules import with_fever_above
from followup_service.protocol.definitions import Study
from followup_service.protocol.rule_definitions import Level
from followup_service.records.replay_rules import Change, Replay, replay_rules
from tests.hospital import Hospital
from tests.records.conftest import Ward

ReplayWith = Callable[..., Replay]


@pytest.fixture
def study(hospital: Hospital) -> Study:
    return hospital.app.extensions["study"]  # type: ignore[no-any-return]


@pytest.fixture
def replayed(hospital: Hospital, study: Study) -> ReplayWith:
    """Replay with fever above a temperature, or with other rules altogether."""

    def replay(above: str = "38.3", changed: Study | None = None, **days: date) -> Replay:
        with hospital.session() as session:
            return replay_rules(session, hospital.study_id, study, changed or with_fever_above(study, Decimal(above)), **days)

    return replay


def said(replay: Replay) -> list[tuple[str, Change]]:
    return [(text.participant, text.change) for text in replay.differing]


def test_the_same_rules_differ_in_nothing(hospital: Hospital, replayed: ReplayWith) -> None:
    phone = hospital.enrols()
    for body in ("39.5 and shivering", "38.2", "36.6", "mild headache", "qwertz", "black stool", "STOP"):
        phone.texts(body)
        hospital.clock.move(minutes=30)
    found = replayed()
    assert (found.participants, found.texts, found.differing) == (1, 6, ())
    assert found.today == found.changed
    assert found.as_decided == found.comparable == 6


def test_a_lower_threshold_escalates_more(hospital: Hospital, replayed: ReplayWith) -> None:
    hospital.enrols().texts("37.9")
    hospital.enrols("PKU-002", "+8613800138002").texts("38.2")
    hospital.enrols("PKU-003", "+8613800138003").texts("39.0")
    found = replayed("37.5")
    assert said(found) == [("PKU-001", Change.ESCALATED), ("PKU-002", Change.RAISED)]
    assert (found.today[Level.EMERGENCY], found.changed[Level.EMERGENCY]) == (1, 3)
    assert (found.today[Level.URGENT], found.changed[Level.URGENT]) == (1, 0)


def test_a_higher_threshold_lowers_them(hospital: Hospital, replayed: ReplayWith) -> None:
    hospital.enrols().texts("38.5")
    assert said(replayed("38.5")) == [("PKU-001", Change.LOWERED)]


def without_borderline(study: Study) -> Study:
    """Rules in which 38.0 to 38.3 is nothing to tell."""
    ladder = study.rules.temperature
    steps = tuple(replace(step, code=None) if step.code == "BORDERLINE_FEVER" else step for step in ladder.steps)
    return replace(study, rules=replace(study.rules, temperature=replace(ladder, steps=steps)))


@pytest.mark.parametrize(
    ("outcome", "change"),
    [
        (Outcome.FALSE_ALARM, Change.SPARED),
        (Outcome.ADMINISTRATIVE, Change.SPARED),
        (Outcome.SENT_TO_HOSPITAL, Change.MISSED),
        (Outcome.WATCHING, Change.MISSED),
        (Outcome.NOT_REACHED, Change.MISSED),
        (None, Change.MISSED),
    ],
)
def test_what_a_person_found_says_whether_it_was_missed_or_spared(
    hospital: Hospital, ward: Ward, study: Study, replayed: ReplayWith, outcome: Outcome | None, change: Change
) -> None:
    hospital.enrols().texts("38.2")
    if outcome is not None:
        ward.resolves(1, outcome)
    found = replayed(changed=without_borderline(study))
    assert said(found) == [("PKU-001", change)]
    assert found.differing[0].alarm_by is None


def test_another_text_of_the_episode_may_alarm_all_the_same(hospital: Hospital, study: Study, replayed: ReplayWith) -> None:
    phone = hospital.enrols()
    phone.texts("38.2")
    hospital.clock.move(minutes=40)
    later = hospital.clock.now()
    phone.texts("39.5")
    (missed,) = replayed(changed=without_borderline(study)).of(Change.MISSED)
    assert missed.alarm_by == later


def test_what_was_reported_before_counts_as_it_did_then(hospital: Hospital, replayed: ReplayWith) -> None:
    phone = hospital.enrols()
    phone.texts("38.1")
    hospital.clock.move(minutes=70)
    phone.texts("38.1")
    found = replayed("38.5")
    assert (found.today, found.differing) == ({Level.URGENT: 1, Level.EMERGENCY: 1}, ())


def test_a_yes_means_what_its_question_meant(hospital: Hospital, replayed: ReplayWith) -> None:
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.move(to=datetime.fromisoformat("2026-01-06T10:01+08:00"))
    phone.replies("36.6", "0", "1")
    found = replayed()
    assert (found.texts, found.today[Level.EMERGENCY]) == (3, 1)
    assert found.as_decided == 3


def test_late_fever_counts_from_the_ablation(hospital: Hospital, replayed: ReplayWith) -> None:
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2025, 12, 20))
    phone.texts("38.1")
    found = replayed("38.5")
    assert (found.today[Level.EMERGENCY], found.differing) == (1, ())


def test_the_armpit_keeps_its_own_number(hospital: Hospital, replayed: ReplayWith) -> None:
    hospital.enrols(measures_in="armpit").texts("38.1")
    found = replayed("38.5")
    assert (found.today[Level.EMERGENCY], found.changed[Level.EMERGENCY]) == (1, 1)


def test_only_the_texts_of_some_days_with_all_that_was_before_them(hospital: Hospital, replayed: ReplayWith) -> None:
    phone = hospital.enrols()
    hospital.clock.move(to=datetime.fromisoformat("2026-01-05T23:30+08:00"))
    phone.texts("38.1")
    hospital.clock.move(minutes=70)
    phone.texts("38.1")
    second_day = replayed(since=date(2026, 1, 6))
    assert (second_day.texts, second_day.today) == (1, {Level.EMERGENCY: 1})
    assert replayed(until=date(2026, 1, 5)).today == {Level.URGENT: 1}


def test_what_came_after_a_withdrawal_is_no_study_data(hospital: Hospital, replayed: ReplayWith) -> None:
    phone = hospital.enrols()
    hospital.ends("PKU-001", ParticipantState.WITHDRAWN)
    hospital.clock.move(hours=1)
    phone.texts("39.5")
    assert replayed("38.0").texts == 0


def test_nothing_is_written(hospital: Hospital, replayed: ReplayWith) -> None:
    hospital.enrols().texts("38.2")
    events, episode = len(hospital.events()), hospital.the_escalation()
    replayed("37.0")
    assert (len(hospital.events()), hospital.the_escalation().version) == (events, episode.version)
    assert hospital.clock.now() - episode.opened_at == timedelta(0)
