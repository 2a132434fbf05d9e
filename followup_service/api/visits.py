"""Visits over REST: the plan as computed today with what happened, and what staff record of it."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, jsonify
from marshmallow import Schema, fields

from followup_service import clock
from followup_service.api.blueprint import IDEMPOTENCY_KEY, blueprint
from followup_service.api.caller import caller
from followup_service.api.fields import Day, Instant, PlainText, StrictSchema
from followup_service.api.idempotency import once
from followup_service.api.scope import locked_participant, participant_of
from followup_service.extensions import db
from followup_service.participants.participant import Participant
from followup_service.participants.plan_ahead import course_of
from followup_service.protocol.visit_schedule import planned_visits
from followup_service.reminders.keep_visit import keep_visit
from followup_service.visits.find_planned import find_planned
from followup_service.visits.list_visits import ListedVisit, list_visits, visits_of
from followup_service.visits.record_visit import VisitFact
from followup_service.visits.visit import LONGEST_PREPARATION, VisitState

visits = blueprint("visits", "The visits that the protocol plans, and what became of them.")


class VisitKeySchema(Schema):
    item = fields.String(required=True)
    occurrence = fields.String(required=True)


class VisitSchema(VisitKeySchema):
    state = fields.String(required=True, metadata={"enum": ["planned", *VisitState]})
    target_on = Day(required=True)
    opens_on = Day(required=True)
    closes_on = Day(required=True)
    procedures = fields.List(fields.String(), required=True)
    merged_with = fields.Nested(VisitKeySchema, required=True, allow_none=True)
    booked_at = Instant(required=True, allow_none=True)
    attended_on = Day(required=True, allow_none=True)


class VisitChangeSchema(Schema):
    changed_at = Instant(required=True)
    was_target_on = Day(required=True)
    was_opens_on = Day(required=True)
    was_closes_on = Day(required=True)
    target_on = Day(required=True, allow_none=True)
    opens_on = Day(required=True, allow_none=True)
    closes_on = Day(required=True, allow_none=True)
    from_version = fields.String(required=True)
    to_version = fields.String(required=True)


class ListedVisitSchema(VisitSchema):
    confirmed_at = Instant(required=True, allow_none=True)
    protocol_version = fields.String(
        required=True, allow_none=True, metadata={"description": "Under which its row was made; null while nothing is known of it"}
    )
    changes = fields.List(
        fields.Nested(VisitChangeSchema),
        required=True,
        metadata={"description": "Old and new window, each time it moved after the participant was told; no new dates: it left the plan"},
    )


class RecordedVisitSchema(ListedVisitSchema):
    warnings = fields.List(
        fields.String(), required=True, metadata={"description": "What the team should look at, such as a day outside the window"}
    )


class VisitListSchema(Schema):
    items = fields.List(fields.Nested(ListedVisitSchema), required=True)


class CorrectionSchema(StrictSchema):
    """What was recorded of a visit that took place, or did not, is recorded anew with a reason only."""

    reason = PlainText(
        longest=200,
        load_default=None,
        metadata={"description": "Why what was recorded before was wrong; kept in the audit trail: no name, no number"},
    )


class BookingSchema(CorrectionSchema):
    at = Instant(required=True)
    preparation = PlainText(
        longest=LONGEST_PREPARATION,
        load_default=None,
        metadata={"description": "What to do before, in the participant's language, as reminders say it"},
    )


class AttendanceSchema(CorrectionSchema):
    on = Day(required=True)


@visits.get("/participants/<code:code>/visits")
@visits.response(200, VisitListSchema)
def list_of_participant(code: str) -> dict[str, Any]:
    """List a participant's visits to the end of the study, by target date."""
    return {"items": _listed(participant_of(code))}


@visits.post("/participants/<code:code>/visits/<code:item>/<code:occurrence>/book")
@visits.headers(IDEMPOTENCY_KEY)
@visits.arguments(BookingSchema)
@once
@visits.response(200, RecordedVisitSchema)
def book(form: dict[str, Any], code: str, item: str, occurrence: str) -> Response:
    """Book a visit, or book it anew.

    A visit whose date the protocol leaves to the clinic is named by the day of its first booking, such as 2026-02-05.
    """
    participant = locked_participant(code)
    booked_at: datetime = form["at"]
    on = booked_at.astimezone(ZoneInfo(participant.timezone)).date()
    fact = VisitFact(VisitState.BOOKED, booked_at, preparation=form["preparation"], correction=form["reason"])
    return _record(participant, item, occurrence, on, fact)


@visits.post("/participants/<code:code>/visits/<code:item>/<code:occurrence>/attend")
@visits.headers(IDEMPOTENCY_KEY)
@visits.arguments(AttendanceSchema)
@once
@visits.response(200, RecordedVisitSchema)
def attend(form: dict[str, Any], code: str, item: str, occurrence: str) -> Response:
    """Record that the participant came."""
    fact = VisitFact(VisitState.ATTENDED, attended_on=form["on"], correction=form["reason"])
    return _record(locked_participant(code), item, occurrence, form["on"], fact)


@visits.post("/participants/<code:code>/visits/<code:item>/<code:occurrence>/miss")
@visits.headers(IDEMPOTENCY_KEY)
@visits.arguments(CorrectionSchema, required=False)
@once
@visits.response(200, RecordedVisitSchema)
def miss(form: dict[str, Any], code: str, item: str, occurrence: str) -> Response:
    """Record that the participant did not come."""
    participant = locked_participant(code)
    return _record(participant, item, occurrence, _today(participant), VisitFact(VisitState.MISSED, correction=form["reason"]))


def _record(participant: Participant, item: str, occurrence: str, on: date, fact: VisitFact) -> Response:
    study, now = caller().study, clock.now()
    planned = find_planned(study, course_of(db.session, participant), item, on, occurrence)
    _, warnings = keep_visit(db.session, participant, planned, fact, now, caller().actor, study=study)
    shown = next(visit for visit in _listed(participant) if (visit.item, visit.occurrence) == planned.key)
    return jsonify(ListedVisitSchema().dump(shown) | {"warnings": list(warnings)})


def _listed(participant: Participant) -> list[ListedVisit]:
    return list_visits(
        db.session, visits_of(db.session, participant.id), planned_visits(caller().study, course_of(db.session, participant))
    )


def _today(participant: Participant) -> date:
    return clock.now().astimezone(ZoneInfo(participant.timezone)).date()
