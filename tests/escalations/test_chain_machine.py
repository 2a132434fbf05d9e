"""Whatever participants, staff, phones and the clock do in whatever order: an open alarm always has an owner or a page due."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from followup_service import clock
from followup_service.audit import verify_chains
from followup_service.clock import MovableClock
from followup_service.errors import FollowupError
from followup_service.escalations.escalation import Escalation, EscalationState, EventKind, Outcome
from followup_service.escalations.hand_on_escalation import hand_on_escalation
from followup_service.escalations.settle_escalation import resolve_escalation, snooze_escalation
from followup_service.escalations.undo_escalation import undo_escalation
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.change_roster import lead_the_site
from tests.conftest import MONDAY_MORNING, empty
from tests.hospital import Hospital

STAFF = ("nurse-li", "dr-wang", "prof-zhou")
TEXTS = ("38.2", "38.5", "39.4", "36.8", "shoulder pain", "shaking chills", "better now, no fever", "qwertz", "STOP", "all fine, cancel")
TICK = timedelta(seconds=5)


class Ward(RuleBasedStateMachine):
    app: Flask
    migrated_sqlite: Path

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        moving = MovableClock(MONDAY_MORNING)
        self.open.enter_context(clock.use(moving))
        empty(self.app, self.migrated_sqlite)
        self.hospital = Hospital(self.app, moving)
        professor = self.hospital.employs("prof-zhou", "+8613900000008", role="investigator")
        with self.hospital.staff("prof-zhou") as (session, person):
            lead_the_site(session, person, moving.now(), "tests")
        self.phones = dict(zip(STAFF, (self.hospital.nurse, self.hospital.doctor, professor), strict=True))
        self.participants = [self.hospital.enrols(f"PKU-00{number}", f"+861380013800{number}") for number in (1, 2)]

    def teardown(self) -> None:
        # Nothing is ever taken from the audit trail: what holds at the end held all the time.
        with self.open, self.hospital.session() as session:
            assert list(verify_chains(session)) == []

    @rule(who=st.integers(0, 1), body=st.sampled_from(TEXTS))
    def participant_texts(self, who: int, body: str) -> None:
        self.participants[who].texts(body)

    @rule(who=st.sampled_from(STAFF), digit=st.integers(1, 4), number=st.sampled_from(["", " 1", " 2", " 3", " 9"]))
    def staff_text(self, who: str, digit: int, number: str) -> None:
        self.phones[who].texts(f"{digit}{number}")

    @rule(minutes=st.sampled_from([1, 6, 16, 61, 125]))
    def time_passes(self, minutes: int) -> None:
        self.hospital.move(minutes=minutes)

    @rule(who=st.sampled_from(STAFF), code=st.sampled_from(["30003", "30005"]))
    def a_phone_is_off(self, who: str, code: str) -> None:
        self.app.extensions["sms_gateway"].fails_next[self.phones[who].number] = code

    @precondition(lambda self: self.hospital.escalations())
    @rule(who=st.sampled_from(STAFF), act=st.sampled_from(["resolve", "snooze", "hand on", "undo"]), which=st.integers(0, 5))
    def staff_click(self, who: str, act: str, which: int) -> None:
        episodes = self.hospital.escalations()
        try:
            self._click(who, act, episodes[which % len(episodes)])
        except FollowupError:
            # Refused: what may not be done leaves everything as it was.
            return

    def _click(self, who: str, act: str, episode: Escalation) -> None:
        now, study = self.hospital.clock.now(), self.app.extensions["study"]
        with self.hospital.staff(who) as (session, person):
            how = {"staff_id": person.id, "via": "console"}
            match act:
                case "resolve":
                    resolve_escalation(session, episode.id, who, Outcome.ADVISED, "called", now, study=study, **how)
                case "snooze":
                    snooze_escalation(session, episode.id, who, now + timedelta(hours=2), now, study=study, **how)
                case "undo":
                    undo_escalation(session, episode.id, who, now, study=study, **how)
                case _:
                    hand_on_escalation(session, episode.id, person, now, study=study, via="console")

    @invariant()
    def an_open_one_has_an_owner_or_a_page_due(self) -> None:
        now = self.hospital.clock.now()
        for episode in self.hospital.escalations():
            match episode.state:
                case EscalationState.OPEN:
                    assert episode.next_page_at is not None
                    assert episode.acknowledged_by is None
                    assert episode.next_page_at >= now - timedelta(minutes=1)
                case EscalationState.ACKNOWLEDGED:
                    assert episode.acknowledged_by in STAFF
                    assert episode.returns_at is not None
                    assert episode.returns_at >= now
                case _:
                    assert episode.next_page_at is episode.returns_at is None

    @invariant()
    def none_is_closed_but_by_staff(self) -> None:
        closed = {step.escalation_id: step.actor for step in self.hospital.steps() if step.kind is EventKind.RESOLVED}
        for episode in self.hospital.escalations():
            if episode.state is EscalationState.RESOLVED:
                assert closed[episode.id] in STAFF
                assert (episode.outcome is not None, bool(episode.note)) == (True, True)

    @invariant()
    def what_was_closed_stays_closed_unless_it_is_taken_back(self) -> None:
        ends = {}
        for step in sorted(self.hospital.steps(), key=lambda step: (step.at, step.id)):
            if step.kind in (EventKind.RESOLVED, EventKind.UNDONE):
                ends[step.escalation_id] = step.kind
        for episode in self.hospital.escalations():
            assert (episode.state is EscalationState.RESOLVED) == (ends.get(episode.id) is EventKind.RESOLVED)

    @invariant()
    def every_emergency_pages_within_a_tick(self) -> None:
        steps = self.hospital.steps()
        for step in steps:
            if step.level is Level.EMERGENCY and step.kind in (EventKind.OPENED, EventKind.WORSENED, EventKind.RETURNED):
                paged = [one for one in steps if one.escalation_id == step.escalation_id and one.kind is EventKind.PAGED]
                assert any(step.at <= one.at <= step.at + TICK for one in paged)


@pytest.mark.no_cover
def test_no_order_of_things_drops_an_alarm(app: Flask, migrated_sqlite: Path) -> None:
    class ThisWard(Ward):
        pass

    ThisWard.app, ThisWard.migrated_sqlite = app, migrated_sqlite
    run_state_machine_as_test(ThisWard, settings=settings(max_examples=8, stateful_step_count=15, deadline=None))
