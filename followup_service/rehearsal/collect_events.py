"""What happened at an instant of a rehearsal, read from the tables and told as events in the order in which one led to the other."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import AuditEvent
from followup_service.checkins.report import Report
from followup_service.escalations.escalation import Escalation, EscalationEvent, EventKind
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import Attempt, AttemptState, OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.paging_clock import Channel
from followup_service.staff.staff_member import StaffMember
from followup_service.visits.visit import Visit

UNKNOWN = "unknown"
# What a rehearsal calls the channel of a text.
SMS = "sms"
# One leads to the next: the order of events at one instant.
ORDER = (
    "consent_given",
    "text_received",
    "report_saved",
    "opted_out",
    "opted_in",
    "withdrawn",
    "visit_planned",
    "visit_confirmed",
    "visit_move_asked",
    "visit_missed",
    "checkin_completed",
    "checkin_closed",
    "escalation_opened",
    "escalation_worsened",
    "escalation_acknowledged",
    "escalation_returned",
    "escalation_resolved",
    "checkin_started",
    "text_not_sent",
    "text_sent",
    "visit_reminded",
    "page_sent",
)
AUDITED = {
    "consent_given": "consent_given",
    "opted_out": "opted_out",
    "opted_in": "opted_in",
    "state_withdrawn": "withdrawn",
    "checkin_started": "checkin_started",
    "checkin_completed": "checkin_completed",
    "checkin_closed": "checkin_closed",
    "visits_planned": "visit_planned",
    "visit_booked": "visit_planned",
    "visit_confirmed": "visit_confirmed",
    "visit_move_asked": "visit_move_asked",
    "visit_missed": "visit_missed",
}
ESCALATED = {
    EventKind.OPENED: "escalation_opened",
    EventKind.WORSENED: "escalation_worsened",
    EventKind.ACKNOWLEDGED: "escalation_acknowledged",
    EventKind.RETURNED: "escalation_returned",
    EventKind.RESOLVED: "escalation_resolved",
}


@dataclass(frozen=True, slots=True)
class Event:
    """`participant` is a code, or None; `details` are the event's own keys."""

    at: datetime
    name: str
    participant: str | None
    details: dict[str, Any]

    def as_json(self) -> str:
        who = {"participant": self.participant} if self.participant else {}
        return json.dumps({"at": self.at.isoformat(), "event": self.name, **who, **self.details}, ensure_ascii=False)


class CollectEvents:
    """Called after each instant with its time; what was told once is not told again."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._told: set[UUID] = set()
        self._waiting: set[UUID] = set()
        self._names: dict[UUID, str] = {}
        self._episodes: dict[UUID, tuple[int, str | None]] = {}

    def __call__(self, at: datetime) -> Iterator[Event]:
        with self._app.app_context():
            db.session.connection(execution_options={"read_only": True})
            found = [(row_id, event) for row_id, event in self._found(db.session, at) if row_id not in self._told]
        self._told = {row_id for row_id, _ in found} | {row_id for row_id in self._told if row_id >= _first_id_of(at)}
        yield from sorted((event for _, event in found), key=_order)

    def _found(self, session: Session, at: datetime) -> Iterator[tuple[UUID, Event]]:
        yield from self._received(session, at)
        yield from self._reported(session, at)
        yield from self._audited(session, at)
        yield from self._escalated(session, at)
        yield from self._attempted(session, at)
        yield from self._given_up(session, at)

    def _received(self, session: Session, at: datetime) -> Iterator[tuple[UUID, Event]]:
        for row in session.scalars(select(InboundMessage).where(InboundMessage.id >= _first_id_of(at))):
            code = self._name(session, row.participant_id)
            sender = code or self._name(session, row.staff_id) or UNKNOWN
            yield row.id, Event(at, "text_received", code, {"from": sender, "body": row.body})

    def _reported(self, session: Session, at: datetime) -> Iterator[tuple[UUID, Event]]:
        for row in session.scalars(select(Report).where(Report.id >= _first_id_of(at))):
            values = {"celsius": f"{row.celsius:.2f}" if row.celsius is not None else None, "code": row.code, "value": row.value}
            said = {key: value for key, value in values.items() if value is not None}
            yield row.id, Event(at, "report_saved", self._name(session, row.participant_id), {"kind": row.kind.value, **said})

    def _audited(self, session: Session, at: datetime) -> Iterator[tuple[UUID, Event]]:
        rows = select(AuditEvent).where(AuditEvent.at == at, AuditEvent.action.in_(AUDITED))
        for row in session.scalars(rows):
            code = self._name(session, row.subject_id)
            if row.action == "visits_planned":
                for visit in (visit for visit in row.detail["visits"] if visit["to"] is not None):
                    yield row.id, Event(at, "visit_planned", code, _planned(visit))
                continue
            if row.action.startswith("visit"):
                dates = {key: row.detail[key] for key in ("target_on", "booked_at") if key in row.detail}
                details = {"visit": row.detail["item"], "occurrence": row.detail["occurrence"], **dates}
            elif row.action.startswith("checkin"):
                because = {"reason": row.detail["because"]} if "because" in row.detail else {}
                details = {"checkin": row.detail["plan"], "occurrence": row.detail["occurrence"], **because}
            else:
                details = {"source": row.detail.get("source") or ("participant" if row.actor == code else "staff")}
            yield row.id, Event(at, AUDITED[row.action], code, details)

    def _escalated(self, session: Session, at: datetime) -> Iterator[tuple[UUID, Event]]:
        for row in session.scalars(
            select(EscalationEvent).where(EscalationEvent.id >= _first_id_of(at), EscalationEvent.kind.in_(ESCALATED))
        ):
            number, code = self._episode(session, row.escalation_id)
            details: dict[str, Any] = {"number": number}
            if row.kind in (EventKind.OPENED, EventKind.WORSENED):
                details |= {"level": row.level.value, "reasons": row.reasons}
            else:
                outcome = session.get_one(Escalation, row.escalation_id).outcome
                details |= {"by": row.actor, "outcome": outcome.value if outcome and row.kind is EventKind.RESOLVED else None}
            yield row.id, Event(at, ESCALATED[row.kind], code, details)

    def _attempted(self, session: Session, at: datetime) -> Iterator[tuple[UUID, Event]]:
        rows = select(Attempt, OutboundMessage).join(OutboundMessage, OutboundMessage.id == Attempt.outbound_id)
        for attempt, message in session.execute(rows.where(Attempt.id >= _first_id_of(at))):
            code = self._name(session, message.participant_id)
            shared = {"to": self._recipient(session, message), "purpose": message.purpose.value}
            if message.channel is not Channel.TEXT:
                yield from self._called(session, at, attempt, message)
            elif attempt.state is AttemptState.ACCEPTED and attempt.error_code is None:
                words = {"language": message.language, "body": message.body, "parts": message.parts}
                yield attempt.id, Event(at, "text_sent", code, shared | words)
                if message.purpose is Purpose.REMINDER and message.visit_id is not None:
                    yield attempt.id, Event(at, "visit_reminded", code, _visit_details(session, message.visit_id))
                if message.purpose is Purpose.PAGE and message.escalation_id is not None:
                    number, whose = self._episode(session, message.escalation_id)
                    yield attempt.id, Event(at, "page_sent", whose, {"to": shared["to"], "number": number, "channel": SMS})
            elif attempt.state in (AttemptState.ACCEPTED, AttemptState.REFUSED):
                yield attempt.id, Event(at, "text_not_sent", code, {**shared, "reason": attempt.error_code})

    def _called(self, session: Session, at: datetime, attempt: Attempt, message: OutboundMessage) -> Iterator[tuple[UUID, Event]]:
        """A page by call or e-mail: what was said, or why it was not."""
        assert message.escalation_id is not None  # noqa: S101 - only pages go by these channels
        number, whose = self._episode(session, message.escalation_id)
        shared = {"to": self._recipient(session, message), "purpose": message.purpose.value}
        by = {"channel": message.channel.value}
        if attempt.state is AttemptState.ACCEPTED and attempt.error_code is None:
            yield (
                attempt.id,
                Event(at, "page_sent", whose, {**shared, "number": number, **by, "language": message.language, "body": message.body}),
            )
        elif attempt.state in (AttemptState.ACCEPTED, AttemptState.REFUSED):
            yield attempt.id, Event(at, "text_not_sent", whose, {**shared, "reason": attempt.error_code, **by})

    def _given_up(self, session: Session, at: datetime) -> Iterator[tuple[UUID, Event]]:
        """Texts that waited a moment ago, or began just now, and will not be sent."""
        made_now = set(session.scalars(select(OutboundMessage.id).where(OutboundMessage.id >= _first_id_of(at))))
        waiting = set(session.scalars(select(OutboundMessage.id).where(OutboundMessage.state == OutboundState.CREATED)))
        ended, self._waiting = (self._waiting | made_now) - waiting, waiting
        if not ended:
            return
        rows = select(OutboundMessage).where(OutboundMessage.id.in_(ended), OutboundMessage.state == OutboundState.NOT_SENT)
        for row in session.scalars(rows):
            details = {"to": self._recipient(session, row), "purpose": row.purpose.value, "reason": row.not_sent_reason}
            yield row.id, Event(at, "text_not_sent", self._name(session, row.participant_id), details)

    def _recipient(self, session: Session, message: OutboundMessage) -> str:
        return self._name(session, message.participant_id) or self._name(session, message.staff_id) or UNKNOWN

    def _name(self, session: Session, row_id: UUID | None) -> str | None:
        """The code of a participant or the handle of a member of staff."""
        if row_id is not None and row_id not in self._names:
            names = (
                select(Participant.code).where(Participant.id == row_id).union(select(StaffMember.handle).where(StaffMember.id == row_id))
            )
            self._names[row_id] = session.scalar(names) or UNKNOWN
        return self._names.get(row_id) if row_id is not None else None

    def _episode(self, session: Session, escalation_id: UUID) -> tuple[int, str | None]:
        if escalation_id not in self._episodes:
            row = session.get_one(Escalation, escalation_id)
            self._episodes[escalation_id] = (row.number, self._name(session, row.participant_id))
        return self._episodes[escalation_id]


def _planned(visit: dict[str, Any]) -> dict[str, Any]:
    # By day: events of one instant are told in the order of their content.
    return {"target_on": visit["to"], "visit": visit["item"], "occurrence": visit["occurrence"]}


def _visit_details(session: Session, visit_id: UUID) -> dict[str, Any]:
    visit = session.get_one(Visit, visit_id)
    when = {"booked_at": visit.booked_at.isoformat()} if visit.booked_at else {"target_on": visit.target_on.isoformat()}
    return {"visit": visit.item, "occurrence": visit.occurrence, **when}


def _first_id_of(at: datetime) -> UUID:
    """Row ids begin with the milliseconds of the clock, so that the rows of an instant are found by their key."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def _order(event: Event) -> tuple[int, str]:
    """Events of the same kind at the same instant by their content, so that a rehearsal played twice reads the same."""
    return ORDER.index(event.name), event.as_json()
