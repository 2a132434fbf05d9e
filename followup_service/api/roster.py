"""The on-call roster over REST: who is on call when, where nobody is, and how to change it."""

from datetime import timedelta
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields, validate

from followup_service import clock
from followup_service.api.blueprint import IDEMPOTENCY_KEY, blueprint
from followup_service.api.caller import caller
from followup_service.api.fields import Day, Instant, PlainText, StrictSchema
from followup_service.api.idempotency import once
from followup_service.api.scope import sites_seen
from followup_service.errors import NotFound
from followup_service.extensions import db
from followup_service.staff.change_roster import add_rotation, add_shift, swap_turns
from followup_service.staff.find_staff import active_staff_member
from followup_service.staff.roster import OnCallTurn, load_roster
from followup_service.staff.site import Site
from followup_service.staff.team import team_of

roster = blueprint("roster", "Who is on call at a site.")
POSITION = validate.Range(1, 99, error="write a position from 1, who is paged first, to 99")
DAYS = validate.Range(1, 366, error="write a number of days from 1 to 366")


def handle_field(**options: Any) -> PlainText:
    return PlainText(longest=48, metadata={"description": "The handle of a member of staff", "examples": ["nurse-li"]}, **options)


class OnCallTurnSchema(Schema):
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    people = fields.List(fields.String(), required=True, metadata={"description": "Handles, first to be paged first; empty: a gap"})


class RosterSchema(Schema):
    site = fields.String(required=True)
    timezone = fields.String(required=True)
    turns = fields.List(fields.Nested(OnCallTurnSchema), required=True)
    gaps = fields.List(fields.Nested(OnCallTurnSchema), required=True)
    stands_in = fields.List(fields.String(), required=True, metadata={"description": "Who is paged where nobody is on call"})


class RosterArguments(StrictSchema):
    days = fields.Integer(load_default=14, validate=DAYS, strict=False)


class SpanSchema(StrictSchema):
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class ShiftSchema(StrictSchema):
    who = handle_field(required=True)
    position = fields.Integer(required=True, validate=POSITION, strict=True)
    starts_at = Instant(required=True)
    ends_at = Instant(load_default=None, allow_none=True)
    overrides = fields.Boolean(load_default=False, metadata={"description": "In place of whoever else has this position then"})
    reason = PlainText(longest=200, load_default=None)


class SwapSchema(StrictSchema):
    one = handle_field(required=True)
    ones_turn = fields.Nested(SpanSchema, required=True)
    other = handle_field(required=True)
    others_turn = fields.Nested(SpanSchema, required=True)


class RotationSchema(StrictSchema):
    members = fields.List(handle_field(), required=True, validate=validate.Length(1, 50, error="write 1 to 50 handles"))
    position = fields.Integer(required=True, validate=POSITION, strict=True)
    turn_days = fields.Integer(required=True, validate=DAYS, strict=True)
    hands_over_at = fields.Time(required=True, format="%H:%M", metadata={"examples": ["08:00"]})
    starts_on = Day(required=True)
    ends_on = Day(load_default=None, allow_none=True)


@roster.get("/sites/<code:code>/roster")
@roster.arguments(RosterArguments, location="query")
@roster.response(200, RosterSchema)
def get_roster(arguments: dict[str, Any], code: str) -> dict[str, Any]:
    """Read who is on call in the coming days, and when nobody is."""
    return _shown(_site(code), arguments["days"])


@roster.post("/sites/<code:code>/roster/shifts")
@roster.headers(IDEMPOTENCY_KEY)
@roster.arguments(ShiftSchema)
@once
@roster.response(201, RosterSchema)
def shift(form: dict[str, Any], code: str) -> Response:
    """Put a person on call, or with `overrides` in place of whoever else is."""
    site = _site(code)
    person = active_staff_member(db.session, site.id, form["who"])
    when, how = (form["starts_at"], form["ends_at"]), {"overrides": form["overrides"], "reason": form["reason"]}
    add_shift(db.session, person, form["position"], *when, clock.now(), caller().actor, **how)
    return _changed(site)


@roster.post("/sites/<code:code>/roster/swaps")
@roster.headers(IDEMPOTENCY_KEY)
@roster.arguments(SwapSchema)
@once
@roster.response(201, RosterSchema)
def swap(form: dict[str, Any], code: str) -> Response:
    """Let two people swap turns."""
    site = _site(code)
    one, other = (active_staff_member(db.session, site.id, form[who]) for who in ("one", "other"))
    ones, others = ((span["starts_at"], span["ends_at"]) for span in (form["ones_turn"], form["others_turn"]))
    swap_turns(db.session, one, ones, other, others, clock.now(), caller().actor)
    return _changed(site)


@roster.post("/sites/<code:code>/roster/rotations")
@roster.headers(IDEMPOTENCY_KEY)
@roster.arguments(RotationSchema)
@once
@roster.response(201, RosterSchema)
def rotate(form: dict[str, Any], code: str) -> Response:
    """Let people take turns in a position, in the order given; the rotation before it ends."""
    site = _site(code)
    members = [active_staff_member(db.session, site.id, handle) for handle in form["members"]]
    when = (form["turn_days"], form["hands_over_at"], form["starts_on"], form["ends_on"])
    add_rotation(db.session, site, form["position"], members, *when, clock.now(), caller().actor)
    return _changed(site)


def _site(code: str) -> Site:
    sites = sites_seen()
    if code not in sites:
        raise NotFound("no such site")
    return sites[code]


def _changed(site: Site) -> Response:
    db.session.flush()
    response = jsonify(RosterSchema().dump(_shown(site, RosterArguments().load({})["days"])))
    response.status_code = 201
    return response


def _shown(site: Site, days: int) -> dict[str, Any]:
    now = clock.now()
    turns = [_turn(turn) for turn in load_roster(db.session, site, now).turns(now, now + timedelta(days=days))]
    return {
        "site": site.code,
        "timezone": site.timezone,
        "turns": turns,
        "gaps": [turn for turn in turns if not turn["people"]],
        "stands_in": [person.handle for person in team_of(db.session, site.id, now).stands_in],
    }


def _turn(turn: OnCallTurn) -> dict[str, Any]:
    return {"starts_at": turn.starts_at, "ends_at": turn.ends_at, "people": [person.handle for person in turn.people]}
