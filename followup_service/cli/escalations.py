"""`flask escalations`: the figures of the team, with what an episode may end, and ending one."""

from collections.abc import Iterator
from datetime import timedelta

import click
from flask.cli import AppGroup
from sqlalchemy import select

from followup_service import clock
from followup_service.cli.set_up import commit
from followup_service.cli.table import table
from followup_service.errors import FollowupError, NotFound
from followup_service.escalations.escalation import Escalation, Outcome
from followup_service.escalations.outcomes import CLINICAL, OF_ITS_OWN
from followup_service.escalations.settle_escalation import resolve_escalation
from followup_service.extensions import db
from followup_service.records.count_escalations import count_escalations
from followup_service.records.escalation_figures import (
    EscalationFigures,
    LevelFigures,
    OpenFigures,
    Share,
    Spread,
    WeekFigures,
)
from followup_service.staff.find_staff import active_staff_member
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import find_site
from followup_service.staff.site import Site

escalations_commands = AppGroup("escalations", help="What a human must look at.")
NEVER = "-"
ACTOR = "command line"
MINUTE, HOUR, DAY = 60, 3600, 86400


@escalations_commands.command("report")
@click.option("--site", help="This site only.")
@click.option("--weeks", default=12, show_default=True, type=click.IntRange(1, 520), help="So many weeks back from today.")
def report(site: str | None, weeks: int) -> None:
    """Print the figures for the team: times as median / 90th percentile, from the arrival of a text."""
    try:
        running = running_study(db.session)
        study_id = running.id
        chosen = (
            [find_site(db.session, study_id, site)] if site else list(db.session.scalars(select(Site).where(Site.study_id == study_id)))
        )
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    until = clock.now().date()
    figures = count_escalations(db.session, {row.id: row for row in chosen}, until - timedelta(weeks=weeks), until, study=running.protocol)
    click.echo("\n".join(_lines(figures)))


@escalations_commands.command("outcomes")
def outcomes() -> None:
    """Print with what an episode may end, by its reasons."""
    rows = [(reason, ", ".join(allowed)) for reason, allowed in OF_ITS_OWN.items()]
    click.echo("\n".join(table(("reason", "outcomes"), [*rows, ("any other", ", ".join(CLINICAL))])))


@escalations_commands.command("resolve")
@click.argument("number", type=int)
@click.option("--by", required=True, help="The handle of whoever did it.")
@click.option("--outcome", required=True, type=click.Choice([outcome.value for outcome in Outcome]), metavar="OUTCOME")
@click.option("--note", required=True, help="What was done.")
def resolve(number: int, by: str, outcome: str, note: str) -> None:
    """End an episode with an outcome that fits its reasons (flask escalations outcomes)."""

    def end() -> str:
        study = running_study(db.session)
        episode = db.session.scalar(select(Escalation).where(Escalation.study_id == study.id, Escalation.number == number))
        if episode is None:
            raise NotFound(f"there is no escalation No. {number}")
        person = active_staff_member(db.session, episode.site_id, by)
        how = {"study": study.protocol, "staff_id": person.id, "via": ACTOR}
        resolve_escalation(db.session, episode.id, person.handle, Outcome(outcome), note, clock.now(), **how)
        return f"No. {number} is resolved: {outcome}"

    click.echo(commit(end))


def _lines(figures: EscalationFigures) -> Iterator[str]:
    yield "OPEN NOW"
    yield from table(("level", "waiting", "taken", "oldest since (UTC)"), map(_open, figures.open_now))
    yield ""
    yield f"OPENED {figures.since} TO {figures.until}, median / 90th percentile from the arrival of the text"
    yield from table(("level", "opened", "to page", "to taken", "to outcome"), map(_level, figures.by_level))
    yield ""
    yield "BY SITE AND WEEK; times are those of alarms"
    titles = ("site", "week of", "alarms", "tasks", "to page", "to taken", "to outcome", "led to action", "check-ins with an alarm")
    yield from table(titles, map(_week, figures.by_week))
    if figures.by_outcome:
        yield ""
        yield "ENDED WITH"
        yield from table(
            ("outcome", "alarms", "tasks"), ((row.outcome.value, str(row.alarms), str(row.tasks)) for row in figures.by_outcome)
        )
    forms = figures.paperwork
    if forms.opened or forms.waiting or forms.taken:
        yield ""
        yield "THE TEAM'S OWN FORMS, in none of the figures above"
        titles = ("opened", "waiting now", "taken now", "to taken", "to outcome")
        counts = map(str, (forms.opened, forms.waiting, forms.taken))
        yield from table(titles, [(*counts, _spread(forms.to_acknowledge), _spread(forms.to_outcome))])


def _open(row: OpenFigures) -> tuple[str, ...]:
    return row.level.value, str(row.waiting), str(row.taken), f"{row.oldest_at:%Y-%m-%d %H:%M}" if row.oldest_at else NEVER


def _level(row: LevelFigures) -> tuple[str, ...]:
    return row.level.value, str(row.opened), *map(_spread, (row.to_page, row.to_acknowledge, row.to_outcome))


def _week(row: WeekFigures) -> tuple[str, ...]:
    times = map(_spread, (row.to_page, row.to_acknowledge, row.to_outcome))
    shares = map(_share, (row.led_to_action, row.checkins_with_alarm))
    return row.site or "all", str(row.week or "all"), str(row.alarms), str(row.tasks), *times, *shares


def _spread(spread: Spread) -> str:
    return NEVER if spread.median is None or spread.p90 is None else f"{_length(spread.median)} / {_length(spread.p90)}"


def _length(seconds: float) -> str:
    """In the two largest units that say something."""
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:.1f} d"


def _share(share: Share) -> str:
    return f"{share.part} of {share.whole} ({100 * share.part / share.whole:.0f} %)" if share.whole else NEVER
