"""`flask participants`: enrol everybody in a CSV file or nobody, explain a day, record the end of treatment, keep further phones, and
list who is hard to reach."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from sys import exit as leave
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy import select

from followup_service import clock
from followup_service.cli.table import table
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.messaging.approvals import check_participants_language
from followup_service.participants.add_phone import BY_STAFF, add_phone, phone_of, phones_of, remove_phone
from followup_service.participants.change_participant import lock_participant
from followup_service.participants.import_participants import Hospital, import_participants
from followup_service.participants.participant import Participant
from followup_service.participants.participant_phone import ParticipantPhone, PhoneKind, Told
from followup_service.participants.record_treatment import end_treatment
from followup_service.protocol.definitions import Study
from followup_service.records.explain_day import explain_day
from followup_service.records.hard_to_reach import HardToReach, ReachList, hard_to_reach
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import find_site
from followup_service.staff.site import Site

ACTOR = "command line"
DAY = click.DateTime(formats=["%Y-%m-%d"])
BAD_FILE = 2
Changed = TypeVar("Changed")
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


@participants_commands.command("hard-to-reach")
@click.option("--site", help="This site only.")
def hard_to_reach_command(site: str | None) -> None:
    """List who is silent, unreachable or refused: since when, what was tried, and who is on it."""
    try:
        study = running_study(db.session)
        every_site = select(Site).where(Site.study_id == study.id)
        sites = [find_site(db.session, study.id, site)] if site else list(db.session.scalars(every_site))
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    found = hard_to_reach(db.session, {row.id for row in sites}, study=study.protocol)
    for listed in ReachList:
        people = [one for one in found if one.listed is listed]
        click.echo(f"{listed.value.upper()}: {len(people) or 'nobody'}")
        if people:
            titles = ("code", "since (UTC)", "last text in", "last text out", "texts", "failed", "calls", "no.", "who is on it", "because")
            click.echo("\n".join(table(titles, map(_reach_in_words, people))))


@participants_commands.command("end-treatment")
@click.argument("code")
@click.option("--on", type=DAY, help="The day on which all treatment in the study ended.")
@click.option("--undo", is_flag=True, help="Take the recorded end back.")
def end_treatment_command(code: str, on: datetime | None, undo: bool) -> None:
    """Record the end of all treatment of participant CODE: weekly questions stop, and the sparse plan of visits counts from it."""
    if (on is None) is not undo:
        raise click.UsageError("write either --on 2026-01-31 or --undo")
    study, _ = _participant(code)
    day = on.date() if on else None
    _changed(code, lambda participant: end_treatment(db.session, participant, day, clock.now(), ACTOR, study=study))
    click.echo(f"{code}: treatment {'goes on' if undo or on is None else f'ended on {on:%Y-%m-%d}'}.")


@participants_commands.group("phones")
def phones_commands() -> None:
    """Further phones of a participant: a second one of their own, or a caregiver's."""


@phones_commands.command("add")
@click.argument("code")
@click.option("--phone", "number", required=True, help="As people of the site's country write it, or +86...")
@click.option("--kind", type=click.Choice([kind.value for kind in PhoneKind]), required=True)
@click.option("--told", type=click.Choice([one.value for one in Told]), multiple=True, help="As agreed; several times for both.")
def add_phone_command(code: str, number: str, kind: str, told: tuple[str, ...]) -> None:
    """Add a phone: who writes from it writes about participant CODE, is answered there, and is told what was agreed."""

    def add(participant: Participant) -> ParticipantPhone:
        country = db.session.get_one(Site, participant.site_id).country
        agreed = [Told(one) for one in told]
        return add_phone(db.session, participant, number, PhoneKind(kind), agreed, clock.now(), ACTOR, country=country)

    click.echo(_phone_in_words(_changed(code, add)))


@phones_commands.command("list")
@click.argument("code")
def list_phones_command(code: str) -> None:
    """List the further phones of participant CODE that are in use. Their numbers are not shown."""
    _, participant = _participant(code)
    phones = phones_of(db.session, participant)
    click.echo("\n".join(_phone_in_words(phone) for phone in phones) or f"{code} has no further phone.")


@phones_commands.command("remove")
@click.argument("code")
@click.argument("phone_id", type=click.UUID)
def remove_phone_command(code: str, phone_id: UUID) -> None:
    """Take a phone of participant CODE off, by the id that list shows: nothing more goes there, and who writes from it is a stranger."""

    def remove(participant: Participant) -> None:
        remove_phone(db.session, participant, phone_of(db.session, participant, phone_id), BY_STAFF, clock.now(), ACTOR)

    _changed(code, remove)
    click.echo(f"{code}: nothing more goes to that phone.")


def _reach_in_words(one: HardToReach) -> tuple[str, ...]:
    instants = (f"{at:%Y-%m-%d %H:%M}" if at else "never" for at in (one.since, one.last_in_at, one.last_out_at))
    counts = (str(count) for count in (one.texts, one.failed, one.calls))
    on_it = one.owner or (f"ended: {one.outcome}" if one.outcome else "nobody")
    return one.participant, *instants, *counts, str(one.escalation or "-"), on_it, one.because


def _phone_in_words(phone: ParticipantPhone) -> str:
    told = f"is told of {' and '.join(phone.told)}" if phone.told else "is answered, and told nothing else"
    return f"{phone.id}  {phone.kind}, added on {phone.added_at:%Y-%m-%d} by {phone.added_by}; {told}"


def _changed(code: str, change: Callable[[Participant], Changed]) -> Changed:
    """Do it with the participant locked, and commit."""
    _, participant = _participant(code)
    try:
        done = change(lock_participant(db.session, participant.id))
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    db.session.commit()
    return done


def _participant(code: str) -> tuple[Study, Participant]:
    try:
        study = running_study(db.session)
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    participant = db.session.scalar(select(Participant).where(Participant.study_id == study.id, Participant.code == code))
    if participant is None:
        raise click.ClickException(f"there is no participant {code}")
    return study.protocol, participant
