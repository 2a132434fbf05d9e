"""The outbox: texts to send are rows; a worker claims the due ones, commits an attempt for each, and only then calls the provider."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, update
from sqlalchemy.orm import Session

from followup_service.at_commit import insert_at_commit
from followup_service.columns import new_id
from followup_service.encryption import keyring
from followup_service.extensions import insert_unless_there
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import HANDLING, Purpose
from followup_service.messaging.render_text import QUESTION
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import Channel
from followup_service.staff.staff_member import StaffMember

ROWS_AT_ONCE = 1000
# So long may what was done on a screen be taken back; until then nothing of it is sent.
UNDO_FOR = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class UnknownSender:
    """Somebody who wrote to us from a number that belongs to nobody we know."""

    phone: str
    language: str
    site_id: UUID


Recipient = Participant | StaffMember | UnknownSender


def queue_text(
    session: Session,
    to: Recipient,
    purpose: Purpose,
    message: str,
    now: datetime,
    *,
    study: Study,
    values: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    useful_until: datetime | None = None,
    priority: int | None = None,
    language: str | None = None,
    channel: Channel = Channel.TEXT,
    **links: Any,
) -> OutboundMessage:
    """Put a text in the outbox: the only way to send one. `links` name what it belongs to (escalation_id, checkin_id, in_reply_to_id …).

    How urgent it is and how long of use follows from its purpose, unless said.
    """
    row = OutboundMessage(
        **_new_text(purpose, message, now, study, values, due_at or now, useful_until, priority) | {"channel": channel},
        language=language or to.language,
        **_addressed_to(to),
        **links,
    )
    if isinstance(to, Participant) and to.answer_to is not None and HANDLING[purpose].asked_for:
        row.phone_id = to.answer_to.id
    if isinstance(to, UnknownSender):
        row.to_phone, row.to_index = to.phone, keyring().index(to.phone)
    insert_at_commit(session, row)
    return row


def queue_many(session: Session, purpose: Purpose, texts: Sequence[dict[str, Any]], now: datetime, *, study: Study) -> None:
    """The same for many participants at once, in one insert. Each of `texts` has participant_id, site_id, language, message, values,
    due_at, useful_until and visit_id, and a dedupe_key: what was queued under it before is not queued again."""
    for start in range(0, len(texts), ROWS_AT_ONCE):
        rows = [
            _new_text(purpose, text["message"], now, study, text["values"], text["due_at"], text["useful_until"]) | text | {"id": new_id()}
            for text in texts[start : start + ROWS_AT_ONCE]
        ]
        insert_unless_there(session.connection(), OutboundMessage.__table__, rows, "dedupe_key")


def _new_text(
    purpose: Purpose,
    message: str,
    now: datetime,
    study: Study,
    values: dict[str, Any] | None,
    due_at: datetime,
    useful_until: datetime | None,
    priority: int | None = None,
) -> dict[str, Any]:
    handling = HANDLING[purpose]
    return {
        "purpose": purpose,
        "message": message,
        "values": values or {},
        "channel": Channel.TEXT,
        "protocol_version": study.version,
        "state": OutboundState.CREATED,
        "priority": handling.priority if priority is None else priority,
        "due_at": due_at,
        "useful_until": useful_until or due_at + handling.useful_for,
        "lease": 0,
        "attempts": 0,
        "created_at": now,
        "changed_at": now,
    }


def due_now(now: datetime | ColumnElement[datetime], held: Collection[Purpose]) -> ColumnElement[bool]:
    """Which texts may be claimed: what is due, and not on hold. `now` may be a parameter of a query that is built once."""
    due = and_(OutboundMessage.state == OutboundState.CREATED, OutboundMessage.due_at <= now)
    return and_(due, OutboundMessage.purpose.not_in(held)) if held else due


def stop_texts(session: Session, participant: Participant, reason: str, now: datetime, *, also_answers: bool = False) -> None:
    """Keep the unasked texts that wait for this participant as not sent, with the reason; after a death the answers too."""
    purposes = [purpose for purpose, handling in HANDLING.items() if also_answers or not handling.asked_for]
    session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.participant_id == participant.id,
            OutboundMessage.state == OutboundState.CREATED,
            OutboundMessage.purpose.in_(purposes),
        )
        .values(state=OutboundState.NOT_SENT, not_sent_reason=reason, changed_at=now)
    )


def drop_questions(session: Session, participant: Participant, reason: str, now: datetime, checkin_id: UUID | None = None) -> None:
    """Keep questions that wait, of one check-in or of all, as not sent: another is asked in their place, or nobody needs the answer."""
    whose = OutboundMessage.checkin_id.is_not(None) if checkin_id is None else OutboundMessage.checkin_id == checkin_id
    session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.participant_id == participant.id, OutboundMessage.state == OutboundState.CREATED, whose)
        .where(OutboundMessage.message.startswith(QUESTION))
        .values(state=OutboundState.NOT_SENT, not_sent_reason=reason, changed_at=now)
    )


def stop_calls(session: Session, escalation_id: UUID, now: datetime) -> None:
    """Keep the calls and e-mails that wait for one episode as not sent: somebody has it now, and nobody else is to be rung for it."""
    session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.escalation_id == escalation_id, OutboundMessage.channel != Channel.TEXT)
        .where(OutboundMessage.state == OutboundState.CREATED)
        .values(state=OutboundState.NOT_SENT, not_sent_reason="taken", changed_at=now)
    )


def stop_visit_texts(session: Session, visit_id: UUID, participant_id: UUID, reason: str, now: datetime) -> None:
    """Keep the texts that wait for one visit as not sent: what they say is no longer so."""
    session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.participant_id == participant_id, OutboundMessage.visit_id == visit_id)
        .where(OutboundMessage.state == OutboundState.CREATED)
        .values(state=OutboundState.NOT_SENT, not_sent_reason=reason, changed_at=now)
    )


def discard_texts(session: Session, purpose: Purpose, now: datetime) -> int:
    """Keep every text of this purpose that is due as not sent: a person decided so. Returns how many there were."""
    discarded = (
        update(OutboundMessage)
        .where(OutboundMessage.purpose == purpose, due_now(now, ()))
        .values(state=OutboundState.NOT_SENT, not_sent_reason="discarded", changed_at=now)
    )
    return session.execute(discarded.execution_options(synchronize_session=False)).rowcount


def _addressed_to(to: Recipient) -> dict[str, UUID]:
    """Whom a row is for, by id: number and language are looked up when it is sent, so that a change counts."""
    if isinstance(to, Participant):
        return {"participant_id": to.id, "site_id": to.site_id}
    if isinstance(to, StaffMember):
        return {"staff_id": to.id, "site_id": to.site_id}
    return {"site_id": to.site_id}
