"""A status moves only where its table says, and a refusal says where it could have gone."""

import pytest

from followup_service.errors import IllegalTransition
from followup_service.participants.participant import PARTICIPANT_TRANSITIONS, ParticipantState
from followup_service.participants.treatment import TREATMENT_TRANSITIONS, TreatmentState
from followup_service.transitions import moved


def test_an_allowed_step_is_taken() -> None:
    assert moved(TREATMENT_TRANSITIONS, TreatmentState.PLANNED, TreatmentState.DONE) is TreatmentState.DONE


def test_a_forbidden_step_says_what_may_follow() -> None:
    with pytest.raises(IllegalTransition, match="TreatmentState cannot go from done to planned; after done comes cancelled"):
        moved(TREATMENT_TRANSITIONS, TreatmentState.DONE, TreatmentState.PLANNED)


@pytest.mark.parametrize("to", list(ParticipantState))
def test_nobody_comes_back_from_death(to: ParticipantState) -> None:
    with pytest.raises(IllegalTransition, match="nothing: it is final"):
        moved(PARTICIPANT_TRANSITIONS, ParticipantState.DECEASED, to)
