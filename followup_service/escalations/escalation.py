"""Escalation and EscalationEvent: something a human must look at, and every step until a human has dealt with it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.columns import TenThousandths, UtcDateTime, enum_of, refers_to
from followup_service.encryption import EncryptedText
from followup_service.extensions import db
from followup_service.protocol.paging_clock import Channel
from followup_service.protocol.rule_definitions import Level


class EscalationState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


# An acknowledged episode opens again when it worsens, is handed on, or has no outcome in time; only staff resolve it, and for some
# seconds they may take that back.
ESCALATION_TRANSITIONS = {
    EscalationState.OPEN: frozenset({EscalationState.ACKNOWLEDGED, EscalationState.RESOLVED}),
    EscalationState.ACKNOWLEDGED: frozenset({EscalationState.OPEN, EscalationState.RESOLVED}),
    EscalationState.RESOLVED: frozenset({EscalationState.OPEN, EscalationState.ACKNOWLEDGED}),
}


class Outcome(StrEnum):
    ADVISED = "advised_by_phone"
    SENT_TO_HOSPITAL = "sent_to_hospital"
    SEEN_IN_CLINIC = "seen_in_clinic"
    WATCHING = "watching"
    NOT_REACHED = "not_reached"
    FALSE_ALARM = "false_alarm"
    ADMINISTRATIVE = "administrative"
    HANDLED_BY_PHONE = "handled_by_phone"
    CONTACT_RESTORED = "contact_restored"
    NUMBER_CORRECTED = "number_corrected"
    NO_TEXTS_WANTED = "no_texts_wanted"
    WITHDREW = "withdrew"
    SENDER_IDENTIFIED = "sender_identified"
    NO_PARTICIPANT = "no_participant"
    READ = "read_by_a_person"
    NOTHING_TO_DO = "nothing_to_do"


class EventKind(StrEnum):
    OPENED = "opened"
    REPEATED = "repeated"
    WORSENED = "worsened"
    PAGED = "paged"
    ACKNOWLEDGED = "acknowledged"
    CALLED = "called"
    SNOOZED = "snoozed"
    HANDED_ON = "handed_on"
    RETURNED = "returned"
    RESOLVED = "resolved"
    UNDONE = "undone"


_UNRESOLVED = text("state != 'resolved'")
_RESOLVED = text("state = 'resolved'")
_TO_PAGE = text("next_page_at IS NOT NULL")
_TO_RETURN = text("returns_at IS NOT NULL")
_TO_FOLLOW_UP = text("follow_up_at IS NOT NULL")


class Escalation(db.Model):  # type: ignore[name-defined,misc]
    """One episode of one participant (or of one unknown number, by its keyed index). Repeats join it, worse news pages again.

    A participant has at most one open alarm and one open task: what opens for review is a task, and an alarm never hides in it.
    `number` is what staff call it by; `follows` is the number of an earlier episode that this one is the return of.
    Open, it has `next_page_at`, when the next step of its level's chain is due: `chain_step`, counted since `chain_began_at`, without
    those who said that it is not theirs (`handed_on`, ids in hexadecimal). Acknowledged, it has `returns_at`, when it opens again unless
    it is resolved before; `snoozed_at` says that somebody chose that time. `call_by` is until when the participant was promised a call,
    `called_at` when that was kept. `follow_up_at` is the morning after, when the participant is to be asked how they are.
    """

    __tablename__ = "escalations"
    __table_args__ = (
        UniqueConstraint("study_id", "number"),
        Index(
            "uq_escalations_open_participant",
            "participant_id",
            "is_alarm",
            unique=True,
            sqlite_where=_UNRESOLVED,
            postgresql_where=_UNRESOLVED,
        ),
        Index(
            "uq_escalations_open_sender", "sender_index", "is_alarm", unique=True, sqlite_where=_UNRESOLVED, postgresql_where=_UNRESOLVED
        ),
        Index("ix_escalations_to_page", "next_page_at", sqlite_where=_TO_PAGE, postgresql_where=_TO_PAGE),
        Index("ix_escalations_to_return", "returns_at", sqlite_where=_TO_RETURN, postgresql_where=_TO_RETURN),
        Index("ix_escalations_to_follow_up", "follow_up_at", sqlite_where=_TO_FOLLOW_UP, postgresql_where=_TO_FOLLOW_UP),
        Index("ix_escalations_site_id_state", "site_id", "state"),
        Index("ix_escalations_participant_id_resolved_at", "participant_id", "resolved_at"),
        Index("ix_escalations_resolved", "study_id", "resolved_at", "number", sqlite_where=_RESOLVED, postgresql_where=_RESOLVED),
    )

    study_id: Mapped[UUID] = mapped_column(refers_to("studies.id"))
    site_id: Mapped[UUID] = mapped_column(refers_to("sites.id"))
    participant_id: Mapped[UUID | None] = mapped_column(refers_to("participants.id"))
    sender_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    number: Mapped[int]
    state: Mapped[EscalationState] = mapped_column(enum_of(EscalationState, "state"), default=EscalationState.OPEN)
    is_alarm: Mapped[bool]
    level: Mapped[Level] = mapped_column(enum_of(Level, "level"))
    reasons: Mapped[list[str]]
    highest_celsius: Mapped[Any | None] = mapped_column(TenThousandths)
    follows: Mapped[int | None]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledge_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str | None] = mapped_column(String(80))
    call_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    snoozed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returns_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[str | None] = mapped_column(String(80))
    outcome: Mapped[Outcome | None] = mapped_column(enum_of(Outcome, "outcome"))
    note_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_page_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chain_began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chain_step: Mapped[int] = mapped_column(default=0)
    handed_on: Mapped[list[str]]
    pages: Mapped[int] = mapped_column(default=0)
    protocol_version: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)

    note = EncryptedText()

    @property
    def promised_by(self) -> datetime | None:
        """Until when the participant waits for a call."""
        return self.call_by if self.called_at is None else None


class EscalationEvent(db.Model):  # type: ignore[name-defined,misc]
    """One step of an episode. `channel` is by what a page went out; `note` is what somebody wrote to whoever has it next."""

    __tablename__ = "escalation_events"

    escalation_id: Mapped[UUID] = mapped_column(refers_to("escalations.id"), index=True)
    kind: Mapped[EventKind] = mapped_column(enum_of(EventKind, "kind"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(80))
    level: Mapped[Level] = mapped_column(enum_of(Level, "level"))
    reasons: Mapped[list[str]]
    staff_id: Mapped[UUID | None] = mapped_column(refers_to("staff.id"))
    inbound_id: Mapped[UUID | None] = mapped_column(refers_to("inbound_messages.id"))
    channel: Mapped[Channel | None] = mapped_column(enum_of(Channel, "channel"))
    note_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)

    note = EncryptedText()
