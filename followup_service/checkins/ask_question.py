"""Putting one question of a check-in to a participant."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Checkin
from followup_service.messaging.outbox import drop_questions, queue_text
from followup_service.messaging.purposes import HANDLING, Purpose
from followup_service.messaging.render_text import QUESTION
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import AfterAlarm, AskedByRules, CheckinPlan, Study

FIRST = 1


def ask_question(
    session: Session, participant: Participant, checkin: Checkin, question: str, now: datetime, *, study: Study, in_reply_to: bool = False
) -> None:
    """Queue the question and note when the clock looks at this check-in again: to remind once, then to close it.

    A question that follows an answer, or that a rule asks for, goes at any hour: the participant is there, or may be ill.
    One that still waits to be sent gives way: nobody gets two questions at once, nor one twice after an outage.
    """
    plan = study.checkins[checkin.plan]
    purpose = Purpose.ANSWER if in_reply_to or isinstance(plan.when, AskedByRules) else _unasked(plan)
    drop_questions(session, participant, "replaced", now)
    queue_text(
        session,
        participant,
        purpose,
        f"{QUESTION}{question}",
        now,
        study=study,
        useful_until=min(checkin.closes_at, now + HANDLING[purpose].useful_for),
        priority=HANDLING[Purpose.ANSWER].priority if checkin.importance == FIRST else None,
        checkin_id=checkin.id,
    )
    checkin.question, checkin.asked_at = question, now
    remind_at = now + timedelta(minutes=plan.remind_after_minutes) if plan.remind_after_minutes else checkin.closes_at
    checkin.next_step_at = checkin.closes_at if checkin.asked_again else min(remind_at, checkin.closes_at)


def _unasked(plan: CheckinPlan) -> Purpose:
    """How somebody is after an alarm is asked also while a person writes with them."""
    return Purpose.FOLLOW_UP if isinstance(plan.when, AfterAlarm) else Purpose.QUESTION
