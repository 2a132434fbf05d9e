"""AdverseEvent and its Signatures: what an investigator makes of a resolved escalation. Until one is signed it is a draft and no event."""

import hashlib
import json
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup_service.columns import UtcDateTime, enum_of, refers_to
from followup_service.encryption import EncryptedText
from followup_service.extensions import db


class AdverseEventState(StrEnum):
    DRAFT = "draft"
    SIGNED = "signed"
    DISMISSED = "dismissed"


# A change of a signed one makes it a draft again. What was dismissed stays so: the escalation may be drafted anew.
ADVERSE_EVENT_TRANSITIONS = {
    AdverseEventState.DRAFT: frozenset({AdverseEventState.SIGNED, AdverseEventState.DISMISSED}),
    AdverseEventState.SIGNED: frozenset({AdverseEventState.DRAFT}),
    AdverseEventState.DISMISSED: frozenset[AdverseEventState](),
}


class Seriousness(StrEnum):
    """The criteria of ICH E2A: any of them makes an event serious."""

    DEATH = "death"
    LIFE_THREATENING = "life_threatening"
    HOSPITALISATION = "hospitalisation"
    DISABILITY = "disability"
    CONGENITAL_ANOMALY = "congenital_anomaly"
    MEDICALLY_IMPORTANT = "medically_important"


class Relation(StrEnum):
    """How likely it is that a treatment caused the event: the NCI's scale of attribution."""

    UNRELATED = "unrelated"
    UNLIKELY = "unlikely"
    POSSIBLE = "possible"
    PROBABLE = "probable"
    DEFINITE = "definite"


class Meaning(StrEnum):
    """What a signature means, in the words of 21 CFR 11.50."""

    REVIEW = "review"
    APPROVAL = "approval"
    RESPONSIBILITY = "responsibility"
    AUTHORSHIP = "authorship"


_TO_REPORT = text("report_step_at IS NOT NULL")


class AdverseEvent(db.Model):  # type: ignore[name-defined,misc]
    """One event of one participant, by its number in the study.

    `dictionary` and `suggestions_version` say where term and suggestion come from, `suggested_by` which rule suggested the grade.
    `study_day` counts from enrolment, which is day 1, and has no day 0; `days_since_rfa` counts from the latest session before it, day 0.
    `aware_at` is when a person of the team first took the escalation; a serious event is due `report_due_at`, and at `report_step_at` the
    team is paged about a draft that nobody has signed or dismissed. None for `seriousness`
    means that nobody has said yet, an empty list that it is not serious. `relations` has one answer for each kind of treatment.
    """

    __tablename__ = "adverse_events"
    __table_args__ = (
        UniqueConstraint("study_id", "number"),
        Index("ix_adverse_events_site_id_state", "site_id", "state"),
        Index("ix_adverse_events_to_report", "report_step_at", sqlite_where=_TO_REPORT, postgresql_where=_TO_REPORT),
    )

    study_id: Mapped[UUID] = mapped_column(refers_to("studies.id"))
    site_id: Mapped[UUID] = mapped_column(refers_to("sites.id"))
    participant_id: Mapped[UUID] = mapped_column(refers_to("participants.id"), index=True)
    escalation_id: Mapped[UUID] = mapped_column(refers_to("escalations.id"), index=True)
    number: Mapped[int]
    state: Mapped[AdverseEventState] = mapped_column(enum_of(AdverseEventState, "state"), default=AdverseEventState.DRAFT)
    dictionary: Mapped[str] = mapped_column(String(32))
    suggestions_version: Mapped[str] = mapped_column(String(16))
    suggested_terms: Mapped[list[str]]
    suggested_grade: Mapped[int | None]
    suggested_by: Mapped[str | None] = mapped_column(String(160))
    suggested_seriousness: Mapped[list[str]]
    term: Mapped[str] = mapped_column(String(120))
    specified_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    grade: Mapped[int | None]
    onset_on: Mapped[date]
    study_day: Mapped[int]
    days_since_rfa: Mapped[int | None]
    seriousness: Mapped[list[str] | None]
    relations: Mapped[dict[str, Any]]
    narrative_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    aware_at: Mapped[datetime] = mapped_column(UtcDateTime)
    report_due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    report_step_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    drafted_by: Mapped[str] = mapped_column(String(80))
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_by: Mapped[str | None] = mapped_column(String(80))
    dismissed_because_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    protocol_version: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)

    specified = EncryptedText()
    narrative = EncryptedText()
    dismissed_because = EncryptedText()


class Signature(db.Model):  # type: ignore[name-defined,misc]
    """Who signed an event, when, and what that meant: bound to the record as it then was, which is kept, by the hash of all of it.

    `full_name` is the signer's as their account had it; signatures from before there were accounts have none.
    """

    __tablename__ = "adverse_event_signatures"

    adverse_event_id: Mapped[UUID] = mapped_column(refers_to("adverse_events.id"), index=True)
    staff_id: Mapped[UUID] = mapped_column(refers_to("staff.id"))
    signed_by: Mapped[str] = mapped_column(String(80))
    full_name_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    meaning: Mapped[Meaning] = mapped_column(enum_of(Meaning, "meaning"))
    record_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    record_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by: Mapped[str | None] = mapped_column(String(80))
    voided_because_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)

    full_name = EncryptedText()
    record = EncryptedText()
    voided_because = EncryptedText()


# What is signed: all that the event says, and what it was made from.
SIGNED_FIELDS = (
    "number",
    "dictionary",
    "term",
    "specified",
    "grade",
    "onset_on",
    "study_day",
    "days_since_rfa",
    "seriousness",
    "relations",
    "narrative",
    "aware_at",
    "report_due_at",
    "protocol_version",
)


def signed_record(event: AdverseEvent) -> str:
    """The event as one line of JSON, always the same for the same event."""
    ids = {name: getattr(event, name).hex for name in ("id", "study_id", "site_id", "participant_id", "escalation_id")}
    said = {name: _plain(getattr(event, name)) for name in SIGNED_FIELDS}
    return json.dumps(ids | said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def signature_hash(signature: Signature, record: str) -> bytes:
    """Of the record together with who signed it, when and as what: neither can be put to another."""
    said = [
        signature.adverse_event_id.hex,
        signature.staff_id.hex,
        signature.signed_by,
        _plain(signature.signed_at),
        signature.meaning.value,
        *([] if signature.full_name is None else [signature.full_name]),
    ]
    return hashlib.sha256(json.dumps([*said, record], ensure_ascii=False).encode("utf-8", "surrogatepass")).digest()


def signature_holds(signature: Signature, event: AdverseEvent) -> bool:
    """Whether nobody voided it and the event is still what was signed, also where somebody changed the rows by another way."""
    return signature.voided_at is None and signature.record_hash == signature_hash(signature, signed_record(event))


def changed_since(signature: Signature, event: AdverseEvent) -> list[str]:
    """The fields in which the event is no longer what was signed."""
    signed, now = json.loads(signature.record), json.loads(signed_record(event))
    return sorted(name for name in {*signed, *now} if signed.get(name) != now.get(name))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
