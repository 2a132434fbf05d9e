"""For whoever watches the server: is the process up, does the service do its work, and figures for monitoring. No personal data."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, jsonify
from marshmallow import Schema, fields
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from followup_service import clock
from followup_service.api.blueprint import blueprint
from followup_service.api.fields import one_of
from followup_service.extensions import db
from followup_service.messaging.gateways import channels_passed_over
from followup_service.messaging.gateways.gateway import Gateway
from followup_service.messaging.spool import Spool
from followup_service.operations.look_at_health import Health, look_at_health, look_at_spool
from followup_service.operations.write_metrics import write_metrics
from followup_service.protocol.paging_clock import Channel
from followup_service.staff.running_study import running_study

monitoring = Blueprint("monitoring", __name__)
health_checks = blueprint("health", "For whoever watches the server. Open to everybody.")
log = structlog.get_logger()


def _seconds(meaning: str) -> fields.Integer:
    return fields.Integer(required=True, allow_none=True, metadata={"description": meaning})


class HealthSchema(Schema):
    status = fields.String(required=True, metadata={"enum": ["green", "red"]})
    problems = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "database_away, migrations_not_at_head, worker_silent, alarms_late, texts_late, replies_late, steps_late, "
            "inbound_unchecked, clock_skewed, sending_on_hold, nobody_to_page, drill_failed, spool_late, spool_set_aside, spool_unusable"
        },
    )
    database = fields.Boolean(required=True)
    migrations_at_head = fields.Boolean(required=True)
    worker_silent_seconds = _seconds("Since the last sign of life of any worker")
    oldest_alarm_seconds = _seconds("Pages and answers to alarms that the provider has not taken yet")
    oldest_due_text_seconds = _seconds("Of what is not on hold")
    oldest_unhandled_text_seconds = _seconds("Texts from phones that were stored and not handled")
    oldest_due_step_seconds = _seconds("Check-ins and repeated pages: grows when no worker runs")
    inbound_unchecked_seconds = _seconds("Since the provider's list of texts to us was last held against ours; null where it keeps none")
    inbound_proven_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When that was last done for a whole day, within two days"}
    )
    inbound_missing = fields.Integer(
        required=True, allow_none=True, metadata={"description": "How many texts of that day were missing here; they were taken in"}
    )
    clock_skew_seconds = _seconds("How far the database's clock is ahead of ours")
    sending_on_hold = fields.Boolean(required=True, allow_none=True)
    unacknowledged_escalations = fields.Integer(required=True, allow_none=True)
    sites_with_nobody_on_call = fields.Integer(required=True, allow_none=True)
    channels_passed_over = fields.List(
        one_of(Channel),
        required=True,
        metadata={"description": "By what no page goes out, because it is not configured: the next step of a chain takes its place"},
    )
    path_last_proven_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When a drill last reached somebody on call, who answered"}
    )


@health_checks.get("/health")
@health_checks.doc(security=[])
@health_checks.response(200, HealthSchema)
@health_checks.alt_response(503, schema=HealthSchema, content_type="application/json", description="Something is wrong")
def health() -> Response:
    """Say whether the service does its work; 503 where it does not."""
    return _answer()


@monitoring.get("/readyz")
def readyz() -> Response:
    """The same where monitoring looks for it."""
    return _answer()


def _answer() -> Response:
    try:
        gateway: Gateway = current_app.extensions["sms_gateway"]
        found = look_at_health(db.session, clock.now(), provider_keeps_texts=gateway.keeps_texts)
    except SQLAlchemyError as error:
        db.session.rollback()
        log.error("health_red", error=type(error).__name__)
        found = Health(problems=("database_away",), database=False, migrations_at_head=False)
    spool: Spool = current_app.extensions["spool"]
    found = replace(found, problems=(*found.problems, *look_at_spool(spool, clock.now())))
    response = jsonify(HealthSchema().dump(_shown(found)))
    response.status_code = 503 if found.problems else 200
    response.headers["Cache-Control"] = "no-store"
    return response


@monitoring.get("/livez")
def livez() -> Response:
    """The process answers: more is not asked here, so that no outage of the database makes anybody restart it."""
    return Response("alive\n", mimetype="text/plain")


@monitoring.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus, computed now. Needs a token with the scope `metrics`."""
    return Response(write_metrics(db.session, running_study(db.session).id, clock.now()), content_type=CONTENT_TYPE_LATEST)


def _shown(found: Health) -> dict[str, Any]:
    values = asdict(found)
    seconds = {
        f"{name.removesuffix('_for')}_seconds": int(value.total_seconds()) if isinstance(value, timedelta) else None
        for name, value in values.items()
    }
    passed_over = channels_passed_over(current_app.extensions["study"])
    more = {"sending_on_hold": found.on_hold, "channels_passed_over": passed_over}
    return values | seconds | more | {"status": "red" if found.problems else "green"}
