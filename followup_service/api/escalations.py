"""Escalations over REST: the list to work through, every step of one, and the acts of a person: take, put off, hand on, resolve, undo."""

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
from followup_service.escalations.hand_on_escalation import hand_on_escalation
from followup_service.escalations.outcomes import outcomes_of
from followup_service.escalations.settle_escalation import acknowledge_escalation, record_call, resolve_escalation, snooze_escalation
from followup_service.escalations.undo_escalation import undo_escalation
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.participants.participant import Participant
from followup_service.protocol.paging_clock import Channel
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.find_staff import active_staff_member
from followup_service.staff.staff_member import StaffMember

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
    follows = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The number of an alarm that ended lately and came back as this one"},
    )
    opened_at = Instant(required=True)
    acknowledge_by = Instant(required=True, allow_none=True, metadata={"description": "Until when somebody must have taken it"})
    acknowledged_at = Instant(required=True, allow_none=True)
    acknowledged_by = fields.String(required=True, allow_none=True)
    call_by = Instant(required=True, allow_none=True, metadata={"description": "Until when the participant was promised a call"})
    called_at = Instant(required=True, allow_none=True, metadata={"description": "When they had it"})
    snoozed_at = Instant(required=True, allow_none=True, metadata={"description": "When somebody put it off"})
    returns_at = Instant(
        required=True, allow_none=True, metadata={"description": "When it opens again and pages, unless it is resolved before"}
    )
    resolved_at = Instant(required=True, allow_none=True)
    resolved_by = fields.String(required=True, allow_none=True)
    outcome = one_of(Outcome, required=True, allow_none=True)
    outcomes = fields.List(one_of(Outcome), required=True, metadata={"description": "Those that fit its reasons, the usual one first"})
    note = fields.String(required=True, allow_none=True)
    follow_up_at = Instant(
        required=True, allow_none=True, metadata={"description": "When the participant is asked how they are, on the morning after"}
    )
    next_page_at = Instant(required=True, allow_none=True)
    pages = fields.Integer(required=True)
    protocol_version = fields.String(required=True)


class EscalationEventSchema(Schema):
    kind = one_of(EventKind, required=True)
    at = Instant(required=True)
    actor = fields.String(required=True)
    level = one_of(Level, required=True)
    reasons = fields.List(fields.String(), required=True)
    channel = one_of(Channel, required=True, allow_none=True, metadata={"description": "By what a page went out"})
    note = fields.String(required=True, allow_none=True)
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


class CallSchema(AcknowledgementSchema):
    reached = fields.Boolean(required=True, metadata={"description": "Whether the participant answered"})
    note = PlainText(longest=2000, metadata={"description": "What was said"})


class SnoozeSchema(AcknowledgementSchema):
    until = Instant(required=True, metadata={"description": "It returns then, and pages again"})


class HandingOnSchema(AcknowledgementSchema):
    note = PlainText(longest=2000, required=True, metadata={"description": "What whoever takes it next should know"})


class ResolutionSchema(AcknowledgementSchema):
    outcome = one_of(Outcome, required=True, metadata={"description": "One of the `outcomes` that the escalation names"})
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
    """Take an escalation: paging stops, and the participant is told until when a nurse calls."""
    episode, who = _read_by(number, form["by"])
    return _done(acknowledge_escalation(db.session, episode.id, who.handle, clock.now(), staff_id=who.id, **_as_read(episode)))


@escalations.post(f"/escalations/{NUMBER}/call")
@escalations.headers(IF_MATCH, IDEMPOTENCY_KEY)
@escalations.arguments(CallSchema)
@once
@escalations.response(200, EscalationWithEventsSchema, headers=ETAG_HEADER)
def call(form: dict[str, Any], number: int) -> Response:
    """Record a call to the participant: one who was reached has had the call that they were promised."""
    episode, who = _read_by(number, form["by"])
    how = {"reached": form["reached"], "note": form.get("note"), "staff_id": who.id, **_as_read(episode)}
    return _done(record_call(db.session, episode.id, who.handle, clock.now(), **how))


@escalations.post(f"/escalations/{NUMBER}/resolve")
@escalations.headers(IF_MATCH, IDEMPOTENCY_KEY)
@escalations.arguments(ResolutionSchema)
@once
@escalations.response(200, EscalationWithEventsSchema, headers=ETAG_HEADER)
def resolve(form: dict[str, Any], number: int) -> Response:
    """End an escalation, with its outcome and what was done."""
    episode, who = _read_by(number, form["by"])
    how = {"staff_id": who.id, **_as_read(episode)}
    return _done(resolve_escalation(db.session, episode.id, who.handle, form["outcome"], form["note"], clock.now(), **how))


@escalations.post(f"/escalations/{NUMBER}/snooze")
@escalations.headers(IF_MATCH, IDEMPOTENCY_KEY)
@escalations.arguments(SnoozeSchema)
@once
@escalations.response(200, EscalationWithEventsSchema, headers=ETAG_HEADER)
def snooze(form: dict[str, Any], number: int) -> Response:
    """Take an escalation and put it off: it returns by itself, at most as late as the protocol says, and before a promised call."""
    episode, who = _read_by(number, form["by"])
    return _done(snooze_escalation(db.session, episode.id, who.handle, form["until"], clock.now(), staff_id=who.id, **_as_read(episode)))


@escalations.post(f"/escalations/{NUMBER}/hand-on")
@escalations.headers(IF_MATCH, IDEMPOTENCY_KEY)
@escalations.arguments(HandingOnSchema)
@once
@escalations.response(200, EscalationWithEventsSchema, headers=ETAG_HEADER)
def hand_on(form: dict[str, Any], number: int) -> Response:
    """Hand an escalation on: the next person is paged at once."""
    episode, who = _read_by(number, form["by"])
    return _done(hand_on_escalation(db.session, episode.id, who, clock.now(), note=form["note"], **_as_read(episode)))


@escalations.post(f"/escalations/{NUMBER}/undo")
@escalations.headers(IF_MATCH, IDEMPOTENCY_KEY)
@escalations.arguments(AcknowledgementSchema)
@once
@escalations.response(200, EscalationWithEventsSchema, headers=ETAG_HEADER)
def undo(form: dict[str, Any], number: int) -> Response:
    """Take back what this person did last: acknowledged, snoozed or resolved, at most 10 seconds ago."""
    episode, who = _read_by(number, form["by"])
    return _done(undo_escalation(db.session, episode.id, who.handle, clock.now(), staff_id=who.id, **_as_read(episode)))


def _read_by(number: int, handle: str) -> tuple[Escalation, StaffMember]:
    """The episode as the caller read it, and the person in whose name it is changed."""
    episode = escalation_of(number)
    check_if_match(episode)
    return episode, active_staff_member(db.session, episode.site_id, handle)


def _as_read(episode: Escalation) -> dict[str, Any]:
    return {"study": caller().study, "version": episode.version, "via": caller().actor}


def _done(episode: Escalation) -> Response:
    db.session.flush()
    return _answer(episode)


def _answer(episode: Escalation) -> Response:
    code = db.session.scalar(select(Participant.code).where(Participant.id == episode.participant_id))
    shown = _shown(episode, code, _site_codes()) | {"events": _events(episode)}
    return tagged(jsonify(EscalationWithEventsSchema().dump(shown)), episode)


def _shown(episode: Escalation, participant: str | None, sites: dict[UUID, str]) -> dict[str, Any]:
    copied = {name: getattr(episode, name) for name in EscalationSchema().fields if name not in ("site", "participant", "outcomes")}
    return copied | {"outcomes": outcomes_of(episode.reasons)} | {"participant": participant, "site": sites[episode.site_id]}


def _events(episode: Escalation) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(EscalationEvent, InboundMessage)
        .outerjoin(InboundMessage, InboundMessage.id == EscalationEvent.inbound_id)
        .where(EscalationEvent.escalation_id == episode.id)
    )
    # Steps of one instant (opened, paged) in the order in which they follow each other.
    in_order = sorted(rows, key=lambda row: (row[0].at, list(EventKind).index(row[0].kind)))
    names = ("kind", "at", "actor", "level", "reasons", "channel", "note")
    return [{name: getattr(event, name) for name in names} | {"text": text.body if text else None} for event, text in in_order]


def _site_codes() -> dict[UUID, str]:
    return {site.id: site.code for site in sites_seen().values()}
