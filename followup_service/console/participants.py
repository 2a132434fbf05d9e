"""Participants: the list with search and filters. A code is searched letter by letter; a phone number never stands in an address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import func, or_, select

from followup_service.console.blueprint import page
from followup_service.console.page_language import gettext as _
from followup_service.console.scope import seen, sees_arm, sites_seen
from followup_service.console.signed_in import access
from followup_service.console.words import PARTICIPANT_STATES
from followup_service.encryption import keyring
from followup_service.errors import FollowupError
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.participants.participant_phone import ParticipantPhone
from followup_service.participants.phone_numbers import read_phone
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.access import May

PAGE = 50
LONGEST_SEARCH = 64


@dataclass(frozen=True, slots=True)
class Line:
    """A participant in the list; `level` and `number` are of their worst open escalation."""

    row: Participant
    site: str
    arm: str | None
    wrote_at: datetime | None
    level: Level | None
    number: int | None


@page("/participants", May.READ_PARTICIPANTS)
def participants() -> Any:
    sites = sites_seen()
    asked = {name: request.args.get(name, "").strip() for name in ("q", "site", "state", "open", "after")}
    query = seen(select(Participant), Participant)
    if asked["q"]:
        query = query.where(Participant.code.icontains(asked["q"][:LONGEST_SEARCH], autoescape=True))
    if asked["site"] in sites:
        query = query.where(Participant.site_id == sites[asked["site"]].id)
    if asked["state"] in set(ParticipantState):
        query = query.where(Participant.state == ParticipantState(asked["state"]))
    if asked["open"]:
        open_ = select(Escalation.participant_id).where(Escalation.state != EscalationState.RESOLVED)
        query = query.where(Participant.id.in_(open_))
    if asked["after"]:
        query = query.where(Participant.code > asked["after"][:LONGEST_SEARCH])
    rows = list(db.session.scalars(query.order_by(Participant.code).limit(PAGE + 1)))
    return render_template(
        "participants.html",
        lines=_lines(rows[:PAGE]),
        asked=asked,
        sites=[(code, code) for code in sites],
        states=list(PARTICIPANT_STATES.items()),
        next_after=rows[PAGE - 1].code if len(rows) > PAGE else None,
        several_sites=len(sites) > 1,
        may_find_by_phone=access().may(May.READ_CONTACT),
        any_arm=access().may(May.SEE_ARM),
    )


@page("/participants/find-phone", May.READ_CONTACT, methods=("POST",))
def find_phone() -> Any:
    """Whose number is it? Sent as a form, because addresses are kept in histories and logs."""
    found = _with_number(request.form.get("phone", ""))
    if len(found) == 1:
        return redirect(url_for("console.participant", code=found[0].code), code=303)
    if found:
        flash(_("This number is shared by %(codes)s.", codes=", ".join(row.code for row in found)), "warning")
    else:
        flash(_("Nobody whom you may see has this number."), "warning")
    return redirect(url_for("console.participants"), code=303)


def _with_number(written: str) -> list[Participant]:
    """By the first phone or a further one that was not taken off; the number may be written as people of any of one's sites write it."""
    indexes = set()
    for site_id in access().sites_where(May.READ_CONTACT):
        try:
            indexes.add(keyring().index(read_phone(written, access().sites[site_id].country)))
        except FollowupError:
            continue
    further = select(ParticipantPhone.participant_id)
    further = further.where(ParticipantPhone.phone_index.in_(indexes), ParticipantPhone.removed_at.is_(None))
    query = seen(select(Participant), Participant, May.READ_CONTACT)
    return list(db.session.scalars(query.where(or_(Participant.phone_index.in_(indexes), Participant.id.in_(further)))))


def _lines(rows: list[Participant]) -> list[Line]:
    ids = [row.id for row in rows]
    wrote = select(InboundMessage.participant_id, func.max(InboundMessage.received_at)).where(InboundMessage.participant_id.in_(ids))
    wrote_at: dict[UUID | None, datetime] = dict(db.session.execute(wrote.group_by(InboundMessage.participant_id)).all())
    worst = _worst_open(ids)
    sites = access().sites
    return [
        Line(
            row,
            sites[row.site_id].code,
            row.arm if sees_arm(row.site_id) else None,
            wrote_at.get(row.id),
            *(worst.get(row.id) or (None, None)),
        )
        for row in rows
    ]


def _worst_open(ids: list[UUID]) -> dict[UUID | None, tuple[Level, int]]:
    query = select(Escalation.participant_id, Escalation.level, Escalation.number)
    found = db.session.execute(query.where(Escalation.participant_id.in_(ids), Escalation.state != EscalationState.RESOLVED))
    return {row.participant_id: (row.level, row.number) for row in sorted(found, key=lambda row: row.level.rank)}
