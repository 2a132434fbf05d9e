"""Our exceptions. Each carries a sentence that says what is wrong and what to write instead; the doors turn them into answers."""

from collections.abc import Mapping, Sequence


class FollowupError(Exception):
    """Something we refuse, with the reason. `status` and `title` are what a caller over HTTP sees (RFC 9457)."""

    status = 400
    title = "Bad request"

    def __init__(self, detail: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = dict(errors or {})


class ConfigError(FollowupError):
    """The environment lacks a setting, or holds an unsafe one. `problems` has one sentence each."""

    status = 500
    title = "Not configured"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Refused(FollowupError):
    """A well-formed request that the rules of the study or of the service do not allow."""

    status = 422
    title = "Refused"


class NotFound(FollowupError):
    """No such thing, or not the caller's to see: the two answer alike."""

    status = 404
    title = "Not found"


class Conflict(FollowupError):
    """Somebody else was first, or the thing is no longer in the state that this needs."""

    status = 409
    title = "Conflict"


class Changed(Conflict):
    """Somebody changed it since the caller read it."""

    status = 412
    title = "Precondition failed"


class IllegalTransition(Conflict):
    """A status that cannot follow the present one."""
