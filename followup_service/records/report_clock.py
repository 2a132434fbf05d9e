"""The 24 hours in which a serious adverse event must be reported, counted from when the team knew."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from followup_service.records.adverse_event import AdverseEvent, AdverseEventState, Signature


class ReportClock(StrEnum):
    """`running` and `overdue` while nobody has signed what it is; then `met` or `late` for a serious event, else `not_needed`."""

    RUNNING = "running"
    OVERDUE = "overdue"
    MET = "met"
    LATE = "late"
    NOT_NEEDED = "not_needed"


def report_clock(event: AdverseEvent, signatures: Sequence[Signature], now: datetime) -> ReportClock:
    """Where the clock stands. A later correction does not start it anew: the first signature counts."""
    if event.state is AdverseEventState.DISMISSED:
        return ReportClock.NOT_NEEDED
    if event.state is AdverseEventState.DRAFT:
        return ReportClock.OVERDUE if now > event.report_due_at else ReportClock.RUNNING
    if not event.seriousness:
        return ReportClock.NOT_NEEDED
    first = min((signature.signed_at for signature in signatures), default=now)
    return ReportClock.MET if first <= event.report_due_at else ReportClock.LATE
