"""Holding a drill: its fever comes in by the same door as any text; the weekly one gives way to real alarms and to holidays."""

from contextvars import Context
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from flask import Flask, current_app
from sqlalchemy import select

from followup_service import clock
from followup_service.config import WeeklyDrill
from followup_service.errors import Conflict
from followup_service.escalations.begin_drill import FEVER, begin_drill
from followup_service.escalations.drill import Drill
from followup_service.extensions import db
from followup_service.messaging.gateways.simulated_phone import text_from
from followup_service.protocol.paging_clock import LocalHours
from followup_service.staff.running_study import running_study
from followup_service.staff.site import Site
from followup_service.staff.working_days import hours_of

log = structlog.get_logger()
TRY_AGAIN_AFTER = timedelta(hours=1)
DAYS_A_WEEK = 7


def hold_drill(site_id: UUID, planned_on: date | None = None) -> None:
    """Begin a drill at a site, now. Raises Conflict where it cannot be. The worker sends its page like any other."""
    site = db.session.get_one(Site, site_id, with_for_update={"key_share": True}, populate_existing=True)
    number = begin_drill(db.session, site, clock.now(), study=running_study(db.session).protocol, planned_on=planned_on)
    db.session.commit()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - a request needs the app itself
    # In a context of its own, as a web server would have it: it shares no session with ours.
    Context().run(text_from, app, number, FEVER)


def hold_weekly_drill(site_id: UUID, weekly: WeeklyDrill) -> None:
    """Hold the drill that is due, and say when the next one is; put it off where it would stand in somebody's way."""
    now, study = clock.now(), running_study(db.session).protocol
    site = db.session.get_one(Site, site_id, with_for_update={"key_share": True}, populate_existing=True)
    hours = hours_of(db.session, site_id, study)
    today, due_at = now.astimezone(hours.zone).date(), site.next_drill_at
    if due_at is not None and due_at > now:
        return
    site.next_drill_at = _next_drill(weekly, now, hours)
    if due_at is None or db.session.scalar(select(Drill.id).where(Drill.site_id == site_id, Drill.planned_on == today)):
        return
    if not _in_working_hours(now, hours):
        site.next_drill_at = hours.at(hours.next_working_day(today), weekly.at)
        return
    try:
        hold_drill(site_id, today)
    except Conflict as why:
        log.info("drill_put_off", reason=type(why).__name__)
        site.next_drill_at = now + TRY_AGAIN_AFTER


def _next_drill(weekly: WeeklyDrill, now: datetime, hours: LocalHours) -> datetime:
    """The next time that the clock of the site shows this day and time; on the next working day where that is none."""
    today = now.astimezone(hours.zone).date()
    day = today + timedelta(days=(weekly.weekday - today.weekday()) % DAYS_A_WEEK)
    if hours.at(day, weekly.at) <= now:
        day += timedelta(days=DAYS_A_WEEK)
    return hours.at(day if hours.is_working_day(day) else hours.next_working_day(day), weekly.at)


def _in_working_hours(now: datetime, hours: LocalHours) -> bool:
    local = now.astimezone(hours.zone)
    return hours.is_working_day(local.date()) and hours.opens <= local.time() < hours.closes
