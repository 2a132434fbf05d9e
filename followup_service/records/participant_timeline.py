"""A participant's timeline as one list: texts both ways and what was read in them, steps of escalations, what staff changed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Select, String, bindparam, cast, literal, null, select, type_coerce, union_all
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

    Pages that follow each other are one line: `pages` are when each went out, newest first.
    """

    at: datetime
    kind: EntryKind
    row: Row
    reports: tuple[Report, ...] = ()
    number: int | None = None
    pages: tuple[datetime, ...] = ()

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

    Of each table so many of the newest rows are found. Where there may be more, nothing is shown that is as old as its last one: further
    back something of that table would be missing. Only what is shown is read in full: it is a fifth of what is found.
    """
    tables = tuple(table for kind in kinds for table in _TABLES[kind])
    at_most = {table: (most + 1) * (STEPS_FOR_AN_ENTRY if table == _STEPS else 1) for table in tables}
    found = _find(session, participant, before or _EVER, at_most, blinded=blinded)
    last = {one.table: one.at for one in found}
    full = [table for table, most_of_it in at_most.items() if sum(one.table == table for one in found) == most_of_it]
    cut = max((last[table] for table in full), default=None)
    found = [one for one in found if cut is None or one.at > cut] or found
    lines = _pages_together(sorted(found, key=lambda one: (one.at, one.id), reverse=True))
    shown, rest = lines[:most], lines[most:]
    while rest and rest[0][0].at == shown[-1][-1].at:
        shown.append(rest.pop(0))
    return Timeline(_read(session, shown, tables), shown[-1][-1].at if rest or cut is not None else None)


class _Found(NamedTuple):
    """What it takes to put an entry in its place. `step` is that of an escalation."""

    table: str
    id: UUID
    at: datetime
    step: str | None
    number: int | None


_RECEIVED, _SENT, _STEPS, _CHANGES = "received", "sent", "steps", "changes"
_TABLES = {EntryKind.TEXTS: (_RECEIVED, _SENT), EntryKind.ESCALATIONS: (_STEPS,), EntryKind.CHANGES: (_CHANGES,)}
_KINDS = {table: kind for kind, tables in _TABLES.items() for table in tables}
_EVER = datetime(9999, 1, 1, tzinfo=UTC)
# Each page asks them: put together once.
_IDS = bindparam("ids", expanding=True)
_ROWS: dict[str, Select[Any]] = {
    _RECEIVED: select(InboundMessage)
    .where(InboundMessage.id.in_(_IDS))
    .options(load_only(InboundMessage.body_encrypted, InboundMessage.received_at, InboundMessage.handled_at)),
    _SENT: select(OutboundMessage).where(OutboundMessage.id.in_(_IDS)),
    _STEPS: select(EscalationEvent).where(EscalationEvent.id.in_(_IDS)),
    _CHANGES: select(AuditEvent).where(AuditEvent.id.in_(_IDS)),
}
_REPORTS = select(Report).where(Report.inbound_id.in_(_IDS)).order_by(Report.inbound_id, Report.kind, Report.code)


def _find(session: Session, participant: Participant, before: datetime, at_most: dict[str, int], *, blinded: bool) -> list[_Found]:
    """Of each table the newest first."""
    values = {"participant_id": participant.id, "before": before} | {f"most_{table}": most for table, most in at_most.items()}
    return [_Found(*row) for row in session.execute(_newest(tuple(at_most), blinded), values)]


@cache
def _newest(tables: tuple[str, ...], blinded: bool) -> Any:  # noqa: FBT001 - a key of the cache
    parts = {_RECEIVED: _received, _SENT: _sent, _STEPS: _steps, _CHANGES: _blinded_changes if blinded else _changes}
    newest = [parts[table]().limit(bindparam(f"most_{table}", type_=Integer)).subquery() for table in tables]
    return union_all(*(select(part) for part in newest))


def _columns(table: str, row: Any, at: Any, step: Any = None, number: Any = None) -> tuple[Any, ...]:
    step = cast(null(), String) if step is None else type_coerce(step, String)
    number = cast(null(), Integer) if number is None else number
    return literal(table, literal_execute=True).label("found_in"), row.id, at.label("at"), step.label("step"), number.label("number")


def _received() -> Select[Any]:
    at = InboundMessage.received_at
    newest = select(*_columns(_RECEIVED, InboundMessage, at)).order_by(at.desc(), InboundMessage.id.desc())
    return newest.where(InboundMessage.participant_id == bindparam("participant_id"), at < bindparam("before"))


def _sent() -> Select[Any]:
    at = OutboundMessage.created_at
    newest = select(*_columns(_SENT, OutboundMessage, at)).order_by(at.desc(), OutboundMessage.id.desc())
    newest = newest.where(OutboundMessage.participant_id == bindparam("participant_id"), OutboundMessage.staff_id.is_(None))
    return newest.where(at < bindparam("before"))


def _steps() -> Select[Any]:
    at = EscalationEvent.at
    newest = select(*_columns(_STEPS, EscalationEvent, at, EscalationEvent.kind, Escalation.number))
    newest = newest.join(Escalation, Escalation.id == EscalationEvent.escalation_id).order_by(at.desc(), EscalationEvent.id.desc())
    return newest.where(Escalation.participant_id == bindparam("participant_id"), at < bindparam("before"))


def _changes(*, left_out: Sequence[str] = ("escalation_",)) -> Select[Any]:
    newest = select(*_columns(_CHANGES, AuditEvent, AuditEvent.at)).order_by(AuditEvent.sequence.desc())
    newest = newest.where(AuditEvent.subject_kind == Participant.__audit_kind__, AuditEvent.subject_id == bindparam("participant_id"))
    # Texts and steps of escalations stand in the timeline themselves.
    newest = newest.where(AuditEvent.action.not_in(("text_read", "text_written")), AuditEvent.at < bindparam("before"))
    return newest.where(*(~AuditEvent.action.startswith(beginning, autoescape=True) for beginning in left_out))


def _blinded_changes() -> Select[Any]:
    return _changes(left_out=("escalation_", *TELLS_THE_ARM))


def _pages_together(found: Iterable[_Found]) -> list[list[_Found]]:
    """Lines, each with what it is about; of pages it may be several."""
    lines: list[list[_Found]] = []
    for one in found:
        if one.step == EventKind.PAGED and lines and (lines[-1][0].step, lines[-1][0].number) == (one.step, one.number):
            lines[-1].append(one)
        else:
            lines.append([one])
    return lines


def _read(session: Session, lines: Iterable[Sequence[_Found]], tables: Collection[str]) -> tuple[Entry, ...]:
    ids: dict[str, list[UUID]] = {table: [] for table in tables}
    for line in lines:
        ids[line[0].table].append(line[0].id)
    rows = {row.id: row for table in tables for row in session.scalars(_ROWS[table], {"ids": ids[table]})}
    reports = session.scalars(_REPORTS, {"ids": ids.get(_RECEIVED, [])})
    read = {inbound_id: tuple(group) for inbound_id, group in groupby(reports, key=lambda report: report.inbound_id)}
    return tuple(
        Entry(
            newest.at,
            _KINDS[newest.table],
            rows[newest.id],
            read.get(newest.id, ()),
            newest.number,
            tuple(page.at for page in line) if newest.step == EventKind.PAGED else (),
        )
        for line in lines
        if (newest := line[0]).id in rows
    )
