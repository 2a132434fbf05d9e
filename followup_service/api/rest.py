"""The REST API as a whole: its OpenAPI document, its parts, who may call it and how its errors look."""

import tomllib
from typing import Any

import flask_smorest
from flask import Flask, Response, request
from marshmallow import fields
from werkzeug.routing import BaseConverter

from followup_service.api import caller, problems
from followup_service.api.adverse_events import adverse_events
from followup_service.api.checkins import checkins
from followup_service.api.docs import docs
from followup_service.api.escalation_figures import figures
from followup_service.api.escalations import escalations
from followup_service.api.expected_symptoms import expected_symptoms
from followup_service.api.hard_to_reach import reach
from followup_service.api.health import health_checks, monitoring
from followup_service.api.messages import messages
from followup_service.api.participants import participants
from followup_service.api.phones import phones
from followup_service.api.problems import PROBLEM_TYPE, ProblemSchema, is_api
from followup_service.api.reports import reports
from followup_service.api.roster import roster
from followup_service.api.slots import slots
from followup_service.api.study import study
from followup_service.api.treatments import treatments
from followup_service.api.visits import visits
from followup_service.api.why import why
from followup_service.api.writing import writing
from followup_service.config import PROJECT

PARTS = (
    study, participants, phones, treatments, visits, slots, checkins, reports, messages, writing, why, escalations, expected_symptoms,
    figures, adverse_events, reach, roster,
)  # fmt: skip
BEARER = {"type": "http", "scheme": "bearer", "description": "Made by `flask tokens create`: fus_…"}


class CodeConverter(BaseConverter):
    """A code in an address. What cannot be one is not found, before any database is asked."""

    regex = r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,47}"


class _Document(flask_smorest.Api):
    """flask-smorest with our errors: problem documents, made by the application's own handler."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        problems.register(self._app)

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM_TYPE
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def _register_pagination_header(self) -> None:
        """Our pages are by cursor, in the body."""


def register(app: Flask) -> None:
    app.url_map.converters["code"] = CodeConverter
    app.config["OPENAPI_URL_PREFIX"] = "/api/v1"
    api = _Document(app, spec_kwargs=_described())
    api.register_converter(CodeConverter, lambda converter: {"type": "string", "pattern": f"^{converter.regex}$"})
    api.register_field(fields.Decimal, "string", "decimal")
    api.spec.components.security_scheme("bearer", BEARER)
    for part in PARTS:
        api.register_blueprint(part)
    api.register_blueprint(health_checks)
    app.register_blueprint(monitoring)
    app.register_blueprint(docs)
    caller.register(app)
    app.after_request(_keep_private)


def _described() -> dict[str, Any]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "title": "Follow-up service",
        "version": project["version"],
        "openapi_version": "3.1.0",
        "info": {"description": project["description"], "license": {"name": project["license"], "identifier": project["license"]}},
        "security": [{"bearer": []}],
    }


def _keep_private(response: Response) -> Response:
    """No cache on the way keeps an answer, and no browser guesses what it is."""
    if is_api(request.path):
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
    return response
