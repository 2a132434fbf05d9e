"""A study as it is after a year: participants, texts both ways with what was read in them, episodes with their steps, changes."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count, islice
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, select, text

from followup_service import clock
from followup_service.audit import AuditEvent
from followup_service.checkins.report import Report, ReportKind
from followup_service.columns import new_id
from followup_service.encryption import keyring
from followup_service.escalations.escalation import Escalation, EscalationEvent, EscalationState, EventKind, Outcome
from followup_service.extensions import db
from followup_service.messaging.inbound_message import CameBy, InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import HANDLING, Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.rule_definitions import Level

ROWS_AT_ONCE = 5000
# Who is looked at wrote this many times as much as the others: theirs are the longest stories.
LONGEST = 5
# Of the texts so many in a hundred came in; of the others one in a hundred was not sent.
CAME_IN, NOT_SENT = 30, 100
CHANGES_EACH = 5
A_YEAR = 500_000
ASKED = b"What is your temperature now?"
WROTE = b"38.9 since this morning, and I shiver. Should I come to the hospital or wait until tomorrow?"
# What no page shows is only as long.
NOT_SHOWN = bytes(200)

Rows = Iterator[dict[str, Any]]


def fill_study(participants: int, escalations: int, messages: int, still_open: int) -> list[str]:
    """Rows beside those of a seeded study, committed. Returns the codes of the people there were."""
    now, real = clock.now(), list(db.session.scalars(select(Participant).order_by(Participant.code)))
    _insert(Participant, _copies(real[0], participants - len(real)))
    theirs = [person.id for person in real]
    ids = list(db.session.scalars(select(Participant.id))) + theirs * (LONGEST - 1)
    came_in = messages * CAME_IN // 100
    _insert(OutboundMessage, _texts_to(messages - came_in, ids, real[0].site_id, now))
    _insert(InboundMessage, _texts_from(came_in, ids, now))
    _insert(Report, _reports())
    _insert(Escalation, _episodes(escalations, still_open, real, ids, now))
    _insert(EscalationEvent, _steps())
    _insert(AuditEvent, _changes(ids, now))
    db.session.remove()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return [person.code for person in real]


def _copies(first: Participant, wanted: int) -> Rows:
    values = {column.name: getattr(first, column.name) for column in Participant.__table__.columns}
    for number in range(wanted):
        yield values | {"id": new_id(), "code": f"COPY-{number}", "phone_index": number.to_bytes(32), "next_checkin_at": None}


def _texts_to(wanted: int, ids: Sequence[UUID], site_id: UUID, now: datetime) -> Rows:
    ring, purpose = keyring(), Purpose.QUESTION
    for number in range(wanted):
        row_id, whose, at = new_id(), ids[number % len(ids)], now - timedelta(minutes=number % A_YEAR)
        is_lost = number % NOT_SENT == 0
        yield {
            "id": row_id,
            "site_id": site_id,
            "participant_id": whose,
            "channel": "text",
            "purpose": purpose,
            "message": "question.temperature",
            "values": {},
            "language": "en",
            "body_encrypted": ring.encrypt(ASKED, f"outbound_messages.body.{row_id.hex}"),
            "parts": 1,
            "protocol_version": "1.0",
            "state": OutboundState.NOT_SENT if is_lost else OutboundState.DELIVERED,
            "not_sent_reason": "too_late" if is_lost else None,
            "priority": HANDLING[purpose].priority,
            "due_at": at,
            "useful_until": at,
            "lease": 1,
            "attempts": 1,
            "created_at": at,
            "changed_at": at,
        }


def _texts_from(wanted: int, ids: Sequence[UUID], now: datetime) -> Rows:
    ring = keyring()
    for number in range(wanted):
        row_id, whose, at = new_id(), ids[number % len(ids)], now - timedelta(minutes=number % A_YEAR, seconds=30)
        yield {
            "id": row_id,
            "account_sid": "AC",
            "provider_sid": f"SM{number}",
            "from_phone_encrypted": NOT_SHOWN[:40],
            "from_index": whose.bytes * 2,
            "body_encrypted": ring.encrypt(WROTE, f"inbound_messages.body.{row_id.hex}"),
            "raw_encrypted": NOT_SHOWN,
            "reading_encrypted": NOT_SHOWN,
            "media_count": 0,
            "provider_opted_out": False,
            "came_by": CameBy.WEBHOOK,
            "received_at": at,
            "participant_id": whose,
            "handled_at": at,
            "failures": 0,
            "version": 1,
        }


def _reports() -> Rows:
    texts = db.session.execute(select(InboundMessage.id, InboundMessage.participant_id, InboundMessage.received_at)).all()
    for inbound_id, participant_id, at in texts:
        row = {"inbound_id": inbound_id, "participant_id": participant_id, "reported_at": at, "protocol_version": "1.0"}
        fever = {"kind": ReportKind.TEMPERATURE, "celsius": Decimal("38.9"), "value": "38.9", "unit": "C", "measured_at": "mouth"}
        yield row | fever | {"id": new_id()}
        yield row | {"id": new_id(), "kind": ReportKind.SYMPTOM, "code": "RIGOR"}


def _episodes(wanted: int, still_open: int, real: Sequence[Participant], ids: Sequence[UUID], now: datetime) -> Rows:
    for number in range(1, wanted + 1):
        is_open, at = number <= still_open, now - timedelta(minutes=number)
        yield {
            "id": new_id(),
            "study_id": real[0].study_id,
            "site_id": real[0].site_id,
            "participant_id": real[number].id if is_open else ids[number % len(ids)],
            "number": number,
            "state": EscalationState.OPEN if is_open else EscalationState.RESOLVED,
            "is_alarm": True,
            "level": list(Level)[number % 3],
            "reasons": ["FEVER", "RIGOR"],
            "highest_celsius": Decimal("38.9"),
            "opened_at": at,
            "acknowledge_by": at + timedelta(minutes=15),
            "resolved_at": None if is_open else at + timedelta(hours=1),
            "resolved_by": None if is_open else "nurse-li",
            "outcome": None if is_open else Outcome.ADVISED,
            "chain_step": 0,
            "handed_on": [],
            "pages": 1,
            "protocol_version": "1.0",
            "version": 1,
        }


def _steps() -> Rows:
    """Every episode was opened by a text, reported again twice, and paged six times."""
    texts: dict[UUID, list[UUID]] = {}
    newest = select(InboundMessage.id, InboundMessage.participant_id).order_by(InboundMessage.received_at.desc())
    for inbound_id, participant_id in db.session.execute(newest).all():
        texts.setdefault(participant_id, []).append(inbound_id)
    episodes = select(Escalation.id, Escalation.opened_at, Escalation.level, Escalation.participant_id)
    for episode_id, opened_at, level, whose in db.session.execute(episodes).all():
        news = zip((EventKind.REPEATED, EventKind.REPEATED, EventKind.OPENED), texts.get(whose, []), strict=False)
        for back, (kind, inbound_id) in enumerate(reversed(list(news))):
            step = {"kind": kind, "at": opened_at + timedelta(seconds=back), "inbound_id": inbound_id}
            yield step | {"id": new_id(), "escalation_id": episode_id, "actor": "participant", "level": level, "reasons": ["FEVER"]}
        for minute in range(6):
            step = {"kind": EventKind.PAGED, "at": opened_at + timedelta(minutes=minute), "channel": "text"}
            yield step | {"id": new_id(), "escalation_id": episode_id, "actor": "service", "level": level, "reasons": ["FEVER"]}


def _changes(ids: Sequence[UUID], now: datetime) -> Rows:
    sequences: dict[UUID, count[int]] = {}
    for number, whose in enumerate(list(ids) * CHANGES_EACH):
        yield {
            "id": new_id(),
            "subject_kind": Participant.__audit_kind__,
            "subject_id": whose,
            # After those of the enrolment.
            "sequence": next(sequences.setdefault(whose, count(1000))),
            "at": now - timedelta(minutes=number % A_YEAR),
            "actor": "nurse-li",
            "action": "visit_booked",
            "detail": {"item": "V1", "booked_at": now.isoformat(), "was": None},
            "previous_hash": bytes(32),
            "hash": bytes(32),
        }


def _insert(kind: Any, rows: Rows) -> None:
    """PostgreSQL copies, which is several times as fast as inserting."""
    table: Table = kind.__table__
    if db.engine.dialect.name == "postgresql":
        _copy(table, rows)
        return
    names = table.columns.keys()
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        db.session.execute(insert(table), [{name: row.get(name) for name in names} for row in batch])
        db.session.commit()


def _copy(table: Table, rows: Rows) -> None:
    dialect = db.engine.dialect
    kept = {column.name: column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns}
    names = ", ".join(f'"{name}"' for name in kept)
    with db.engine.begin() as connection, connection.connection.cursor() as cursor:
        # The rows refer to what is there: checking that takes longer than copying.
        cursor.execute("SET LOCAL session_replication_role = replica")
        with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row([row.get(name) if bound is None else bound(row.get(name)) for name, bound in kept.items()])
