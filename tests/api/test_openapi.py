"""The OpenAPI document: kept in the repository as it is served, and true: made-up requests find no answer that it does not describe."""

import json
from collections.abc import Callable, Iterable, MutableMapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import ApiCaller
from tests.hospital import Hospital

KEPT = Path(__file__).resolve().parents[2] / "openapi.json"
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
)
# What is there, so that requests come through to what lies behind the checks.
IN_BODY = {"site": "PKU", "arm": "rfa", "language": "en", "timezone": "Europe/London", "kind": "rfa", "by": "nurse-li"}
IN_ADDRESS = {"code": "PKU-001", "number": 1, "item": "quarterly", "occurrence": "month-3", "plan": "after_rfa"}


def test_the_kept_document_is_the_served_one(reader: ApiCaller) -> None:
    served = reader.get("/openapi.json").json
    assert json.loads(KEPT.read_text(encoding="utf-8")) == served, "write it anew: flask --app wsgi openapi write openapi.json"
    assert served["openapi"] == "3.1.0"


def test_every_error_is_described_as_a_problem() -> None:
    document = json.loads(KEPT.read_text(encoding="utf-8"))
    assert list(document["components"]["responses"]["DEFAULT_ERROR"]["content"]) == ["application/problem+json"]
    for address, operations in document["paths"].items():
        for method in {"get", "post", "patch"} & set(operations):
            assert operations[method]["responses"]["default"] == {"$ref": "#/components/responses/DEFAULT_ERROR"}, f"{method} {address}"


def test_decimals_are_strings_and_numbers_and_names_are_never_answered() -> None:
    schemas = json.loads(KEPT.read_text(encoding="utf-8"))["components"]["schemas"]
    celsius = schemas["Report"]["properties"]["celsius"]
    assert (celsius["type"], celsius["format"]) == (["string", "null"], "decimal")
    assert {"phone", "name"} & set(schemas["Participant"]["properties"]) == set()
    assert schemas["Enrolment"]["properties"]["phone"]["writeOnly"] is True


@pytest.fixture
def made_up_requests(app: Flask, writer: ApiCaller, hospital: Hospital) -> Any:
    """Requests made from the document, to a participant who has something of everything."""
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.move(hours=26)
    phone.texts("39.5")

    def isolated(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with app.app_context():
            return app(environ, start_response)

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", isolated)


@pytest.mark.no_cover
def test_made_up_requests_get_described_answers(made_up_requests: Any, writer: ApiCaller) -> None:
    for found in made_up_requests.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def answered(case: Any) -> None:
            _point_at(case.path_parameters, IN_ADDRESS)
            _point_at(case.body, IN_BODY)
            _point_at(case.headers, {"If-Match": "*"})
            case.call_and_validate(headers={"Authorization": f"Bearer {writer.token}"}, checks=CHECKS)

        answered()


def _point_at(made_up: Any, existing: dict[str, Any]) -> None:
    if isinstance(made_up, MutableMapping):
        made_up.update({name: value for name, value in existing.items() if name in made_up})
