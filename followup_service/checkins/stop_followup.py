"""Ending or pausing what the service does for a participant, by one action: state, waiting texts and open check-ins together."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Checkin
from followup_service.checkins.record_answer import close_checkin
from followup_service.checkins.start_checkins import WAITING
from followup_service.messaging.outbox import queue_text, stop_texts
from followup_service.messaging.purposes import Purpose
from followup_service.participants.change_participant import change_state, opt_out
from followup_service.participants.participant import OptOutSource, Participant, ParticipantState
from followup_service.protocol.definitions import Study

FINAL_TEXT = {ParticipantState.WITHDRAWN: "withdrawn", ParticipantState.COMPLETED: "closing"}


def stop_followup(
    session: Session, participant: Participant, state: ParticipantState, now: datetime, actor: str, reason: str, *, study: Study
) -> None:
    """Withdraw, pause, complete, or mark as deceased: after a death nothing at all is sent; at the end or after withdrawal one
    closing text, but not to somebody who was only invited.

    The caller has locked the participant. An open escalation stays open: only staff end it.
    """
    invited = participant.state is ParticipantState.INVITED
    change_state(session, participant, state, now, actor, reason, study=study)
    stop_texts(session, participant, state.value, now, also_answers=state is ParticipantState.DECEASED)
    close_all_checkins(session, participant, state.value, now)
    if state in FINAL_TEXT and not invited:
        queue_text(session, participant, Purpose.CLOSING, FINAL_TEXT[state], now, study=study)


def stop_unasked(session: Session, participant: Participant, source: OptOutSource, now: datetime, actor: str, reason: str = "") -> bool:
    """Opted out of texts: what waits is kept as not sent, and open check-ins end. False where texts were stopped already."""
    if not opt_out(participant, source, now, actor, reason):
        return False
    stop_texts(session, participant, "opted_out", now)
    close_all_checkins(session, participant, "opted_out", now)
    return True


def close_all_checkins(session: Session, participant: Participant, because: str, now: datetime) -> None:
    waiting = select(Checkin).where(Checkin.participant_id == participant.id, Checkin.state.in_(WAITING))
    for checkin in session.scalars(waiting):
        close_checkin(session, participant, checkin, because, now)


def resume_followup(session: Session, participant: Participant, now: datetime, actor: str, reason: str, *, study: Study) -> None:
    """Back from a pause (or found again): the schedules go on from today."""
    change_state(session, participant, ParticipantState.ACTIVE, now, actor, reason, study=study)
