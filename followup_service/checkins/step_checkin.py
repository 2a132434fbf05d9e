"""What the clock does with a started check-in: ask a planned one, remind once, close it, and tell a person where silence matters."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.checkins.ask_question import ask_question
from followup_service.checkins.checkin import Answer, Checkin, CheckinState
from followup_service.checkins.record_answer import close_checkin
from followup_service.checkins.start_checkins import begin_asking, open_checkin
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.contact_hours import hours_of, next_contact
from followup_service.participants.participant import Participant, why_no_text
from followup_service.protocol.definitions import AskedByRules, Study
from followup_service.protocol.escalation_rules import decide_code

BROKEN_OFF = "BROKEN_OFF"


def step_checkin(session: Session, participant: Participant, checkin: Checkin, now: datetime, *, study: Study) -> None:
    """Do what is due for one check-in. The caller has locked the participant."""
    plan = study.checkins[checkin.plan]
    if now >= checkin.closes_at:
        _close_unanswered(session, participant, checkin, plan.silence, now, study)
    elif why_no_text(participant) is not None:
        close_checkin(session, participant, checkin, why_no_text(participant) or "", now)
    elif checkin.state is CheckinState.PLANNED:
        begin_asking(session, participant, checkin, now, study=study)
    elif not _is_current(session, participant, checkin):
        checkin.next_step_at = checkin.closes_at
    elif (reminds_at := _reminds_at(participant, plan.when, now, study)) > now:
        checkin.next_step_at = min(reminds_at, checkin.closes_at)
    else:
        checkin.asked_again = True
        ask_question(session, participant, checkin, checkin.question or checkin.questions[0], now, study=study)


def _close_unanswered(
    session: Session, participant: Participant, checkin: Checkin, silence: str | None, now: datetime, study: Study
) -> None:
    answered = session.scalar(select(Answer.id).where(Answer.checkin_id == checkin.id).limit(1)) is not None
    close_checkin(session, participant, checkin, "partly_answered" if answered else "not_answered", now)
    if silence is not None:
        _alarm_about_silence(session, participant, BROKEN_OFF if answered else silence, now, study)
    following = open_checkin(session, participant)
    if following is not None and following.asked_at is None and following.question is not None and why_no_text(participant) is None:
        ask_question(session, participant, following, following.question, now, study=study)


def _alarm_about_silence(session: Session, participant: Participant, silence: str, now: datetime, study: Study) -> None:
    """Silence that is an alarm by itself is answered like one: who does not measure again may be too ill to."""
    decision = decide_code(silence, study.rules)
    raise_escalation(session, about(participant), decision, now, study=study)
    if decision.tell is not None:
        queue_text(session, participant, Purpose.ALARM_ANSWER, decision.tell, now, study=study)


def _is_current(session: Session, participant: Participant, checkin: Checkin) -> bool:
    current = open_checkin(session, participant)
    return current is not None and current.id == checkin.id and not checkin.asked_again


def _reminds_at(participant: Participant, when: object, now: datetime, study: Study) -> datetime:
    if isinstance(when, AskedByRules):
        return now
    return next_contact(now, ZoneInfo(participant.timezone), hours_of(participant, study))
