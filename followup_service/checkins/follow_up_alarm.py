"""Asking how somebody is on the morning after their alarm was taken or ended."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Checkin
from followup_service.checkins.start_checkins import start_now
from followup_service.escalations.escalation import Escalation
from followup_service.participants.contact_hours import hours_of, next_contact
from followup_service.participants.participant import Participant, why_no_text
from followup_service.protocol.definitions import AfterAlarm, Study


def follow_up_alarm(session: Session, participant: Participant, episode: Escalation, now: datetime, *, study: Study) -> None:
    """Ask, once a morning however many alarms there were; at night it waits. The caller has locked the participant, and comes with the
    worst alarm first."""
    zone = ZoneInfo(participant.timezone)
    if (opens_at := next_contact(now, zone, hours_of(participant, study))) > now:
        episode.follow_up_at = opens_at
        return
    plan, episode.follow_up_at = study.follow_up(episode.level), None
    if plan is None or why_no_text(participant) is not None:
        return
    morning = now.astimezone(zone).date().isoformat()
    plans = [plan.code for plan in study.checkins.values() if isinstance(plan.when, AfterAlarm)]
    asked = select(Checkin.id).where(Checkin.participant_id == participant.id, Checkin.plan.in_(plans), Checkin.occurrence == morning)
    if session.scalar(asked.limit(1)) is None:
        start_now(session, participant, plan, morning, now, study=study)
