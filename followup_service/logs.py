"""Logs: one JSON object a line, and only keys from a list that can hold no personal data."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "participant",
        "escalation",
        "inbound",
        "outbound",
        "attempt",
        "step",
        "code",
        "count",
        "error",
        "outcome",
        "reason",
        "seconds",
        "route",
        "status",
        "seal",
        "where",
    }
)


def configure_logs() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _drop_what_is_not_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def where_it_broke(error: BaseException) -> str:
    """File and line of an error: its message may hold a number or a text, so that is never logged."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    code = trace.tb_frame.f_code
    return f"{code.co_filename.rsplit('followup_service', 1)[-1]}:{trace.tb_lineno} {code.co_name}"


def _drop_what_is_not_allowed(_logger: Any, _name: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in entry.items() if key in ALLOWED}
