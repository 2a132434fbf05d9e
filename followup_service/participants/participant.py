"""Participant: a person in the trial, known by a pseudonymous code; and the states that decide what may still be sent."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.audit import AuditSubject
from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.encryption import EncryptedText
from followup_service.extensions import db


class ParticipantState(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    LOST = "lost_to_follow_up"
    DECEASED = "deceased"


_ONCE_CONSENTED = frozenset(set(ParticipantState) - {ParticipantState.INVITED})
PARTICIPANT_TRANSITIONS = {
    ParticipantState.INVITED: frozenset({ParticipantState.ACTIVE, ParticipantState.WITHDRAWN, ParticipantState.DECEASED}),
    ParticipantState.ACTIVE: _ONCE_CONSENTED - {ParticipantState.ACTIVE},
    ParticipantState.PAUSED: _ONCE_CONSENTED - {ParticipantState.PAUSED},
    ParticipantState.COMPLETED: frozenset({ParticipantState.DECEASED}),
    ParticipantState.WITHDRAWN: frozenset({ParticipantState.DECEASED}),
    ParticipantState.LOST: frozenset({ParticipantState.ACTIVE, ParticipantState.WITHDRAWN, ParticipantState.DECEASED}),
    ParticipantState.DECEASED: frozenset(),
}


class TextKind(StrEnum):
    """What a text is to the participant: of our own accord, a person's, a last one at the end, or the answer to what they wrote."""

    UNASKED = "unasked"
    WRITTEN = "written"
    CLOSING = "closing"
    ANSWER = "answer"


# What may still be sent in each state. Whoever writes is answered, whatever the state, but for the dead. A person may also write to
# whoever is in hospital, or does not answer; without consent, and after the end, one calls.
MAY_BE_SENT = {
    ParticipantState.INVITED: frozenset({TextKind.ANSWER}),
    ParticipantState.ACTIVE: frozenset(TextKind),
    ParticipantState.PAUSED: frozenset({TextKind.WRITTEN, TextKind.ANSWER}),
    ParticipantState.COMPLETED: frozenset({TextKind.CLOSING, TextKind.ANSWER}),
    ParticipantState.WITHDRAWN: frozenset({TextKind.CLOSING, TextKind.ANSWER}),
    ParticipantState.LOST: frozenset({TextKind.WRITTEN, TextKind.ANSWER}),
    ParticipantState.DECEASED: frozenset[TextKind](),
}
IN_TOUCH = (ParticipantState.INVITED, ParticipantState.ACTIVE, ParticipantState.PAUSED)


class OptOutSource(StrEnum):
    PARTICIPANT = "participant"
    PROVIDER = "provider"
    STAFF = "staff"


_ENDED = text("treatment_ended_on IS NOT NULL")


class Participant(AuditSubject, db.Model):  # type: ignore[name-defined,misc]
    """`next_checkin_at` is when the next planned check-in falls due: it lets the clock's job look at what is due and at nobody else.

    `next_visit_at` is the same for the plan of visits: when a visit is to be announced, or the plan to be looked at anew.
    `contact_opens` and `contact_closes` are agreed with this participant; None: the study's hours. `tag` is the neutral word that tells
    apart those who share a phone. `phone_wrong_since` is when somebody else said that the number is theirs.
    `in_conversation_until` is how long the service's own texts wait, because a person of the team writes with the participant.
    `is_synthetic` marks the made-up participant of drills, who belongs to a study of their own and is never sent anything.
    `answer_to` is no column: the phone that the text now being handled came from, where it is not the participant's first.
    """

    __tablename__ = "participants"
    __audit_kind__ = "participant"
    __table_args__ = (
        UniqueConstraint("study_id", "code"),
        Index("ix_participants_phone_index", "phone_index"),
        Index("ix_participants_next_checkin_at", "next_checkin_at"),
        Index("ix_participants_next_visit_at", "next_visit_at"),
        Index("ix_participants_site_id", "site_id"),
        Index("ix_participants_treatment_ended_on", "treatment_ended_on", sqlite_where=_ENDED, postgresql_where=_ENDED),
    )

    study_id: Mapped[UUID] = mapped_column(refers_to("studies.id"))
    site_id: Mapped[UUID] = mapped_column(refers_to("sites.id"))
    code: Mapped[str] = mapped_column(String(32))
    arm: Mapped[str] = mapped_column(String(32))
    state: Mapped[ParticipantState] = mapped_column(enum_of(ParticipantState, "state"), default=ParticipantState.ACTIVE)
    language: Mapped[str] = mapped_column(String(16))
    timezone: Mapped[str] = mapped_column(String(64))
    phone_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    phone_wrong_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tag: Mapped[str | None] = mapped_column(String(16))
    contact_opens: Mapped[time | None]
    contact_closes: Mapped[time | None]
    name_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    enrolled_on: Mapped[date]
    consented_on: Mapped[date | None]
    consent_version: Mapped[str | None] = mapped_column(String(64))
    treatment_ended_on: Mapped[date | None]
    usual_site: Mapped[str | None] = mapped_column(String(16))
    opted_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opted_out_by: Mapped[OptOutSource | None] = mapped_column(enum_of(OptOutSource, "opted_out_by"))
    protocol_version: Mapped[str] = mapped_column(String(16))
    next_checkin_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_visit_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    in_conversation_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    phone = EncryptedText()
    name = EncryptedText()
    answer_to: ClassVar[Any] = None


def why_no_text(participant: Participant, kind: TextKind = TextKind.UNASKED) -> str | None:
    """Why this participant gets no text of this kind at all; None where texts may go out."""
    if kind not in MAY_BE_SENT[participant.state]:
        return str(participant.state)
    if participant.phone_encrypted is None:
        return "no_phone"
    if participant.phone_wrong_since is not None:
        return "wrong_number"
    return "opted_out" if participant.opted_out_at is not None else None
