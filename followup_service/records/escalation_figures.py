"""Figures for the team: how fast alarms were paged, taken and ended, what is open, and how many led to action; by level, site and week.

What is between the team and its forms (the clock of an adverse event) is counted apart: it says nothing of how alarms are met.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from statistics import median
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Checkin
from followup_service.checkins.report import Report
from followup_service.escalations.escalation import Escalation, EscalationEvent, EscalationState, EventKind, Outcome
from followup_service.escalations.outcomes import LED_TO_ACTION
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import Attempt, AttemptState, OutboundMessage
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.site import Site

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: median and 90th percentile (nearest rank) in seconds; None where it never happened."""

    count: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class OpenFigures:
    """What of one level is not resolved now: waiting for somebody, taken by somebody, and since when the oldest is open."""

    level: Level
    waiting: int
    taken: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """The episodes of one level that were opened in the period. Times count from the arrival of the text that opened it."""

    level: Level
    opened: int
    to_page: Spread
    to_acknowledge: Spread
    to_outcome: Spread


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """One site in one week, which begins on `week`; None for `week` is the whole period, None for `site` all sites together.

    Times and `led_to_action` (of those resolved) are those of alarms; `tasks` are what opened for review. A check-in has an alarm where a
    text that came while it was asked belongs to one.
    """

    site: str | None
    week: date | None
    alarms: int
    tasks: int
    to_page: Spread
    to_acknowledge: Spread
    to_outcome: Spread
    led_to_action: Share
    checkins_with_alarm: Share


@dataclass(frozen=True, slots=True)
class OutcomeFigures:
    """How many alarms and tasks of the period ended with it."""

    outcome: Outcome
    alarms: int
    tasks: int


@dataclass(frozen=True, slots=True)
class PaperworkFigures:
    """The alarms of the team's own forms: those of the period, and what of them is not resolved now, whenever it was opened."""

    opened: int
    waiting: int
    taken: int
    to_acknowledge: Spread
    to_outcome: Spread


@dataclass(frozen=True, slots=True)
class EscalationFigures:
    """All figures. `by_week` ends with the whole period of each site and, where there are several, of all."""

    since: date
    until: date
    open_now: tuple[OpenFigures, ...]
    by_level: tuple[LevelFigures, ...]
    by_week: tuple[WeekFigures, ...]
    by_outcome: tuple[OutcomeFigures, ...]
    paperwork: PaperworkFigures


@dataclass(frozen=True, slots=True)
class _Episode:
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
class _Unresolved:
    level: Level
    state: EscalationState
    opened_at: datetime
    is_paperwork: bool


@dataclass(frozen=True, slots=True)
class _Checkin:
    site: str
    week: date
    has_alarm: bool


def escalation_figures(session: Session, sites: Mapping[UUID, Site], since: date, until: date, *, study: Study) -> EscalationFigures:
    """The figures of these sites from one day to another, both included, in each site's own time zone."""
    found = [*_episodes(session, sites, since, until, study)]
    episodes, forms = [one for one in found if not one.is_paperwork], [one for one in found if one.is_paperwork]
    checkins = [*_checkins(session, sites, since, until)]
    unresolved = [*_unresolved(session, sites, study)]
    return EscalationFigures(
        since=since,
        until=until,
        open_now=tuple(_open_now(level, unresolved) for level in Level),
        by_level=tuple(_of_level(level, [episode for episode in episodes if episode.level is level]) for level in Level),
        by_week=tuple(_by_week(sorted(site.code for site in sites.values()), episodes, checkins)),
        by_outcome=tuple(_by_outcome(episodes)),
        paperwork=_of_paperwork(forms, unresolved),
    )


def _unresolved(session: Session, sites: Mapping[UUID, Site], study: Study) -> Iterable[_Unresolved]:
    query = select(Escalation.level, Escalation.state, Escalation.opened_at, Escalation.reasons)
    rows = session.execute(query.where(Escalation.site_id.in_(sites), Escalation.state != EscalationState.RESOLVED))
    return (_Unresolved(level, state, opened_at, study.rules.are_paperwork(reasons)) for level, state, opened_at, reasons in rows)


def _open_now(level: Level, unresolved: Sequence[_Unresolved]) -> OpenFigures:
    of_level = [one for one in unresolved if one.level is level and not one.is_paperwork]
    states = [one.state for one in of_level]
    waiting, taken = (states.count(state) for state in (EscalationState.OPEN, EscalationState.ACKNOWLEDGED))
    return OpenFigures(level, waiting, taken, min((one.opened_at for one in of_level), default=None))


def _by_outcome(episodes: Sequence[_Episode]) -> Iterable[OutcomeFigures]:
    """Those that there were, in the order of the list."""
    for outcome in Outcome:
        ended = [episode.is_alarm for episode in episodes if episode.outcome is outcome]
        if ended:
            yield OutcomeFigures(outcome, sum(ended), len(ended) - sum(ended))


def _of_paperwork(forms: Sequence[_Episode], unresolved: Sequence[_Unresolved]) -> PaperworkFigures:
    states = [one.state for one in unresolved if one.is_paperwork]
    _to_page, to_acknowledge, to_outcome = _times(forms)
    waiting, taken = (states.count(state) for state in (EscalationState.OPEN, EscalationState.ACKNOWLEDGED))
    return PaperworkFigures(len(forms), waiting, taken, to_acknowledge, to_outcome)


def _episodes(session: Session, sites: Mapping[UUID, Site], since: date, until: date, study: Study) -> Iterable[_Episode]:
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
            yield _Episode(
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


def _checkins(session: Session, sites: Mapping[UUID, Site], since: date, until: date) -> Iterable[_Checkin]:
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
            yield _Checkin(sites[site_id].code, _monday(on), bool(has_alarm))


def _of_level(level: Level, episodes: Sequence[_Episode]) -> LevelFigures:
    return LevelFigures(level, len(episodes), *_times(episodes))


def _by_week(codes: Sequence[str], episodes: Sequence[_Episode], checkins: Sequence[_Checkin]) -> Iterable[WeekFigures]:
    """Each site's weeks in which anything happened, the newest first, then the sites as a whole."""
    by_week: defaultdict[tuple[str, date], tuple[list[_Episode], list[_Checkin]]] = defaultdict(lambda: ([], []))
    for episode in episodes:
        by_week[episode.site, episode.week][0].append(episode)
    for checkin in checkins:
        by_week[checkin.site, checkin.week][1].append(checkin)
    for code in codes:
        for site, week in sorted((key for key in by_week if key[0] == code), reverse=True):
            yield _week(site, week, *by_week[site, week])
    for code in codes:
        yield _week(code, None, [episode for episode in episodes if episode.site == code], [row for row in checkins if row.site == code])
    if len(codes) > 1:
        yield _week(None, None, episodes, checkins)


def _week(site: str | None, week: date | None, episodes: Sequence[_Episode], checkins: Sequence[_Checkin]) -> WeekFigures:
    alarms = [episode for episode in episodes if episode.is_alarm]
    ended = [episode for episode in alarms if episode.outcome is not None]
    return WeekFigures(
        site,
        week,
        len(alarms),
        len(episodes) - len(alarms),
        *_times(alarms),
        Share(sum(episode.outcome in LED_TO_ACTION for episode in ended), len(ended)),
        Share(sum(checkin.has_alarm for checkin in checkins), len(checkins)),
    )


def _times(episodes: Sequence[_Episode]) -> tuple[Spread, Spread, Spread]:
    looks: tuple[Callable[[_Episode], float | None], ...] = (
        lambda episode: episode.to_page,
        lambda episode: episode.to_acknowledge,
        lambda episode: episode.to_outcome,
    )
    to_page, to_acknowledge, to_outcome = (
        _spread([value for episode in episodes if (value := look(episode)) is not None]) for look in looks
    )
    return to_page, to_acknowledge, to_outcome


def _spread(seconds: list[float]) -> Spread:
    if not seconds:
        return Spread(0, None, None)
    return Spread(len(seconds), median(seconds), sorted(seconds)[ceil(0.9 * len(seconds)) - 1])


def _seconds(began: datetime, ended: datetime | None) -> float | None:
    return None if ended is None else (ended - began).total_seconds()


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def _around(since: date, until: date) -> tuple[datetime, datetime]:
    """Instants that hold these days in every time zone."""
    return datetime.combine(since - DAY, time.min, UTC), datetime.combine(until + 2 * DAY, time.min, UTC)
