"""Check-ins over REST: what was asked, how far it came, and what was answered."""

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import select

from followup_service.api.blueprint import blueprint
from followup_service.api.fields import Instant, one_of
from followup_service.api.pages import PageArguments, address_of_next, page_of, rows_of_page
from followup_service.api.scope import participant_of
from followup_service.checkins.checkin import Answer, Checkin, CheckinState
from followup_service.errors import NotFound
from followup_service.extensions import db

checkins = blueprint("checkins", "Questionnaires that were put to participants by text.")


class AnswerSchema(Schema):
    question = fields.String(required=True)
    value = fields.String(required=True)
    answered_at = Instant(required=True)


class CheckinSchema(Schema):
    plan = fields.String(required=True)
    occurrence = fields.String(required=True)
    state = one_of(CheckinState, required=True)
    questions = fields.List(fields.String(), required=True)
    question = fields.String(required=True, allow_none=True, metadata={"description": "The one asked last"})
    started_at = Instant(required=True, allow_none=True)
    closes_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    closed_because = fields.String(required=True, allow_none=True)
    protocol_version = fields.String(required=True)
    answers = fields.List(fields.Nested(AnswerSchema), required=True)


class CheckinListArguments(PageArguments):
    state = one_of(CheckinState)


@checkins.get("/participants/<code:code>/checkins")
@checkins.arguments(CheckinListArguments, location="query")
@checkins.response(200, page_of(CheckinSchema))
def list_checkins(arguments: dict[str, Any], code: str) -> dict[str, Any]:
    """List a participant's check-ins with their answers, newest first."""
    query = select(Checkin).where(Checkin.participant_id == participant_of(code).id)
    if "state" in arguments:
        query = query.where(Checkin.state == arguments["state"])
    found = [row[0] for row in rows_of_page(query, (Checkin.closes_at, Checkin.id), arguments)]
    page = found[: arguments["limit"]]
    last = [page[-1].closes_at, page[-1].id] if page else []
    return {"items": _with_answers(page), "next": address_of_next(found, arguments, last)}


@checkins.get("/participants/<code:code>/checkins/<code:plan>/<code:occurrence>")
@checkins.response(200, CheckinSchema)
def get_checkin(code: str, plan: str, occurrence: str) -> dict[str, Any]:
    """Read one check-in with its answers."""
    participant = participant_of(code)
    row = db.session.scalar(
        select(Checkin).where(Checkin.participant_id == participant.id, Checkin.plan == plan, Checkin.occurrence == occurrence)
    )
    if row is None:
        raise NotFound("no such check-in")
    return _with_answers([row])[0]


def _with_answers(rows: list[Checkin]) -> list[dict[str, Any]]:
    answers: dict[Any, list[Answer]] = {row.id: [] for row in rows}
    for answer in db.session.scalars(select(Answer).where(Answer.checkin_id.in_(answers)).order_by(Answer.answered_at, Answer.id)):
        answers[answer.checkin_id].append(answer)
    names = set(CheckinSchema().fields) - {"answers"}
    return [{name: getattr(row, name) for name in names} | {"answers": answers[row.id]} for row in rows]
