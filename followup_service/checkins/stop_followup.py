"""Ending or pausing what the service does for a participant, by one action: state, waiting texts and open check-ins together."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Checkin
from followup_service.checkins.record_answer import close_checkin
from followup_service.checkins.start_checkins import WAITING
from followup_service.messaging.outbox import queue_text, stop_texts
from followup_service.messaging.purposes import Purpose
from followup_service.participants.change_participant import change_state
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.protocol.definitions import Study

FINAL_TEXT = {ParticipantState.WITHDRAWN: "withdrawn"}


def stop_followup(
    session: Session, participant: Participant, state: ParticipantState, now: datetime, actor: str, reason: str, *, study: Study
) -> None:
    """Withdraw, pause, complete, or mark as deceased: after a death nothing at all is sent; after withdrawal one closing text.

    The caller has locked the participant. An open escalation stays open: only staff end it.
    """
    change_state(session, participant, state, now, actor, reason, study=study)
    stop_texts(session, participant, state.value, now, also_answers=state is ParticipantState.DECEASED)
    close_all_checkins(session, participant, state.value, now)
    if state in FINAL_TEXT:
        queue_text(session, participant, Purpose.CLOSING, FINAL_TEXT[state], now, study=study)


def close_all_checkins(session: Session, participant: Participant, because: str, now: datetime) -> None:
    waiting = select(Checkin).where(Checkin.participant_id == participant.id, Checkin.state.in_(WAITING))
    for checkin in session.scalars(waiting):
        close_checkin(session, participant, checkin, because, now)


def resume_followup(session: Session, participant: Participant, now: datetime, actor: str, reason: str, *, study: Study) -> None:
    """Back from a pause (or found again): the schedules go on from today."""
    change_state(session, participant, ParticipantState.ACTIVE, now, actor, reason, study=study)
