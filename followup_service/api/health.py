"""Whether the service does its work: database, migrations, and how old the oldest thing is that should be done. No personal data."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import structlog
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Response, jsonify
from marshmallow import Schema, fields
from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from followup_service import clock
from followup_service.api.blueprint import blueprint
from followup_service.checkins.checkin import Checkin
from followup_service.checkins.start_checkins import WAITING
from followup_service.database import MIGRATIONS
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.participants.participant import Participant

health_checks = blueprint("health", "For whoever watches the server. Open to everybody.")
log = structlog.get_logger()

# A worker looks several times a second. Texts wait longer only where many are due at once: they leave one by one.
LATEST_TEXT = timedelta(minutes=10)
LATEST_REPLY = timedelta(minutes=2)
LATEST_STEP = timedelta(minutes=10)


class HealthSchema(Schema):
    status = fields.String(required=True, metadata={"enum": ["green", "red"]})
    database = fields.Boolean(required=True)
    migrations_at_head = fields.Boolean(required=True)
    oldest_due_text_seconds = fields.Integer(required=True, allow_none=True)
    oldest_unhandled_text_seconds = fields.Integer(required=True, allow_none=True)
    oldest_due_step_seconds = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Check-ins and repeated pages: grows when no worker runs"}
    )
    unacknowledged_escalations = fields.Integer(required=True, allow_none=True)


NOTHING_KNOWN = dict.fromkeys(HealthSchema().fields) | {"status": "red", "database": False, "migrations_at_head": False}


@health_checks.get("/health")
@health_checks.doc(security=[])
@health_checks.response(200, HealthSchema)
@health_checks.alt_response(503, schema=HealthSchema, content_type="application/json", description="Something is wrong")
def health() -> Response:
    """Say whether the service does its work; 503 where it does not."""
    try:
        found = _look(clock.now())
    except SQLAlchemyError as error:
        db.session.rollback()
        log.error("health_red", error=type(error).__name__)
        found = NOTHING_KNOWN
    response = jsonify(HealthSchema().dump(found))
    response.status_code = 200 if found["status"] == "green" else 503
    return response


def _look(now: datetime) -> dict[str, Any]:
    connection = db.session.connection(execution_options={"read_only": True})
    if set(MigrationContext.configure(connection).get_current_heads()) != _migration_heads():
        return NOTHING_KNOWN | {"database": True}
    text = _age(select(func.min(OutboundMessage.due_at)).where(OutboundMessage.state == OutboundState.CREATED), now)
    reply = _age(select(func.min(InboundMessage.received_at)).where(InboundMessage.handled_at.is_(None)), now)
    step = max(filter(None, (_age(query, now) for query in _steps())), default=None)
    late = _late(text, LATEST_TEXT) or _late(reply, LATEST_REPLY) or _late(step, LATEST_STEP)
    open_ = select(func.count()).select_from(Escalation).where(Escalation.state == EscalationState.OPEN)
    return {
        "status": "red" if late else "green",
        "database": True,
        "migrations_at_head": True,
        "oldest_due_text_seconds": _seconds(text),
        "oldest_unhandled_text_seconds": _seconds(reply),
        "oldest_due_step_seconds": _seconds(step),
        "unacknowledged_escalations": db.session.scalar(open_),
    }


def _steps() -> tuple[Select[Any], ...]:
    return (
        select(func.min(Participant.next_checkin_at)),
        select(func.min(Checkin.next_step_at)).where(Checkin.state.in_(WAITING)),
        select(func.min(Escalation.next_page_at)).where(Escalation.state == EscalationState.OPEN),
        select(func.min(Escalation.returns_at)).where(Escalation.state == EscalationState.ACKNOWLEDGED),
    )


def _age(oldest: Select[Any], now: datetime) -> timedelta | None:
    """How long ago it was due; None where nothing is."""
    instant = db.session.scalar(oldest)
    return now - instant if instant is not None and instant <= now else None


def _late(age: timedelta | None, latest: timedelta) -> bool:
    return age is not None and age > latest


def _seconds(age: timedelta | None) -> int | None:
    return None if age is None else int(age.total_seconds())


@cache
def _migration_heads() -> set[str]:
    return set(ScriptDirectory(str(MIGRATIONS)).get_heads())
