"""Blueprint: what every part of the API is made with: strict queries, and documented headers and errors."""

from collections.abc import Callable
from typing import Any

import flask_smorest
from webargs.flaskparser import FlaskParser

from followup_service.api.idempotency import HEADER, KEY_PATTERN

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "The ETag of what you read. Without it the answer is 428; where it is no longer the latest, 412",
}
IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
    "description": "Your own name for this request, a UUID for example. Sent again with the same name, it gets the first answer again",
}
ETAG_HEADER = {"ETag": {"description": "For If-Match", "schema": {"type": "string"}}}


class _StrictParser(FlaskParser):
    """Queries are as strict as bodies: an unknown name in one is a typing error, not a wish to be ignored."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION)


class Blueprint(flask_smorest.Blueprint):
    ARGUMENTS_PARSER = _StrictParser()

    def _prepare_arguments_doc(self, doc: dict[str, Any], doc_info: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Describe a refused body like every other error; its name in the standard library differs between Python versions."""
        doc = super()._prepare_arguments_doc(doc, doc_info, **options)
        if 422 in doc.get("responses", {}):
            doc["responses"][422] = "DEFAULT_ERROR"
        return doc

    @staticmethod
    def headers(*parameters: dict[str, Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Documents the headers that an endpoint takes."""
        return flask_smorest.Blueprint.doc(parameters=list(parameters))  # type: ignore[no-any-return]


def blueprint(name: str, description: str) -> Blueprint:
    return Blueprint(name, __name__, url_prefix="/api/v1", description=description)
