"""A participant's timeline as one list: texts both ways and what was read in them, steps of escalations, what staff changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

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


# Of a long alarm that nobody takes, most steps are pages, which become one line.
STEPS_FOR_AN_ENTRY = 3
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


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries, newest first. `older` is the instant before which there are more; None where these are the first of all."""

    entries: tuple[Entry, ...]
    older: datetime | None


def participant_timeline(
    session: Session, participant: Participant, before: datetime | None, most: int, kinds: Iterable[EntryKind], *, blinded: bool
) -> Timeline:
    """The latest entries before an instant: about `most`, for what happened at one instant stays together.

    Of each table so many of the newest rows are read. Where there may be more, nothing is shown that is as old as its last one: further
    back something of that table would be missing.
    """
    readers = {
        EntryKind.TEXTS: (_received, _sent),
        EntryKind.ESCALATIONS: (_steps,),
        EntryKind.CHANGES: (partial(_changes, blinded=blinded),),
    }
    read = [reader(session, participant, before, most + 1) for kind in kinds for reader in readers[kind]]
    cut = max((part.entries[-1].at for part in read if part.may_have_more), default=None)
    rows = [entry for part in read for entry in part.entries]
    rows = [entry for entry in rows if cut is None or entry.at > cut] or rows
    entries = _pages_together(sorted(rows, key=lambda entry: (entry.at, entry.id), reverse=True))
    shown, rest = entries[:most], entries[most:]
    while rest and rest[0].at == shown[-1].began_at:
        shown.append(rest.pop(0))
    return Timeline(_with_what_was_read(session, shown), shown[-1].began_at if rest or cut is not None else None)


@dataclass(frozen=True, slots=True)
class _Part:
    """The newest rows of one table."""

    entries: list[Entry]
    may_have_more: bool


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


def _received(session: Session, participant: Participant, before: datetime | None, most: int) -> _Part:
    query = select(InboundMessage).where(InboundMessage.participant_id == participant.id)
    if before is not None:
        query = query.where(InboundMessage.received_at < before)
    shown = load_only(InboundMessage.body_encrypted, InboundMessage.received_at, InboundMessage.handled_at)
    newest = query.order_by(InboundMessage.received_at.desc(), InboundMessage.id.desc()).limit(most).options(shown)
    rows = list(session.scalars(newest))
    return _Part([Entry(row.received_at, EntryKind.TEXTS, row) for row in rows], len(rows) == most)


def _sent(session: Session, participant: Participant, before: datetime | None, most: int) -> _Part:
    query = select(OutboundMessage).where(OutboundMessage.participant_id == participant.id, OutboundMessage.staff_id.is_(None))
    if before is not None:
        query = query.where(OutboundMessage.created_at < before)
    rows = list(session.scalars(query.order_by(OutboundMessage.created_at.desc(), OutboundMessage.id.desc()).limit(most)))
    return _Part([Entry(row.created_at, EntryKind.TEXTS, row) for row in rows], len(rows) == most)


def _with_what_was_read(session: Session, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    received = [entry.id for entry in entries if entry.is_received]
    rows = session.scalars(select(Report).where(Report.inbound_id.in_(received)).order_by(Report.inbound_id, Report.kind, Report.code))
    read = {inbound_id: tuple(group) for inbound_id, group in groupby(rows, key=lambda row: row.inbound_id)}
    return tuple(replace(entry, reports=read[entry.id]) if entry.id in read else entry for entry in entries)


def _steps(session: Session, participant: Participant, before: datetime | None, most: int) -> _Part:
    query = select(EscalationEvent, Escalation.number).join(Escalation, Escalation.id == EscalationEvent.escalation_id)
    query = query.where(Escalation.participant_id == participant.id)
    if before is not None:
        query = query.where(EscalationEvent.at < before)
    most *= STEPS_FOR_AN_ENTRY
    rows = session.execute(query.order_by(EscalationEvent.at.desc(), EscalationEvent.id.desc()).limit(most)).all()
    return _Part([Entry(row.at, EntryKind.ESCALATIONS, row, number=number) for row, number in rows], len(rows) == most)


def _changes(session: Session, participant: Participant, before: datetime | None, most: int, *, blinded: bool) -> _Part:
    query = select(AuditEvent).where(AuditEvent.subject_kind == Participant.__audit_kind__, AuditEvent.subject_id == participant.id)
    # Texts and steps of escalations stand in the timeline themselves.
    query = query.where(AuditEvent.action.not_in(("text_read", "text_written")))
    left_out = ("escalation_", *TELLS_THE_ARM) if blinded else ("escalation_",)
    query = query.where(*(~AuditEvent.action.startswith(beginning, autoescape=True) for beginning in left_out))
    if before is not None:
        query = query.where(AuditEvent.at < before)
    rows = list(session.scalars(query.order_by(AuditEvent.sequence.desc()).limit(most)))
    return _Part([Entry(row.at, EntryKind.CHANGES, row) for row in rows], len(rows) == most)
