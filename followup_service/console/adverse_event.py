"""Adverse events: drafted from a resolved escalation, completed by the team, signed or dismissed by an investigator of the site."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import LazyString
from sqlalchemy import select

from followup_service import clock
from followup_service.console.acting import as_reader, own_name, own_staff
from followup_service.console.blueprint import page
from followup_service.console.local_times import celsius
from followup_service.console.page_language import gettext as _
from followup_service.console.say import say
from followup_service.console.scope import adverse_event_of, escalation_of, seen, sees_arm
from followup_service.console.sign_in import confirm_password
from followup_service.console.signed_in import access
from followup_service.console.words import GRADE_REASONS, MEANINGS, RELATIONS, SERIOUSNESS
from followup_service.errors import Refused
from followup_service.escalations.escalation import Escalation
from followup_service.extensions import db
from followup_service.participants.participant import Participant
from followup_service.protocol.load_event_terms import load_event_terms
from followup_service.protocol.suggest_event import GradeReason
from followup_service.records.adverse_event import (
    AdverseEvent,
    AdverseEventState,
    Meaning,
    Relation,
    Seriousness,
    Signature,
    changed_since,
    signature_holds,
)
from followup_service.records.draft_adverse_event import draft_adverse_event
from followup_service.records.report_clock import report_clock
from followup_service.records.settle_adverse_event import (
    UnusualGrade,
    complete_adverse_event,
    dismiss_adverse_event,
    open_fields,
    sign_adverse_event,
)
from followup_service.staff.access import May
from followup_service.staff.staff_member import StaffMember, StaffRole

NUMBER = "<int(max=2147483647):event>"
SHOWN = 200
LONGEST_SPECIFIED, LONGEST_NARRATIVE, LONGEST_REASON = 200, 4000, 200
SERIOUS, NOT_SERIOUS = "yes", "no"


@page("/adverse-events", May.READ_PARTICIPANTS)
def adverse_events() -> Any:
    """Drafts first, by the end of their 24 hours; then what is signed or dismissed, the newest first."""
    rows = db.session.execute(
        seen(select(AdverseEvent, Participant.code).join(Participant, Participant.id == AdverseEvent.participant_id), AdverseEvent)
        .order_by(AdverseEvent.number.desc())
        .limit(SHOWN)
    ).all()
    drafts = sorted((row for row in rows if row[0].state is AdverseEventState.DRAFT), key=lambda row: row[0].report_due_at)
    ended = [row for row in rows if row[0].state is not AdverseEventState.DRAFT]
    clocks = {event.id: report_clock(event, _signatures(event), clock.now()) for event, _code in rows}
    return render_template("adverse_events.html", rows=[*drafts, *ended], clocks=clocks, sites=access().sites)


@page("/escalations/<int(max=2147483647):number>/adverse-events", May.RECORD, methods=("POST",))
def draft_event(number: int) -> Any:
    episode = escalation_of(number, May.RECORD)
    how = {"study": access().study.protocol, "via": access().account.actor}
    event = draft_adverse_event(db.session, episode, own_name(), clock.now(), **how)
    db.session.commit()
    return redirect(url_for("console.adverse_event", event=event.number), code=303)


@page(f"/adverse-events/{NUMBER}", May.READ_PARTICIPANTS)
def adverse_event(event: int) -> Any:
    return _shown(adverse_event_of(event))


@page(f"/adverse-events/{NUMBER}/change", May.RECORD, methods=("POST",))
def change_event(event: int) -> Any:
    """What is wrong is said beside the form, with all that was written still in it."""
    found = adverse_event_of(event, May.RECORD)
    try:
        because = _written("because", LONGEST_REASON)
        complete_adverse_event(
            db.session,
            found.id,
            _values(found),
            own_name(),
            clock.now(),
            because=because or None,
            grade_confirmed="confirm_grade" in request.form,
            **_as_read(),
        )
    except Refused as refused:
        db.session.rollback()
        return _shown(adverse_event_of(event), refused), 422
    db.session.commit()
    flash(_("Recorded."), "good")
    return redirect(url_for("console.adverse_event", event=event), code=303)


@page(f"/adverse-events/{NUMBER}/sign", May.SIGN, methods=("POST",))
def sign_event(event: int) -> Any:
    """Only an investigator of the site, with the password of their own account, entered anew for this signature."""
    found, investigator = adverse_event_of(event, May.SIGN), _investigator()
    if not sees_arm(found.site_id):
        raise Refused(_("Who signs vouches for what it says of each treatment. Your role is blinded: somebody else signs."))
    if request.form.get("meaning") not in set(Meaning):
        raise Refused(_("Choose what your signature means."))
    if (wrong := confirm_password(access().account, request.form.get("password", ""))) is not None:
        return _shown(adverse_event_of(event), wrong_password=wrong), 422
    how = {"study": access().study.protocol, "full_name": access().account.full_name, "version": as_reader()["version"]}
    try:
        sign_adverse_event(db.session, found.id, investigator, Meaning(request.form["meaning"]), clock.now(), **how)
    except Refused as refused:
        db.session.rollback()
        return _shown(adverse_event_of(event), refused), 422
    db.session.commit()
    flash(_("Signed."), "good")
    return redirect(url_for("console.adverse_event", event=event), code=303)


@page(f"/adverse-events/{NUMBER}/dismiss", May.SIGN, methods=("POST",))
def dismiss_event(event: int) -> Any:
    """An investigator decides that it is none, and says why."""
    found, because = adverse_event_of(event, May.SIGN), _written("because", LONGEST_REASON)
    if not because:
        raise Refused(_("Write why it is no adverse event."))
    dismiss_adverse_event(db.session, found.id, _investigator(), because, clock.now(), version=as_reader()["version"])
    db.session.commit()
    flash(_("Dismissed."), "good")
    return redirect(url_for("console.adverse_event", event=event), code=303)


def _shown(event: AdverseEvent, refused: Refused | None = None, wrong_password: str = "") -> str:
    study, terms = access().study.protocol, load_event_terms()
    signatures, row = _signatures(event), db.session.get_one(Participant, event.participant_id)
    may_record = access().may(May.RECORD, event.site_id) and event.state is not AdverseEventState.DISMISSED
    is_draft = event.state is AdverseEventState.DRAFT
    return render_template(
        "adverse_event.html",
        event=event,
        row=row,
        site=access().sites[event.site_id],
        escalation=db.session.get_one(Escalation, event.escalation_id),
        clock_state=report_clock(event, signatures, clock.now()),
        signatures=[(one, signature_holds(one, event), changed_since(one, event)) for one in signatures],
        is_adverse_event=not is_draft and any(signature_holds(one, event) for one in signatures),
        sees_arm=sees_arm(event.site_id),
        may_record=may_record,
        may_sign=is_draft and access().may(May.SIGN, event.site_id),
        is_investigator=_is_investigator_of(own_staff(), event),
        open_fields=open_fields(event, study) if is_draft else {},
        written=request.form if refused is not None else None,
        errors={name: [say(one) for one in said] for name, said in refused.errors.items()} if refused is not None else {},
        problem_words=_problem_words(refused),
        grade_reason=_grade_reason(event.suggested_by or ""),
        asks_for_grade=isinstance(refused, UnusualGrade),
        wrong_password=wrong_password,
        terms=terms,
        systems=sorted({term.system for term in terms.terms.values()}),
        treatments=list(study.treatments) if sees_arm(event.site_id) else [],
        relations=_choices(RELATIONS, Relation),
        criteria=_choices(SERIOUSNESS, Seriousness),
        meanings=_choices(MEANINGS, Meaning),
    )


def _grade_reason(kept: str) -> str:
    """Why the grade was suggested, in the language of the page; what no word here fits, as it was kept."""
    reason = GradeReason.of(kept)
    words = GRADE_REASONS.get((reason.by, reason.step or reason.value)) if reason is not None else None
    if reason is None or words is None:
        return kept
    value, bound = (_shown_figure(reason.by, figure) for figure in (reason.value, reason.bound))
    return str(words) % {"value": value, "bound": bound}


def _shown_figure(by: str, figure: str | None) -> str | None:
    return celsius(Decimal(figure)) if figure is not None and by.endswith("celsius") else figure


def _problem_words(refused: Refused | None) -> str:
    """In the language of the page, as far as it is one of the few that a form meets."""
    if refused is None:
        return ""
    if isinstance(refused, UnusualGrade):
        given = {"grade": refused.grade, "term": refused.term.name, "lowest": refused.term.lowest, "highest": refused.term.highest}
        return str(
            _(
                "Grade %(grade)s is outside the grades %(lowest)s to %(highest)s that we have for %(term)s. Nobody has compared these "
                "with the table of the NCI: look there, and confirm the grade if it is right.",
                **given,
            )
        )
    return say(refused.detail)


def _values(event: AdverseEvent) -> dict[str, Any]:
    """What the form says, as it is stored. What it does not have is left as it is."""
    form = request.form
    grade = form.get("grade", "")
    if grade and grade not in "12345":
        raise Refused(_("Choose a grade of the list."), {"grade": [_("choose one of the list")]})
    try:
        onset_on = date.fromisoformat(form.get("onset_on", ""))
    except ValueError:
        raise Refused(_("Write the day on which it began."), {"onset_on": [_("write it like 2026-01-31")]}) from None
    # Whoever must not know what was given says nothing of it, and what others said of it stays.
    kinds = access().study.protocol.treatments if sees_arm(event.site_id) else ()
    relations = {"relations": {kind: form[f"relation-{kind}"] for kind in kinds if _relation(kind)}} if kinds else {}
    return {
        "term": form.get("term", event.term),
        "specified": _written("specified", LONGEST_SPECIFIED) or None,
        "grade": int(grade) if grade else None,
        "onset_on": onset_on,
        "seriousness": _seriousness(),
        "narrative": _written("narrative", LONGEST_NARRATIVE) or None,
        **relations,
    }


def _seriousness() -> list[str] | None:
    """None as long as nobody has decided."""
    said, criteria = request.form.get("serious", ""), request.form.getlist("criteria")
    if not set(criteria) <= set(Seriousness) or said not in ("", SERIOUS, NOT_SERIOUS):
        raise Refused(_("Choose criteria of the list."), {"seriousness": [_("choose one of the list")]})
    if said == SERIOUS and not criteria:
        raise Refused(_("Choose by which criteria it is serious."), {"seriousness": [_("choose at least one")]})
    if said != SERIOUS and criteria:
        raise Refused(
            _("Criteria are chosen, and not that it is serious: say which holds."), {"seriousness": [_("say whether it is serious")]}
        )
    return sorted(set(criteria)) if said else None


def _relation(kind: str) -> bool:
    said = request.form.get(f"relation-{kind}", "")
    if said and said not in set(Relation):
        raise Refused(_("Choose a relation of the list."), {"relations": [_("choose one of the list")]})
    return bool(said)


def _written(name: str, longest: int) -> str:
    written = request.form.get(name, "").strip()
    if len(written) > longest:
        raise Refused(_("This is too long: %(most)s characters at most.", most=longest), {name: [_("write less")]})
    return written


def _as_read() -> dict[str, Any]:
    how = as_reader()
    return {name: how[name] for name in ("study", "version", "via")}


def _investigator() -> StaffMember:
    staff = own_staff()
    if staff is None:
        raise Refused(
            _("Only an investigator of this site signs or dismisses, and your account belongs to none: ask for that under Accounts.")
        )
    return staff


def _is_investigator_of(staff: StaffMember | None, event: AdverseEvent) -> bool:
    return staff is not None and staff.active and staff.role is StaffRole.INVESTIGATOR and staff.site_id == event.site_id


def _signatures(event: AdverseEvent) -> list[Signature]:
    """The newest first."""
    query = select(Signature).where(Signature.adverse_event_id == event.id).order_by(Signature.signed_at.desc(), Signature.id.desc())
    return list(db.session.scalars(query))


def _choices(words: dict[str, LazyString], members: Any) -> list[tuple[str, LazyString]]:
    return [(member.value, words[member.value]) for member in members]
