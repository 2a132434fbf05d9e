"""InboundMessage: one text that the provider delivered to us, kept as it came before anything is made of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.encryption import EncryptedText
from followup_service.extensions import db

_UNHANDLED = text("handled_at IS NULL")
_ASKED_WHOSE = text("ask_whose_until IS NOT NULL")


class CameBy(StrEnum):
    """How a text reached us: by the provider's call, by that and the spool, or late, because we found it in the provider's list."""

    WEBHOOK = "webhook"
    SPOOL = "spool"
    BACKFILL = "backfill"


class InboundMessage(db.Model):  # type: ignore[name-defined,misc]
    """`raw` is the provider's form as it was sent; `body` is the text in it. `reading` explains what was read in it, as JSON.

    A text that could not be handled has `handled_at` None, its count of `failures` and when to try again. Every change is checked
    against `version`: two processes that handle one text cannot both succeed. One from a phone that several share waits, while
    `ask_whose_until` is set, for the answer to whose it is. `without_tag` is no column: the body without the word that said so.
    `received_at` is when it reached us, `texted_at` when the provider got it, where the two differ.
    """

    __tablename__ = "inbound_messages"
    __table_args__ = (
        UniqueConstraint("account_sid", "provider_sid"),
        Index("ix_inbound_messages_unhandled", "received_at", sqlite_where=_UNHANDLED, postgresql_where=_UNHANDLED),
        Index("ix_inbound_messages_ask_whose", "ask_whose_until", sqlite_where=_ASKED_WHOSE, postgresql_where=_ASKED_WHOSE),
        Index("ix_inbound_messages_participant_id_received_at", "participant_id", "received_at"),
    )

    account_sid: Mapped[str] = mapped_column(String(34))
    provider_sid: Mapped[str] = mapped_column(String(64))
    from_phone_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    from_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    body_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    raw_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    reading_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    media_count: Mapped[int] = mapped_column(default=0)
    provider_opted_out: Mapped[bool] = mapped_column(default=False)
    came_by: Mapped[CameBy] = mapped_column(enum_of(CameBy, "came_by"), default=CameBy.WEBHOOK)
    texted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    participant_id: Mapped[UUID | None] = mapped_column(refers_to("participants.id"))
    staff_id: Mapped[UUID | None] = mapped_column(refers_to("staff.id"))
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    ask_whose_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy

    from_phone = EncryptedText()
    body = EncryptedText()
    raw = EncryptedText()
    reading = EncryptedText()
    without_tag = None

    @property
    def written_at(self) -> datetime:
        """When it was sent to us, as far as anybody knows."""
        return self.texted_at or self.received_at

    @property
    def words(self) -> str:
        """What is to be read of the body."""
        return self.body if self.without_tag is None else self.without_tag
