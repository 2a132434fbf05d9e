"""A member of staff writes to a participant over REST: an approved text or own words, and some seconds to take it back."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from marshmallow import Schema, fields, validate

from followup_service import clock
from followup_service.api.blueprint import IDEMPOTENCY_KEY, blueprint
from followup_service.api.caller import caller
from followup_service.api.escalations import AcknowledgementSchema
from followup_service.api.fields import Instant, PlainText, one_of
from followup_service.api.idempotency import once
from followup_service.api.scope import locked_participant
from followup_service.errors import Refused
from followup_service.extensions import db
from followup_service.messaging.approvals import check_participants_language
from followup_service.messaging.outbound_message import TYPED, OutboundMessage, OutboundState
from followup_service.messaging.take_back_text import take_back_text
from followup_service.messaging.write_text import APPROVED, write_text
from followup_service.staff.find_staff import active_staff_member

writing = blueprint("writing", "What a person of the team writes to a participant. The service's own texts wait meanwhile.")
KINDS = (*APPROVED, TYPED)


class WritingSchema(AcknowledgementSchema):
    message = fields.String(
        required=True,
        validate=validate.OneOf(KINDS, error=f"write one of {', '.join(KINDS)}"),
        metadata={"description": "An approved text, or `typed` with the words"},
    )
    typed = PlainText(longest=1000, metadata={"description": "Own words, in the participant's language: no name, no illness, no link"})
    although_telling = fields.Boolean(
        load_default=False, metadata={"description": "Send it although a word of it tells of an illness or a study"}
    )


class WrittenSchema(Schema):
    id = fields.UUID(required=True)
    state = one_of(OutboundState, required=True)
    due_at = Instant(required=True, metadata={"description": "When it leaves; until then it can be taken back"})


@writing.post("/participants/<code:code>/messages")
@writing.headers(IDEMPOTENCY_KEY)
@writing.arguments(WritingSchema)
@once
@writing.response(201, WrittenSchema)
def write(form: dict[str, Any], code: str) -> Response:
    """Write to a participant. It leaves ten seconds later, at any hour."""
    participant, study = locked_participant(code), caller().study
    who = active_staff_member(db.session, participant.site_id, form["by"])
    check_participants_language(participant.language, participant.code, study)
    typed = form.get("typed") or ""
    if typed and form["message"] != TYPED:
        raise Refused(f"own words go with message '{TYPED}'", {"typed": [f"leave it out, or write message '{TYPED}'"]})
    how = {"study": study, "although_telling": form["although_telling"]}
    row = write_text(db.session, participant, form["message"], typed, clock.now(), who.handle, **how)
    response = jsonify(WrittenSchema().dump(row))
    response.status_code = 201
    return response


@writing.post("/participants/<code:code>/messages/<uuid:text_id>/take-back")
@writing.headers(IDEMPOTENCY_KEY)
@writing.arguments(AcknowledgementSchema)
@once
@writing.response(200, WrittenSchema)
def take_back(form: dict[str, Any], code: str, text_id: UUID) -> Response:
    """Take back what was written, while it has not left."""
    participant = locked_participant(code)
    who = active_staff_member(db.session, participant.site_id, form["by"])
    take_back_text(db.session, participant, text_id, clock.now(), who.handle)
    return jsonify(WrittenSchema().dump(db.session.get_one(OutboundMessage, text_id, populate_existing=True)))
