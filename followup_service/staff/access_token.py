"""AccessToken: what a program calls the API with; stored hashed, scoped to a study, perhaps a site, and to reading or writing."""

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.audit import AuditSubject, record_event
from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.errors import Conflict, NotFound, Refused
from followup_service.extensions import db
from followup_service.staff.site import Site

PREFIX = "fus_"


class TokenScope(StrEnum):
    """What a token opens. One for metrics opens /metrics and nothing else, and no other opens that."""

    READ = "read"
    WRITE = "write"
    METRICS = "metrics"


class AccessToken(AuditSubject, db.Model):  # type: ignore[name-defined,misc]
    """`staff_id` is the person who holds it, where it is a person's own: only such a token signs."""

    __tablename__ = "access_tokens"
    __audit_kind__ = "token"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    study_id: Mapped[UUID] = mapped_column(refers_to("studies.id"))
    site_id: Mapped[UUID | None] = mapped_column(refers_to("sites.id"))
    staff_id: Mapped[UUID | None] = mapped_column(refers_to("staff.id"))
    scope: Mapped[TokenScope] = mapped_column(enum_of(TokenScope, "scope"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def make_token(
    session: Session,
    *,
    name: str,
    study_id: UUID,
    site_id: UUID | None,
    scope: TokenScope,
    now: datetime,
    expires_at: datetime,
    actor: str,
    staff_id: UUID | None = None,
) -> str:
    """Create a token and return it: the only time it can be read. Raises Conflict for a name in use, Refused for metrics of one site."""
    if scope is TokenScope.METRICS and site_id is not None:
        raise Refused("metrics are of the whole service: make the token study-wide")
    if session.scalar(select(AccessToken.id).where(AccessToken.name == name)):
        raise Conflict(f"there is a token '{name}' already: give another name")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = AccessToken(
        name=name,
        token_hash=_hash(secret),
        study_id=study_id,
        site_id=site_id,
        staff_id=staff_id,
        scope=scope,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(token)
    held_by = {"staff": staff_id.hex} if staff_id else {}
    record_event(token, "token_created", now, actor, scope=scope.value, expires_at=expires_at.isoformat(), **held_by)
    return secret


def find_token(session: Session, written: str, now: datetime) -> AccessToken | None:
    """The live token behind what a caller sent; None for an unknown, expired or revoked one."""
    token = session.scalar(select(AccessToken).where(AccessToken.token_hash == _hash(written)))
    if token is None or token.revoked_at is not None or token.expires_at <= now:
        return None
    return token


def list_tokens(session: Session, study_id: UUID) -> list[tuple[AccessToken, str | None]]:
    """Every token of the study by name, with its site's code where it is for one site."""
    query = select(AccessToken, Site.code).outerjoin(Site, Site.id == AccessToken.site_id).where(AccessToken.study_id == study_id)
    return [(token, site) for token, site in session.execute(query.order_by(AccessToken.name))]


def revoke_token(session: Session, study_id: UUID, name: str, now: datetime, actor: str) -> None:
    """Raises NotFound for an unknown name, Conflict where it was revoked before."""
    query = select(AccessToken).where(AccessToken.study_id == study_id, AccessToken.name == name).with_for_update()
    token = session.scalar(query)
    if token is None:
        raise NotFound(f"there is no token '{name}': see flask tokens list")
    if token.revoked_at is not None:
        raise Conflict(f"'{name}' was revoked on {token.revoked_at:%Y-%m-%d} already")
    token.revoked_at = now
    record_event(token, "token_revoked", now, actor)


def _hash(secret: str) -> bytes:
    # The secret has 256 random bits: a plain hash cannot be guessed back.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
