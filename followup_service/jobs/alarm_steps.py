"""Steps of the clock for alarms: pages that nobody took, what returns, how people are the morning after; drills and rosters."""

from functools import partial
from uuid import UUID

from flask import current_app
from sqlalchemy import or_, select

from followup_service import clock
from followup_service.checkins.follow_up_alarm import follow_up_alarm
from followup_service.escalations.drill import Drill
from followup_service.escalations.end_drill import answer_within, fail_drill, running_drills
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.escalations.lock_episode import lock_episode
from followup_service.escalations.repeat_page import repeat_page
from followup_service.escalations.return_escalation import return_escalation
from followup_service.escalations.warn_of_gaps import warn_of_gaps
from followup_service.extensions import db
from followup_service.jobs.alone import alone
from followup_service.jobs.find_due import NOW, find_due
from followup_service.jobs.hold_drill import hold_weekly_drill
from followup_service.staff.drill_study import not_of_drills
from followup_service.staff.running_study import running_study
from followup_service.staff.site import Site

_PAGES = (
    select(Escalation.id).where(Escalation.next_page_at <= NOW, Escalation.state == EscalationState.OPEN).order_by(Escalation.next_page_at)
)
_UNFINISHED = (
    select(Escalation.id)
    .where(Escalation.returns_at <= NOW, Escalation.state == EscalationState.ACKNOWLEDGED)
    .order_by(Escalation.returns_at)
)
# An emergency before what is merely urgent, as the words stand in the alphabet: of two alarms of a participant the worse one asks.
_FOLLOWED_UP = select(Escalation.id).where(Escalation.follow_up_at <= NOW).order_by(Escalation.level, Escalation.follow_up_at)
_DRILLS = running_drills().with_only_columns(Drill.id).where(Drill.started_at <= NOW)
_SITES_TO_DRILL = select(Site.id).where(or_(Site.next_drill_at.is_(None), Site.next_drill_at <= NOW), not_of_drills(Site.study_id))
_ROSTERS = select(Site.id).where(or_(Site.next_roster_check_at.is_(None), Site.next_roster_check_at <= NOW), not_of_drills(Site.study_id))


def page_again() -> None:
    """Pages that nobody took."""
    for escalation_id in find_due(_PAGES):
        alone("page_again", partial(_page, escalation_id))


def return_unfinished() -> None:
    """What somebody took, and has no outcome in time; and what was put off until now."""
    for escalation_id in find_due(_UNFINISHED):
        alone("return_unfinished", partial(_return, escalation_id))


def follow_up_alarms() -> None:
    """The morning after alarms that somebody took or ended: how is the participant?"""
    for escalation_id in find_due(_FOLLOWED_UP):
        alone("follow_up_alarms", partial(_follow_up, escalation_id))


def end_drills() -> None:
    """Drills that nobody answered in time."""
    study = running_study(db.session).protocol
    db.session.rollback()
    for drill_id in find_due(_DRILLS, now=clock.now() - answer_within(study)):
        alone("end_drills", partial(_fail, drill_id))


def begin_drills() -> None:
    """The weekly drill of each site."""
    weekly = current_app.extensions["config"].weekly_drill
    if weekly is None:
        return
    for site_id in find_due(_SITES_TO_DRILL):
        alone("begin_drills", partial(hold_weekly_drill, site_id, weekly))


def look_over_rosters() -> None:
    """Gaps in the rosters of the days to come, once a day and after every change."""
    for site_id in find_due(_ROSTERS):
        alone("look_over_rosters", partial(_look_over, site_id))


def _page(escalation_id: UUID) -> None:
    repeat_page(db.session, escalation_id, clock.now(), study=running_study(db.session).protocol)


def _return(escalation_id: UUID) -> None:
    return_escalation(db.session, escalation_id, clock.now(), study=running_study(db.session).protocol)


def _follow_up(escalation_id: UUID) -> None:
    episode, participant = lock_episode(db.session, escalation_id)
    if participant is not None and episode.follow_up_at is not None and episode.follow_up_at <= clock.now():
        follow_up_alarm(db.session, participant, episode, clock.now(), study=running_study(db.session).protocol)


def _fail(drill_id: UUID) -> None:
    drill = db.session.get_one(Drill, drill_id, with_for_update=True, populate_existing=True)
    if drill.proven_at is None and drill.failed_at is None:
        fail_drill(db.session, drill, clock.now(), study=running_study(db.session).protocol)


def _look_over(site_id: UUID) -> None:
    warn_of_gaps(db.session, site_id, clock.now(), study=running_study(db.session).protocol)
