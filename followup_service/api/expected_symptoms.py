"""Expected symptoms over REST: a known, stable complaint that pages nobody for a limited time; never fever, never an emergency."""

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from followup_service import clock
from followup_service.api.blueprint import IDEMPOTENCY_KEY, blueprint
from followup_service.api.caller import caller
from followup_service.api.fields import Instant, PlainText, StrictSchema
from followup_service.api.idempotency import once
from followup_service.api.scope import locked_participant, participant_of
from followup_service.errors import NotFound
from followup_service.escalations.expected_symptom import ExpectedSymptom, end_expected, mark_expected
from followup_service.extensions import db
from followup_service.protocol.findings import Severity
from followup_service.staff.find_staff import active_staff_member

expected_symptoms = blueprint("expected symptoms", "Known, stable complaints that are kept and shown, and page nobody for a limited time.")
SEVERITIES = [severity.name.lower() for severity in Severity]


class EndingSchema(StrictSchema):
    by = PlainText(longest=48, required=True, metadata={"description": "The handle of a member of staff", "examples": ["nurse-li"]})


class MarkingSchema(EndingSchema):
    code = PlainText(longest=48, required=True, metadata={"description": "A symptom of the study", "examples": ["ABDOMINAL_PAIN"]})
    severity = fields.String(
        load_default="moderate",
        validate=validate.OneOf(SEVERITIES, error=f"write one of {', '.join(SEVERITIES)}"),
        metadata={"description": "The most that is expected; what is worse pages"},
    )
    count = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 100, error="write a number from 1 to 100"))
    until = Instant(required=True)
    note = PlainText(longest=2000, required=True, metadata={"description": "Why it is expected"})


class ExpectedSymptomSchema(Schema):
    code = fields.String(required=True)
    severity = fields.Function(lambda row: Severity(row.severity).name.lower(), required=True, metadata={"type": "string"})
    count = fields.Integer(required=True, allow_none=True)
    until = Instant(required=True, attribute="ends_at")
    note = fields.String(required=True)
    marked_at = Instant(required=True)
    marked_by = fields.String(required=True)


class ExpectedSymptomListSchema(Schema):
    items = fields.List(fields.Nested(ExpectedSymptomSchema), required=True)


@expected_symptoms.get("/participants/<code:code>/expected-symptoms")
@expected_symptoms.response(200, ExpectedSymptomListSchema)
def list_expected(code: str) -> dict[str, Any]:
    """List what was and is expected of a participant, newest first."""
    marks = select(ExpectedSymptom).where(ExpectedSymptom.participant_id == participant_of(code).id)
    return {"items": list(db.session.scalars(marks.order_by(ExpectedSymptom.marked_at.desc())))}


@expected_symptoms.post("/participants/<code:code>/expected-symptoms")
@expected_symptoms.headers(IDEMPOTENCY_KEY)
@expected_symptoms.arguments(MarkingSchema)
@once
@expected_symptoms.response(201, ExpectedSymptomSchema)
def mark(form: dict[str, Any], code: str) -> Response:
    """Mark a symptom as expected: the same or less pages nobody until the time is over."""
    participant = locked_participant(code)
    who = active_staff_member(db.session, participant.site_id, form["by"])
    row = mark_expected(
        db.session,
        participant,
        form["code"],
        Severity[form["severity"].upper()],
        form["count"],
        form["until"],
        form["note"],
        who.handle,
        clock.now(),
        study=caller().study,
        via=caller().actor,
    )
    response = jsonify(ExpectedSymptomSchema().dump(row))
    response.status_code = 201
    return response


@expected_symptoms.post("/participants/<code:code>/expected-symptoms/<code:symptom>/end")
@expected_symptoms.headers(IDEMPOTENCY_KEY)
@expected_symptoms.arguments(EndingSchema)
@once
@expected_symptoms.response(200, ExpectedSymptomListSchema)
def end(form: dict[str, Any], code: str, symptom: str) -> Response:
    """Expect a symptom no more: it pages again."""
    participant = locked_participant(code)
    now, running = clock.now(), select(ExpectedSymptom).where(ExpectedSymptom.participant_id == participant.id)
    marks = list(db.session.scalars(running.where(ExpectedSymptom.code == symptom, ExpectedSymptom.ends_at > now)))
    if not marks:
        raise NotFound("no such expected symptom")
    who = active_staff_member(db.session, participant.site_id, form["by"])
    for row in marks:
        end_expected(participant, row, who.handle, now, via=caller().actor)
    return jsonify(ExpectedSymptomListSchema().dump({"items": marks}))
