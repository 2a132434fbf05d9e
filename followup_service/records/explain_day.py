"""Why was no text sent? Everything that went out to a participant on a day, and every reason in words for what did not.

What was planned is computed anew from the protocol and what is known today; what was queued, asked and decided is read from its rows.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from followup_service.audit import AuditEvent
from followup_service.checkins.checkin import Checkin, CheckinState
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.sending_hold import held_purposes
from followup_service.messaging.when_to_send import LONGEST_WAIT, UNASKED
from followup_service.participants.contact_hours import due_at, hours_of
from followup_service.participants.participant import MAY_BE_SENT, Participant, ParticipantState, TextKind
from followup_service.participants.plan_ahead import course_of_care, treatments_of
from followup_service.protocol.checkin_schedule import PlannedCheckin, planned_checkins
from followup_service.protocol.definitions import Study
from followup_service.protocol.reminder_schedule import reminder_steps
from followup_service.records.reasons_in_words import in_words
from followup_service.reminders.visit_steps import dates_of
from followup_service.staff.site import Site
from followup_service.visits.visit import Visit, VisitState

DAY = timedelta(days=1)
NOT_ARRIVED = (OutboundState.UNDELIVERED, OutboundState.FAILED, OutboundState.CANCELED)
OVER = (VisitState.ATTENDED, VisitState.MISSED, VisitState.CANCELLED)


@dataclass(frozen=True, slots=True)
class SentText:
    """A text that was handed to the provider, and what is known of it."""

    at: datetime
    purpose: str
    message: str
    state: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something did not go out: a code, what it is about (a check-in, a visit, a text; None: everything), and words for people."""

    code: str
    about: str | None
    words: str


@dataclass(frozen=True, slots=True)
class ExplainedDay:
    code: str
    on: date
    sent: tuple[SentText, ...]
    reasons: tuple[Reason, ...]


def explain_day(session: Session, participant: Participant, on: date, now: datetime, *, study: Study) -> ExplainedDay:
    """The day is one of the participant's own calendar. Where nothing went out there is at least one reason."""
    texts, held = _texts_of(session, participant, on), held_purposes(session)
    sent = tuple(SentText(row.due_at, row.purpose.value, row.message, row.state.value) for row in texts if _left(row))
    reasons = [
        *_about_the_participant(session, participant, on, study),
        *(reason for row in texts if (reason := _about_text(row, participant, now, held)) is not None),
        *_about_checkins(session, participant, on, now, study),
        *_about_visits(session, participant, on, now, texts, study),
    ]
    if not sent and not reasons:
        due = participant.next_checkin_at
        reasons.append(_reason("nothing_planned", None, next=f"{due.astimezone(ZoneInfo(participant.timezone)):%Y-%m-%d}" if due else "-"))
    return ExplainedDay(participant.code, on, sent, tuple(dict.fromkeys(reasons)))


def _reason(code: str, about: str | None, **values: str) -> Reason:
    return Reason(code, about, in_words(code, values))


def _texts_of(session: Session, participant: Participant, on: date) -> list[OutboundMessage]:
    """What was due, or given up, on this day."""
    zone = ZoneInfo(participant.timezone)
    starts, ends = (datetime.combine(day, time(0), tzinfo=zone) for day in (on, on + DAY))
    rows = session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.participant_id == participant.id, OutboundMessage.created_at > starts - LONGEST_WAIT)
        .where(OutboundMessage.created_at < ends)
        .order_by(OutboundMessage.due_at, OutboundMessage.id)
    )
    return [row for row in rows if starts <= row.due_at < ends or (not _left(row) and starts <= row.changed_at < ends)]


def _left(row: OutboundMessage) -> bool:
    return row.state not in (OutboundState.CREATED, OutboundState.CLAIMED, OutboundState.NOT_SENT)


def _about_text(row: OutboundMessage, participant: Participant, now: datetime, held: Collection[Purpose]) -> Reason | None:
    if row.state is OutboundState.NOT_SENT:
        return _reason(row.not_sent_reason or "not_sent", row.message)
    if row.state in NOT_ARRIVED:
        return _reason("undeliverable", row.message)
    if row.state is OutboundState.UNKNOWN:
        return _reason("unknown_whether_sent", row.message)
    if row.state is OutboundState.CREATED and row.purpose in held:
        return _reason("on_hold", row.message)
    if row.state is OutboundState.CREATED:
        at = row.due_at.astimezone(ZoneInfo(participant.timezone))
        return _reason("waits" if row.due_at > now else "being_sent", row.message, at=f"{at:%Y-%m-%d %H:%M}")
    return None


def _about_the_participant(session: Session, participant: Participant, on: date, study: Study) -> Iterator[Reason]:
    """What kept all unasked texts back on this day: the state it ended with, or is in now."""
    if on < participant.enrolled_on:
        yield _reason("not_enrolled", None)
        return
    if on > study.ends_on:
        yield _reason("study_over", None, on=study.ends_on.isoformat())
    ends = datetime.combine(on + DAY, time(0), tzinfo=ZoneInfo(participant.timezone))
    then = _as_of(session, participant, ends)
    if TextKind.UNASKED not in MAY_BE_SENT[then.state]:
        yield _reason(str(then.state), None)
    if then.opted_out:
        yield _reason("opted_out", None)
    if then.wrong_number:
        yield _reason("wrong_number", None)
    if participant.phone_encrypted is None:
        yield _reason("no_phone", None)


@dataclass(frozen=True, slots=True)
class _AsOf:
    state: ParticipantState
    opted_out: bool = False
    wrong_number: bool = False


def _as_of(session: Session, participant: Participant, at: datetime) -> _AsOf:
    """State, STOP and number as they were before this instant, from the audit trail."""
    then = _AsOf(ParticipantState.INVITED)
    events = select(AuditEvent.action, AuditEvent.detail).where(
        AuditEvent.subject_kind == Participant.__audit_kind__,
        AuditEvent.subject_id == participant.id,
        AuditEvent.at < at,
        or_(AuditEvent.action.startswith("state_"), AuditEvent.action.in_(_CHANGES), AuditEvent.action == "contact_changed"),
    )
    for action, detail in session.execute(events.order_by(AuditEvent.sequence)):
        if action.startswith("state_"):
            then = replace(then, state=ParticipantState(action.removeprefix("state_")))
        elif action == "contact_changed":
            then = replace(then, wrong_number=then.wrong_number and "phone" not in detail)
        else:
            then = replace(then, **_CHANGES[action])
    return then


_CHANGES: Mapping[str, dict[str, ParticipantState | bool]] = {
    "consent_given": {"state": ParticipantState.ACTIVE},
    "opted_out": {"opted_out": True},
    "opted_in": {"opted_out": False},
    "phone_is_somebody_elses": {"wrong_number": True},
}


def _about_checkins(session: Session, participant: Participant, on: date, now: datetime, study: Study) -> Iterator[Reason]:
    course = course_of_care(participant, treatments_of(session, participant))
    started = session.scalars(select(Checkin).where(Checkin.participant_id == participant.id, Checkin.occurrence == on.isoformat()))
    rows = {checkin.plan: checkin for checkin in started}
    for planned in planned_checkins(study, course, on, on):
        row = rows.pop(planned.plan, None)
        reason = _about_planned(participant, planned, now, study) if row is None else _about_started(row)
        if reason is not None:
            yield reason
    yield from (reason for row in rows.values() if (reason := _about_started(row)) is not None)


def _about_planned(participant: Participant, planned: PlannedCheckin, now: datetime, study: Study) -> Reason | None:
    zone = ZoneInfo(participant.timezone)
    due = due_at(planned.on, planned.at, zone, hours_of(participant, study))
    if due > now:
        return _reason("not_yet_due", planned.plan, at=f"{due.astimezone(zone):%Y-%m-%d %H:%M}")
    return _reason("not_started", planned.plan)


def _about_started(row: Checkin) -> Reason | None:
    if row.closed_because is not None:
        return _reason(row.closed_because, row.plan)
    return _reason("waits_for_another", row.plan) if row.state is CheckinState.ASKING and row.asked_at is None else None


def _about_visits(
    session: Session, participant: Participant, on: date, now: datetime, texts: list[OutboundMessage], study: Study
) -> Iterator[Reason]:
    """A visit that would have been reminded on this day, had nobody confirmed, attended or cancelled it."""
    zone, country = ZoneInfo(participant.timezone), session.get_one(Site, participant.site_id).country
    reminded = {row.visit_id for row in texts if row.purpose in UNASKED}
    for visit in session.scalars(select(Visit).where(Visit.participant_id == participant.id).order_by(Visit.target_on)):
        dates = dates_of(visit, zone)
        steps = [step for step in reminder_steps(study, replace(dates, confirmed=False), country) if step.on == on]
        if not steps or visit.id in reminded:
            continue
        about = f"{visit.item} {visit.occurrence}"
        due = due_at(on, steps[0].at, zone, hours_of(participant, study))
        if visit.state in OVER:
            yield _reason(f"visit_{visit.state}", about)
        elif dates.confirmed and not any(step.on == on for step in reminder_steps(study, dates, country)):
            yield _reason("already_confirmed", about)
        elif on < dates.eve and _told_just_before(session, visit, due, study):
            yield _reason("told_just_before", about)
        else:
            yield _reason("not_yet_due" if due > now else "no_reminder", about, at=f"{due.astimezone(zone):%Y-%m-%d %H:%M}")


def _told_just_before(session: Session, visit: Visit, due: datetime, study: Study) -> bool:
    rests = timedelta(days=study.reminders.rest_days)
    of_the_visit = (OutboundMessage.participant_id == visit.participant_id, OutboundMessage.visit_id == visit.id)
    told = select(OutboundMessage.id).where(*of_the_visit, OutboundMessage.due_at > due - rests, OutboundMessage.due_at < due)
    return session.scalar(told.limit(1)) is not None
