"""`flask participants`: enrol everybody in a CSV file or nobody, explain a day, and record the end of treatment."""

from datetime import datetime
from pathlib import Path
from sys import exit as leave
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy import select

from followup_service import clock
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.messaging.approvals import check_participants_language
from followup_service.participants.change_participant import lock_participant
from followup_service.participants.import_participants import Hospital, import_participants
from followup_service.participants.participant import Participant
from followup_service.participants.record_treatment import end_treatment
from followup_service.protocol.definitions import Study
from followup_service.records.explain_day import explain_day
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import find_site
from followup_service.staff.site import Site

ACTOR = "command line"
DAY = click.DateTime(formats=["%Y-%m-%d"])
BAD_FILE = 2
participants_commands = AppGroup("participants", help="The people in the trial.")


@participants_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", help="For rows without a site column.")
def import_command(file: Path, site: str | None) -> None:
    """Enrol all participants of a CSV file, or none where a row is bad.

    Columns: code, arm, language, phone, consented_on, consent_version; and if wanted site, timezone, enrolled_on, name, tag.
    """
    try:
        study = running_study(db.session)
        if site is not None:
            find_site(db.session, study.id, site)
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    sites = db.session.scalars(select(Site).where(Site.study_id == study.id).order_by(Site.code))
    hospitals = {row.code: Hospital(row.id, row.timezone, row.country) for row in sites}
    # A spreadsheet's CSV begins with a byte order mark.
    with file.open(encoding="utf-8-sig", newline="") as lines:
        enrolled, bad = import_participants(
            db.session,
            study.id,
            lines,
            hospitals,
            clock.now(),
            ACTOR,
            study=study.protocol,
            check_language=lambda language, code: check_participants_language(language, code, study.protocol),
            default_site=site,
        )
    if bad:
        db.session.rollback()
        for row in bad:
            click.echo(f"line {row.line}: {row.problem}", err=True)
        click.echo("Nobody was enrolled: mend these lines and import the file again.", err=True)
        leave(BAD_FILE)
    db.session.commit()
    click.echo(f"{enrolled} enrolled.")


@participants_commands.command("why")
@click.argument("code")
@click.option("--on", type=DAY, help="Default: today, by the participant's own calendar.")
def why_command(code: str, on: datetime | None) -> None:
    """Why was no text sent? Print what went out to participant CODE on a day, and every reason for what did not."""
    study, participant = _participant(code)
    zone = ZoneInfo(participant.timezone)
    day = on.date() if on is not None else clock.now().astimezone(zone).date()
    explained = explain_day(db.session, participant, day, clock.now(), study=study)
    click.echo(f"{explained.code} on {explained.on}, {participant.timezone}")
    for text in explained.sent:
        click.echo(f"{text.at.astimezone(zone):%H:%M}  {text.message} ({text.purpose}): {text.state}")
    for reason in explained.reasons:
        click.echo(f"{reason.about or 'all texts'}: {reason.words}")


@participants_commands.command("end-treatment")
@click.argument("code")
@click.option("--on", type=DAY, help="The day on which all treatment in the study ended.")
@click.option("--undo", is_flag=True, help="Take the recorded end back.")
def end_treatment_command(code: str, on: datetime | None, undo: bool) -> None:
    """Record the end of all treatment of participant CODE: weekly questions stop, and the sparse plan of visits counts from it."""
    if (on is None) is not undo:
        raise click.UsageError("write either --on 2026-01-31 or --undo")
    study, participant = _participant(code)
    try:
        participant = lock_participant(db.session, participant.id)
        end_treatment(db.session, participant, on.date() if on else None, clock.now(), ACTOR, study=study)
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    db.session.commit()
    click.echo(f"{code}: treatment {'goes on' if undo or on is None else f'ended on {on:%Y-%m-%d}'}.")


def _participant(code: str) -> tuple[Study, Participant]:
    try:
        study = running_study(db.session)
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    participant = db.session.scalar(select(Participant).where(Participant.study_id == study.id, Participant.code == code))
    if participant is None:
        raise click.ClickException(f"there is no participant {code}")
    return study.protocol, participant
