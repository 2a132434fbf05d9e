"""Figures of escalations over REST."""

from datetime import date, timedelta
from typing import Any

from marshmallow import Schema, fields, validates_schema
from marshmallow.exceptions import ValidationError

from followup_service import clock
from followup_service.api.blueprint import blueprint
from followup_service.api.caller import caller
from followup_service.api.fields import Day, Instant, StrictSchema, code_field, one_of
from followup_service.api.scope import named_site, sites_seen
from followup_service.escalations.escalation import Outcome
from followup_service.extensions import db
from followup_service.protocol.rule_definitions import Level
from followup_service.records.count_escalations import count_escalations
from followup_service.records.escalation_figures import EscalationFigures

figures = blueprint("figures", "How fast alarms are paged, taken and ended, and how many led to action.")
WEEKS = 12


class SpreadSchema(Schema):
    count = fields.Integer(required=True)
    median = fields.Float(required=True, allow_none=True, metadata={"description": "Seconds"})
    p90 = fields.Float(required=True, allow_none=True, metadata={"description": "Seconds; nine of ten took no longer"})


class ShareSchema(Schema):
    part = fields.Integer(required=True)
    whole = fields.Integer(required=True)


class OpenFiguresSchema(Schema):
    level = one_of(Level, required=True)
    waiting = fields.Integer(required=True, metadata={"description": "Open, taken by nobody"})
    taken = fields.Integer(required=True)
    oldest_at = Instant(required=True, allow_none=True)


class TimesSchema(Schema):
    to_page = fields.Nested(
        SpreadSchema, required=True, metadata={"description": "From the text's arrival to its first page at the provider"}
    )
    to_acknowledge = fields.Nested(SpreadSchema, required=True)
    to_outcome = fields.Nested(SpreadSchema, required=True)


class LevelFiguresSchema(TimesSchema):
    level = one_of(Level, required=True)
    opened = fields.Integer(required=True)


class WeekFiguresSchema(TimesSchema):
    site = fields.String(required=True, allow_none=True, metadata={"description": "Null: all sites"})
    week = Day(required=True, allow_none=True, metadata={"description": "Its Monday. Null: the whole period"})
    alarms = fields.Integer(required=True)
    tasks = fields.Integer(required=True, metadata={"description": "What opened for review"})
    led_to_action = fields.Nested(ShareSchema, required=True, metadata={"description": "Of the alarms that are resolved"})
    checkins_with_alarm = fields.Nested(ShareSchema, required=True)


class OutcomeFiguresSchema(Schema):
    outcome = one_of(Outcome, required=True)
    alarms = fields.Integer(required=True)
    tasks = fields.Integer(required=True)


class PaperworkFiguresSchema(Schema):
    opened = fields.Integer(required=True)
    waiting = fields.Integer(required=True, metadata={"description": "Open now, taken by nobody"})
    taken = fields.Integer(required=True)
    to_acknowledge = fields.Nested(SpreadSchema, required=True)
    to_outcome = fields.Nested(SpreadSchema, required=True)


class EscalationFiguresSchema(Schema):
    since = Day(required=True)
    until = Day(required=True)
    open_now = fields.List(fields.Nested(OpenFiguresSchema), required=True)
    by_level = fields.List(fields.Nested(LevelFiguresSchema), required=True)
    by_week = fields.List(fields.Nested(WeekFiguresSchema), required=True)
    by_outcome = fields.List(fields.Nested(OutcomeFiguresSchema), required=True, metadata={"description": "Of those resolved"})
    paperwork = fields.Nested(
        PaperworkFiguresSchema,
        required=True,
        metadata={"description": "Alarms of the team's own forms, such as the clock of an adverse event: in none of the other figures"},
    )


class FiguresArguments(StrictSchema):
    site = code_field()
    since = Day(metadata={"description": f"Left out: {WEEKS} weeks before the last day"})
    until = Day(metadata={"description": "The last day. Left out: today"})

    @validates_schema
    def check_order(self, data: dict[str, Any], **_: Any) -> None:
        if "since" in data and data["since"] > data.get("until", clock.now().date() + timedelta(days=1)):
            raise ValidationError("write a day that is not after `until`", "since")


@figures.get("/escalations/figures")
@figures.arguments(FiguresArguments, location="query")
@figures.response(200, EscalationFiguresSchema)
def get_figures(arguments: dict[str, Any]) -> EscalationFigures:
    """Read the figures of a period, by level, by site and by week."""
    sites = [named_site(arguments["site"])] if "site" in arguments else list(sites_seen().values())
    until: date = arguments.get("until", clock.now().date())
    since: date = arguments.get("since", until - timedelta(weeks=WEEKS))
    return count_escalations(db.session, {site.id: site for site in sites}, since, until, study=caller().study)
