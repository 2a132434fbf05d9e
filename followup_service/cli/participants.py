"""`flask participants import`: enrol everybody in a CSV file, or nobody."""

from pathlib import Path
from sys import exit as leave

import click
from flask.cli import AppGroup
from sqlalchemy import select

from followup_service import clock
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.messaging.approvals import check_participants_language
from followup_service.participants.import_participants import Hospital, import_participants
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import find_site
from followup_service.staff.site import Site

ACTOR = "command line"
BAD_FILE = 2
participants_commands = AppGroup("participants", help="The people in the trial.")


@participants_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", help="For rows without a site column.")
def import_command(file: Path, site: str | None) -> None:
    """Enrol all participants of a CSV file, or none where a row is bad.

    Columns: code, arm, language, phone, consented_on, consent_version; and if wanted site, timezone, enrolled_on, name.
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
