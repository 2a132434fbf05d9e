"""Counts the figures of alarms, by level, site and week."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from math import ceil
from statistics import median
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.escalations.escalation import EscalationState, Outcome
from followup_service.escalations.outcomes import LED_TO_ACTION
from followup_service.protocol.definitions import Study
from followup_service.protocol.rule_definitions import Level
from followup_service.records.escalation_figures import (
    EscalationFigures,
    LevelFigures,
    OpenFigures,
    OutcomeFigures,
    PaperworkFigures,
    Share,
    Spread,
    WeekFigures,
)
from followup_service.records.gather_episodes import (
    CountedCheckin,
    CountedEpisode,
    UnresolvedEpisode,
    gather_checkins,
    gather_episodes,
    gather_unresolved,
)
from followup_service.staff.site import Site


def count_escalations(session: Session, sites: Mapping[UUID, Site], since: date, until: date, *, study: Study) -> EscalationFigures:
    """The figures of these sites from one day to another, both included, in each site's own time zone."""
    found = [*gather_episodes(session, sites, since, until, study)]
    episodes, forms = [one for one in found if not one.is_paperwork], [one for one in found if one.is_paperwork]
    checkins = [*gather_checkins(session, sites, since, until)]
    unresolved = [*gather_unresolved(session, sites, study)]
    return EscalationFigures(
        since=since,
        until=until,
        open_now=tuple(_open_now(level, unresolved) for level in Level),
        by_level=tuple(_of_level(level, [episode for episode in episodes if episode.level is level]) for level in Level),
        by_week=tuple(_by_week(sorted(site.code for site in sites.values()), episodes, checkins)),
        by_outcome=tuple(_by_outcome(episodes)),
        paperwork=_of_paperwork(forms, unresolved),
    )


def _open_now(level: Level, unresolved: Sequence[UnresolvedEpisode]) -> OpenFigures:
    of_level = [one for one in unresolved if one.level is level and not one.is_paperwork]
    states = [one.state for one in of_level]
    waiting, taken = (states.count(state) for state in (EscalationState.OPEN, EscalationState.ACKNOWLEDGED))
    return OpenFigures(level, waiting, taken, min((one.opened_at for one in of_level), default=None))


def _by_outcome(episodes: Sequence[CountedEpisode]) -> Iterable[OutcomeFigures]:
    """Those that there were, in the order of the list."""
    for outcome in Outcome:
        ended = [episode.is_alarm for episode in episodes if episode.outcome is outcome]
        if ended:
            yield OutcomeFigures(outcome, sum(ended), len(ended) - sum(ended))


def _of_paperwork(forms: Sequence[CountedEpisode], unresolved: Sequence[UnresolvedEpisode]) -> PaperworkFigures:
    states = [one.state for one in unresolved if one.is_paperwork]
    _to_page, to_acknowledge, to_outcome = _times(forms)
    waiting, taken = (states.count(state) for state in (EscalationState.OPEN, EscalationState.ACKNOWLEDGED))
    return PaperworkFigures(len(forms), waiting, taken, to_acknowledge, to_outcome)


def _of_level(level: Level, episodes: Sequence[CountedEpisode]) -> LevelFigures:
    return LevelFigures(level, len(episodes), *_times(episodes))


def _by_week(codes: Sequence[str], episodes: Sequence[CountedEpisode], checkins: Sequence[CountedCheckin]) -> Iterable[WeekFigures]:
    """Each site's weeks in which anything happened, the newest first, then the sites as a whole."""
    by_week: defaultdict[tuple[str, date], tuple[list[CountedEpisode], list[CountedCheckin]]] = defaultdict(lambda: ([], []))
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


def _week(site: str | None, week: date | None, episodes: Sequence[CountedEpisode], checkins: Sequence[CountedCheckin]) -> WeekFigures:
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


def _times(episodes: Sequence[CountedEpisode]) -> tuple[Spread, Spread, Spread]:
    looks: tuple[Callable[[CountedEpisode], float | None], ...] = (
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
