"""ETag and If-Match: a change names the version that it was decided on, so that nobody overwrites what they have not seen."""

import hashlib
from typing import Any

from flask import Response, request

from followup_service.errors import Changed, FollowupError


class IfMatchMissing(FollowupError):
    status = 428
    title = "Precondition required"


def etag_of(row: Any) -> str:
    """Of a row with `id` and `version`."""
    return hashlib.sha256(row.id.bytes + str(row.version).encode()).hexdigest()[:32]


def check_if_match(row: Any) -> None:
    """Raises IfMatchMissing without the header, Changed where the row is no longer the one that the caller read."""
    if "If-Match" not in request.headers:
        raise IfMatchMissing("read it first, then send its ETag as If-Match")
    if not request.if_match.contains(etag_of(row)):
        raise Changed("it changed since you read it: read it again")


def tagged(response: Response, row: Any) -> Response:
    """The answer with the row's ETag."""
    response.set_etag(etag_of(row))
    return response
