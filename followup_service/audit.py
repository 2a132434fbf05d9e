"""AuditEvent: who did what, when and why; append-only, one hash chain per subject, and a daily seal over all chain heads."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.at_commit import changes_waiting, insert_at_commit, update_at_commit
from followup_service.columns import UtcDateTime, new_id, refers_to
from followup_service.extensions import db

FIRST_HASH = bytes(32)
SYSTEM = "service"


class AuditSubject:
    """A row that has a chain of its own; whoever writes an event holds the lock on this row already."""

    __audit_kind__: str
    id: Mapped[UUID]
    audit_sequence: Mapped[int] = mapped_column(default=0)
    audit_hash: Mapped[bytes] = mapped_column(LargeBinary(32), default=FIRST_HASH)


class AuditEvent(db.Model):  # type: ignore[name-defined,misc]
    """One step of one subject. `detail` holds codes, ids and values of the study, never a name, a number or a text."""

    __tablename__ = "audit_events"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", "sequence"),)

    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))

    def computed_hash(self) -> bytes:
        return _event_hash({name: getattr(self, name) for name in _HASHED} | {"previous_hash": self.previous_hash})


_HASHED = ("id", "subject_kind", "subject_id", "sequence", "at", "actor", "action", "detail")


def _event_hash(values: Mapping[str, Any]) -> bytes:
    said = [_as_said(values[name]) for name in _HASHED]
    return hashlib.sha256(values["previous_hash"] + json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).digest()


def _as_said(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    return value.isoformat() if isinstance(value, datetime) else value


class AuditSeal(db.Model):  # type: ignore[name-defined,misc]
    """A day's seal: a hash over the chain heads that moved since the seal before, chained to that one."""

    __tablename__ = "audit_seals"

    number: Mapped[int] = mapped_column(unique=True)
    sealed_on: Mapped[date]
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class SealedHead(db.Model):  # type: ignore[name-defined,misc]
    """How far a subject's chain had come when a seal was set."""

    __tablename__ = "audit_sealed_heads"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", "sequence"),)

    seal_id: Mapped[UUID] = mapped_column(refers_to("audit_seals.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    sequence: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


@dataclass(frozen=True, slots=True)
class BrokenChain:
    """The first bad row of a subject's chain, and what is wrong with it."""

    subject_kind: str
    subject_id: UUID
    sequence: int
    problem: str


def record_event(subject: AuditSubject, action: str, at: datetime, actor: str = SYSTEM, **detail: Any) -> None:
    """Append one event to the subject's chain. The caller holds the subject's row lock and commits; all events go in one insert then."""
    # A subject that was read again since its last event has the head of before that one.
    head = {"audit_sequence": subject.audit_sequence, "audit_hash": subject.audit_hash, **changes_waiting(db.session, subject)}
    values: dict[str, Any] = {
        "id": new_id(),
        "subject_kind": subject.__audit_kind__,
        "subject_id": subject.id,
        "sequence": (head["audit_sequence"] or 0) + 1,
        "at": at.astimezone(UTC),
        "actor": actor,
        "action": action,
        "detail": detail,
        "previous_hash": head["audit_hash"] or FIRST_HASH,
    }
    values["hash"] = _event_hash(values)
    update_at_commit(db.session, subject, audit_sequence=values["sequence"], audit_hash=values["hash"])
    insert_at_commit(db.session, AuditEvent(**values))


# Built once: it runs at every tick.
_LAST_SEAL = select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1)


def seal_chains(session: Session, on: date, at: datetime) -> AuditSeal | None:
    """Seal every head that moved since the last seal; None where the day has its seal already."""
    last = session.scalar(_LAST_SEAL)
    if last is not None and last.sealed_on >= on:
        return None
    seal = AuditSeal(number=last.number + 1 if last else 1, sealed_on=on, sealed_at=at)
    heads = [
        SealedHead(seal_id=seal.id, subject_kind=kind.__audit_kind__, subject_id=subject_id, sequence=sequence, hash=hash_)
        for kind in audited_kinds()
        for subject_id, sequence, hash_ in session.execute(_unsealed(kind))
    ]
    seal.hash = _seal_hash(last.hash if last else FIRST_HASH, heads)
    session.add(seal)
    session.flush()
    session.add_all(heads)
    return seal


def verify_chains(session: Session) -> Iterator[BrokenChain]:
    """Walk every chain and every seal; yield the first bad row of each chain that does not hold."""
    for kind in audited_kinds():
        for subject_id, sequence, hash_ in session.execute(select(kind.id, kind.audit_sequence, kind.audit_hash)):
            broken = _verify_chain(session, kind.__audit_kind__, subject_id, sequence, hash_)
            if broken:
                yield broken
    yield from _verify_seals(session)


def audited_kinds() -> list[Any]:
    return sorted((m.class_ for m in db.Model.registry.mappers if issubclass(m.class_, AuditSubject)), key=lambda kind: kind.__audit_kind__)


def _verify_chain(session: Session, kind: str, subject_id: UUID, head_sequence: int, head_hash: bytes) -> BrokenChain | None:
    previous, expected = FIRST_HASH, 1
    rows = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_kind == kind, AuditEvent.subject_id == subject_id)
        .order_by(AuditEvent.sequence)
        .execution_options(yield_per=1000)
    )
    with closing(rows):
        for row in rows:
            problem = None
            if row.sequence != expected:
                problem = f"event {expected} is missing"
            elif row.previous_hash != previous:
                problem = "does not follow from the event before it"
            elif row.computed_hash() != row.hash:
                problem = "was changed after it was written"
            if problem:
                return BrokenChain(kind, subject_id, row.sequence, problem)
            previous, expected = row.hash, expected + 1
    if (head_sequence, head_hash) != (expected - 1, previous):
        return BrokenChain(kind, subject_id, expected, "the end of the chain was cut or its head was changed")
    return None


def _verify_seals(session: Session) -> Iterator[BrokenChain]:
    previous = FIRST_HASH
    for seal in session.scalars(select(AuditSeal).order_by(AuditSeal.number)):
        heads = list(session.scalars(select(SealedHead).where(SealedHead.seal_id == seal.id)))
        if _seal_hash(previous, heads) != seal.hash:
            yield BrokenChain("seal", seal.id, seal.number, "the seal does not match the heads it lists")
        for head in heads:
            if _kept_hash(session, head) != head.hash:
                yield BrokenChain(
                    head.subject_kind, head.subject_id, head.sequence, f"an event sealed on {seal.sealed_on} is gone or changed"
                )
        previous = seal.hash


def _kept_hash(session: Session, head: SealedHead) -> bytes | None:
    return session.scalar(
        select(AuditEvent.hash).where(
            AuditEvent.subject_kind == head.subject_kind, AuditEvent.subject_id == head.subject_id, AuditEvent.sequence == head.sequence
        )
    )


@cache
def _unsealed(kind: Any) -> Any:
    sealed = select(SealedHead.id).where(SealedHead.subject_kind == kind.__audit_kind__, SealedHead.subject_id == kind.id)
    return select(kind.id, kind.audit_sequence, kind.audit_hash).where(
        kind.audit_sequence > 0, ~sealed.where(SealedHead.sequence == kind.audit_sequence).exists()
    )


def _seal_hash(previous: bytes, heads: list[SealedHead]) -> bytes:
    lines = sorted(f"{head.subject_kind} {head.subject_id.hex} {head.sequence} {head.hash.hex()}" for head in heads)
    return hashlib.sha256(previous + "\n".join(lines).encode()).digest()
