"""The running study over REST: what its protocol says in short, so that a program knows which words it may write."""

from typing import Any

from marshmallow import Schema, fields

from followup_service.api.blueprint import blueprint
from followup_service.api.caller import caller
from followup_service.api.fields import Day
from followup_service.api.scope import sites_seen

study = blueprint("study", "The trial that runs here.")


class NamedSchema(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)


class TreatmentKindSchema(NamedSchema):
    max_sessions = fields.Integer(required=True, allow_none=True)
    separate_from = fields.List(fields.String(), required=True)
    separation_days = fields.Integer(required=True)


class VisitPlanSchema(NamedSchema):
    arms = fields.List(fields.String(), required=True, metadata={"description": "Empty: the treatment alone decides"})
    procedures = fields.List(fields.String(), required=True)


class CheckinPlanSchema(NamedSchema):
    questions = fields.List(fields.Pluck(NamedSchema, "code"), required=True)


class StudySiteSchema(NamedSchema):
    timezone = fields.String(required=True)
    country = fields.String(required=True)


class ContactHoursSchema(Schema):
    opens = fields.Time(required=True, format="%H:%M", metadata={"examples": ["08:00"]})
    closes = fields.Time(required=True, format="%H:%M", metadata={"examples": ["20:00"]})


class StudySchema(Schema):
    code = fields.String(required=True)
    title = fields.String(required=True)
    version = fields.String(required=True, metadata={"description": "Of the protocol file"})
    status = fields.String(required=True)
    ends_on = Day(required=True)
    contact_hours = fields.Nested(ContactHoursSchema, required=True)
    languages = fields.List(fields.String(), required=True)
    sites = fields.List(fields.Nested(StudySiteSchema), required=True)
    arms = fields.List(fields.Nested(NamedSchema), required=True)
    treatments = fields.List(fields.Nested(TreatmentKindSchema), required=True)
    visits = fields.List(fields.Nested(VisitPlanSchema), required=True)
    checkins = fields.List(fields.Nested(CheckinPlanSchema), required=True)


@study.get("/study")
@study.response(200, StudySchema)
def get_study() -> dict[str, Any]:
    """Read what the protocol says, in short."""
    protocol = caller().study
    whole = {name: getattr(protocol, name) for name in ("code", "title", "version", "status", "ends_on", "languages", "contact_hours")}
    listed = {name: list(getattr(protocol, name).values()) for name in ("arms", "treatments", "visits", "checkins")}
    return whole | listed | {"sites": list(sites_seen().values())}
