"""Visits and treatments of a participant: what took place, what is planned, and what was recorded wrong. Both tell the arm."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for

from followup_service import clock
from followup_service.console.blueprint import page
from followup_service.console.page_language import gettext as _
from followup_service.console.say import say
from followup_service.console.scope import locked_participant, participant_of, sees_arm
from followup_service.console.signed_in import access
from followup_service.errors import FollowupError, NotFound, Refused
from followup_service.extensions import db
from followup_service.participants.move_treatment import move_treatment
from followup_service.participants.participant import Participant
from followup_service.participants.plan_ahead import course_of, course_of_care, treatments_of
from followup_service.participants.record_treatment import cancel_treatment, end_treatment, record_treatment
from followup_service.participants.treatment import TREATMENT_TRANSITIONS, TreatmentRecord, TreatmentState
from followup_service.protocol.definitions import ByStaff
from followup_service.protocol.visit_schedule import PlannedVisit, planned_visits
from followup_service.reminders.keep_visit import keep_visit
from followup_service.staff.access import May
from followup_service.visits.find_planned import as_planned, find_planned
from followup_service.visits.list_visits import PLANNED, ListedVisit, list_visits, visits_of
from followup_service.visits.record_visit import VisitFact
from followup_service.visits.visit import LONGEST_PREPARATION, VISIT_TRANSITIONS, Visit, VisitState

RECORDED_OF_A_VISIT = (VisitState.ATTENDED, VisitState.MISSED, VisitState.BOOKED)
ENTERED = (VisitState.ATTENDED, VisitState.MISSED)
# Steps with a treatment that is on file, beside its states.
MOVE, ENDED, GOES_ON = "move", "ended", "goes_on"
AHEAD = timedelta(days=180)
LONGEST_REASON = 500

Record = Callable[[Participant], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """A visit of the list: what can be recorded of it, and whether that would put right what was recorded before."""

    visit: ListedVisit
    steps: tuple[VisitState, ...]
    is_correction: bool
    is_outside: bool
    waits: bool
    preparation: str


@page("/participants/<code:code>/care", May.RECORD)
def care(code: str) -> Any:
    return _shown(participant_of(code, May.RECORD))


@page("/participants/<code:code>/visits", May.RECORD, methods=("POST",))
def record_a_visit(code: str) -> Any:
    """That they came, did not come, or have a day. What is outside the window is kept, with a warning and a task for the team."""
    return _recorded(code, _visit)


@page("/participants/<code:code>/treatments", May.RECORD, methods=("POST",))
def record_a_treatment(code: str) -> Any:
    """A session or cycle, planned or done; one on file that took place, was put off, or was entered wrong; the end of all treatment."""
    return _recorded(code, _treatment)


def _recorded(code: str, record: Record) -> Any:
    """What is wrong is said beside the forms, with what was written still in the one that was sent."""
    row = locked_participant(code, May.RECORD)
    try:
        if not sees_arm(row.site_id):
            raise NotFound("not shown to a blinded role")
        warnings = list(record(row))
    except FollowupError as problem:
        if problem.status == NotFound.status:
            raise
        db.session.expunge_all()
        db.session.rollback()
        return _shown(participant_of(code, May.RECORD), problem), problem.status
    db.session.commit()
    flash(_("Recorded."), "good")
    for warning in warnings:
        flash(say(warning), "warning")
    return redirect(url_for("console.care", code=code), code=303)


def _visit(row: Participant) -> Iterable[str]:
    form, study = request.form, access().study.protocol
    step = VisitState(form["step"]) if form.get("step") in set(RECORDED_OF_A_VISIT) else None
    if step is None:
        raise Refused(_("Choose what happened."), {"step": [_("choose one of the list")]})
    zone, why = ZoneInfo(row.timezone), _reason()
    on = clock.now().astimezone(zone).date() if step is VisitState.MISSED else _day()
    item, occurrence = form.get("item", ""), form.get("occurrence") or None
    stored = _by_item(visits_of(db.session, row.id)).get((item, occurrence))
    if stored is not None and stored.state in ENTERED and step is not VisitState.BOOKED and not why:
        raise Refused(_("It is recorded already: write why that was wrong."), {"why": [_("write why")]})
    fact = VisitFact(
        step,
        booked_at=_instant(on, zone) if step is VisitState.BOOKED else None,
        attended_on=on if step is VisitState.ATTENDED else None,
        preparation=_typed("preparation", LONGEST_PREPARATION) or None,
        correction=why or None,
    )
    return keep_visit(db.session, row, _planned(row, item, on, occurrence, stored), fact, clock.now(), access().account.actor, study=study)[
        1
    ]


def _planned(row: Participant, item: str, on: date, occurrence: str | None, stored: Visit | None) -> PlannedVisit:
    """As the plan has it; a visit that the plan has moved away from, as it was told."""
    try:
        return find_planned(access().study.protocol, course_of(db.session, row), item, on, occurrence)
    except NotFound:
        if stored is None:
            raise
        return as_planned(stored)


def _treatment(row: Participant) -> Iterable[str]:
    form, now, how = request.form, clock.now(), {"study": access().study.protocol}
    step, actor = form.get("step", ""), access().account.actor
    if step in (ENDED, GOES_ON):
        end_treatment(db.session, row, _day() if step == ENDED else None, now, actor, **how)
        return ()
    on_file = _on_file(row)
    if step not in (MOVE, *TreatmentState):
        raise Refused(_("Choose what happened."), {"step": [_("choose one of the list")]})
    why = _reason()
    if step == TreatmentState.CANCELLED or step == MOVE:
        if on_file is None or not why:
            raise Refused(_("Write why, without a name or a number."), {"why": [_("write why")]})
        if step == TreatmentState.CANCELLED:
            cancel_treatment(db.session, row, on_file, now, actor, why, **how)
            return ()
        return move_treatment(db.session, row, on_file, _day(), now, actor, why, **how)
    on, warnings = _day(), ()
    if on_file is not None and on != on_file.treated_on:
        warnings = move_treatment(db.session, row, on_file, on, now, actor, why or None, **how)
    kind = on_file.kind if on_file is not None else form.get("kind", "")
    told = record_treatment(db.session, row, kind, on, TreatmentState(step), now, actor, **how)[1]
    return dict.fromkeys((*warnings, *told))


def _on_file(row: Participant) -> TreatmentRecord | None:
    written = request.form.get("treatment", "")
    found = next((one for one in treatments_of(db.session, row) if one.id.hex == written), None)
    if written and found is None:
        raise NotFound("no such treatment")
    return found


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("on", ""))
    except ValueError:
        raise Refused(_("Write the day like 2026-01-31."), {"on": [_("write it like 2026-01-31")]}) from None


def _instant(on: date, zone: ZoneInfo) -> datetime:
    """By the participant's clock. An hour that the clocks leave out is none."""
    try:
        at = datetime.combine(on, time.fromisoformat(request.form.get("at", "")), tzinfo=zone)
    except ValueError:
        raise Refused(_("Write the time like 08:30."), {"at": [_("write it like 08:30")]}) from None
    if at.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != at.replace(tzinfo=None):
        raise Refused(_("The clocks change then, and leave this hour out: write another."), {"at": [_("write another")]})
    return at


def _reason() -> str:
    return _typed("why", LONGEST_REASON)


def _typed(field: str, longest: int) -> str:
    typed = request.form.get(field, "").strip()
    if len(typed) > longest:
        raise Refused(_("This is too long: %(most)s characters at most.", most=longest), {field: [_("write less")]})
    return typed


def _by_item(stored: Iterable[Visit]) -> Mapping[tuple[str, str | None], Visit]:
    return {(visit.item, visit.occurrence): visit for visit in stored}


def _shown(row: Participant, problem: FollowupError | None = None) -> str:
    if not sees_arm(row.site_id):
        raise NotFound("not shown to a blinded role")
    study, now = access().study.protocol, clock.now()
    today = now.astimezone(ZoneInfo(row.timezone)).date()
    stored, treatments = visits_of(db.session, row.id), treatments_of(db.session, row)
    listed = list_visits(db.session, stored, planned_visits(study, course_of_care(row, treatments, stored)))
    facts = _by_item(stored)
    rows = [_row(visit, facts, row, today) for visit in listed if visit.state != PLANNED or visit.opens_on <= today + AHEAD]
    return render_template(
        "care.html",
        row=row,
        site=access().sites[row.site_id],
        today=today,
        rows=sorted(rows, key=lambda one: not one.waits),
        later=len(listed) - len(rows),
        own_days=[plan.code for plan in study.visits.values() if isinstance(plan.when, ByStaff) and row.arm in (plan.arms or (row.arm,))],
        treatments=[(one, _treatment_steps(one)) for one in treatments],
        kinds=list(study.treatments),
        longest_preparation=LONGEST_PREPARATION,
        problem=problem,
        sent=request.form if problem is not None else {},
    )


def _row(visit: ListedVisit, stored: Mapping[tuple[str, str | None], Visit], row: Participant, today: date) -> Row:
    fact = stored.get((visit.item, visit.occurrence))
    is_correction = visit.state in ENTERED
    following = set(RECORDED_OF_A_VISIT) if is_correction or fact is None else VISIT_TRANSITIONS[fact.state]
    booked_on = visit.booked_at.astimezone(ZoneInfo(row.timezone)).date() if visit.booked_at else None
    on = visit.attended_on or (None if visit.state == VisitState.MISSED else booked_on)
    has_ended = visit.state in (*ENTERED, VisitState.CANCELLED)
    return Row(
        visit=visit,
        steps=tuple(step for step in RECORDED_OF_A_VISIT if step in following and visit.merged_with is None),
        is_correction=is_correction,
        is_outside=on is not None and not visit.opens_on <= on <= visit.closes_on,
        waits=not has_ended and visit.merged_with is None and (booked_on or visit.closes_on) < today,
        preparation=(fact.preparation if fact else None) or "",
    )


def _treatment_steps(record: TreatmentRecord) -> list[str]:
    if record.state is TreatmentState.CANCELLED:
        return []
    following = [state for state in (TreatmentState.DONE, TreatmentState.CANCELLED) if state in TREATMENT_TRANSITIONS[record.state]]
    return [*(following[:-1]), MOVE, following[-1]]
