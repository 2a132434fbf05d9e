"""The three lists of people hard to reach, over REST."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields

from followup_service.api.blueprint import blueprint
from followup_service.api.caller import caller
from followup_service.api.fields import Instant, StrictSchema, code_field, one_of
from followup_service.api.scope import named_site, sites_seen
from followup_service.escalations.escalation import EscalationState, Outcome
from followup_service.extensions import db
from followup_service.records.hard_to_reach import ReachList, hard_to_reach

reach = blueprint("hard-to-reach", "Participants who are silent, unreachable or refused. Whoever writes again leaves the first two lists.")


class HardToReachSchema(Schema):
    listed = one_of(ReachList, required=True)
    site = fields.String(required=True)
    participant = fields.String(required=True)
    since = Instant(required=True)
    because = fields.String(required=True)
    last_in_at = Instant(required=True, allow_none=True, metadata={"description": "Their last text, from whichever phone of theirs"})
    last_out_at = Instant(required=True, allow_none=True)
    texts = fields.Integer(required=True, metadata={"description": "Sent since they were last heard of"})
    failed = fields.Integer(required=True, metadata={"description": "Of these, how many did not arrive"})
    calls = fields.Integer(required=True, metadata={"description": "Calls that staff recorded since `since`"})
    last_call_at = Instant(required=True, allow_none=True)
    escalation = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The number of what is open about them, else of what ended last since `since`"},
    )
    state = one_of(EscalationState, required=True, allow_none=True)
    owner = fields.String(required=True, allow_none=True, metadata={"description": "Who has taken it"})
    outcome = one_of(Outcome, required=True, allow_none=True, metadata={"description": "What came of it, where it ended"})


class HardToReachListSchema(Schema):
    items = fields.List(fields.Nested(HardToReachSchema), required=True)


class HardToReachArguments(StrictSchema):
    site = code_field()
    listed = one_of(ReachList)


@reach.get("/hard-to-reach")
@reach.arguments(HardToReachArguments, location="query")
@reach.response(200, HardToReachListSchema)
def list_hard_to_reach(arguments: dict[str, Any]) -> dict[str, Any]:
    """List who is hard to reach, who waits longest first, with what was tried and who is on it."""
    sites = [named_site(arguments["site"])] if "site" in arguments else list(sites_seen().values())
    codes = {site.id: site.code for site in sites}
    found = hard_to_reach(db.session, codes, study=caller().study)
    listed = arguments.get("listed")
    return {"items": [asdict(one) | {"site": codes[one.site_id]} for one in found if listed in (None, one.listed)]}
