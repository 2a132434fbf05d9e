"""Slots over REST: the days that staff open for visits, of which participants who cannot come are offered some."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from marshmallow import Schema, fields
from sqlalchemy import select

from followup_service import clock
from followup_service.api.blueprint import IDEMPOTENCY_KEY, blueprint
from followup_service.api.caller import caller
from followup_service.api.fields import Instant, PlainText, StrictSchema
from followup_service.api.idempotency import once
from followup_service.api.scope import named_site, sites_seen
from followup_service.errors import Refused
from followup_service.extensions import db
from followup_service.visits.open_slot import OpenSlot
from followup_service.visits.take_slot import close_slot, open_slot

slots = blueprint("slots", "Days and times that staff open for visits.")
MOST_PLACES = 500


class NewSlotSchema(StrictSchema):
    site = PlainText(longest=16, required=True)
    starts_at = Instant(required=True)
    places = fields.Integer(required=True, strict=True, metadata={"minimum": 1, "maximum": MOST_PLACES})
    items = fields.List(PlainText(longest=48), load_default=list, metadata={"description": "Planned visits it is for; none: any"})


class SlotSchema(Schema):
    id = fields.UUID(required=True)
    site = fields.String(required=True)
    starts_at = Instant(required=True)
    places = fields.Integer(required=True)
    taken = fields.Integer(required=True)
    items = fields.List(fields.String(), required=True)
    opened_by = fields.String(required=True)
    closed_at = Instant(required=True, allow_none=True)


class SlotListSchema(Schema):
    items = fields.List(fields.Nested(SlotSchema), required=True)


@slots.get("/slots")
@slots.response(200, SlotListSchema)
def list_slots() -> dict[str, Any]:
    """List the slots to come, by time."""
    sites = {site.id: site.code for site in sites_seen().values()}
    ahead = select(OpenSlot).where(OpenSlot.site_id.in_(sites), OpenSlot.starts_at > clock.now()).order_by(OpenSlot.starts_at)
    return {"items": [_shown(slot, sites[slot.site_id]) for slot in db.session.scalars(ahead)]}


@slots.post("/slots")
@slots.headers(IDEMPOTENCY_KEY)
@slots.arguments(NewSlotSchema)
@once
@slots.response(201, SlotSchema)
def open_(form: dict[str, Any]) -> Response:
    """Open a day and time for visits."""
    site, study = named_site(form["site"]), caller().study
    if unknown := [item for item in form["items"] if item not in study.visits]:
        known = ", ".join(study.visits)
        raise Refused(f"unknown visit '{unknown[0]}': write one of {known}", {"items": [f"write one of {known}"]})
    if form["places"] > MOST_PLACES:
        raise Refused(f"{form['places']} places are too many", {"places": [f"write {MOST_PLACES} at most"]})
    slot = open_slot(db.session, site.id, form["starts_at"], form["places"], form["items"], clock.now(), caller().actor)
    db.session.flush()
    response = jsonify(SlotSchema().dump(_shown(slot, site.code)))
    response.status_code = 201
    return response


@slots.post("/slots/<uuid:slot_id>/close")
@slots.headers(IDEMPOTENCY_KEY)
@once
@slots.response(200, SlotSchema)
def close(slot_id: UUID) -> Response:
    """Offer it no more. What is booked stays booked."""
    sites = {site.id: site.code for site in sites_seen().values()}
    slot = close_slot(db.session, sites.keys(), slot_id, clock.now())
    return jsonify(SlotSchema().dump(_shown(slot, sites[slot.site_id])))


def _shown(slot: OpenSlot, site: str) -> dict[str, Any]:
    names = ("id", "starts_at", "places", "taken", "items", "opened_by", "closed_at")
    return {"site": site} | {name: getattr(slot, name) for name in names}
