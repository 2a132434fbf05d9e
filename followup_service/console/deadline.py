"""By when somebody must act on an episode, and how that is said: in words and with the hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case

from followup_service.console.page_language import gettext as _
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.protocol.rule_definitions import Level

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """`what` is to be done by `at`; `left` says how long that is."""

    what: str
    at: datetime
    left: str
    is_over: bool


def deadline_of(episode: Escalation, now: datetime) -> Deadline | None:
    """Open: until when somebody must have taken it. Taken: until when the participant has a call, else until when it needs an outcome."""
    if episode.state is EscalationState.OPEN:
        at, what = episode.acknowledge_by, _("take it by")
    elif episode.state is EscalationState.RESOLVED:
        return None
    elif episode.promised_by is not None:
        at, what = episode.promised_by, _("call by")
    else:
        at, what = episode.returns_at, _("put off until") if episode.snoozed_at is not None else _("outcome by")
    return None if at is None else Deadline(what, at, _left(at - now), at <= now)


def by_level_then_deadline() -> tuple[ColumnElement[int], ColumnElement[datetime], ColumnElement[int]]:
    """The order of the worklist, for the database."""
    level = case({level.value: -level.rank for level in Level}, value=Escalation.level)
    promised = case((Escalation.called_at.is_(None), Escalation.call_by))
    due = case(
        (Escalation.state == EscalationState.OPEN, Escalation.acknowledge_by),
        (promised.is_not(None), promised),
        else_=Escalation.returns_at,
    )
    return level, due, Escalation.number  # type: ignore[return-value]


def _left(left: timedelta) -> str:
    over, far = left <= timedelta(0), abs(left)
    if far < timedelta(minutes=1):
        return _("due now")
    days, hours, minutes = far // DAY, far % DAY // HOUR, far % HOUR // timedelta(minutes=1)
    if days:
        return (
            _("%(days)s d %(hours)s h over", days=days, hours=hours) if over else _("%(days)s d %(hours)s h left", days=days, hours=hours)
        )
    if hours:
        how = {"hours": hours, "minutes": minutes}
        return _("%(hours)s h %(minutes)s min over", **how) if over else _("%(hours)s h %(minutes)s min left", **how)
    return _("%(minutes)s min over", minutes=minutes) if over else _("%(minutes)s min left", minutes=minutes)
