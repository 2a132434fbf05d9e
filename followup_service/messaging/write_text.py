"""A person of the team writes to a participant: an approved text or words of their own, which leave some seconds later."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.columns import new_id
from followup_service.errors import Conflict, Refused
from followup_service.messaging.check_typed import check_typed
from followup_service.messaging.outbound_message import TYPED, OutboundMessage
from followup_service.messaging.outbox import UNDO_FOR, queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant, TextKind, why_no_text
from followup_service.protocol.definitions import Study
from followup_service.protocol.sentences import said

# So long the service keeps its own questions and reminders back after a person wrote.
CONVERSATION = timedelta(hours=2)
# What may be sent without words of one's own.
APPROVED = (
    "write_please_call",
    "write_we_tried",
    "write_will_call",
    "write_measured_again",
    "write_how_now",
    "write_read",
    "write_by_mistake",
)


def write_text(
    session: Session,
    participant: Participant,
    message: str,
    typed: str,
    now: datetime,
    actor: str,
    *,
    study: Study,
    not_before: datetime | None = None,
    although_telling: bool = False,
    escalation_id: UUID | None = None,
) -> OutboundMessage:
    """Queue what a person writes, and keep the service's own texts back for a while. The caller has locked the participant.

    `message` is one of APPROVED, or TYPED with the words. Raises Conflict where this participant may not be written to, Refused for words
    that may not leave. Until it is due it can be taken back.
    """
    if (reason := why_no_text(participant, TextKind.WRITTEN)) is not None:
        raise Conflict(
            said("%(participant)s gets no texts now (%(why_not_sent)s): call instead", participant=participant.code, why_not_sent=reason)
        )
    if message not in (*APPROVED, TYPED):
        what = said("write one of %(known)s", known=(*APPROVED, TYPED))
        raise Refused(said("no text is called '%(message)s': %(what)s", message=message, what=what), {"message": [what]})
    words = check_typed(typed, participant, study, although_telling=although_telling) if message == TYPED else None
    due_at = max(now + UNDO_FOR, not_before or now)
    row_id = new_id()
    row = queue_text(
        session,
        participant,
        Purpose.WRITTEN,
        message,
        now,
        study=study,
        due_at=due_at,
        id=row_id,
        written_by=actor,
        escalation_id=escalation_id,
    )
    row.typed = words
    participant.in_conversation_until = due_at + CONVERSATION
    record_event(participant, "text_written", now, actor, text=row_id.hex, message=message)
    return row
