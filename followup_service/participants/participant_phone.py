"""ParticipantPhone: a further phone from which a participant is reported on: a second one of their own, or a caregiver's."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.encryption import EncryptedText
from followup_service.extensions import db


class PhoneKind(StrEnum):
    SECOND = "second"
    CAREGIVER = "caregiver"


class Told(StrEnum):
    """What a participant may agree that a further phone is told as well: when a visit is, and what to do in an alarm."""

    VISITS = "visits"
    ALARMS = "alarms"


class ParticipantPhone(db.Model):  # type: ignore[name-defined,misc]
    """A caregiver may always report, and is answered; `told` is what the participant agreed to beyond that. Never deleted."""

    __tablename__ = "participant_phones"

    participant_id: Mapped[UUID] = mapped_column(refers_to("participants.id"), index=True)
    kind: Mapped[PhoneKind] = mapped_column(enum_of(PhoneKind, "kind"))
    phone_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    told: Mapped[list[str]]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by: Mapped[str] = mapped_column(String(80))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_because: Mapped[str | None] = mapped_column(String(32))

    phone = EncryptedText()
