"""A participant's timeline as one list: texts both ways and what was read in them, steps of escalations, what staff changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import AuditEvent
from followup_service.checkins.report import Report
from followup_service.escalations.escalation import Escalation, EscalationEvent, EventKind
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.participants.participant import Participant

# What would tell a blinded person which treatment was allotted: the arm, and everything that is planned by it.
TELLS_THE_ARM = ("enrolled", "arm_changed", "treatment_", "visit", "checkin_", "adverse_event_")


class EntryKind(StrEnum):
    TEXTS = "texts"
    ESCALATIONS = "escalations"
    CHANGES = "changes"


# Of a long alarm that nobody takes, most rows are pages.
ROWS_FOR_AN_ENTRY = 3
Row = InboundMessage | OutboundMessage | EscalationEvent | AuditEvent


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `reports` are what was read in a text that came; `number` is the escalation's that a step belongs to.

    Pages that follow each other are one line: `pages` are all of them, newest first.
    """

    at: datetime
    kind: EntryKind
    row: Row
    reports: tuple[Report, ...] = ()
    number: int | None = None
    pages: tuple[EscalationEvent, ...] = ()

    @property
    def began_at(self) -> datetime:
        return self.pages[-1].at if self.pages else self.at

    @property
    def id(self) -> UUID:
        return self.row.id

    @property
    def is_received(self) -> bool:
        return isinstance(self.row, InboundMessage)


def participant_timeline(
    session: Session, participant: Participant, before: datetime | None, most: int, kinds: Iterable[EntryKind], *, blinded: bool
) -> list[Entry]:
    """The latest entries before an instant, newest first; one more than `most` where there are more."""
    readers = {EntryKind.TEXTS: _texts, EntryKind.ESCALATIONS: _steps, EntryKind.CHANGES: _changes}
    rows = ROWS_FOR_AN_ENTRY * (most + 1)
    entries = [entry for kind in kinds for entry in readers[kind](session, participant, before, rows)]
    newest = sorted(entries, key=lambda entry: (entry.at, entry.id), reverse=True)[:rows]
    shown = (entry for entry in newest if not (blinded and isinstance(entry.row, AuditEvent) and _tells(entry.row)))
    return _pages_together(shown)[: most + 1]


def _pages_together(entries: Iterable[Entry]) -> list[Entry]:
    together: list[Entry] = []
    for entry in entries:
        if not isinstance(entry.row, EscalationEvent) or entry.row.kind is not EventKind.PAGED:
            together.append(entry)
        elif together and together[-1].pages and together[-1].number == entry.number:
            together[-1] = replace(together[-1], pages=(*together[-1].pages, entry.row))
        else:
            together.append(replace(entry, pages=(entry.row,)))
    return together


def _texts(session: Session, participant: Participant, before: datetime | None, most: int) -> list[Entry]:
    came, went = select(InboundMessage), select(OutboundMessage)
    if before is not None:
        came, went = came.where(InboundMessage.received_at < before), went.where(OutboundMessage.created_at < before)
    came = came.where(InboundMessage.participant_id == participant.id).order_by(InboundMessage.received_at.desc(), InboundMessage.id.desc())
    went = went.where(OutboundMessage.participant_id == participant.id, OutboundMessage.staff_id.is_(None))
    went = went.order_by(OutboundMessage.created_at.desc(), OutboundMessage.id.desc())
    received = list(session.scalars(came.limit(most)))
    read = _reports(session, [row.id for row in received])
    entries = [Entry(row.received_at, EntryKind.TEXTS, row, read.get(row.id, ())) for row in received]
    return entries + [Entry(row.created_at, EntryKind.TEXTS, row) for row in session.scalars(went.limit(most))]


def _reports(session: Session, inbound_ids: Sequence[UUID]) -> dict[UUID | None, tuple[Report, ...]]:
    rows = session.scalars(select(Report).where(Report.inbound_id.in_(inbound_ids)).order_by(Report.inbound_id, Report.kind, Report.code))
    return {inbound_id: tuple(group) for inbound_id, group in groupby(rows, key=lambda row: row.inbound_id)}


def _steps(session: Session, participant: Participant, before: datetime | None, most: int) -> list[Entry]:
    steps = select(EscalationEvent, Escalation.number).join(Escalation, Escalation.id == EscalationEvent.escalation_id)
    steps = steps.where(Escalation.participant_id == participant.id)
    if before is not None:
        steps = steps.where(EscalationEvent.at < before)
    ordered = steps.order_by(EscalationEvent.at.desc(), EscalationEvent.id.desc()).limit(most)
    return [Entry(row.at, EntryKind.ESCALATIONS, row, number=number) for row, number in session.execute(ordered)]


def _changes(session: Session, participant: Participant, before: datetime | None, most: int) -> list[Entry]:
    events = select(AuditEvent).where(AuditEvent.subject_kind == Participant.__audit_kind__, AuditEvent.subject_id == participant.id)
    # Texts and steps of escalations stand in the timeline themselves.
    events = events.where(AuditEvent.action.not_in(("text_read", "text_written")))
    events = events.where(~AuditEvent.action.startswith("escalation_", autoescape=True))
    if before is not None:
        events = events.where(AuditEvent.at < before)
    rows = session.scalars(events.order_by(AuditEvent.sequence.desc()).limit(most))
    return [Entry(row.at, EntryKind.CHANGES, row) for row in rows]


def _tells(event: AuditEvent) -> bool:
    return event.action.startswith(TELLS_THE_ARM)
