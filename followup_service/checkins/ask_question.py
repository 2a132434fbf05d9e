"""Putting one question of a check-in to a participant."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Checkin
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.render_text import QUESTION
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import AskedByRules, Study


def ask_question(
    session: Session, participant: Participant, checkin: Checkin, question: str, now: datetime, *, study: Study, in_reply_to: bool = False
) -> None:
    """Queue the question and note when the clock looks at this check-in again: to remind once, then to close it.

    A question that follows an answer, or that a rule asks for, goes at any hour: the participant is there, or may be ill.
    """
    plan = study.checkins[checkin.plan]
    answers_now = in_reply_to or isinstance(plan.when, AskedByRules)
    queue_text(
        session,
        participant,
        Purpose.ANSWER if answers_now else Purpose.QUESTION,
        f"{QUESTION}{question}",
        now,
        study=study,
        checkin_id=checkin.id,
    )
    checkin.question, checkin.asked_at = question, now
    remind_at = now + timedelta(minutes=plan.remind_after_minutes) if plan.remind_after_minutes else checkin.closes_at
    checkin.next_step_at = checkin.closes_at if checkin.asked_again else min(remind_at, checkin.closes_at)
