"""What the participant is told once somebody has taken an alarm: until when a nurse calls. The promise is kept, or the alarm returns."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from followup_service.escalations.escalation import Escalation
from followup_service.messaging.outbox import UNDO_FOR, queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.contact_hours import hours_of
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import LocalHours, call_by

PROMISE = "nurse_will_call"


def promise_call(session: Session, episode: Escalation, participant: Participant, now: datetime, *, study: Study, via: str | None) -> None:
    """Promise a call by the level's time, in the participant's own hours. A promise that still stands binds whoever takes it next.
    Of the team's paperwork the participant hears nothing."""
    if episode.promised_by is not None or study.rules.are_paperwork(episode.reasons):
        return
    zone, hours = ZoneInfo(participant.timezone), hours_of(participant, study)
    episode.called_at = None
    episode.call_by = call_by(study.paging[episode.level], now, LocalHours(zone, hours.opens, hours.closes, lambda _day: True))
    if episode.call_by is not None:
        due_at = now + UNDO_FOR if via else now
        values = {"call_by": episode.call_by.isoformat(), "timezone": participant.timezone}
        links = {"useful_until": episode.call_by, "escalation_id": episode.id}
        queue_text(session, participant, Purpose.ANSWER, PROMISE, now, study=study, due_at=due_at, values=values, **links)


def forget_promise(episode: Escalation) -> None:
    """It was broken, or belongs to older news: who takes it next makes another."""
    episode.call_by = episode.called_at = None
