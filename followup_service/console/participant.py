"""A participant on one page: what needs doing, temperatures, the timeline of everything, visits, treatments, consent and contact."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import bindparam, select

from followup_service import clock
from followup_service.checkins.report import Report, ReportKind
from followup_service.checkins.stop_followup import resume_followup, stop_followup, stop_unasked
from followup_service.console.blueprint import page
from followup_service.console.page_language import gettext as _
from followup_service.console.scope import locked_participant, participant_of, sees_arm, sees_contact
from followup_service.console.signed_in import access
from followup_service.console.words import STEPS, in_words
from followup_service.errors import Refused
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.extensions import db
from followup_service.messaging.approvals import check_participants_language
from followup_service.messaging.when_to_send import in_conversation
from followup_service.participants.add_phone import phones_of
from followup_service.participants.change_participant import change_contact, opt_in
from followup_service.participants.contact_hours import hours_of
from followup_service.participants.participant import PARTICIPANT_TRANSITIONS, OptOutSource, Participant, ParticipantState, why_no_text
from followup_service.participants.plan_ahead import course_of_care, treatments_of
from followup_service.protocol.visit_schedule import planned_visits
from followup_service.records.explain_day import explain_day
from followup_service.records.participant_timeline import EntryKind, participant_timeline
from followup_service.records.temperature_chart import temperature_chart
from followup_service.staff.access import May
from followup_service.staff.person_writing import others_writing
from followup_service.visits.list_visits import list_visits, visits_of

ENTRIES = 40
CHART_DAYS = (30, 90)
STOPS, STARTS = "stop_texts", "start_texts"
LONGEST_REASON = 500


@page("/participants/<code:code>", May.READ_PARTICIPANTS)
def participant(code: str) -> Any:
    row, now, study = participant_of(code), clock.now(), access().study.protocol
    zone, unblinded = ZoneInfo(row.timezone), sees_arm(row.site_id)
    treatments = treatments_of(db.session, row)
    today = now.astimezone(zone).date()
    days = request.args.get("days", type=int) or CHART_DAYS[0]
    days = days if days in CHART_DAYS else CHART_DAYS[0]
    # Whoever is new has no long empty line before the first day.
    since = max(today - timedelta(days=days - 1), min(row.enrolled_on, today - timedelta(days=6)))
    only = request.args.get("only", "")
    kinds = [EntryKind(only)] if only in set(EntryKind) else list(EntryKind)
    timeline = participant_timeline(db.session, row, _before(), ENTRIES, kinds, blinded=not unblinded)
    stored = visits_of(db.session, row.id) if unblinded else []
    visits = list_visits(db.session, stored, planned_visits(study, course_of_care(row, treatments, stored))) if unblinded else []
    return render_template(
        "participant.html",
        row=row,
        site=access().sites[row.site_id],
        sees_arm=unblinded,
        open_episodes=_open_episodes(row),
        chart=temperature_chart(_temperatures(row, since, zone), treatments if unblinded else [], since, today, zone, study=study),
        days=days,
        chart_days=CHART_DAYS,
        timeline=timeline,
        only=only,
        today=today,
        visits=[visit for visit in visits if visit.closes_on >= today - timedelta(days=60)],
        treatments=sorted(treatments, key=lambda treatment: treatment.treated_on) if unblinded else [],
        why=why_no_text(row),
        hours=hours_of(row, study),
        phones=phones_of(db.session, row) if sees_contact(row.site_id) else [],
        sees_contact=sees_contact(row.site_id),
        may_change=access().may(May.ENROL, row.site_id),
        may_record=access().may(May.RECORD, row.site_id),
        may_write=access().may(May.WRITE_TEXTS, row.site_id),
        until=in_conversation(row, now),
        writers=others_writing(db.session, access().account.id, row.id, now),
        steps=[(step, in_words(STEPS, step)) for step in _steps_from(row)],
        languages=[(language, language.replace("_", "-")) for language in study.languages],
    )


@page("/participants/<code:code>/why", May.READ_PARTICIPANTS)
def why_no_text_page(code: str) -> Any:
    row, now = participant_of(code), clock.now()
    today = now.astimezone(ZoneInfo(row.timezone)).date()
    try:
        on = date.fromisoformat(request.args.get("on", "")) if request.args.get("on") else today
    except ValueError:
        raise Refused(_("Write the day like 2026-01-31.")) from None
    explained = explain_day(db.session, row, on, now, study=access().study.protocol)
    around = (on - timedelta(days=1), on + timedelta(days=1))
    return render_template("why_no_text.html", row=row, explained=explained, on=on, around=around, sees_arm=sees_arm(row.site_id))


@page("/participants/<code:code>/state", May.ENROL, methods=("POST",))
def change_participants_state(code: str) -> Any:
    """Pause, end or resume the follow-up, or stop and start texts, with the reason."""
    row = locked_participant(code, May.ENROL)
    step, reason = request.form.get("step", ""), request.form.get("reason", "").strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Refused(_("Write why, without a name or a number."))
    _take_step(row, step, reason)
    db.session.commit()
    flash(_("Recorded."), "good")
    return redirect(url_for("console.participant", code=code), code=303)


@page("/participants/<code:code>/contact", May.ENROL, methods=("POST",))
def change_participants_contact(code: str) -> Any:
    """Another phone, language or time zone. An empty phone leaves the one on file."""
    row = locked_participant(code, May.ENROL)
    language = request.form.get("language", row.language)
    if language != row.language:
        check_participants_language(language, code, access().study.protocol)
    change_contact(
        db.session,
        row,
        clock.now(),
        access().account.actor,
        study=access().study.protocol,
        country=access().sites[row.site_id].country,
        phone=request.form.get("phone", "").strip() or None,
        language=language,
        timezone=request.form.get("timezone", "").strip() or None,
    )
    db.session.commit()
    flash(_("Recorded."), "good")
    return redirect(url_for("console.participant", code=code), code=303)


def _take_step(row: Participant, step: str, reason: str) -> None:
    now, actor, study = clock.now(), access().account.actor, access().study.protocol
    if step == STOPS:
        stop_unasked(db.session, row, OptOutSource.STAFF, now, actor, reason)
    elif step == STARTS:
        opt_in(db.session, row, now, actor, reason, study=study)
    elif step == ParticipantState.ACTIVE:
        resume_followup(db.session, row, now, actor, reason, study=study)
    elif step in set(ParticipantState):
        stop_followup(db.session, row, ParticipantState(step), now, actor, reason, study=study)
    else:
        raise Refused(_("Choose what happened."))


def _steps_from(row: Participant) -> list[str]:
    """What can be recorded now. Consent is recorded when somebody enrols, with its version."""
    states = [str(state) for state in ParticipantState if state in PARTICIPANT_TRANSITIONS[row.state]]
    if row.state is ParticipantState.INVITED:
        states.remove(ParticipantState.ACTIVE)
    texts = [] if row.state not in (ParticipantState.ACTIVE, ParticipantState.PAUSED) else [STARTS if row.opted_out_at else STOPS]
    return texts + states


def _before() -> datetime | None:
    written = request.args.get("before", "")
    try:
        at = datetime.fromisoformat(written) if written else None
    except ValueError:
        at = None
    return at if at is not None and at.tzinfo is not None else None


# Every look at a participant asks them: put together once.
_WHOSE = bindparam("participant_id")
_TEMPERATURES = (
    select(Report)
    .where(Report.participant_id == _WHOSE, Report.reported_at >= bindparam("begins"), Report.kind == ReportKind.TEMPERATURE)
    .order_by(Report.reported_at)
)
_OPEN_EPISODES = select(Escalation).where(Escalation.participant_id == _WHOSE, Escalation.state != EscalationState.RESOLVED)


def _temperatures(row: Participant, since: date, zone: ZoneInfo) -> list[Report]:
    begins = datetime.combine(since, datetime.min.time(), tzinfo=zone)
    return list(db.session.scalars(_TEMPERATURES, {"participant_id": row.id, "begins": begins}))


def _open_episodes(row: Participant) -> list[Escalation]:
    return sorted(db.session.scalars(_OPEN_EPISODES, {"participant_id": row.id}), key=lambda episode: -episode.level.rank)
