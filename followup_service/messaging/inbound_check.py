"""InboundCheck: the provider's list of texts to us held against what we have; what was missing is taken in, and the row is the proof."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.columns import UtcDateTime
from followup_service.extensions import db

EVERY = timedelta(minutes=5)
# What the provider is just now delivering to the webhook is not missing.
STILL_ARRIVING = timedelta(minutes=1)
OVERLAP = timedelta(hours=1)
DAY = timedelta(hours=24)
MORE_THAN_A_DAY = timedelta(hours=26)


class InboundCheck(db.Model):  # type: ignore[name-defined,misc]
    """One look: of the `listed` texts from `since` to `until`, so many were `missing` here. Unfinished: the provider was silent."""

    __tablename__ = "inbound_checks"

    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    listed: Mapped[int | None]
    missing: Mapped[int | None]


def begin_check(session: Session, study_began_at: datetime, now: datetime, *, at_once: bool) -> InboundCheck | None:
    """The next look, where it is time for one. The caller holds a lock that keeps others from beginning it too.

    It goes back to an hour before the end of the last finished one, and once a day over the whole day and more; never to before the study.
    """
    newest = session.scalar(select(InboundCheck.started_at).order_by(InboundCheck.started_at.desc()).limit(1))
    if newest is not None and newest > now - EVERY and not at_once:
        return None
    until = now - STILL_ARRIVING
    last_until = session.scalar(
        select(InboundCheck.until).where(InboundCheck.finished_at.is_not(None)).order_by(InboundCheck.until.desc()).limit(1)
    )
    since = study_began_at if last_until is None else min(last_until, until) - OVERLAP
    if check_of_a_day(session, now - DAY) is None:
        since = min(since, until - MORE_THAN_A_DAY)
    check = InboundCheck(since=min(max(since, study_began_at), until), until=until, started_at=now)
    session.add(check)
    return check


def check_of_a_day(session: Session, since: datetime) -> InboundCheck | None:
    """The newest finished look over a whole day that began after `since`: how many texts were missing then is the daily proof."""
    finished = select(InboundCheck).where(InboundCheck.started_at > since, InboundCheck.finished_at.is_not(None))
    newest_first = session.scalars(finished.order_by(InboundCheck.started_at.desc()))
    return next((check for check in newest_first if check.until - check.since >= DAY), None)
