"""What happens to a text whose handling failed: it is tried again, and after three failures a person gets it as it is."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from followup_service.escalations.raise_escalation import Sender, about, raise_escalation
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import decide_code
from followup_service.replies.identify_sender import identify_sender
from followup_service.staff.site import StudyRecord

MOST_FAILURES = 3
RETRY_AFTER = timedelta(seconds=20)
# A request handles its text within two seconds, or has given it up.
LEFT_AFTER = timedelta(seconds=5)
# So long a database that is away or busy is no failure of the text. After that a person hears of it, whatever the reason is.
LONGEST_WAIT = timedelta(minutes=5)

_LEFT_ALONE = and_(InboundMessage.retry_at.is_(None), InboundMessage.received_at < bindparam("left_before"))
# Built once: it runs at every tick.
_UNHANDLED = (
    select(InboundMessage.id, InboundMessage.received_at)
    .where(InboundMessage.handled_at.is_(None), or_(_LEFT_ALONE, InboundMessage.retry_at <= bindparam("now")))
    .order_by(func.coalesce(InboundMessage.texted_at, InboundMessage.received_at), InboundMessage.id)
)


def unhandled(session: Session, now: datetime) -> list[tuple[UUID, datetime]]:
    """Texts that wait to be handled (again) and since when, in the order in which they were written; the newest are left to the request
    that is handling them, unless it gave them up."""
    waiting = session.execute(_UNHANDLED, {"now": now, "left_before": now - LEFT_AFTER})
    return [(inbound_id, received_at) for inbound_id, received_at in waiting]


def note_failure(session: Session, inbound_id: UUID, study_id: UUID, now: datetime, *, study: Study) -> None:
    """Count a failure. The third one escalates the text unread; staff are asked to write again."""
    inbound = session.get_one(InboundMessage, inbound_id, with_for_update=True, populate_existing=True)
    if inbound.handled_at is not None:
        return
    inbound.failures += 1
    inbound.retry_at = now + RETRY_AFTER
    if inbound.failures < MOST_FAILURES:
        return
    inbound.handled_at = now
    sender = identify_sender(session, inbound, study_id)
    if sender.participant is not None:
        inbound.participant_id = sender.participant.id
        whose = about(sender.participant)
    elif sender.sharing:
        for person in sender.sharing:
            raise_escalation(session, about(person), decide_code("HANDLING_FAILED", study.rules), now, study=study, inbound_id=inbound.id)
        return
    elif sender.unknown is not None:
        # The study first, as everywhere: two that wait for each other would both lose.
        session.get_one(StudyRecord, study_id, with_for_update={"key_share": True})
        whose = Sender(study_id, sender.unknown.site_id, unknown=sender.unknown, sender_index=inbound.from_index)
    elif sender.staff is not None:
        queue_text(session, sender.staff, Purpose.STAFF_ANSWER, "page_not_understood", now, study=study, in_reply_to_id=inbound.id)
        return
    raise_escalation(session, whose, decide_code("HANDLING_FAILED", study.rules), now, study=study, inbound_id=inbound.id)
