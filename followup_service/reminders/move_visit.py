"""Brings a visit up to date with the plan. What the participant was told of never moves silently: they hear of it once, staff see both."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.outbox import queue_text, stop_visit_texts
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import decide_code
from followup_service.protocol.visit_schedule import PlannedVisit
from followup_service.reminders.visit_steps import Clockwork, first_step, set_step, step_after
from followup_service.reminders.visit_text import values_of
from followup_service.transitions import moved
from followup_service.visits.visit import VISIT_TRANSITIONS, Visit, VisitChange, VisitState

_HISTORY = (VisitState.ATTENDED, VisitState.MISSED)
SUPERSEDED = "superseded"
Window = tuple[date, date, date]


def move_visit(
    session: Session, participant: Participant, visit: Visit, planned: PlannedVisit, together: list[str], works: Clockwork, now: datetime
) -> None:
    """Give the visit the dates of the plan. A booked one keeps its day; staff look at it where it falls out of the new window."""
    new, was = (planned.target_on, planned.opens_on, planned.closes_on), _window(visit)
    visit.together_with = together
    if visit.state in _HISTORY or (new == was and visit.state is not VisitState.CANCELLED):
        return
    if visit.state is VisitState.CANCELLED:
        if planned.closes_on < now.astimezone(works.zone).date():
            return
        visit.state = moved(VISIT_TRANSITIONS, visit.state, VisitState.ANNOUNCED)
        visit.announced_at = visit.booked_at = None
    visit.target_on, visit.opens_on, visit.closes_on = new
    if visit.announced_at is None and visit.booked_at is None:
        set_step(visit, first_step(visit, works, now))
        return
    _keep_change(session, participant, visit, was, new, works.study, now)
    if visit.booked_at is not None:
        if not planned.opens_on <= visit.booked_at.astimezone(works.zone).date() <= planned.closes_on:
            raise_escalation(session, about(participant), decide_code("VISIT_REPLANNED", works.study.rules), now, study=works.study)
        return
    if visit.state is VisitState.CONFIRMED:
        # What they said they have a day for has moved: they are asked again.
        visit.state = VisitState.ANNOUNCED
        visit.confirmed_at = None
    visit.question, visit.offers = None, []
    set_step(visit, step_after(visit, works, now))
    if planned.closes_on >= now.astimezone(works.zone).date():
        _tell(session, participant, visit, "visit_changed", was, now, works.study)


def leaves_the_plan(
    session: Session,
    participant: Participant,
    visit: Visit,
    host: PlannedVisit | None,
    works: Clockwork,
    now: datetime,
    *,
    hosted_by: Visit | None = None,
) -> None:
    """A visit that is planned no more, or is done on the journey of another one (`host`, of which `hosted_by` is the row if there is one).
    A booked one stays until staff decide."""
    study = works.study
    was = _window(visit)
    new = (host.target_on, host.opens_on, host.closes_on) if host else None
    if visit.state in (*_HISTORY, VisitState.CANCELLED) or was == new:
        return
    if visit.booked_at is not None:
        if not _staff_were_told(session, visit):
            _keep_change(session, participant, visit, was, None, study, now)
            raise_escalation(session, about(participant), decide_code("VISIT_REPLANNED", study.rules), now, study=study)
        return
    if new is None:
        visit.state = moved(VISIT_TRANSITIONS, visit.state, VisitState.CANCELLED)
    else:
        visit.target_on, visit.opens_on, visit.closes_on = new
    visit.question, visit.offers = None, []
    set_step(visit, None)
    if visit.announced_at is not None:
        _keep_change(session, participant, visit, was, new, study, now)
        if hosted_by is not None and hosted_by.booked_at is not None and hosted_by.booked_at > now:
            _tell_the_day(session, participant, visit, hosted_by, works, now)
        else:
            _tell(session, participant, visit, "visit_changed" if host else "visit_not_needed", was, now, study)


def _staff_were_told(session: Session, visit: Visit) -> bool:
    """Whether the last change of this visit was that it left the plan."""
    last = session.scalar(select(VisitChange).where(VisitChange.visit_id == visit.id).order_by(VisitChange.id.desc()).limit(1))
    return last is not None and last.target_on is None


def _keep_change(
    session: Session, participant: Participant, visit: Visit, was: Window, new: Window | None, study: Study, now: datetime
) -> None:
    target_on, opens_on, closes_on = new or (None, None, None)
    session.add(
        VisitChange(
            visit_id=visit.id,
            changed_at=now,
            was_target_on=was[0],
            was_opens_on=was[1],
            was_closes_on=was[2],
            target_on=target_on,
            opens_on=opens_on,
            closes_on=closes_on,
            from_version=visit.protocol_version,
            to_version=study.version,
        )
    )
    visit.version += 1
    dates = {"was": [day.isoformat() for day in was], "now": [day.isoformat() for day in new or ()]}
    record_event(participant, "visit_moved", now, item=visit.item, occurrence=visit.occurrence, **dates)


def _tell(session: Session, participant: Participant, visit: Visit, message: str, was: Window, now: datetime, study: Study) -> None:
    """One text that says what was and what is; of a change that was not told yet, only the latest is told."""
    values = values_of(visit) | {"was_opens_on": was[1].isoformat(), "was_closes_on": was[2].isoformat()}
    untold = session.scalar(
        select(OutboundMessage).where(
            OutboundMessage.participant_id == participant.id,
            OutboundMessage.visit_id == visit.id,
            OutboundMessage.purpose == Purpose.VISIT_CHANGE,
            OutboundMessage.state == OutboundState.CREATED,
        )
    )
    if untold is not None:
        values |= {key: day for key, day in untold.values.items() if key.startswith("was_")}
    stop_visit_texts(session, visit.id, participant.id, SUPERSEDED, now)
    if (values["was_opens_on"], values["was_closes_on"]) == (visit.opens_on.isoformat(), visit.closes_on.isoformat()) and untold:
        return
    queue_text(session, participant, Purpose.VISIT_CHANGE, message, now, study=study, values=values, visit_id=visit.id)


def _tell_the_day(session: Session, participant: Participant, visit: Visit, host: Visit, works: Clockwork, now: datetime) -> None:
    """Who was to find a day has one now: it is said once, and counts as the announcement of the journey."""
    stop_visit_texts(session, visit.id, participant.id, SUPERSEDED, now)
    items = [host.item, visit.item]
    values = values_of(host) | {"visits": items, "bring": items}
    links = {"study": works.study, "values": values, "visit_id": host.id}
    queue_text(session, participant, Purpose.VISIT_CHANGE, "visit_now_booked", now, **links)
    host.announced_at = host.announced_at or now
    set_step(host, step_after(host, works, now))


def _window(visit: Visit) -> Window:
    return visit.target_on, visit.opens_on, visit.closes_on
