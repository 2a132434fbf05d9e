"""Why was no text sent? The REST answer for one participant and one day."""

from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, fields

from followup_service import clock
from followup_service.api.blueprint import blueprint
from followup_service.api.caller import caller
from followup_service.api.fields import Day, Instant, StrictSchema
from followup_service.api.scope import participant_of
from followup_service.extensions import db
from followup_service.records.explain_day import ExplainedDay, explain_day

why = blueprint("why", "What went out to a participant on a day, and every reason in words for what did not.")


class DayArguments(StrictSchema):
    on = Day(metadata={"description": "By the participant's own calendar; today if left out"})


class SentTextSchema(Schema):
    at = Instant(required=True)
    purpose = fields.String(required=True)
    message = fields.String(required=True, metadata={"description": "The key of the text, such as question.temperature"})
    state = fields.String(required=True)


class NotSentReasonSchema(Schema):
    code = fields.String(required=True)
    about = fields.String(required=True, allow_none=True, metadata={"description": "A check-in, a visit or a text; null: all of them"})
    words = fields.String(required=True)


class ExplainedDaySchema(Schema):
    code = fields.String(required=True)
    on = Day(required=True)
    sent = fields.List(fields.Nested(SentTextSchema), required=True)
    reasons = fields.List(fields.Nested(NotSentReasonSchema), required=True)


@why.get("/participants/<code:code>/why")
@why.arguments(DayArguments, location="query")
@why.response(200, ExplainedDaySchema)
def why_no_text(arguments: dict[str, Any], code: str) -> ExplainedDay:
    """Explain a day: why was no text sent?"""
    participant, now = participant_of(code), clock.now()
    today = now.astimezone(ZoneInfo(participant.timezone)).date()
    return explain_day(db.session, participant, arguments.get("on", today), now, study=caller().study)
