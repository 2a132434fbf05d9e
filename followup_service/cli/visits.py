"""`flask visits`: a participant's whole plan in the terminal, and the days that staff open for visits."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy import select

from followup_service import clock
from followup_service.cli.study_tables import table
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.participants.participant import Participant
from followup_service.participants.plan_ahead import course_of, treatments_of
from followup_service.protocol.visit_schedule import planned_visits
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import find_site
from followup_service.visits.list_visits import ListedVisit, list_visits, visits_of
from followup_service.visits.take_slot import open_slot

ACTOR = "command line"
visits_commands = AppGroup("visits", help="Plans of visits, and the days that staff open for them.")


@visits_commands.command("show")
@click.argument("code")
def show(code: str) -> None:
    """Print the whole plan of participant CODE: every visit to the end of the study, and what became of it."""
    study = running_study(db.session)
    participant = db.session.scalar(select(Participant).where(Participant.study_id == study.id, Participant.code == code))
    if participant is None:
        raise click.ClickException(f"there is no participant {code}")
    listed = list_visits(
        db.session, visits_of(db.session, participant.id), planned_visits(study.protocol, course_of(db.session, participant))
    )
    click.echo(f"{participant.code}  arm {participant.arm}, {participant.state}, {participant.timezone}")
    for row in treatments_of(db.session, participant):
        click.echo(f"{row.kind} on {row.treated_on}, {row.state}")
    if participant.treatment_ended_on is not None:
        click.echo(f"treatment ended on {participant.treatment_ended_on}")
    click.echo()
    if not listed:
        click.echo("No visit is planned: record the treatment that they count from.")
        return
    zone = ZoneInfo(participant.timezone)
    rows = (_row(visit, zone) for visit in listed)
    click.echo("\n".join(table(("visit", "which", "target", "window", "state", "procedures and changes"), rows)))


def _row(visit: ListedVisit, zone: ZoneInfo) -> tuple[str, ...]:
    window = f"{visit.opens_on:%m-%d} to {visit.closes_on:%m-%d}"
    return visit.item, visit.occurrence, str(visit.target_on), window, _state(visit, zone), "; ".join(_remarks(visit))


def _state(visit: ListedVisit, zone: ZoneInfo) -> str:
    if visit.attended_on is not None:
        return f"attended {visit.attended_on}"
    return f"{visit.state} {visit.booked_at.astimezone(zone):%Y-%m-%d %H:%M}" if visit.booked_at else visit.state


def _remarks(visit: ListedVisit) -> Iterator[str]:
    if visit.procedures:
        yield ", ".join(visit.procedures)
    if visit.merged_with is not None:
        yield f"done with {visit.merged_with.item} {visit.merged_with.occurrence}"
    for change in visit.changes:
        now = f"{change.opens_on} to {change.closes_on}" if change.opens_on else "not needed"
        versions = "" if change.from_version == change.to_version else f", version {change.from_version} to {change.to_version}"
        yield f"was {change.was_opens_on} to {change.was_closes_on}, changed on {change.changed_at:%Y-%m-%d} to {now}{versions}"


@visits_commands.command("open")
@click.argument("site")
@click.argument("starts_at")
@click.option("--places", type=click.IntRange(1, 500), default=1, show_default=True)
@click.option("--for", "items", multiple=True, help="A planned visit it is for; several times for several. Default: any.")
def open_command(site: str, starts_at: str, places: int, items: tuple[str, ...]) -> None:
    """Open a day and time at SITE, such as 2026-04-08T09:00 on its own clock, that participants may be offered."""
    study = running_study(db.session)
    if unknown := [item for item in items if item not in study.protocol.visits]:
        raise click.UsageError(f"unknown visit '{unknown[0]}': write one of {', '.join(study.protocol.visits)}")
    try:
        found = find_site(db.session, study.id, site)
        open_slot(db.session, found.id, _instant(starts_at, found.timezone), places, items, clock.now(), ACTOR)
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    db.session.commit()
    click.echo(f"{places} place{'' if places == 1 else 's'} at {site} on {starts_at}.")


def _instant(written: str, timezone: str) -> datetime:
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise click.UsageError(f"'{written}' is no day and time; write it like 2026-04-08T09:00") from error
    return at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(timezone))
