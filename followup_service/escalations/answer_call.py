"""The key that somebody pressed who was called: 1 takes the alarm, 2 passes it on; the answer is spoken."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from followup_service.escalations.answer_page import CALLING, NOT_MINE, StaffAnswer, answer_about
from followup_service.escalations.escalation import Escalation
from followup_service.escalations.lock_episode import shown_code
from followup_service.escalations.page_by import SAID_BY, spelled_out
from followup_service.escalations.page_on_call import page_values
from followup_service.messaging.delivery import KEY, Receipt, lock_attempt, take_receipt
from followup_service.messaging.outbound_message import Attempt, DeliveryReceipt, OutboundMessage
from followup_service.messaging.render_text import render_text
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import Channel
from followup_service.staff.staff_member import StaffMember

MEANS = {"1": CALLING, "2": NOT_MINE}
SAID_AGAIN = "said-again"


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """What is said now, and whether a key is waited for after it. `outcome` is the key of the first text."""

    outcome: str
    words: str
    language: str
    asks_again: bool


def answer_call(session: Session, attempt_id: UUID, call_sid: str, key: str, now: datetime, *, study: Study) -> CallAnswer | None:
    """Do what the key says. None where there is no such call.

    1. lock   the call: of two requests with the same key the second finds what the first did, and is told the same
    2. hear   any other key than 1 and 2 gets the page once more, and so does a key that was pressed before worse news could be heard
    3. keep   that a person is there: a call without a key has reached nobody, however long something listened
    4. do     the same as the same answer by text
    """
    found = lock_attempt(session, (Attempt.id == attempt_id) & (OutboundMessage.channel == Channel.VOICE))
    # A key may be pressed before our own answer from the provider is kept.
    if found is None or found[0].provider_sid not in (None, call_sid):
        return None
    attempt, call = found
    person = session.get_one(StaffMember, call.staff_id, populate_existing=True)
    episode = session.get_one(Escalation, call.escalation_id, populate_existing=True)
    if not person.counts:
        return _said(StaffAnswer("page_none", {}), call, now, study)
    if (before := _key_before(session, attempt)) is not None:
        return _said(_done_before(before, episode, _code(session, episode)), call, now, study)
    heard_at = _heard_at(session, attempt)
    answer = answer_about(session, person, MEANS[key], episode, now, heard_at, study=study) if key in MEANS else None
    if answer is None:
        take_receipt(session, Receipt(attempt_id, call_sid, SAID_AGAIN, None), now)
        before_it = [] if key in MEANS else [StaffAnswer("page_call_wrong_key", {})]
        return _say_again(session, call, episode, before_it, study)
    take_receipt(session, Receipt(attempt_id, call_sid, f"{KEY}{key}", None), now)
    return _said(answer, call, now, study)


def _key_before(session: Session, attempt: Attempt) -> str | None:
    """The key that this call was answered with already."""
    keys = select(DeliveryReceipt.status).where(DeliveryReceipt.attempt_id == attempt.id, DeliveryReceipt.status.startswith(KEY))
    status = session.scalar(keys.limit(1))
    return None if status is None else status.removeprefix(KEY)


def _done_before(key: str, episode: Escalation, code: str) -> StaffAnswer:
    yours = "page_yours_already" if episode.is_alarm else "page_task_yours_already"
    return StaffAnswer(yours if MEANS[key] == CALLING else "page_handed_on", {"number": episode.number, "code": code})


def _heard_at(session: Session, attempt: Attempt) -> datetime:
    """When what was last said in this call was put into words."""
    said_again = select(func.max(DeliveryReceipt.received_at)).where(
        DeliveryReceipt.attempt_id == attempt.id, DeliveryReceipt.status == SAID_AGAIN
    )
    return session.scalar(said_again) or attempt.started_at


def _said(answer: StaffAnswer, call: OutboundMessage, now: datetime, study: Study) -> CallAnswer:
    values = {"now": now.isoformat()} | answer.values | ({"code": spelled_out(answer.values["code"])} if "code" in answer.values else {})
    return CallAnswer(answer.message, render_text(answer.message, values, call.language, study), call.language, asks_again=False)


def _say_again(session: Session, call: OutboundMessage, episode: Escalation, before_it: list[StaffAnswer], study: Study) -> CallAnswer:
    """The page as it is now, and what is said before it."""
    message = SAID_BY[Channel.VOICE]
    words = render_text(message, page_values(episode, spelled_out(_code(session, episode))), call.language, study)
    said = (*(render_text(one.message, one.values, call.language, study) for one in before_it), words)
    return CallAnswer(message, " ".join(said), call.language, asks_again=True)


def _code(session: Session, episode: Escalation) -> str:
    return shown_code(session.get(Participant, episode.participant_id) if episode.participant_id else None)
