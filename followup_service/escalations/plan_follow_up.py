"""When a participant is asked how they are after an alarm: on the next morning by their own clock, in their contact hours."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from followup_service.escalations.escalation import Escalation
from followup_service.participants.contact_hours import due_at, hours_of
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study


def plan_follow_up(episode: Escalation, participant: Participant | None, now: datetime, *, study: Study) -> None:
    """The alarm was taken or ended now. What happened before contact hours belongs to the night before; an earlier morning stands."""
    plan = study.follow_up(episode.level)
    if participant is None or participant.is_synthetic or plan is None or plan.at is None or study.rules.are_paperwork(episode.reasons):
        return
    zone, hours = ZoneInfo(participant.timezone), hours_of(participant, study)
    local = now.astimezone(zone)
    morning = due_at(local.date() + timedelta(days=local.time() >= hours.opens), plan.at, zone, hours)
    episode.follow_up_at = min(morning, episode.follow_up_at or morning)
