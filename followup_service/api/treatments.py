"""Treatments over REST: what was planned or done, which is what every schedule counts from."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from followup_service import clock
from followup_service.api.blueprint import IDEMPOTENCY_KEY, blueprint
from followup_service.api.caller import caller
from followup_service.api.fields import Day, Instant, PlainText, StrictSchema, one_of
from followup_service.api.idempotency import once
from followup_service.api.scope import locked_participant, participant_of
from followup_service.errors import NotFound
from followup_service.extensions import db
from followup_service.participants.move_treatment import move_treatment
from followup_service.participants.participant import Participant
from followup_service.participants.plan_ahead import treatments_of
from followup_service.participants.record_treatment import cancel_treatment, end_treatment, record_treatment
from followup_service.participants.treatment import TreatmentRecord, TreatmentState

treatments = blueprint("treatments", "RFA sessions and cycles of systemic therapy, planned or done.")
RECORDABLE = [TreatmentState.PLANNED.value, TreatmentState.DONE.value]


class TreatmentRecordingSchema(StrictSchema):
    kind = PlainText(longest=16, required=True, metadata={"examples": ["rfa", "systemic"]})
    on = Day(required=True)
    state = fields.String(required=True, validate=validate.OneOf(RECORDABLE, error=f"write one of {', '.join(RECORDABLE)}"))


class TreatmentSchema(Schema):
    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    state = one_of(TreatmentState, required=True)
    on = Day(required=True, attribute="treated_on")
    protocol_version = fields.String(required=True)
    recorded_at = Instant(required=True)
    recorded_by = fields.String(required=True)


class RecordedTreatmentSchema(TreatmentSchema):
    warnings = fields.List(
        fields.String(), required=True, metadata={"description": "What the team should look at, such as too few days between"}
    )


class EndSchema(StrictSchema):
    on = Day(required=True, allow_none=True)


class WhySchema(StrictSchema):
    """Why what was recorded is changed."""

    reason = PlainText(longest=200, load_default=None, metadata={"description": "Kept in the audit trail: no name, no number"})


class MoveSchema(WhySchema):
    on = Day(required=True, metadata={"description": "The day on which it will be, or was"})


class TreatmentListSchema(Schema):
    items = fields.List(fields.Nested(TreatmentSchema), required=True)


@treatments.get("/participants/<code:code>/treatments")
@treatments.response(200, TreatmentListSchema)
def list_treatments(code: str) -> dict[str, Any]:
    """List a participant's treatments, by day."""
    return {"items": treatments_of(db.session, participant_of(code))}


@treatments.post("/participants/<code:code>/treatments")
@treatments.headers(IDEMPOTENCY_KEY)
@treatments.arguments(TreatmentRecordingSchema)
@once
@treatments.response(201, RecordedTreatmentSchema)
def record(form: dict[str, Any], code: str) -> Response:
    """Record a treatment as planned or done.

    A planned one of the same day becomes done. What the protocol does not allow is refused.
    """
    participant = locked_participant(code)
    state = TreatmentState(form["state"])
    row, warnings = record_treatment(
        db.session, participant, form["kind"], form["on"], state, clock.now(), caller().actor, study=caller().study
    )
    response = jsonify(TreatmentSchema().dump(row) | {"warnings": list(warnings)})
    response.status_code = 201
    return response


@treatments.post("/participants/<code:code>/end-of-treatment")
@treatments.headers(IDEMPOTENCY_KEY)
@treatments.arguments(EndSchema)
@once
@treatments.response(200, EndSchema)
def end(form: dict[str, Any], code: str) -> Response:
    """Record the day on which all treatment in the study ended, or take it back with null.

    Weekly questions end with it, and the sparse plan of visits counts from it.
    """
    participant = locked_participant(code)
    end_treatment(db.session, participant, form["on"], clock.now(), caller().actor, study=caller().study)
    return jsonify(EndSchema().dump({"on": participant.treatment_ended_on}))


@treatments.post("/participants/<code:code>/treatments/<uuid:treatment_id>/move")
@treatments.headers(IDEMPOTENCY_KEY)
@treatments.arguments(MoveSchema)
@once
@treatments.response(200, RecordedTreatmentSchema)
def move(form: dict[str, Any], code: str, treatment_id: UUID) -> Response:
    """Put a treatment on another day: a session put off, or a day that was entered wrong.

    Whoever was told of a visit that counts from it is told once of what is now; to cancel and record anew would tell them twice.
    """
    participant = locked_participant(code)
    row = _treatment(participant, treatment_id)
    now, actor = clock.now(), caller().actor
    warnings = move_treatment(db.session, participant, row, form["on"], now, actor, form["reason"], study=caller().study)
    return jsonify(TreatmentSchema().dump(row) | {"warnings": list(warnings)})


@treatments.post("/participants/<code:code>/treatments/<uuid:treatment_id>/cancel")
@treatments.headers(IDEMPOTENCY_KEY)
@treatments.arguments(WhySchema, required=False)
@once
@treatments.response(200, TreatmentSchema)
def cancel(form: dict[str, Any], code: str, treatment_id: UUID) -> TreatmentRecord:
    """Cancel a treatment: what counts from it is planned anew."""
    participant = locked_participant(code)
    row = _treatment(participant, treatment_id)
    return cancel_treatment(db.session, participant, row, clock.now(), caller().actor, form["reason"], study=caller().study)


def _treatment(participant: Participant, treatment_id: UUID) -> TreatmentRecord:
    row = db.session.scalar(
        select(TreatmentRecord).where(TreatmentRecord.id == treatment_id, TreatmentRecord.participant_id == participant.id)
    )
    if row is None:
        raise NotFound("no such treatment")
    return row
