"""Every error under /api as an RFC 9457 problem document; what went wrong inside is logged by class and place, and told to nobody."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, json, request
from marshmallow import Schema, fields
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.logs import where_it_broke

PROBLEM_TYPE = "application/problem+json"
log = structlog.get_logger()


class ProblemSchema(Schema):
    """RFC 9457."""

    type = fields.String(required=True, metadata={"description": "about:blank: the title says what it is"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(metadata={"description": "What is wrong, and what to write instead"})
    errors = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), metadata={"description": "What is wrong with each field, by its path"}
    )


def register(app: Flask) -> None:
    app.register_error_handler(Exception, answer_error)
    app.register_error_handler(HTTPException, answer_error)


def answer_error(error: Exception) -> Response | HTTPException:
    """The one handler of all errors. Outside /api a person reads the answer: a plain page of the web framework's own."""
    # Whatever was written before the error goes with it.
    db.session.rollback()
    problem = _problem(error)
    if isinstance(error, HTTPException) and (not is_api(request.path) or error.code is None or error.code < 400):
        return error
    if problem["status"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error(
            "request_failed", error=type(error).__name__, where=where_it_broke(error), route=request.endpoint, status=problem["status"]
        )
    if not is_api(request.path):
        return _plain(problem)
    response = Response(json.dumps(problem, ensure_ascii=True), problem["status"], mimetype=PROBLEM_TYPE)
    for name, value in getattr(error, "headers", {}).items():
        response.headers[name] = value
    if isinstance(error, HTTPException):
        response.headers.extend([(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")])
    return response


def is_api(path: str) -> bool:
    """Whether programs call it, with a token."""
    return path in ("/api", "/metrics") or path.startswith("/api/")


def _problem(error: Exception) -> dict[str, Any]:
    if isinstance(error, FollowupError) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _document(error.status, error.title, error.detail, error.errors)
    if isinstance(error, IntegrityError):
        return _document(
            409, "Conflict", "somebody else wrote the same at the same moment: read it again, then repeat what is still needed"
        )
    if isinstance(error, OperationalError):
        return _document(503, "Database away", "nothing was changed; try again in a minute")
    if isinstance(error, HTTPException) and error.code is not None and error.code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _of_http(error)
    status = error.status if isinstance(error, FollowupError) else 500
    return _document(status, HTTPStatus(status).phrase, "the fault is ours, and it is in our log; nothing was changed")


def _of_http(error: HTTPException) -> dict[str, Any]:
    said = getattr(error, "data", {}).get("messages", {})
    errors: dict[str, list[str]] = {}
    for place, messages in said.items():
        for path, sentence in _sentences(messages, ""):
            errors.setdefault(path or place, []).append(sentence)
    detail = "; ".join(f"{path}: {' '.join(sentences)}" for path, sentences in errors.items()) or error.description or ""
    return _document(error.code or 500, error.name, detail, errors)


def _sentences(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    """marshmallow's tree of messages as (path of the field, sentence)."""
    if isinstance(messages, Mapping):
        for name, below in messages.items():
            inner = path if name == "_schema" else f"{path}.{name}" if path else str(name)
            yield from _sentences(below, inner)
    else:
        for sentence in messages:
            yield path, str(sentence)


def _document(status: int, title: str, detail: str, errors: Mapping[str, Any] | None = None) -> dict[str, Any]:
    document: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if errors:
        document["errors"] = {path: list(sentences) for path, sentences in errors.items()}
    return document


def _plain(problem: dict[str, Any]) -> Response | HTTPException:
    if problem["status"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return InternalServerError()
    return Response(f"{problem['title']}: {problem['detail']}\n", problem["status"], mimetype="text/plain")
