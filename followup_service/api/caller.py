"""Who calls the API: every request under /api needs a live bearer token of this study, and a writing one to change anything."""

from dataclasses import dataclass
from uuid import UUID

from flask import Flask, g, request

from followup_service import clock
from followup_service.api.problems import is_api
from followup_service.errors import FollowupError, NotFound
from followup_service.extensions import db
from followup_service.protocol.definitions import Study
from followup_service.staff.access import is_blinded
from followup_service.staff.access_token import TokenScope, find_token
from followup_service.staff.running_study import running_study

# Without personal data, and open to everybody: is the service well, and how is it called.
PUBLIC_ENDPOINTS = frozenset({"health.health", "monitoring.readyz", "monitoring.livez", "api-docs.openapi_json", "docs.page"})
METRICS_ENDPOINT = "monitoring.metrics"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Caller:
    """A token's holder. `site_id` None means every site of the study; `staff_id` is the person whose own token it is, if it is one's."""

    token_id: UUID
    actor: str
    study_id: UUID
    study: Study
    site_id: UUID | None
    may_write: bool
    staff_id: UUID | None = None


class NotSignedIn(FollowupError):
    status = 401
    title = "Unauthorized"

    def __init__(self, detail: str, challenge: str) -> None:
        super().__init__(detail)
        self.headers = {"WWW-Authenticate": challenge}


class WrongScope(FollowupError):
    status = 403
    title = "Forbidden"


class WrongMediaType(FollowupError):
    status = 415
    title = "Unsupported media type"


def register(app: Flask) -> None:
    app.before_request(check_caller)


def check_caller() -> None:
    """Deny by default: also an address that does not exist says nothing to whoever has no token."""
    if not is_api(request.path) or request.endpoint in PUBLIC_ENDPOINTS:
        return
    # Reading never waits for writers, and a wrong token never makes them wait.
    db.session.connection(execution_options={"read_only": True})
    g.caller = _identified()
    if request.method in READING:
        return
    if not g.caller.may_write:
        raise WrongScope("this token may only read: use one that was made with --scope write")
    if request.content_length and not request.is_json:
        raise WrongMediaType("send JSON, with Content-Type: application/json")
    db.session.rollback()


def caller() -> Caller:
    known: Caller = g.caller
    return known


def _identified() -> Caller:
    written = request.authorization
    if written is None or written.type != "bearer" or not written.token:
        raise NotSignedIn("send a token: Authorization: Bearer fus_…", 'Bearer realm="followup-service"')
    token = find_token(db.session, written.token, clock.now())
    if token is None:
        raise NotSignedIn(
            "this token is unknown, revoked or past its day: make another with flask tokens create",
            'Bearer realm="followup-service", error="invalid_token"',
        )
    if (token.scope is TokenScope.METRICS) != (request.endpoint == METRICS_ENDPOINT):
        raise WrongScope("/metrics is opened by a token that was made with --scope metrics, and by that only this")
    running = running_study(db.session)
    if token.study_id != running.id:
        raise NotFound("no such thing")
    if token.staff_id is not None and is_blinded(db.session, token.staff_id, running.id):
        raise WrongScope("whoever holds this token is blinded, and the API tells arms: work on the web pages")
    may_write = token.scope is TokenScope.WRITE
    return Caller(token.id, f"token:{token.name}", running.id, running.protocol, token.site_id, may_write, token.staff_id)
