"""Gathers what the figures of alarms are counted from: the episodes and check-ins of a period, and what is not resolved now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Checkin
from followup_service.checkins.report import Report
from followup_service.escalations.escalation import Escalation, EscalationEvent, EscalationState, EventKind, Outcome
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import Attempt, AttemptState, OutboundMessage
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.site import Site

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CountedEpisode:
    """An episode that was opened in the period. Times are seconds from the arrival of the text that opened it; None: it never happened."""

    site: str
    week: date
    is_alarm: bool
    is_paperwork: bool
    level: Level
    to_page: float | None
    to_acknowledge: float | None
    to_outcome: float | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class UnresolvedEpisode:
    """An episode that is not resolved now, whenever it was opened."""

    level: Level
    state: EscalationState
    opened_at: datetime
    is_paperwork: bool


@dataclass(frozen=True, slots=True)
class CountedCheckin:
    """A check-in that was begun in the period."""

    site: str
    week: date
    has_alarm: bool


def gather_episodes(session: Session, sites: Mapping[UUID, Site], since: date, until: date, study: Study) -> Iterable[CountedEpisode]:
    first, last = _around(since, until)
    opened = select(Escalation).where(Escalation.site_id.in_(sites), Escalation.opened_at.between(first, last))
    ids = opened.with_only_columns(Escalation.id)
    told = _instants(session, _first(EscalationEvent.escalation_id, InboundMessage.received_at, ids).join(EscalationEvent, _BY_TEXT))
    paged = _instants(session, _first(OutboundMessage.escalation_id, Attempt.finished_at, ids).join(OutboundMessage, _HANDED_OVER))
    taken = _instants(session, _first(EscalationEvent.escalation_id, EscalationEvent.at, ids).where(_TAKEN))
    for episode in session.scalars(opened):
        site = sites[episode.site_id]
        on = episode.opened_at.astimezone(ZoneInfo(site.timezone)).date()
        if since <= on <= until:
            began = told.get(episode.id, episode.opened_at)
            yield CountedEpisode(
                site=site.code,
                week=_monday(on),
                is_alarm=episode.is_alarm,
                is_paperwork=study.rules.are_paperwork(episode.reasons),
                level=episode.level,
                to_page=_seconds(began, paged.get(episode.id)),
                to_acknowledge=_seconds(began, taken.get(episode.id)),
                to_outcome=_seconds(began, episode.resolved_at),
                outcome=episode.outcome,
            )


# The text with which an episode was opened, a page that the provider took, and a person who took or ended it.
_BY_TEXT = (EscalationEvent.inbound_id == InboundMessage.id) & (EscalationEvent.kind == EventKind.OPENED)
_HANDED_OVER = (
    (Attempt.outbound_id == OutboundMessage.id) & (OutboundMessage.purpose == Purpose.PAGE) & (Attempt.state == AttemptState.ACCEPTED)
)
_TAKEN = EscalationEvent.kind.in_((EventKind.ACKNOWLEDGED, EventKind.RESOLVED))


def _first(episode_id, instant, ids):  # type: ignore[no-untyped-def]
    return select(episode_id, func.min(instant)).where(episode_id.in_(ids)).group_by(episode_id)


def _instants(session: Session, query) -> dict[UUID, datetime]:  # type: ignore[no-untyped-def]
    return {row[0]: row[1] for row in session.execute(query) if row[1] is not None}


def gather_checkins(session: Session, sites: Mapping[UUID, Site], since: date, until: date) -> Iterable[CountedCheckin]:
    first, last = _around(since, until)
    alarm = exists().where(
        Report.checkin_id == Checkin.id,
        EscalationEvent.inbound_id == Report.inbound_id,
        Escalation.id == EscalationEvent.escalation_id,
        Escalation.is_alarm,
    )
    asked = (
        select(Participant.site_id, Checkin.started_at, alarm)
        .join(Participant, Participant.id == Checkin.participant_id)
        .where(Participant.site_id.in_(sites), Checkin.started_at.between(first, last))
    )
    for site_id, started_at, has_alarm in session.execute(asked):
        on = started_at.astimezone(ZoneInfo(sites[site_id].timezone)).date()
        if since <= on <= until:
            yield CountedCheckin(sites[site_id].code, _monday(on), bool(has_alarm))


def gather_unresolved(session: Session, sites: Mapping[UUID, Site], study: Study) -> Iterable[UnresolvedEpisode]:
    query = select(Escalation.level, Escalation.state, Escalation.opened_at, Escalation.reasons)
    rows = session.execute(query.where(Escalation.site_id.in_(sites), Escalation.state != EscalationState.RESOLVED))
    return (UnresolvedEpisode(level, state, opened_at, study.rules.are_paperwork(reasons)) for level, state, opened_at, reasons in rows)


def _seconds(began: datetime, ended: datetime | None) -> float | None:
    return None if ended is None else (ended - began).total_seconds()


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def _around(since: date, until: date) -> tuple[datetime, datetime]:
    """Instants that hold these days in every time zone."""
    return datetime.combine(since - DAY, time.min, UTC), datetime.combine(until + 2 * DAY, time.min, UTC)
