"""A participant's texts over REST, both ways as one list: what came in, what went out, and what was not sent and why."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields
from sqlalchemy import select

from followup_service.api.blueprint import blueprint
from followup_service.api.fields import Instant, one_of
from followup_service.api.pages import PageArguments, address_of_next, page_of, rows_of_page
from followup_service.api.scope import participant_of
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState

messages = blueprint("messages", "Texts in and out. Bodies are shown, because they are what coordinators judge by; numbers never are.")


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


RECEIVED_STATES = ("received", "handled")


class MessageSchema(Schema):
    id = fields.UUID(required=True)
    direction = one_of(Direction, required=True)
    state = fields.String(required=True, metadata={"enum": [*RECEIVED_STATES, *OutboundState]})
    not_sent_reason = fields.String(required=True, allow_none=True)
    purpose = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    parts = fields.Integer(required=True, allow_none=True)
    body = fields.String(
        required=True, allow_none=True, metadata={"description": "Null while the text waits: it is worded when it is sent"}
    )
    at = Instant(required=True, metadata={"description": "When it was received, or put in the outbox"})
    due_at = Instant(required=True, allow_none=True)
    changed_at = Instant(required=True, allow_none=True, metadata={"description": "When its state last changed"})


@messages.get("/participants/<code:code>/messages")
@messages.arguments(PageArguments, location="query")
@messages.response(200, page_of(MessageSchema))
def list_messages(arguments: dict[str, Any], code: str) -> dict[str, Any]:
    """List a participant's texts in and out, newest first."""
    participant_id = participant_of(code).id
    came = select(InboundMessage).where(InboundMessage.participant_id == participant_id)
    went = select(OutboundMessage).where(OutboundMessage.participant_id == participant_id)
    texts = [_received(row[0]) for row in rows_of_page(came, (InboundMessage.received_at, InboundMessage.id), arguments)]
    texts += [_sent(row[0]) for row in rows_of_page(went, (OutboundMessage.created_at, OutboundMessage.id), arguments)]
    texts.sort(key=_key, reverse=True)
    page = texts[: arguments["limit"]]
    return {"items": page, "next": address_of_next(texts, arguments, _key(page[-1]) if page else ())}


def _key(text: dict[str, Any]) -> tuple[datetime, UUID]:
    return text["at"], text["id"]


def _received(row: InboundMessage) -> dict[str, Any]:
    return {
        "id": row.id,
        "direction": Direction.IN,
        "state": RECEIVED_STATES[row.handled_at is not None],
        "not_sent_reason": None,
        "purpose": None,
        "language": None,
        "parts": None,
        "body": row.body,
        "at": row.received_at,
        "due_at": None,
        "changed_at": row.handled_at,
    }


def _sent(row: OutboundMessage) -> dict[str, Any]:
    copied = {
        name: getattr(row, name)
        for name in ("id", "state", "not_sent_reason", "purpose", "language", "parts", "body", "due_at", "changed_at")
    }
    return copied | {"direction": Direction.OUT, "at": row.created_at}
