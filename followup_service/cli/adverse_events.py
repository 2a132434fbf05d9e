"""`flask adverse-events`: list, draft, complete, sign and dismiss adverse events at the command line."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click
from flask.cli import AppGroup
from sqlalchemy import select

from followup_service import clock
from followup_service.cli.set_up import commit
from followup_service.cli.table import table
from followup_service.errors import FollowupError, NotFound, Refused
from followup_service.escalations.escalation import Escalation
from followup_service.extensions import db
from followup_service.participants.participant import Participant
from followup_service.records.adverse_event import AdverseEvent, Meaning, Relation, Seriousness, Signature
from followup_service.records.draft_adverse_event import draft_adverse_event
from followup_service.records.report_clock import report_clock
from followup_service.records.settle_adverse_event import MayNotSign, complete_adverse_event, dismiss_adverse_event, sign_adverse_event
from followup_service.staff.access import May, access_of
from followup_service.staff.account import Account, lock_account
from followup_service.staff.find_staff import active_staff_member
from followup_service.staff.running_study import running_study
from followup_service.staff.sign_in import account_named, note_failure, password_is_right
from followup_service.staff.sign_in_delay import counts_for, forget_failures, start_try
from followup_service.staff.staff_member import StaffMember

T = TypeVar("T")
ACTOR = "command line"
STEP = "password"
NOT_SERIOUS = "none"
adverse_events_commands = AppGroup("adverse-events", help="Drafts of adverse events. None is one before an investigator has signed it.")


@adverse_events_commands.command("list")
def list_command() -> None:
    """Print all, the newest first."""
    titles = ("event", "participant", "from No.", "state", "24 hours", "grade", "term")
    for line in table(titles, _rows()):
        click.echo(line)


@adverse_events_commands.command("draft")
@click.argument("escalation", type=int)
@click.option("--by", required=True, help="The handle of whoever drafts it.")
@click.option("--term", help="A term of the dictionary; left out: the one that comes to mind first.")
def draft(escalation: int, by: str, term: str | None) -> None:
    """Draft one from a resolved escalation, by its number."""

    def make() -> AdverseEvent:
        study = running_study(db.session)
        episode = db.session.scalar(select(Escalation).where(Escalation.study_id == study.id, Escalation.number == escalation))
        if episode is None:
            raise NotFound(f"there is no escalation No. {escalation}")
        person = active_staff_member(db.session, episode.site_id, by)
        return draft_adverse_event(db.session, episode, person.handle, clock.now(), study=study.protocol, term=term, via=ACTOR)

    event = commit(make)
    click.echo(f"Draft {event.number}: {event.term}, grade {event.grade or 'open'} ({event.suggested_by or 'no rule suggests one'})")


@adverse_events_commands.command("complete")
@click.argument("event", type=int)
@click.option("--by", required=True, help="The handle of whoever completes it.")
@click.option("--term")
@click.option("--specified", help="In your own words, for a term that says only 'other'.")
@click.option("--grade", type=click.IntRange(1, 5))
@click.option("--confirm-grade", is_flag=True, help="You compared the grade with the NCI's table.")
@click.option("--onset", "onset_on", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it began.")
@click.option(
    "--serious",
    multiple=True,
    type=click.Choice([*(criterion.value for criterion in Seriousness), NOT_SERIOUS]),
    help="May be given several times; 'none': not serious.",
)
@click.option("--related", nargs=2, multiple=True, metavar="TREATMENT RELATION", help=f"Such as: rfa possible ({', '.join(Relation)}).")
@click.option("--narrative")
@click.option("--because", help="Why a signed one is changed: its signature ends.")
def complete(event: int, by: str, because: str | None, *, confirm_grade: bool, **said: Any) -> None:
    """Change what an event says. Of a signed one this voids the signature."""

    def change() -> AdverseEvent:
        found = _event(event)
        person = active_staff_member(db.session, found.site_id, by)
        how = {"study": running_study(db.session).protocol, "because": because, "via": ACTOR, "grade_confirmed": confirm_grade}
        return complete_adverse_event(db.session, found.id, _values(found, said), person.handle, clock.now(), **how)

    changed = commit(change)
    click.echo(f"Event {event} is a {changed.state.value}: {changed.term}, grade {changed.grade or 'open'}")


@adverse_events_commands.command("sign")
@click.argument("event", type=int)
@click.option("--account", "name", required=True, help="The account of the investigator who signs.")
@click.option("--meaning", required=True, type=click.Choice([meaning.value for meaning in Meaning]), help="What the signature means.")
@click.option("--password", prompt=True, hide_input=True, help="Asked for, and better not written on the command line.")
def sign(event: int, name: str, meaning: str, password: str) -> None:
    """Sign a complete draft as an investigator of its site, with the password of one's own account."""
    account = _refused_is_told(lambda: _account_with_password(name, password, event))

    def do() -> AdverseEvent:
        how = {"study": running_study(db.session).protocol, "full_name": account.full_name}
        return sign_adverse_event(db.session, _event(event).id, _investigator(account), Meaning(meaning), clock.now(), **how)

    signed = commit(do)
    click.echo(f"Signed by {account.full_name} ({meaning}): {signed.term}, grade {signed.grade}")


@adverse_events_commands.command("dismiss")
@click.argument("event", type=int)
@click.option("--account", "name", required=True, help="The account of the investigator who decides so.")
@click.option("--because", required=True, help="Why it is no adverse event.")
@click.option("--password", prompt=True, hide_input=True)
def dismiss(event: int, name: str, because: str, password: str) -> None:
    """Decide as an investigator that a draft is no adverse event."""
    account = _refused_is_told(lambda: _account_with_password(name, password, event))
    commit(lambda: dismiss_adverse_event(db.session, _event(event).id, _investigator(account), because, clock.now()))
    click.echo(f"Dismissed by {account.full_name}.")


def _account_with_password(name: str, password: str, number: int) -> Account:
    """The account, where it may sign this event and the password is its own. Commits the count of tries before it looks at that."""
    study = running_study(db.session)
    account = account_named(db.session, name)
    counts = counts_for(name.strip().lower()[:200], ACTOR, ACTOR, step=STEP)
    until = start_try(db.session, counts, clock.now())
    db.session.commit()
    if until is not None:
        raise Refused(f"too many wrong passwords: wait until {until:%H:%M:%S} UTC")
    if account is None or not account.active or not password_is_right(account, password):
        if account is not None:
            note_failure(lock_account(db.session, account.id), STEP, clock.now())
            db.session.commit()
        raise Refused("the name or the password is wrong")
    forget_failures(db.session, counts)
    db.session.commit()
    if not access_of(db.session, account, study).may(May.SIGN, _event(number).site_id):
        raise MayNotSign(f"{account.name} may not sign at this site: an administrator gives that right")
    return account


def _refused_is_told(work: Callable[[], T]) -> T:
    try:
        return work()
    except FollowupError as error:
        db.session.rollback()
        raise click.ClickException(error.detail) from error


def _investigator(account: Account) -> StaffMember:
    if account.staff_id is None:
        raise MayNotSign(f"{account.name} belongs to no member of staff: make the account with --staff")
    return db.session.get_one(StaffMember, account.staff_id)


def _event(number: int) -> AdverseEvent:
    found = db.session.scalar(
        select(AdverseEvent).where(AdverseEvent.study_id == running_study(db.session).id, AdverseEvent.number == number)
    )
    if found is None:
        raise NotFound(f"there is no adverse event {number}: see flask adverse-events list")
    return found


def _values(event: AdverseEvent, said: dict[str, Any]) -> dict[str, Any]:
    """Only what was said, as it is stored; a relation is added to those that there are."""
    values = {name: said[name] for name in ("term", "specified", "grade", "narrative") if said[name] is not None}
    if said["onset_on"] is not None:
        values["onset_on"] = said["onset_on"].date()
    if said["serious"]:
        criteria = set(said["serious"])
        if NOT_SERIOUS in criteria and len(criteria) > 1:
            raise Refused("it is serious or not: write --serious none alone, or the criteria")
        values["seriousness"] = sorted(criteria - {NOT_SERIOUS})
    if said["related"]:
        given = dict(said["related"])
        if unknown := set(given.values()) - set(Relation):
            raise Refused(f"'{min(unknown)}' is no relation: write one of {', '.join(Relation)}")
        values["relations"] = event.relations | given
    return values


def _rows() -> Iterator[tuple[str, ...]]:
    query = (
        select(AdverseEvent, Participant.code, Escalation.number)
        .join(Participant, Participant.id == AdverseEvent.participant_id)
        .join(Escalation, Escalation.id == AdverseEvent.escalation_id)
        .where(AdverseEvent.study_id == running_study(db.session).id)
        .order_by(AdverseEvent.number.desc())
    )
    for event, code, number in db.session.execute(query).all():
        signatures = list(db.session.scalars(select(Signature).where(Signature.adverse_event_id == event.id)))
        state = report_clock(event, signatures, clock.now())
        yield str(event.number), code, str(number), event.state.value, state.value, str(event.grade or "-"), event.term
