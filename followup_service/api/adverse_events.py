"""Adverse events over REST: drafted from a resolved escalation, completed by the team, and signed or dismissed by an investigator."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from followup_service import clock
from followup_service.api.blueprint import ETAG_HEADER, IDEMPOTENCY_KEY, IF_MATCH, blueprint
from followup_service.api.caller import caller
from followup_service.api.escalations import NUMBER
from followup_service.api.etags import check_if_match, tagged
from followup_service.api.fields import Day, Instant, PlainText, StrictSchema, code_field, one_of
from followup_service.api.idempotency import once
from followup_service.api.pages import PageArguments, address_of_next, page_of, rows_of_page
from followup_service.api.scope import adverse_event_of, escalation_of, named_site, seen, sites_seen
from followup_service.escalations.escalation import Escalation
from followup_service.extensions import db
from followup_service.participants.participant import Participant
from followup_service.protocol.load_event_terms import load_event_terms
from followup_service.records.adverse_event import (
    AdverseEvent,
    AdverseEventState,
    Meaning,
    Relation,
    Seriousness,
    Signature,
    changed_since,
    signature_holds,
)
from followup_service.records.draft_adverse_event import draft_adverse_event
from followup_service.records.report_clock import ReportClock, report_clock
from followup_service.records.settle_adverse_event import MayNotSign, complete_adverse_event, dismiss_adverse_event, sign_adverse_event
from followup_service.staff.find_staff import active_staff_member
from followup_service.staff.staff_member import StaffMember

adverse_events = blueprint("adverse-events", "Drafts of adverse events. None is one before an investigator has signed it.")
LONGEST_TERM = 120


class SignatureSchema(Schema):
    signed_by = fields.String(required=True)
    signed_at = Instant(required=True)
    meaning = one_of(Meaning, required=True)
    hash = fields.String(required=True, metadata={"description": "SHA-256 of the record as signed, with who, when and what it meant"})
    holds = fields.Boolean(required=True, metadata={"description": "Nobody voided it, and the event is still what was signed"})
    changed = fields.List(fields.String(), required=True, metadata={"description": "In what the event differs from what was signed"})
    voided_at = Instant(required=True, allow_none=True)
    voided_by = fields.String(required=True, allow_none=True)
    voided_because = fields.String(required=True, allow_none=True)


class AdverseEventSchema(Schema):
    number = fields.Integer(required=True)
    site = fields.String(required=True)
    participant = fields.String(required=True)
    escalation = fields.Integer(required=True)
    state = one_of(AdverseEventState, required=True)
    is_adverse_event = fields.Boolean(required=True, metadata={"description": "Signed, and the signature holds. Before that it is a draft"})
    dictionary = fields.String(required=True, metadata={"examples": ["CTCAE 5.0"]})
    suggestions_version = fields.String(required=True)
    suggested_terms = fields.List(fields.String(), required=True)
    suggested_grade = fields.Integer(required=True, allow_none=True)
    suggested_by = fields.String(required=True, allow_none=True, metadata={"description": "The rule that suggested the grade, and why"})
    suggested_seriousness = fields.List(one_of(Seriousness), required=True)
    term = fields.String(required=True)
    specified = fields.String(required=True, allow_none=True)
    grade = fields.Integer(required=True, allow_none=True)
    onset_on = Day(required=True)
    study_day = fields.Integer(required=True, metadata={"description": "Of the onset; enrolment is day 1, and there is no day 0"})
    days_since_rfa = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of the onset, from the latest session before it, which is day 0"}
    )
    seriousness = fields.List(
        one_of(Seriousness), required=True, allow_none=True, metadata={"description": "Null: nobody has said yet. Empty: not serious"}
    )
    relations = fields.Dict(keys=fields.String(), values=one_of(Relation), required=True, metadata={"description": "By kind of treatment"})
    narrative = fields.String(required=True, allow_none=True)
    aware_at = Instant(required=True, metadata={"description": "When a person of the team first took the escalation"})
    report_due_at = Instant(required=True, metadata={"description": "24 hours later: until then a serious event must be reported"})
    report_clock = one_of(ReportClock, required=True)
    drafted_at = Instant(required=True)
    drafted_by = fields.String(required=True)
    dismissed_at = Instant(required=True, allow_none=True)
    dismissed_by = fields.String(required=True, allow_none=True)
    dismissed_because = fields.String(required=True, allow_none=True)
    protocol_version = fields.String(required=True)
    signatures = fields.List(fields.Nested(SignatureSchema), required=True, metadata={"description": "Newest first, the voided ones too"})


class EventTermSchema(Schema):
    name = fields.String(required=True)
    system = fields.String(required=True, metadata={"description": "System organ class"})
    lowest_grade = fields.Integer(required=True, attribute="lowest")
    highest_grade = fields.Integer(required=True, attribute="highest")
    must_be_specified = fields.Boolean(required=True)


class EventTermListSchema(Schema):
    dictionary = fields.String(required=True)
    items = fields.List(fields.Nested(EventTermSchema), required=True)


class AdverseEventListArguments(PageArguments):
    state = one_of(AdverseEventState)
    site = code_field()


class DraftSchema(StrictSchema):
    by = PlainText(longest=48, required=True, metadata={"description": "The handle of a member of staff", "examples": ["nurse-li"]})
    term = PlainText(longest=LONGEST_TERM, metadata={"description": "Left out: the term that comes to mind first"})


class CompletionSchema(StrictSchema):
    by = PlainText(longest=48, required=True, metadata={"examples": ["nurse-li"]})
    because = PlainText(longest=200, metadata={"description": "Why a signed event is changed: its signature is voided"})
    term = PlainText(longest=LONGEST_TERM)
    specified = PlainText(longest=200, allow_none=True)
    grade = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 5, error="write 1 to 5"))
    onset_on = Day()
    seriousness = fields.List(one_of(Seriousness), allow_none=True, validate=validate.Length(max=len(Seriousness)))
    relations = fields.Dict(
        keys=fields.String(), values=one_of(Relation), metadata={"description": "All of them: what is left out is open"}
    )
    narrative = PlainText(longest=4000, allow_none=True)


class SigningSchema(StrictSchema):
    meaning = one_of(Meaning, required=True)


class DismissalSchema(StrictSchema):
    because = PlainText(longest=2000, required=True, metadata={"description": "Why it is no adverse event"})


@adverse_events.get("/adverse-event-terms")
@adverse_events.response(200, EventTermListSchema)
def list_terms() -> dict[str, Any]:
    """List the terms that an adverse event may have."""
    terms = load_event_terms()
    return {"dictionary": terms.title, "items": list(terms.terms.values())}


@adverse_events.get("/adverse-events")
@adverse_events.arguments(AdverseEventListArguments, location="query")
@adverse_events.response(200, page_of(AdverseEventSchema))
def list_adverse_events(arguments: dict[str, Any]) -> dict[str, Any]:
    """List adverse events and drafts, newest first."""
    query = seen(select(AdverseEvent), AdverseEvent)
    if "state" in arguments:
        query = query.where(AdverseEvent.state == arguments["state"])
    if "site" in arguments:
        query = query.where(AdverseEvent.site_id == named_site(arguments["site"]).id)
    found = [row[0] for row in rows_of_page(query, (AdverseEvent.number,), arguments)]
    page = found[: arguments["limit"]]
    return {"items": _shown(page), "next": address_of_next(found, arguments, [page[-1].number] if page else [])}


@adverse_events.get(f"/adverse-events/{NUMBER}")
@adverse_events.response(200, AdverseEventSchema, headers=ETAG_HEADER)
def get_adverse_event(number: int) -> Response:
    """Read an adverse event or a draft, with all of its signatures."""
    return _answer(adverse_event_of(number))


@adverse_events.post(f"/escalations/{NUMBER}/adverse-events")
@adverse_events.headers(IDEMPOTENCY_KEY)
@adverse_events.arguments(DraftSchema)
@once
@adverse_events.response(201, AdverseEventSchema, headers=ETAG_HEADER)
def draft(form: dict[str, Any], number: int) -> Response:
    """Draft an adverse event from a resolved escalation. It is none before an investigator signs it."""
    episode = escalation_of(number)
    person = active_staff_member(db.session, episode.site_id, form["by"])
    event = draft_adverse_event(
        db.session, episode, person.handle, clock.now(), study=caller().study, term=form.get("term"), via=caller().actor
    )
    response = _answer(event)
    response.status_code = 201
    return response


@adverse_events.patch(f"/adverse-events/{NUMBER}")
@adverse_events.headers(IF_MATCH, IDEMPOTENCY_KEY)
@adverse_events.arguments(CompletionSchema)
@once
@adverse_events.response(200, AdverseEventSchema, headers=ETAG_HEADER)
def complete(form: dict[str, Any], number: int) -> Response:
    """Change what an event says. Of a signed one this voids the signature: it is a draft again."""
    event = _as_read(number)
    person = active_staff_member(db.session, event.site_id, form["by"])
    changed = complete_adverse_event(
        db.session,
        event.id,
        _values(form),
        person.handle,
        clock.now(),
        study=caller().study,
        version=event.version,
        because=form.get("because"),
        via=caller().actor,
    )
    return _answer(changed)


@adverse_events.post(f"/adverse-events/{NUMBER}/sign")
@adverse_events.headers(IF_MATCH, IDEMPOTENCY_KEY)
@adverse_events.arguments(SigningSchema)
@once
@adverse_events.response(200, AdverseEventSchema, headers=ETAG_HEADER)
def sign(form: dict[str, Any], number: int) -> Response:
    """Sign an event: only with an investigator's own token. From then on it is an adverse event."""
    event = _as_read(number)
    signed = sign_adverse_event(db.session, event.id, _holder(), form["meaning"], clock.now(), study=caller().study, version=event.version)
    return _answer(signed)


@adverse_events.post(f"/adverse-events/{NUMBER}/dismiss")
@adverse_events.headers(IF_MATCH, IDEMPOTENCY_KEY)
@adverse_events.arguments(DismissalSchema)
@once
@adverse_events.response(200, AdverseEventSchema, headers=ETAG_HEADER)
def dismiss(form: dict[str, Any], number: int) -> Response:
    """Decide that it is no adverse event: only with an investigator's own token."""
    event = _as_read(number)
    return _answer(dismiss_adverse_event(db.session, event.id, _holder(), form["because"], clock.now(), version=event.version))


def _as_read(number: int) -> AdverseEvent:
    event = adverse_event_of(number)
    check_if_match(event)
    return event


def _holder() -> StaffMember:
    """The person whose own token this is. Raises MayNotSign for a token that is no person's."""
    staff_id = caller().staff_id
    if staff_id is None:
        raise MayNotSign("this token is nobody's own: sign with one that was made with flask tokens create --held-by")
    return db.session.get_one(StaffMember, staff_id)


def _values(form: dict[str, Any]) -> dict[str, Any]:
    """What the event is to say, as it is stored."""
    values = {name: value for name, value in form.items() if name not in ("by", "because")}
    if values.get("seriousness") is not None:
        values["seriousness"] = sorted({criterion.value for criterion in values["seriousness"]})
    if "relations" in values:
        values["relations"] = {kind: relation.value for kind, relation in values["relations"].items()}
    return values


def _answer(event: AdverseEvent) -> Response:
    return tagged(jsonify(AdverseEventSchema().dump(_shown([event])[0])), event)


def _shown(events: list[AdverseEvent]) -> list[dict[str, Any]]:
    sites = {site.id: site.code for site in sites_seen().values()}
    codes = _looked_up(Participant.id, Participant.code, (event.participant_id for event in events))
    numbers = _looked_up(Escalation.id, Escalation.number, (event.escalation_id for event in events))
    signatures = _signatures(events)
    copied = [name for name in AdverseEventSchema().fields if name not in _MADE_HERE]
    return [
        {name: getattr(event, name) for name in copied}
        | _with_signatures(event, signatures[event.id])
        | {"site": sites[event.site_id], "participant": codes[event.participant_id], "escalation": numbers[event.escalation_id]}
        | {name: [Seriousness(word) for word in getattr(event, name)] for name in _SERIOUSNESS if getattr(event, name) is not None}
        | {"relations": {kind: Relation(word) for kind, word in event.relations.items()}}
        for event in events
    ]


_MADE_HERE = ("site", "participant", "escalation", "is_adverse_event", "report_clock", "signatures")
_SERIOUSNESS = ("seriousness", "suggested_seriousness")


def _looked_up(key: Any, value: Any, ids: Iterable[UUID]) -> dict[UUID, Any]:
    return {row[0]: row[1] for row in db.session.execute(select(key, value).where(key.in_(set(ids))))}


def _signatures(events: list[AdverseEvent]) -> dict[UUID, list[Signature]]:
    of_events: dict[UUID, list[Signature]] = {event.id: [] for event in events}
    query = select(Signature).where(Signature.adverse_event_id.in_(of_events)).order_by(Signature.signed_at.desc(), Signature.id.desc())
    for signature in db.session.scalars(query):
        of_events[signature.adverse_event_id].append(signature)
    return of_events


def _with_signatures(event: AdverseEvent, signatures: list[Signature]) -> dict[str, Any]:
    holds = {signature.id: signature_holds(signature, event) for signature in signatures}
    names = ("signed_by", "signed_at", "meaning", "voided_at", "voided_by", "voided_because")
    return {
        "is_adverse_event": event.state is AdverseEventState.SIGNED and any(holds.values()),
        "report_clock": report_clock(event, signatures, clock.now()),
        "signatures": [
            {name: getattr(signature, name) for name in names}
            | {"hash": signature.record_hash.hex(), "holds": holds[signature.id], "changed": changed_since(signature, event)}
            for signature in signatures
        ],
    }
