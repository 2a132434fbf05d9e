"""Drill: a made-up participant's fever goes the whole way to the phone of whoever is on call; kept is when that was last proven."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.columns import UtcDateTime, refers_to
from followup_service.escalations.escalation import Escalation
from followup_service.extensions import db
from followup_service.participants.participant import Participant


class Drill(db.Model):  # type: ignore[name-defined,misc]
    """One drill at one site. It ends proven, once somebody answered the page, or failed.

    `planned_on` is the day whose weekly drill it is; None where a person asked for it.
    """

    __tablename__ = "drills"
    __table_args__ = (UniqueConstraint("site_id", "planned_on"),)

    site_id: Mapped[UUID] = mapped_column(refers_to("sites.id"))
    planned_on: Mapped[date | None]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proven_by: Mapped[str | None] = mapped_column(String(48))
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def is_drill(session: Session, episode: Escalation) -> bool:
    participant = session.get(Participant, episode.participant_id) if episode.participant_id else None
    return participant is not None and participant.is_synthetic
