"""SendingHold: what may not leave until a person says so. Every claim reads it, so that it works at once on all workers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.extensions import db
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.when_to_send import UNASKED


class HoldScope(StrEnum):
    """What is held back, from little to all."""

    UNASKED = "unasked"
    ALL_BUT_ALARMS = "all_but_alarms"
    EVERYTHING = "everything"


class HoldCause(StrEnum):
    OPERATOR = "operator"
    CONFIGURATION = "configuration"
    MASS_SENDING = "mass_sending"
    RESTORE = "restore"
    MOVE = "move"


# Pages, what staff are answered, and what a participant with an alarm is told to do: held back only where everything is.
ALARMS = frozenset({Purpose.PAGE, Purpose.STAFF_ANSWER, Purpose.ALARM_ANSWER})
HELD_BACK = {
    HoldScope.UNASKED: UNASKED,
    HoldScope.ALL_BUT_ALARMS: frozenset(Purpose) - ALARMS,
    HoldScope.EVERYTHING: frozenset(Purpose),
}
_IN_FORCE = text("released_at IS NULL")


class SendingHold(db.Model):  # type: ignore[name-defined,misc]
    """One hold, kept after its release. Of each cause one is in force at most.

    After a restore, `as_of` is the moment of the backup, and `reconciled_at` is when what left since then was asked for at the provider.
    """

    __tablename__ = "sending_holds"
    __table_args__ = (
        Index("uq_sending_holds_in_force", "study_id", "cause", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
    )

    study_id: Mapped[UUID] = mapped_column(refers_to("studies.id"))
    scope: Mapped[HoldScope] = mapped_column(enum_of(HoldScope, "scope"))
    cause: Mapped[HoldCause] = mapped_column(enum_of(HoldCause, "cause"))
    reason: Mapped[str] = mapped_column(String(200))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    placed_by: Mapped[str] = mapped_column(String(80))
    as_of: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reconciled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_by: Mapped[str | None] = mapped_column(String(80))


# Built once: every claim asks it.
_SCOPES_IN_FORCE = select(SendingHold.scope).where(SendingHold.released_at.is_(None))


def held_purposes(connection: Connection | Session) -> frozenset[Purpose]:
    """The purposes whose texts stay where they are now."""
    return frozenset[Purpose]().union(*(HELD_BACK[scope] for scope in connection.scalars(_SCOPES_IN_FORCE)))
