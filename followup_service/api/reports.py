"""Reports over REST: temperatures, symptoms and other things that a participant reported."""

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import select

from followup_service.api.blueprint import blueprint
from followup_service.api.fields import Instant, decimal_text, one_of
from followup_service.api.pages import PageArguments, address_of_next, page_of, rows_of_page
from followup_service.api.scope import participant_of
from followup_service.checkins.report import Report, ReportKind

reports = blueprint("reports", "What participants reported, kept as read; not an adverse event until a clinician says so.")


class ReportSchema(Schema):
    id = fields.UUID(required=True)
    kind = one_of(ReportKind, required=True)
    code = fields.String(required=True, allow_none=True, metadata={"examples": ["FEVER"]})
    celsius = decimal_text(required=True, allow_none=True)
    value = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    measured_at = fields.String(required=True, allow_none=True, metadata={"description": "Site of the body, such as armpit"})
    severity = fields.Integer(required=True, allow_none=True)
    count = fields.Integer(required=True, allow_none=True)
    written = fields.String(required=True, allow_none=True, metadata={"description": "The words that it was read from"})
    reported_at = Instant(required=True)
    protocol_version = fields.String(required=True)


class ReportListArguments(PageArguments):
    kind = one_of(ReportKind)


@reports.get("/participants/<code:code>/reports")
@reports.arguments(ReportListArguments, location="query")
@reports.response(200, page_of(ReportSchema))
def list_reports(arguments: dict[str, Any], code: str) -> dict[str, Any]:
    """List what a participant reported, newest first."""
    query = select(Report).where(Report.participant_id == participant_of(code).id)
    if "kind" in arguments:
        query = query.where(Report.kind == arguments["kind"])
    found = [row[0] for row in rows_of_page(query, (Report.reported_at, Report.id), arguments)]
    page = found[: arguments["limit"]]
    last = [page[-1].reported_at, page[-1].id] if page else []
    return {"items": page, "next": address_of_next(found, arguments, last)}
