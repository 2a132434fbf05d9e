"""Which step of the chain comes next, and whom it reaches."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from followup_service.escalations.escalation import Escalation
from followup_service.escalations.page_by import has_address
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import Channel, PagingStep
from followup_service.staff.team import People, Team, team_of


@dataclass(frozen=True, slots=True)
class ChosenStep:
    """A step, its number in the chain, and whom it reaches; nobody only where the whole study has nobody."""

    number: int
    step: PagingStep
    people: People


def choose_step(session: Session, episode: Escalation, now: datetime, channels: Collection[Channel], *, study: Study) -> ChosenStep:
    """The next step whose channel is there, whose time has come, and that reaches somebody who has not said that it is not theirs.

    Where all on call have said so, those who stand in for them are asked, and in the end everybody again.
    """
    team = team_of(session, episode.site_id, now)
    chosen = _next_step(episode, team, now, channels, study)
    if chosen.people or not episode.handed_on:
        return chosen
    for others in team.others:
        if left := _without(others, episode):
            return ChosenStep(chosen.number, chosen.step, left)
    episode.handed_on = []
    return _next_step(episode, team, now, channels, study)


def reaches_somebody_else(session: Session, episode: Escalation, now: datetime) -> bool:
    """Whether anybody is left who has not said that it is not theirs."""
    team = team_of(session, episode.site_id, now)
    return any(_without(people, episode) for people in (team.everyone_on_call, *team.others))


def _next_step(episode: Escalation, team: Team, now: datetime, channels: Collection[Channel], study: Study) -> ChosenStep:
    clock = study.paging[episode.level]
    late = episode.acknowledge_by is not None and now >= episode.acknowledge_by
    for number in range(episode.chain_step, episode.chain_step + clock.steps_in_all):
        step = clock.step(number)
        people = _without(team.people(step.page), episode)
        leads_somewhere = step.by in channels and any(has_address(person, step.by) for person in people)
        if leads_somewhere and (late or not step.when_late):
            return ChosenStep(number, step, people)
    return ChosenStep(episode.chain_step, clock.step(episode.chain_step), ())


def _without(people: People, episode: Escalation) -> People:
    return tuple(person for person in people if person.id.hex not in episode.handed_on)
