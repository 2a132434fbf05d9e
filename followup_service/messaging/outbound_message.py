"""OutboundMessage, Attempt and DeliveryReceipt: a text to send, each try at the provider, and the provider's word on it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.encryption import EncryptedText
from followup_service.extensions import db
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.paging_clock import Channel


class OutboundState(StrEnum):
    """Ours up to `unknown`, the provider's words after it, and `not_sent` for what we decided not to send."""

    CREATED = "created"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"
    READ = "read"
    NOT_SENT = "not_sent"


S = OutboundState
_AT_PROVIDER = (S.ACCEPTED, S.QUEUED, S.SENDING, S.SENT)
_ENDED = frozenset({S.DELIVERED, S.UNDELIVERED, S.FAILED, S.CANCELED, S.READ})

# Callbacks come in any order and more than once: a status only moves forward. A late `delivered` or `read` corrects a failure,
# also where the next attempt was waiting already; back to `created` goes only what certainly did not arrive, and back to `unknown` what
# was thought not to have left and did, whether it waited to go again or was given up.
OUTBOUND_TRANSITIONS = {
    S.CREATED: frozenset({S.CLAIMED, S.UNKNOWN, S.NOT_SENT, S.DELIVERED, S.READ}),
    S.CLAIMED: frozenset({S.CREATED, S.UNKNOWN, S.NOT_SENT, *_AT_PROVIDER, *_ENDED}),
    S.UNKNOWN: frozenset({*_AT_PROVIDER, *_ENDED, S.CREATED, S.NOT_SENT}),
    S.ACCEPTED: frozenset({*_AT_PROVIDER[1:], *_ENDED}),
    S.QUEUED: frozenset({*_AT_PROVIDER[2:], *_ENDED}),
    S.SENDING: frozenset({*_AT_PROVIDER[3:], *_ENDED}),
    S.SENT: _ENDED,
    S.DELIVERED: frozenset({S.READ}),
    S.UNDELIVERED: frozenset({S.DELIVERED, S.READ, S.CREATED}),
    S.FAILED: frozenset({S.DELIVERED, S.READ, S.CREATED}),
    S.CANCELED: frozenset({S.DELIVERED, S.READ}),
    S.READ: frozenset(),
    # Only after an attempt of which nobody knew.
    S.NOT_SENT: frozenset({S.UNKNOWN, S.DELIVERED, S.READ}),
}

# The `message` of a text whose words a person typed: they stand in the row itself.
TYPED = "typed"
_DUE = text("state = 'created'")
# What did not arrive, or was not sent: a hundredth of all, which people look through.
_IN_TROUBLE = text("state IN ('unknown', 'undelivered', 'failed', 'canceled', 'not_sent')")
_IN_FLIGHT = text("state IN ('claimed', 'unknown')")
_TO_ASK = text("next_look_at IS NOT NULL")


class OutboundMessage(db.Model):  # type: ignore[name-defined,misc]
    """A text to one person: a participant, a staff member, or the number that an unknown sender wrote from.

    A page to staff may also be a call or an e-mail (`channel`), claimed, tried and settled like a text.
    Without `phone_id` a participant gets it on their first phone.
    What to say is `message` (a key of the texts) with `values`; the words are made when it is sent, and kept in `body`.
    `dedupe_key` names the planned thing it belongs to, so that a job run twice makes nothing twice.
    What a person wrote is `written_by` them; words of their own are `typed`, encrypted as all words are.
    `lease` counts the claims: who holds an older one may no longer send.
    """

    __tablename__ = "outbound_messages"
    __table_args__ = (
        Index("ix_outbound_messages_due", "priority", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_outbound_messages_in_flight", "claimed_until", sqlite_where=_IN_FLIGHT, postgresql_where=_IN_FLIGHT),
        Index("ix_outbound_messages_in_trouble", "state", "created_at", sqlite_where=_IN_TROUBLE, postgresql_where=_IN_TROUBLE),
        Index("ix_outbound_messages_participant_id_created_at", "participant_id", "created_at"),
    )

    site_id: Mapped[UUID] = mapped_column(refers_to("sites.id"))
    participant_id: Mapped[UUID | None] = mapped_column(refers_to("participants.id"))
    staff_id: Mapped[UUID | None] = mapped_column(refers_to("staff.id"))
    phone_id: Mapped[UUID | None] = mapped_column(refers_to("participant_phones.id"))
    to_phone_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    to_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    escalation_id: Mapped[UUID | None] = mapped_column(refers_to("escalations.id"), index=True)
    checkin_id: Mapped[UUID | None] = mapped_column(refers_to("checkins.id"))
    visit_id: Mapped[UUID | None] = mapped_column(refers_to("visits.id"))
    in_reply_to_id: Mapped[UUID | None] = mapped_column(refers_to("inbound_messages.id"))
    channel: Mapped[Channel] = mapped_column(enum_of(Channel, "channel"), default=Channel.TEXT)
    purpose: Mapped[Purpose] = mapped_column(enum_of(Purpose, "purpose"))
    message: Mapped[str] = mapped_column(String(80))
    values: Mapped[dict[str, Any]]
    language: Mapped[str] = mapped_column(String(16))
    typed_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    written_by: Mapped[str | None] = mapped_column(String(80))
    body_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    parts: Mapped[int | None]
    protocol_version: Mapped[str] = mapped_column(String(16))
    state: Mapped[OutboundState] = mapped_column(enum_of(OutboundState, "state"), default=OutboundState.CREATED)
    not_sent_reason: Mapped[str | None] = mapped_column(String(64))
    priority: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    useful_until: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    dedupe_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    to_phone = EncryptedText()
    typed = EncryptedText()
    body = EncryptedText()


class AttemptState(StrEnum):
    STARTED = "started"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NEVER_LEFT = "never_left"
    UNKNOWN = "unknown"


ATTEMPT_TRANSITIONS = {
    AttemptState.STARTED: frozenset(set(AttemptState) - {AttemptState.STARTED}),
    AttemptState.UNKNOWN: frozenset({AttemptState.ACCEPTED, AttemptState.REFUSED, AttemptState.NEVER_LEFT}),
    AttemptState.ACCEPTED: frozenset(),
    AttemptState.REFUSED: frozenset(),
    AttemptState.NEVER_LEFT: frozenset(),
}


class Attempt(db.Model):  # type: ignore[name-defined,misc]
    """One try at the provider, committed before the call. Its id travels in the callback URL, so that a lost answer can be matched.

    `looks` counts how often an unknown one was looked for in the provider's list, in vain; `to_phone` is the number, of an e-mail the
    address, that it went to. `next_look_at` is when the provider is asked about it: whether it took it, and then what became of it.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        Index("ix_attempts_started_at", "started_at"),
        Index("ix_attempts_to_ask", "state", "next_look_at", sqlite_where=_TO_ASK, postgresql_where=_TO_ASK),
    )

    outbound_id: Mapped[UUID] = mapped_column(refers_to("outbound_messages.id"), index=True)
    number: Mapped[int]
    lease: Mapped[int]
    state: Mapped[AttemptState] = mapped_column(enum_of(AttemptState, "state"))
    gateway: Mapped[str] = mapped_column(String(16))
    to_phone_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    provider_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    error_code: Mapped[str | None] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    looks: Mapped[int] = mapped_column(default=0)
    next_look_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    to_phone = EncryptedText()


class DeliveryReceipt(db.Model):  # type: ignore[name-defined,misc]
    """What the provider said of a text. Every one is kept, also those that changed nothing (`applied` false)."""

    __tablename__ = "delivery_receipts"

    attempt_id: Mapped[UUID | None] = mapped_column(refers_to("attempts.id"), index=True)
    provider_sid: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(32))
    error_code: Mapped[str | None] = mapped_column(String(32))
    applied: Mapped[bool]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
