"""In whose name an account acts on an episode: that of the member of staff whom it belongs to, as if they had texted; else its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, request
from sqlalchemy import bindparam, select

from followup_service.console.page_language import gettext as _
from followup_service.console.scope import in_reach, reach
from followup_service.console.signed_in import access
from followup_service.errors import Refused
from followup_service.escalations.escalation import Escalation, EscalationEvent, EventKind
from followup_service.extensions import db
from followup_service.messaging.outbox import UNDO_FOR
from followup_service.staff.access import May
from followup_service.staff.staff_member import StaffMember

# Every page with episodes asks for them: put together once.
_STEPS = (
    select(Escalation.number, EscalationEvent.kind, EscalationEvent.actor, EscalationEvent.at)
    .join(EscalationEvent, Escalation.id == EscalationEvent.escalation_id)
    .where(*in_reach(Escalation), EscalationEvent.at >= bindparam("since"))
    .order_by(EscalationEvent.at, EscalationEvent.id)
)
UNDOABLE = (EventKind.ACKNOWLEDGED, EventKind.SNOOZED, EventKind.RESOLVED)


@dataclass(frozen=True, slots=True)
class Done:
    """What the reader did a moment ago, and may still take back."""

    number: int
    kind: EventKind
    until: datetime


def own_staff() -> StaffMember | None:
    """The member of staff behind the account, where there is one."""
    if "own_staff" not in g:
        staff_id = access().account.staff_id
        g.own_staff = db.session.get(StaffMember, staff_id) if staff_id is not None else None
    found: StaffMember | None = g.own_staff
    return found


def own_names() -> tuple[str, ...]:
    """What the lists of the team call the reader: by their account, and by their phone."""
    staff = own_staff()
    return (access().account.actor,) if staff is None else (access().account.actor, staff.handle)


def own_name() -> str:
    return own_names()[-1]


def as_reader() -> dict[str, Any]:
    """The keywords of every change to an episode: by whom, through what, and as it was when the form was shown."""
    staff = own_staff()
    written = request.form.get("version", "")
    if written and not written.isdecimal():
        raise Refused(_("Load the page again, then repeat what is still needed."))
    return {
        "study": access().study.protocol,
        "staff_id": staff.id if staff is not None else None,
        "version": int(written[:9]) if written else None,
        "via": access().account.actor,
    }


def just_done(now: datetime) -> list[Done]:
    """The reader's last step on each episode, while it can be taken back and nothing came after it."""
    steps = db.session.execute(_STEPS, {"since": now - UNDO_FOR} | reach(May.TRIAGE))
    last, by = {number: one for number, *one in steps}, own_name()
    return [Done(number, kind, at + UNDO_FOR) for number, (kind, actor, at) in last.items() if kind in UNDOABLE and actor == by]


def undo_ends(done: list[Done]) -> float | None:
    """When the first of them can be taken back no more, for the address by which an open page asks for news."""
    return min((one.until.timestamp() for one in done), default=None)


def undo_is_over(now: datetime) -> bool:
    """Whether the reader's page still offers what can be taken back no more."""
    until = request.args.get("undo", type=float)
    return until is not None and now.timestamp() > until
