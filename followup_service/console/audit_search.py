"""The audit trail: who did what, when and why, of the participants and staff whom the reader may see; searched letter by letter."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from sqlalchemy import ColumnElement, and_, not_, or_, select

from followup_service.audit import AuditEvent, audited_kinds
from followup_service.console.blueprint import page
from followup_service.console.scope import seen
from followup_service.console.signed_in import access
from followup_service.extensions import db
from followup_service.participants.participant import Participant
from followup_service.records.participant_timeline import TELLS_THE_ARM
from followup_service.staff.access import May
from followup_service.staff.staff_member import StaffMember

PAGE = 100
LONGEST_SEARCH = 64
FILTERS = ("code", "actor", "action", "since", "until")


@page("/audit", May.READ_AUDIT)
def audit() -> Any:
    asked = {name: request.args.get(name, "").strip()[:LONGEST_SEARCH] for name in FILTERS}
    query = select(AuditEvent).where(or_(*_allowed()))
    if asked["code"]:
        codes = select(Participant.id).where(Participant.code.icontains(asked["code"], autoescape=True))
        query = query.where(AuditEvent.subject_id.in_(seen(codes, Participant, May.READ_AUDIT)))
    if asked["actor"]:
        query = query.where(AuditEvent.actor.icontains(asked["actor"], autoescape=True))
    if asked["action"]:
        query = query.where(AuditEvent.action.icontains(asked["action"].replace(" ", "_"), autoescape=True))
    query = _within(query, asked["since"], asked["until"], request.args.get("before", ""))
    rows = list(db.session.scalars(query.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(PAGE + 1)))
    filters = {name: value for name, value in asked.items() if value}
    older = url_for("console.audit", **filters, before=rows[PAGE - 1].at.isoformat()) if len(rows) > PAGE else None
    return render_template("audit.html", rows=rows[:PAGE], names=_names(rows[:PAGE]), asked=asked, older=older)


def _allowed() -> list[ColumnElement[bool]]:
    """Participants and staff of the reader's sites; by a role for the whole study also what belongs to no site."""
    sites = access().sites_where(May.READ_AUDIT)
    participants = and_(AuditEvent.subject_kind == Participant.__audit_kind__, AuditEvent.subject_id.in_(_participants(sites)))
    staff = select(StaffMember.id).where(StaffMember.site_id.in_(sites))
    blinded = sites - access().sites_where(May.SEE_ARM)
    if blinded:
        telling = or_(*(AuditEvent.action.startswith(action, autoescape=True) for action in TELLS_THE_ARM))
        participants = and_(participants, not_(and_(AuditEvent.subject_id.in_(_participants(blinded)), telling)))
    allowed = [participants, and_(AuditEvent.subject_kind == StaffMember.__audit_kind__, AuditEvent.subject_id.in_(staff))]
    if access().may_everywhere(May.READ_AUDIT):
        of_sites = (Participant.__audit_kind__, StaffMember.__audit_kind__)
        others = [kind.__audit_kind__ for kind in audited_kinds() if kind.__audit_kind__ not in of_sites]
        allowed.append(AuditEvent.subject_kind.in_(others))
    return allowed


def _participants(sites: frozenset[Any]) -> Any:
    return select(Participant.id).where(Participant.study_id == access().study.id, Participant.site_id.in_(sites))


def _within(query: Any, since: str, until: str, before: str) -> Any:
    """Days are the reader's own. What is no day or instant is passed over."""
    zone = ZoneInfo(access().account.timezone)
    if (first := _day(since)) is not None:
        query = query.where(AuditEvent.at >= datetime.combine(first, datetime.min.time(), tzinfo=zone))
    if (last := _day(until)) is not None:
        query = query.where(AuditEvent.at < datetime.combine(last + timedelta(days=1), datetime.min.time(), tzinfo=zone))
    try:
        at = datetime.fromisoformat(before)
    except ValueError:
        return query
    return query.where(AuditEvent.at < at) if at.tzinfo is not None else query


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _names(rows: list[AuditEvent]) -> dict[Any, str]:
    """What the subjects are called: a participant's code, a handle; other subjects are named by their kind."""
    ids = {row.subject_id for row in rows}
    codes = db.session.execute(select(Participant.id, Participant.code).where(Participant.id.in_(ids))).all()
    handles = db.session.execute(select(StaffMember.id, StaffMember.handle).where(StaffMember.id.in_(ids))).all()
    return dict(codes) | dict(handles)
