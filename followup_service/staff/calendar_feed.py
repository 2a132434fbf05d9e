"""CalendarFeed: the secret address under which a calendar program reads a site's visits; stored hashed, and revocable."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.audit import record_event
from followup_service.columns import UtcDateTime, refers_to
from followup_service.extensions import db
from followup_service.staff.site import Site, StudyRecord


class CalendarFeed(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "calendar_feeds"

    site_id: Mapped[UUID] = mapped_column(refers_to("sites.id"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(80))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def make_feed(session: Session, site: Site, now: datetime, actor: str) -> str:
    """Make a feed and return its secret: the only time it can be read."""
    secret = secrets.token_urlsafe(32)
    session.add(CalendarFeed(site_id=site.id, secret_hash=_hash(secret), created_at=now, created_by=actor))
    record_event(_locked_study(session, site), "calendar_feed_made", now, actor, site=site.code)
    return secret


def revoke_feeds(session: Session, site: Site, now: datetime, actor: str) -> int:
    """End every feed of the site at once; returns how many there were."""
    live = list(session.scalars(select(CalendarFeed).where(CalendarFeed.site_id == site.id, CalendarFeed.revoked_at.is_(None))))
    for feed in live:
        feed.revoked_at = now
    if live:
        record_event(_locked_study(session, site), "calendar_feeds_revoked", now, actor, site=site.code, count=len(live))
    return len(live)


def find_feed(session: Session, secret: str) -> CalendarFeed | None:
    """The live feed behind the secret of an address; None for an unknown or revoked one."""
    return session.scalar(select(CalendarFeed).where(CalendarFeed.secret_hash == _hash(secret), CalendarFeed.revoked_at.is_(None)))


def _locked_study(session: Session, site: Site) -> StudyRecord:
    return session.get_one(StudyRecord, site.study_id, with_for_update={"key_share": True})


def _hash(secret: str) -> bytes:
    # The secret has 256 random bits: a plain hash cannot be guessed back.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
