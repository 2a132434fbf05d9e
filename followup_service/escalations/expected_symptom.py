"""ExpectedSymptom: a known, stable complaint that staff marked for a limited time: the same or less is kept and shown, and pages nobody."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.audit import record_event
from followup_service.columns import UtcDateTime, refers_to
from followup_service.encryption import EncryptedText
from followup_service.errors import Refused
from followup_service.extensions import db
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.expected_symptoms import Expected, may_be_expected
from followup_service.protocol.findings import Severity


class ExpectedSymptom(db.Model):  # type: ignore[name-defined,misc]
    """`severity` (1 mild to 3 severe) and `count` are the most that is expected."""

    __tablename__ = "expected_symptoms"
    __table_args__ = (Index("ix_expected_symptoms_participant_id_ends_at", "participant_id", "ends_at"),)

    participant_id: Mapped[UUID] = mapped_column(refers_to("participants.id"))
    code: Mapped[str] = mapped_column(String(48))
    severity: Mapped[int]
    count: Mapped[int | None]
    note_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    marked_by: Mapped[str] = mapped_column(String(80))
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)

    note = EncryptedText()


def mark_expected(
    session: Session,
    participant: Participant,
    code: str,
    severity: Severity,
    count: int | None,
    ends_at: datetime,
    note: str,
    by: str,
    now: datetime,
    *,
    study: Study,
    via: str | None = None,
) -> ExpectedSymptom:
    """Mark a symptom; the participant's row is locked. Raises Refused for fever, for an emergency and for longer than the study allows."""
    if not may_be_expected(code, study.rules):
        known = ", ".join(sorted(code for code in study.rules.codes if may_be_expected(code, study.rules)))
        raise Refused(f"{code} is always told: only these can be expected: {known}", {"code": [f"write one of {known}"]})
    latest = now + timedelta(days=study.episodes.expected_at_most_days)
    if not now < ends_at <= latest:
        words = f"until {latest.isoformat(timespec='minutes')} at most"
        raise Refused(f"a symptom can be expected {words}: look again then", {"until": [f"write a time {words}"]})
    mark = ExpectedSymptom(
        participant_id=participant.id,
        code=code,
        severity=int(severity),
        count=count,
        note=note,
        marked_at=now,
        marked_by=by,
        ends_at=ends_at,
    )
    session.add(mark)
    named = {"by": by} if via else {}
    detail = {"code": code, "severity": int(severity), "count": count, "until": ends_at.isoformat(), **named}
    record_event(participant, "symptom_expected", now, via or by, **detail)
    return mark


def end_expected(participant: Participant, mark: ExpectedSymptom, by: str, now: datetime, via: str | None = None) -> None:
    """From now on the symptom is told again."""
    mark.ends_at = min(mark.ends_at, now)
    record_event(participant, "symptom_expected_no_more", now, via or by, code=mark.code, **({"by": by} if via else {}))


def expected_now(session: Session, participant: Participant, now: datetime) -> tuple[Expected, ...]:
    marks = select(ExpectedSymptom).where(ExpectedSymptom.participant_id == participant.id, ExpectedSymptom.ends_at > now)
    return tuple(Expected(mark.code, Severity(mark.severity), mark.count) for mark in session.scalars(marks))
