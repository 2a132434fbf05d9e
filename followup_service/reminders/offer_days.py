"""Offering a participant the days that staff opened inside a visit's window, and booking the one that they choose."""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.messaging.outbox import queue_text, stop_visit_texts
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import combine, decide_code
from followup_service.reminders.visit_steps import Clockwork, set_step, step_after
from followup_service.reminders.visit_text import WHICH_DAY, values_of
from followup_service.transitions import moved
from followup_service.visits.find_planned import as_planned
from followup_service.visits.record_visit import VisitFact, record_visit
from followup_service.visits.take_slot import free_slots, give_back_slot, take_slot
from followup_service.visits.visit import VISIT_TRANSITIONS, Visit, VisitState

# A day is offered with this much notice.
NOTICE = timedelta(hours=24)
OUTSIDE = ("VISIT_MOVE_ASKED", "VISIT_OUTSIDE_WINDOW")


def offer_days(session: Session, participant: Participant, visit: Visit, works: Clockwork, message: str, now: datetime) -> None:
    """Offer the next free days inside the window; with none, or with the window over, a person calls."""
    first = max(now + NOTICE, datetime.combine(visit.opens_on, time(0), works.zone))
    last = datetime.combine(visit.closes_on, time(23, 59), works.zone)
    slots = [slot for slot in free_slots(session, participant.site_id, visit.item, first, last) if slot.id != visit.slot_id]
    if not slots:
        hand_over(session, participant, visit, now, study=works.study, window_is_over=first > last)
        return
    stop_visit_texts(session, visit.id, participant.id, "another_day_asked", now)
    visit.question, visit.asked_at, visit.offers = WHICH_DAY, now, [slot.id.hex for slot in slots]
    values = {"offers": [slot.starts_at.isoformat() for slot in slots]}
    queue_text(session, participant, Purpose.ANSWER, message, now, study=works.study, values=values, visit_id=visit.id)


def book_offered(session: Session, participant: Participant, visit: Visit, slot: str, works: Clockwork, now: datetime) -> None:
    """Book the chosen day. Where somebody else was quicker, the days that are left are offered."""
    starts_at = take_slot(session, UUID(slot))
    if starts_at is not None and starts_at <= now:
        give_back_slot(session, UUID(slot))
    if starts_at is None or starts_at <= now:
        offer_days(session, participant, visit, works, "visit_offer_again", now)
        return
    today = now.astimezone(works.zone).date()
    fact = VisitFact(VisitState.BOOKED, booked_at=starts_at)
    record_visit(session, participant, as_planned(visit), fact, now, participant.code, study=works.study, today=today)
    stop_visit_texts(session, visit.id, participant.id, "visit_booked", now)
    visit.slot_id, visit.question, visit.offers = UUID(slot), None, []
    # Who chose the day comes: the thinner reminders are enough.
    visit.state, visit.confirmed_at = moved(VISIT_TRANSITIONS, visit.state, VisitState.CONFIRMED), now
    record_event(participant, "visit_confirmed", now, participant.code, item=visit.item, occurrence=visit.occurrence)
    set_step(visit, step_after(visit, works, now))
    values = values_of(visit) | {"bring": [visit.item, *visit.together_with]}
    queue_text(session, participant, Purpose.ANSWER, "visit_now_booked", now, study=works.study, values=values, visit_id=visit.id)


def hand_over(
    session: Session, participant: Participant, visit: Visit | None, now: datetime, *, study: Study, window_is_over: bool = False
) -> None:
    """A person finds the day: it is in the team's list, and the participant knows that somebody will call."""
    codes = OUTSIDE if window_is_over else OUTSIDE[:1]
    decision = combine(*(decide_code(code, study.rules) for code in codes))
    assert decision is not None  # noqa: S101 - there is at least one code
    raise_escalation(session, about(participant), decision, now, study=study)
    if visit is not None:
        visit.question, visit.offers = None, []
    queue_text(session, participant, Purpose.ANSWER, "visit_team_calls", now, study=study, visit_id=visit.id if visit else None)
