"""The tick that reminds of visits: many at once, each once, and one that fails holds up no other."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from followup_service.messaging.outbound_message import OutboundState
from followup_service.reminders import queue_reminders as module
from tests.hospital import Hospital

BEIJING = ZoneInfo("Asia/Shanghai")
BOOKED = datetime(2026, 4, 7, 10, 30, tzinfo=BEIJING)
DUE = datetime(2026, 3, 24, 9, tzinfo=BEIJING)


@pytest.fixture
def three(hospital: Hospital) -> Hospital:
    """Three participants whose reminders fall due in the same minute."""
    hospital.clock.move(to=datetime(2026, 3, 10, 12, tzinfo=BEIJING))
    for number in range(1, 4):
        hospital.enrols(f"PKU-00{number}", f"+861380013800{number}")
        hospital.treats(f"PKU-00{number}", "systemic", date(2026, 1, 5))
        hospital.books("quarterly", BOOKED, code=f"PKU-00{number}")
    return hospital


def test_all_that_are_due_go_out_each_once(three: Hospital) -> None:
    three.move(to=DUE)
    three.run_due()
    texts = three.texts_of_visits()
    assert [text.state for text in texts] == [OutboundState.DELIVERED] * 3
    assert len({text.participant_id for text in texts}) == 3
    assert len({text.dedupe_key for text in texts}) == 3


def test_one_that_fails_goes_to_a_person_and_the_others_go_out(three: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned = three.visits("PKU-002")[0].id
    values = module._text

    def broken(row: Any, *others: Any) -> dict[str, Any]:
        if row.id == poisoned:
            raise ValueError("no words for this one")
        return values(row, *others)

    monkeypatch.setattr(module, "_text", broken)
    three.move(to=DUE)
    assert {text.participant_id for text in three.texts_of_visits() if text.state is OutboundState.DELIVERED} == {
        three.participant("PKU-001").id,
        three.participant("PKU-003").id,
    }
    assert three.the_escalation().reasons == ["HANDLING_FAILED"]
    monkeypatch.undo()
    three.move(minutes=20)
    assert len([text for text in three.texts_of_visits() if text.state is OutboundState.DELIVERED]) == 3


def test_a_step_that_was_queued_before_is_not_queued_again(three: Hospital) -> None:
    three.move(to=DUE)
    with three.session() as session:
        visit = session.get_one(module.Visit, three.visits("PKU-001")[0].id)
        visit.next_step, visit.next_step_at = "before-14", DUE
        session.commit()
    three.run_due()
    assert len(three.texts_of_visits()) == 3
