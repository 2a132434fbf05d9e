"""Adverse events over REST: drafted from a resolved escalation, completed by the team, and signed or dismissed by an investigator."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from sqlalchemy import select

from followup_service import clock
from followup_service.api.adverse_event_schemas import (
    AdverseEventListArguments,
    AdverseEventSchema,
    CompletionSchema,
    DismissalSchema,
    DraftSchema,
    EventTermListSchema,
    SigningSchema,
)
from followup_service.api.blueprint import ETAG_HEADER, IDEMPOTENCY_KEY, IF_MATCH, blueprint
from followup_service.api.caller import caller
from followup_service.api.escalations import NUMBER
from followup_service.api.etags import check_if_match, tagged
from followup_service.api.idempotency import once
from followup_service.api.own_password import holder, with_own_password
from followup_service.api.pages import address_of_next, page_of, rows_of_page
from followup_service.api.scope import adverse_event_of, escalation_of, named_site, seen, sites_seen
from followup_service.escalations.escalation import Escalation
from followup_service.extensions import db
from followup_service.participants.participant import Participant
from followup_service.protocol.load_event_terms import load_event_terms
from followup_service.records.adverse_event import (
    AdverseEvent,
    AdverseEventState,
    Relation,
    Seriousness,
    Signature,
    changed_since,
    signature_holds,
)
from followup_service.records.draft_adverse_event import draft_adverse_event
from followup_service.records.report_clock import report_clock
from followup_service.records.settle_adverse_event import complete_adverse_event, dismiss_adverse_event, sign_adverse_event
from followup_service.staff.find_staff import active_staff_member

adverse_events = blueprint("adverse-events", "Drafts of adverse events. None is one before an investigator has signed it.")


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
        grade_confirmed=form["confirm_grade"],
        via=caller().actor,
    )
    return _answer(changed)


@adverse_events.post(f"/adverse-events/{NUMBER}/sign")
@adverse_events.headers(IF_MATCH, IDEMPOTENCY_KEY)
@adverse_events.arguments(SigningSchema)
@with_own_password
@once
@adverse_events.response(200, AdverseEventSchema, headers=ETAG_HEADER)
def sign(form: dict[str, Any], number: int) -> Response:
    """Sign an event: only with an investigator's own token and password. From then on it is an adverse event."""
    event = _as_read(number)
    signer, study = holder(), caller().study
    signed = sign_adverse_event(
        db.session, event.id, signer, form["meaning"], clock.now(), study=study, full_name=form["full_name"], version=event.version
    )
    return _answer(signed)


@adverse_events.post(f"/adverse-events/{NUMBER}/dismiss")
@adverse_events.headers(IF_MATCH, IDEMPOTENCY_KEY)
@adverse_events.arguments(DismissalSchema)
@once
@adverse_events.response(200, AdverseEventSchema, headers=ETAG_HEADER)
def dismiss(form: dict[str, Any], number: int) -> Response:
    """Decide that it is no adverse event: only with an investigator's own token."""
    event = _as_read(number)
    return _answer(dismiss_adverse_event(db.session, event.id, holder(), form["because"], clock.now(), version=event.version))


def _as_read(number: int) -> AdverseEvent:
    event = adverse_event_of(number)
    check_if_match(event)
    return event


def _values(form: dict[str, Any]) -> dict[str, Any]:
    """What the event is to say, as it is stored."""
    values = {name: value for name, value in form.items() if name not in ("by", "because", "confirm_grade")}
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
    names = ("signed_by", "full_name", "signed_at", "meaning", "voided_at", "voided_by", "voided_because")
    return {
        "is_adverse_event": event.state is AdverseEventState.SIGNED and any(holds.values()),
        "report_clock": report_clock(event, signatures, clock.now()),
        "signatures": [
            {name: getattr(signature, name) for name in names}
            | {"hash": signature.record_hash.hex(), "holds": holds[signature.id], "changed": changed_since(signature, event)}
            for signature in signatures
        ],
    }
