"""Sender and Pace: how fast texts may leave from one of our numbers, kept in the database because all workers share it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.columns import UtcDateTime, new_id
from followup_service.extensions import db, insert_unless_there

# A worker that looks a little late makes up for it, but nothing is saved up for later.
MADE_UP_FOR = timedelta(seconds=1)


class Sender(db.Model):  # type: ignore[name-defined,misc]
    """One of our numbers. `free_at` is when all that was claimed for it will have left at its pace."""

    __tablename__ = "senders"

    number: Mapped[str] = mapped_column(String(32), unique=True)
    free_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Pace:
    """So many parts of texts a second may leave from this number; None: as many as the provider takes."""

    number: str
    parts_a_second: float | None

    def texts_now(self, session: Session, now: datetime, limit: int) -> int:
        """How many texts may be claimed now. Whoever asks holds the number until the commit, so that two workers do not both claim them."""
        if self.parts_a_second is None:
            return limit
        free_for = now - self._locked(session, now).free_at
        if free_for < timedelta(0):
            return 0
        return min(limit, 1 + int(min(free_for, MADE_UP_FOR).total_seconds() * self.parts_a_second))

    def took(self, session: Session, parts: int, now: datetime) -> None:
        """Keep how long these parts take to leave."""
        if self.parts_a_second is not None and parts:
            sender = self._locked(session, now)
            sender.free_at = max(sender.free_at, now - MADE_UP_FOR) + timedelta(seconds=parts / self.parts_a_second)

    def _locked(self, session: Session, now: datetime) -> Sender:
        wanted = select(Sender).where(Sender.number == self.number).with_for_update().execution_options(populate_existing=True)
        sender = session.scalar(wanted)
        if sender is None:
            first = {"id": new_id(), "number": self.number, "free_at": now - MADE_UP_FOR}
            insert_unless_there(session.connection(), Sender.__table__, [first], "number")
            sender = session.scalars(wanted).one()
        return sender


UNPACED = Pace("", None)
