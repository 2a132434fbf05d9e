"""Texts that did not arrive, of which nobody knows, that wait or were not sent: each with its reason. Nothing disappears."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import render_template, request
from sqlalchemy import ColumnElement, and_, select

from followup_service import clock
from followup_service.console.blueprint import page
from followup_service.console.scope import sites_seen
from followup_service.console.words import DELIVERY
from followup_service.extensions import db
from followup_service.messaging.outbound_message import Attempt, OutboundMessage, OutboundState
from followup_service.participants.participant import Participant
from followup_service.staff.access import May
from followup_service.staff.staff_member import StaffMember

PAGE = 100
BACK = timedelta(days=30)
STATES: Mapping[str, tuple[OutboundState, ...]] = {
    "undelivered": (OutboundState.UNDELIVERED, OutboundState.FAILED, OutboundState.CANCELED),
    "unknown": (OutboundState.UNKNOWN,),
    "waiting": (OutboundState.CREATED, OutboundState.CLAIMED),
    "not_sent": (OutboundState.NOT_SENT,),
}


@page("/delivery", May.READ_PARTICIPANTS)
def delivery() -> Any:
    now, tab = clock.now(), request.args.get("tab", "")
    tab = tab if tab in STATES else next(iter(STATES))
    sites = {site.id: site for site in sites_seen().values()}
    before = _instant(request.args.get("before", ""))
    query = (
        select(OutboundMessage, Participant.code, Participant.timezone, StaffMember.handle, Attempt.error_code)
        .outerjoin(Participant, Participant.id == OutboundMessage.participant_id)
        .outerjoin(StaffMember, StaffMember.id == OutboundMessage.staff_id)
        .outerjoin(Attempt, and_(Attempt.outbound_id == OutboundMessage.id, Attempt.lease == OutboundMessage.lease))
        .where(OutboundMessage.site_id.in_(sites), _of_tab(tab, now, before))
        .order_by(OutboundMessage.created_at.desc(), OutboundMessage.id.desc())
    )
    rows = db.session.execute(query.limit(PAGE + 1)).all()
    older = rows[PAGE - 1][0].created_at.isoformat() if len(rows) > PAGE else None
    return render_template("delivery.html", rows=rows[:PAGE], tab=tab, tabs=DELIVERY, sites=sites, older=older, now=now, days=BACK.days)


def _of_tab(tab: str, now: datetime, before: datetime | None) -> ColumnElement[bool]:
    """What waits is shown however old it is."""
    shown = OutboundMessage.state.in_(STATES[tab])
    if tab != "waiting":
        shown = and_(shown, OutboundMessage.created_at >= now - BACK)
    return shown if before is None else and_(shown, OutboundMessage.created_at < before)


def _instant(written: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
