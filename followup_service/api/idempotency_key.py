"""IdempotencyKey: a caller's own name for one POST, so that the same request sent again gets the same answer and does nothing twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.columns import UtcDateTime, refers_to
from followup_service.encryption import EncryptedText
from followup_service.extensions import db


class IdempotencyKey(db.Model):  # type: ignore[name-defined,misc]
    """`request_hash` covers method, path and body. `status` and `answer` are filled before it is committed."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    token_id: Mapped[UUID] = mapped_column(refers_to("access_tokens.id"))
    key: Mapped[str] = mapped_column(String(64))
    request_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int | None]
    answer_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    answer = EncryptedText()
