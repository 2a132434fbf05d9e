"""EscalationRead: until when an account has read an episode. What came in since is unread; what staff did is not."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, UniqueConstraint, bindparam, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.columns import UtcDateTime, new_id, refers_to
from followup_service.escalations.escalation import EscalationEvent, EventKind
from followup_service.extensions import db, insert_unless_there

NEWS = frozenset({EventKind.OPENED, EventKind.REPEATED, EventKind.WORSENED, EventKind.HANDED_ON, EventKind.RETURNED})


class EscalationRead(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "escalation_reads"
    __table_args__ = (UniqueConstraint("account_id", "escalation_id"),)

    account_id: Mapped[UUID] = mapped_column(refers_to("accounts.id"))
    escalation_id: Mapped[UUID] = mapped_column(refers_to("escalations.id"), index=True)
    read_until: Mapped[datetime] = mapped_column(UtcDateTime)


def _unread() -> Select[tuple[UUID]]:
    news = select(EscalationEvent.escalation_id, func.max(EscalationEvent.at).label("at"))
    news = news.where(EscalationEvent.escalation_id.in_(bindparam("ids", expanding=True)), EscalationEvent.kind.in_(NEWS))
    latest = news.group_by(EscalationEvent.escalation_id).subquery()
    of_account = (EscalationRead.escalation_id == latest.c.escalation_id) & (EscalationRead.account_id == bindparam("account_id"))
    unread = select(latest.c.escalation_id).outerjoin(EscalationRead, of_account)
    return unread.where(EscalationRead.id.is_(None) | (EscalationRead.read_until < latest.c.at))


# Every look at the list and every poll of an episode asks it: put together once.
_UNREAD = _unread()


def unread_among(session: Session, account_id: UUID, escalation_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those with news that the account has not read."""
    return frozenset(session.scalars(_UNREAD, {"ids": list(escalation_ids), "account_id": account_id}))


def note_read(session: Session, account_id: UUID, escalation_id: UUID, until: datetime) -> None:
    """What came in up to this instant was on the reader's screen."""
    of_both = (EscalationRead.account_id == account_id) & (EscalationRead.escalation_id == escalation_id)
    if session.execute(update(EscalationRead).where(of_both).values(read_until=until)).rowcount == 0:  # type: ignore[attr-defined]
        row = {"id": new_id(), "account_id": account_id, "escalation_id": escalation_id, "read_until": until}
        insert_unless_there(session.connection(), EscalationRead.__table__, [row], "account_id", "escalation_id")


def note_unread(session: Session, account_id: UUID, escalation_id: UUID) -> None:
    session.execute(delete(EscalationRead).where(EscalationRead.account_id == account_id, EscalationRead.escalation_id == escalation_id))
