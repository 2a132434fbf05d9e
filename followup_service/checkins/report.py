"""Report: what a participant reported, kept with where it was read and under which version of the rules."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.columns import TenThousandths, UtcDateTime, enum_of, refers_to
from followup_service.encryption import EncryptedText
from followup_service.extensions import db


class ReportKind(StrEnum):
    TEMPERATURE = "temperature"
    SYMPTOM = "symptom"
    ANSWER = "answer"
    FREE_TEXT = "free_text"


class Report(db.Model):  # type: ignore[name-defined,misc]
    """A temperature keeps the words, value and unit as written beside exact Celsius; a symptom its code, severity and count."""

    __tablename__ = "reports"
    __table_args__ = (Index("ix_reports_participant_id_reported_at", "participant_id", "reported_at"),)

    participant_id: Mapped[UUID] = mapped_column(refers_to("participants.id"))
    inbound_id: Mapped[UUID | None] = mapped_column(refers_to("inbound_messages.id"), index=True)
    checkin_id: Mapped[UUID | None] = mapped_column(refers_to("checkins.id"))
    kind: Mapped[ReportKind] = mapped_column(enum_of(ReportKind, "kind"))
    code: Mapped[str | None] = mapped_column(String(48))
    celsius: Mapped[Decimal | None] = mapped_column(TenThousandths)
    value: Mapped[str | None] = mapped_column(String(32))
    unit: Mapped[str | None] = mapped_column(String(8))
    measured_at: Mapped[str | None] = mapped_column(String(16))
    severity: Mapped[int | None]
    count: Mapped[int | None]
    written_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    protocol_version: Mapped[str] = mapped_column(String(16))

    written = EncryptedText()
