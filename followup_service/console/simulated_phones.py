"""What the simulator page shows: the phones of a study, the thread on one of them, and the team's open escalations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import format_decimal
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from followup_service.checkins.report import Report, ReportKind
from followup_service.console.page_language import gettext as _
from followup_service.console.study_words import reason_name
from followup_service.console.words import (
    CHANNELS,
    EPISODE_STATES,
    MESSAGE_STATES,
    PARTICIPANT_STATES,
    PLACES,
    PURPOSES,
    ROLES,
    SHAPES,
    WHY_NOT_SENT,
    in_words,
)
from followup_service.encryption import keyring
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.protocol.paging_clock import Channel
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.roster import on_call
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember

STRANGER = "unknown"
STRANGERS_NUMBER = "+8613700000000"
MOST_BUBBLES = 200


@dataclass(frozen=True, slots=True)
class Phone:
    """`key` names it in addresses: a participant's code, site/handle of staff, or `unknown`. `note` says whose it is."""

    key: str
    group: str
    name: str
    note: str
    number: str
    language: str
    zone: ZoneInfo
    owner_id: UUID | None


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text as the phone shows it; `mine` was typed on it. `language` is a BCP 47 tag."""

    at: datetime
    mine: bool
    body: str | None
    state: str
    purpose: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Episode:
    """`state` and `reasons` are in the words of the page, `reasons` with their codes."""

    number: int
    level: Level
    shape: str
    code: str
    state: str
    reasons: tuple[tuple[str, str], ...]
    celsius: str | None
    opened_at: datetime


def all_phones(session: Session, study_id: UUID, now: datetime) -> list[Phone]:
    """The participants' phones, then those of the staff on call, and one that nobody knows."""
    sites = {site.id: site for site in session.scalars(select(Site).where(Site.study_id == study_id).order_by(Site.code))}
    participants = session.scalars(
        select(Participant).where(Participant.study_id == study_id, Participant.phone_encrypted.is_not(None)).order_by(Participant.code)
    )
    phones = [_participants_phone(row) for row in participants]
    phones += [_staff_phone(person, site) for site in sites.values() for person in on_call(session, site.id, now)]
    zone = ZoneInfo(next(iter(sites.values())).timezone if sites else "UTC")
    note = _("belongs to nobody in the study")
    return [*phones, Phone(STRANGER, _("Others"), _("Unknown number"), note, STRANGERS_NUMBER, "", zone, None)]


def thread(session: Session, phone: Phone) -> list[Bubble]:
    """The latest texts of a phone in both directions, oldest first."""
    index = keyring().index(phone.number)
    sent = session.scalars(
        select(InboundMessage).where(InboundMessage.from_index == index).order_by(InboundMessage.received_at.desc()).limit(MOST_BUBBLES)
    )
    owner = (OutboundMessage.participant_id == phone.owner_id, OutboundMessage.staff_id == phone.owner_id) if phone.owner_id else ()
    got = session.scalars(
        select(OutboundMessage)
        .where(or_(OutboundMessage.to_index == index, *owner))
        .order_by(OutboundMessage.created_at.desc())
        .limit(MOST_BUBBLES)
    )
    bubbles = [Bubble(row.received_at.astimezone(phone.zone), True, row.body, "", None, _tag(phone.language)) for row in sent]
    bubbles += [_bubble(row, phone) for row in got]
    return sorted(bubbles, key=lambda bubble: (bubble.at, not bubble.mine))[-MOST_BUBBLES:]


def how_last_text_was_read(session: Session, phone: Phone) -> dict[str, Any] | None:
    """The last text of this phone and what was kept of it; None where it never wrote or does not belong to a participant."""
    index = keyring().index(phone.number)
    newest_first = InboundMessage.received_at.desc()
    text = session.scalar(select(InboundMessage).where(InboundMessage.from_index == index).order_by(newest_first).limit(1))
    if text is None or text.participant_id is None:
        return None
    reports = session.scalars(select(Report).where(Report.inbound_id == text.id).order_by(Report.kind, Report.code))
    return {
        "text": text,
        "language": _tag(phone.language),
        "handled": text.handled_at is not None,
        "said": [_said(row) for row in reports],
    }


def open_episodes(session: Session, study_id: UUID) -> list[Episode]:
    """What the team still has to deal with, the worst first, then the oldest."""
    rows = session.execute(
        select(Escalation, Participant.code, Site.timezone)
        .join(Site, Site.id == Escalation.site_id)
        .outerjoin(Participant, Participant.id == Escalation.participant_id)
        .where(Escalation.study_id == study_id, Escalation.state != EscalationState.RESOLVED)
        .limit(MOST_BUBBLES)
    )
    episodes = [
        Episode(
            number=row.number,
            level=row.level,
            shape=SHAPES[row.level],
            code=code or _("unknown number"),
            state=_episode_state(row),
            reasons=tuple((reason, reason_name(reason)) for reason in row.reasons),
            celsius=format_decimal(row.highest_celsius, "0.0") if row.highest_celsius is not None else None,
            opened_at=row.opened_at.astimezone(ZoneInfo(timezone)),
        )
        for row, code, timezone in rows
    ]
    return sorted(episodes, key=lambda episode: (-episode.level.rank, episode.opened_at))


def _participants_phone(row: Participant) -> Phone:
    state = [] if row.state is ParticipantState.ACTIVE else [in_words(PARTICIPANT_STATES, row.state)]
    stopped = [_("texts stopped")] if row.opted_out_at else []
    note = _listed([row.arm, row.language, row.timezone, *state, *stopped])
    return Phone(row.code, _("Participants"), row.code, note, row.phone, row.language, ZoneInfo(row.timezone), row.id)


def _staff_phone(person: StaffMember, site: Site) -> Phone:
    role = _("%(role)s at %(site)s", role=in_words(ROLES, person.role), site=site.code)
    note = _listed([role, person.language, site.timezone])
    key = f"{site.code}/{person.handle}"
    return Phone(key, _("Staff on call"), person.handle, note, person.phone, person.language, ZoneInfo(site.timezone), person.id)


def _bubble(row: OutboundMessage, phone: Phone) -> Bubble:
    state = in_words(MESSAGE_STATES, row.state)
    if row.not_sent_reason:
        state = _("not sent: %(why)s", why=in_words(WHY_NOT_SENT, row.not_sent_reason))
    at = row.created_at.astimezone(phone.zone)
    purpose = in_words(PURPOSES, row.purpose)
    if row.channel is not Channel.TEXT:
        purpose = f"{purpose} · {in_words(CHANNELS, row.channel)}"
    return Bubble(at, False, row.body, state, purpose, _tag(row.language))


def _episode_state(row: Escalation) -> str:
    if row.state is EscalationState.ACKNOWLEDGED and row.acknowledged_by:
        return str(_("acknowledged by %(name)s", name=row.acknowledged_by))
    return in_words(EPISODE_STATES, row.state)


def _said(report: Report) -> str:
    if report.kind is ReportKind.TEMPERATURE:
        where = [in_words(PLACES, report.measured_at)] if report.measured_at else []
        written = _listed([f"{report.value} {report.unit}", *where])
        return str(_("%(celsius)s °C (written %(written)s)", celsius=format_decimal(report.celsius, "0.00"), written=written))
    if report.kind is ReportKind.ANSWER:
        return str(_("answer to %(question)s: %(answer)s", question=str(report.code).replace("_", " "), answer=report.value))
    return str(report.code) if report.code else str(_("free text, nothing to report"))


def _listed(parts: list[str]) -> str:
    return str(_(", ")).join(parts)


def _tag(language: str) -> str:
    return language.replace("_", "-")
