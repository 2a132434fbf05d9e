"""What an episode may end with depends on its reasons: silence is not a false alarm, and no fever ends as a number corrected."""

from typing import Any

import pytest

from followup_service.errors import Refused
from followup_service.escalations.escalation import EscalationState, Outcome
from followup_service.escalations.outcomes import CLINICAL, OF_ITS_OWN, outcomes_of
from followup_service.escalations.settle_escalation import resolve_escalation
from followup_service.protocol.definitions import Study
from tests.hospital import Hospital


@pytest.fixture
def study(hospital: Hospital) -> Study:
    return hospital.app.extensions["study"]  # type: ignore[no-any-return]


def ends(hospital: Hospital, outcome: Outcome) -> None:
    with hospital.session() as session:
        how: dict[str, Any] = {"study": hospital.app.extensions["study"]}
        resolve_escalation(session, hospital.the_escalation().id, "nurse-li", outcome, "called", hospital.clock.now(), **how)
        session.commit()


def is_paged(hospital: Hospital) -> None:
    """What can wait is paged on the next working day."""
    hospital.clock.move(to=hospital.the_escalation().next_page_at)
    hospital.run_due()


@pytest.mark.parametrize(
    ("reasons", "outcome", "may"),
    [
        (["SILENT"], Outcome.CONTACT_RESTORED, True),
        (["SILENT"], Outcome.SENT_TO_HOSPITAL, True),
        (["SILENT"], Outcome.FALSE_ALARM, False),
        (["UNDELIVERABLE"], Outcome.NUMBER_CORRECTED, True),
        (["UNDELIVERABLE"], Outcome.READ, False),
        (["OPTED_OUT"], Outcome.NO_TEXTS_WANTED, True),
        (["UNKNOWN_SENDER"], Outcome.NO_PARTICIPANT, True),
        (["UNKNOWN_SENDER"], Outcome.WITHDREW, False),
        (["UNREADABLE"], Outcome.READ, True),
        (["UNREADABLE", "SILENT"], Outcome.CONTACT_RESTORED, True),
        (["REPORT_DUE"], Outcome.SENT_TO_HOSPITAL, False),
        (["FEVER"], Outcome.NUMBER_CORRECTED, False),
        (["FEVER", "OPTED_OUT"], Outcome.NO_TEXTS_WANTED, False),
        (["A_CODE_OF_TOMORROW"], Outcome.ADVISED, True),
    ],
)
def test_the_reasons_say_what_may_be_chosen(reasons: list[str], outcome: Outcome, may: bool) -> None:
    assert (outcome in outcomes_of(reasons)) is may


def test_the_table_has_only_reasons_that_there_are_and_every_outcome(study: Study) -> None:
    assert set(OF_ITS_OWN) <= set(study.rules.codes)
    assert {outcome for outcomes in (CLINICAL, *OF_ITS_OWN.values()) for outcome in outcomes} == set(Outcome)


def test_one_that_does_not_fit_is_refused_with_those_that_do(hospital: Hospital) -> None:
    hospital.enrols().texts("qwertz")
    with pytest.raises(Refused, match=r"No. 1 \(UNREADABLE\) cannot end as false_alarm: write one of handled_by_phone, read_by_a_person"):
        ends(hospital, Outcome.FALSE_ALARM)
    ends(hospital, Outcome.READ)
    assert hospital.the_escalation().outcome is Outcome.READ


def test_a_task_says_how_to_answer_it_and_2_is_done(hospital: Hospital) -> None:
    hospital.enrols().texts("qwertz")
    is_paged(hospital)
    assert hospital.nurse.last_text.endswith("1 mine, 2 done, 3 later, 4 not mine.")
    hospital.nurse.replies("1", "1", "2")
    assert hospital.nurse.told()[-2:] == ["page_task_yours_already", "page_task_closed"]
    episode = hospital.the_escalation()
    assert (episode.state, episode.outcome) == (EscalationState.RESOLVED, Outcome.HANDLED_BY_PHONE)
    assert episode.note == "Answered by text: handled by phone."


def test_a_task_is_called_a_task_when_it_is_paged_again_and_when_it_returns(hospital: Hospital) -> None:
    hospital.enrols().texts("qwertz")
    is_paged(hospital)
    is_paged(hospital)
    assert hospital.nurse.told()[-1] == "page_task_again"
    hospital.nurse.replies("1")
    hospital.clock.move(to=hospital.the_escalation().returns_at)
    hospital.run_due()
    assert "page_task_returned" in hospital.nurse.told()


def test_what_cannot_end_in_hospital_is_not_ended_by_a_2(hospital: Hospital) -> None:
    hospital.enrols().texts("39.5")
    with hospital.session() as session:
        episode = session.get_one(type(hospital.the_escalation()), hospital.the_escalation().id)
        episode.reasons = ["REPORT_OVERDUE"]
        session.commit()
    hospital.nurse.texts("2")
    assert hospital.nurse.last_text == "No. 1 cannot end as sent to hospital. Reply 1 to take it, then record its outcome."
    assert hospital.the_escalation().state is EscalationState.OPEN


def test_an_alarm_keeps_its_words_whatever_joins_it(hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("39.5")
    phone.texts("qwertz")
    hospital.nurse.texts("2")
    assert hospital.nurse.told()[-1] == "page_closed"
    assert hospital.the_escalation().outcome is Outcome.SENT_TO_HOSPITAL
