"""What the provider's webhooks have in common: the fields of their forms, and the answer that says nothing."""

from uuid import UUID

from flask import Response, request

NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def plain(field: str, longest: int) -> str:
    """A field for a column that is not encrypted: without control characters, of which PostgreSQL refuses one."""
    return "".join(filter(str.isprintable, request.form.get(field, "")))[:longest]


def attempt_id() -> UUID | None:
    """The attempt that the address names."""
    try:
        return UUID(hex=request.args.get("attempt", ""))
    except ValueError:
        return None


def no_answer() -> Response:
    # Never the reply itself: a repeat would send it twice, outside the outbox.
    return Response(NO_ANSWER, mimetype="text/xml")
