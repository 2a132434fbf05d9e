"""Escalations over REST: the list to work through, every step of one, and the two acts of a person: acknowledge and resolve."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from marshmallow import Schema, fields
from sqlalchemy import select

from followup_service import clock
from followup_service.api.blueprint import ETAG_HEADER, IDEMPOTENCY_KEY, IF_MATCH, blueprint
from followup_service.api.caller import caller
from followup_service.api.etags import check_if_match, tagged
from followup_service.api.fields import Instant, PlainText, StrictSchema, code_field, decimal_text, one_of
from followup_service.api.idempotency import once
from followup_service.api.pages import PageArguments, address_of_next, page_of, rows_of_page
from followup_service.api.scope import escalation_of, named_site, seen, sites_seen
from followup_service.escalations.escalation import Escalation, EscalationEvent, EscalationState, EventKind, Outcome
from followup_service.escalations.settle_escalation import acknowledge_escalation, resolve_escalation
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.participants.participant import Participant
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.find_staff import active_staff_member

escalations = blueprint("escalations", "What a human must look at. Only a person ends one.")
NUMBER = "<int(max=2147483647):number>"


class EscalationSchema(Schema):
    number = fields.Integer(required=True)
    site = fields.String(required=True)
    participant = fields.String(required=True, allow_none=True, metadata={"description": "Null for a number that nobody knows"})
    state = one_of(EscalationState, required=True)
    level = one_of(Level, required=True)
    reasons = fields.List(fields.String(), required=True, metadata={"description": "Rule codes, newest first"})
    highest_celsius = decimal_text(required=True, allow_none=True)
    opened_at = Instant(required=True)
    acknowledged_at = Instant(required=True, allow_none=True)
    acknowledged_by = fields.String(required=True, allow_none=True)
    resolved_at = Instant(required=True, allow_none=True)
    resolved_by = fields.String(required=True, allow_none=True)
    outcome = one_of(Outcome, required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    next_page_at = Instant(required=True, allow_none=True)
    pages = fields.Integer(required=True)
    protocol_version = fields.String(required=True)


class EscalationEventSchema(Schema):
    kind = one_of(EventKind, required=True)
    at = Instant(required=True)
    actor = fields.String(required=True)
    level = one_of(Level, required=True)
    reasons = fields.List(fields.String(), required=True)
    text = fields.String(required=True, allow_none=True, metadata={"description": "The text that led to this step"})


class EscalationWithEventsSchema(EscalationSchema):
    events = fields.List(fields.Nested(EscalationEventSchema), required=True)


class EscalationListArguments(PageArguments):
    state = one_of(EscalationState)
    level = one_of(Level)
    site = code_field()


class AcknowledgementSchema(StrictSchema):
    by = PlainText(
        longest=48, required=True, metadata={"description": "Who took it: the handle of a member of staff", "examples": ["nurse-li"]}
    )


class ResolutionSchema(AcknowledgementSchema):
    outcome = one_of(Outcome, required=True)
    note = PlainText(longest=2000, required=True, metadata={"description": "What was done"})


@escalations.get("/escalations")
@escalations.arguments(EscalationListArguments, location="query")
@escalations.response(200, page_of(EscalationSchema))
def list_escalations(arguments: dict[str, Any]) -> dict[str, Any]:
    """List escalations, newest first."""
    query = seen(select(Escalation, Participant.code).outerjoin(Participant, Participant.id == Escalation.participant_id), Escalation)
    for name in ("state", "level"):
        if name in arguments:
            query = query.where(getattr(Escalation, name) == arguments[name])
    if "site" in arguments:
        query = query.where(Escalation.site_id == named_site(arguments["site"]).id)
    rows = rows_of_page(query, (Escalation.number,), arguments)
    page = rows[: arguments["limit"]]
    sites = _site_codes()
    return {
        "items": [_shown(episode, code, sites) for episode, code in page],
        "next": address_of_next(rows, arguments, [page[-1][0].number] if page else []),
    }


@escalations.get(f"/escalations/{NUMBER}")
@escalations.response(200, EscalationWithEventsSchema, headers=ETAG_HEADER)
def get_escalation(number: int) -> Response:
    """Read an escalation with every step."""
    return _answer(escalation_of(number))


@escalations.post(f"/escalations/{NUMBER}/acknowledge")
@escalations.headers(IF_MATCH, IDEMPOTENCY_KEY)
@escalations.arguments(AcknowledgementSchema)
@once
@escalations.response(200, EscalationWithEventsSchema, headers=ETAG_HEADER)
def acknowledge(form: dict[str, Any], number: int) -> Response:
    """Take an escalation: paging stops, and the participant is told that a nurse has read the text."""
    episode = escalation_of(number)
    check_if_match(episode)
    person = active_staff_member(db.session, episode.site_id, form["by"])
    episode = acknowledge_escalation(
        db.session,
        episode.id,
        person.handle,
        clock.now(),
        study=caller().study,
        staff_id=person.id,
        version=episode.version,
        via=caller().actor,
    )
    db.session.flush()
    return _answer(episode)


@escalations.post(f"/escalations/{NUMBER}/resolve")
@escalations.headers(IF_MATCH, IDEMPOTENCY_KEY)
@escalations.arguments(ResolutionSchema)
@once
@escalations.response(200, EscalationWithEventsSchema, headers=ETAG_HEADER)
def resolve(form: dict[str, Any], number: int) -> Response:
    """End an escalation, with its outcome and what was done."""
    episode = escalation_of(number)
    check_if_match(episode)
    person = active_staff_member(db.session, episode.site_id, form["by"])
    episode = resolve_escalation(
        db.session,
        episode.id,
        person.handle,
        form["outcome"],
        form["note"],
        clock.now(),
        staff_id=person.id,
        version=episode.version,
        via=caller().actor,
    )
    db.session.flush()
    return _answer(episode)


def _answer(episode: Escalation) -> Response:
    code = db.session.scalar(select(Participant.code).where(Participant.id == episode.participant_id))
    shown = _shown(episode, code, _site_codes()) | {"events": _events(episode)}
    return tagged(jsonify(EscalationWithEventsSchema().dump(shown)), episode)


def _shown(episode: Escalation, participant: str | None, sites: dict[UUID, str]) -> dict[str, Any]:
    copied = {name: getattr(episode, name) for name in EscalationSchema().fields if name not in ("site", "participant")}
    return copied | {"participant": participant, "site": sites[episode.site_id]}


def _events(episode: Escalation) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(EscalationEvent, InboundMessage)
        .outerjoin(InboundMessage, InboundMessage.id == EscalationEvent.inbound_id)
        .where(EscalationEvent.escalation_id == episode.id)
    )
    # Steps of one instant (opened, paged) in the order in which they follow each other.
    in_order = sorted(rows, key=lambda row: (row[0].at, list(EventKind).index(row[0].kind)))
    names = ("kind", "at", "actor", "level", "reasons")
    return [{name: getattr(event, name) for name in names} | {"text": text.body if text else None} for event, text in in_order]


def _site_codes() -> dict[UUID, str]:
    return {site.id: site.code for site in sites_seen().values()}
