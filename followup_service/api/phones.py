"""Further phones over REST: a participant's second one, or a caregiver's. Numbers go in and never come out."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from marshmallow import Schema, fields

from followup_service import clock
from followup_service.api.blueprint import IDEMPOTENCY_KEY, blueprint
from followup_service.api.caller import caller
from followup_service.api.fields import Instant, PlainText, StrictSchema, one_of
from followup_service.api.idempotency import once
from followup_service.api.scope import country_of, locked_participant, participant_of
from followup_service.extensions import db
from followup_service.participants.add_phone import BY_STAFF, add_phone, phone_of, phones_of, remove_phone
from followup_service.participants.participant_phone import PhoneKind, Told

phones = blueprint("phones", "Further phones from which a participant is reported on, and what the participant agreed they are told.")


class PhoneAddingSchema(StrictSchema):
    phone = PlainText(longest=64, required=True, load_only=True)
    kind = one_of(PhoneKind, required=True)
    told = fields.List(one_of(Told), load_default=list, metadata={"description": "What the participant agreed to, beside answers"})


class PhoneSchema(Schema):
    id = fields.UUID(required=True)
    kind = one_of(PhoneKind, required=True)
    told = fields.List(fields.String(), required=True)
    added_at = Instant(required=True)
    added_by = fields.String(required=True)
    removed_at = Instant(required=True, allow_none=True)
    removed_because = fields.String(required=True, allow_none=True)


class PhoneListSchema(Schema):
    items = fields.List(fields.Nested(PhoneSchema), required=True)


@phones.get("/participants/<code:code>/phones")
@phones.response(200, PhoneListSchema)
def list_phones(code: str) -> dict[str, Any]:
    """List a participant's further phones that are in use."""
    return {"items": phones_of(db.session, participant_of(code))}


@phones.post("/participants/<code:code>/phones")
@phones.headers(IDEMPOTENCY_KEY)
@phones.arguments(PhoneAddingSchema)
@once
@phones.response(201, PhoneSchema)
def add(form: dict[str, Any], code: str) -> Response:
    """Add a phone. Who writes from it is taken to write about this participant, and is answered there."""
    row = locked_participant(code)
    country = country_of(row.site_id)
    phone = add_phone(db.session, row, form["phone"], form["kind"], form["told"], clock.now(), caller().actor, country=country)
    response = jsonify(PhoneSchema().dump(phone))
    response.status_code = 201
    return response


@phones.post("/participants/<code:code>/phones/<uuid:phone_id>/remove")
@phones.headers(IDEMPOTENCY_KEY)
@once
@phones.response(200, PhoneSchema)
def remove(code: str, phone_id: UUID) -> Response:
    """Take a phone off: nothing more goes there, and who writes from it is a stranger."""
    row = locked_participant(code)
    phone = phone_of(db.session, row, phone_id)
    remove_phone(db.session, row, phone, BY_STAFF, clock.now(), caller().actor)
    return jsonify(PhoneSchema().dump(phone))
