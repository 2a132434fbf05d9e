"""`flask outbox`: the kill switch of sending, and what waits behind it."""

import getpass
from collections.abc import Iterator, Sequence
from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import ColumnElement, func, select

from followup_service import clock
from followup_service.cli.set_up import commit
from followup_service.cli.table import table
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.messaging.gateways import gateway_of
from followup_service.messaging.gateways.gateway import Gateway, SentText
from followup_service.messaging.hold_sending import discard_waiting, hold_sending, holds_in_force, release_sending
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import HANDLING, Purpose
from followup_service.messaging.sending_hold import HoldCause, HoldScope, SendingHold, held_purposes
from followup_service.messaging.when_to_send import UNASKED
from followup_service.operations.reconcile_restored import Phone, Reconciled, phones_to_ask_for, reconcile_restored

outbox_commands = AppGroup("outbox", help="What waits to be sent; hold it, look at it, release it.")


def operator() -> str:
    """Who types, as the audit trail names them."""
    return f"command line: {getpass.getuser()}"[:80]


@outbox_commands.command("hold")
@click.option("--reason", required=True, help="For whoever looks next. Names nobody.")
@click.option(
    "--scope",
    type=click.Choice([scope.value for scope in HoldScope]),
    default=HoldScope.ALL_BUT_ALARMS.value,
    show_default=True,
    help="unasked: questions and reminders. all_but_alarms: pages and answers to alarms still go. everything: a fever reaches nobody.",
)
def hold_command(reason: str, scope: str) -> None:
    """Stop sending, on all workers within seconds. What a worker is handing over this moment still leaves."""
    hold = commit(
        lambda: hold_sending(
            db.session, HoldScope(scope), HoldCause.OPERATOR, reason[:200], clock.now(), operator(), study=current_app.extensions["study"]
        )
    )
    if hold is None:
        raise click.ClickException(f"{scope} is on hold already: see flask outbox show")
    click.echo(f"On hold: {scope}. {_still_going(held_purposes(db.session))}\nRelease it with: flask outbox release")


@outbox_commands.command("release")
@click.option("--although-not-reconciled", is_flag=True, help="After a restore: texts that left since the backup may leave twice.")
def release_command(although_not_reconciled: bool) -> None:
    """End every hold. What waited goes out where it is still of use."""
    holds = commit(
        lambda: release_sending(
            db.session,
            clock.now(),
            operator(),
            study=current_app.extensions["study"],
            although_not_reconciled=although_not_reconciled,
        )
    )
    for hold in holds:
        click.echo(f"Released: {_told(hold)}")


@outbox_commands.command("show")
def show_command() -> None:
    """Print what is on hold, since when and why, and what waits to be sent."""
    holds = holds_in_force(db.session)
    for hold in holds:
        click.echo(f"ON HOLD: {_told(hold)}")
    click.echo(_still_going(held_purposes(db.session)) if holds else "Nothing is on hold.")
    click.echo("")
    for line in table(("purpose", "due", "later", "under way", "unknown"), _waiting(clock.now())):
        click.echo(line)


@outbox_commands.command("reconcile")
def reconcile_command() -> None:
    """After a restore: ask the provider what left since the backup, so that it does not leave again. May be run several times."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the gateway is the app's
    hold = db.session.scalar(select(SendingHold).where(SendingHold.cause == HoldCause.RESTORE, SendingHold.released_at.is_(None)))
    if hold is None:
        raise click.ClickException("this database was not restored, or was released since: there is nothing to reconcile")
    phones, gateway, since = phones_to_ask_for(db.session), gateway_of(app), hold.as_of
    db.session.rollback()
    sent = _ask(phones, gateway)

    def match() -> Reconciled:
        held = db.session.get_one(SendingHold, hold.id, populate_existing=True)
        held.reconciled_at = clock.now()
        return reconcile_restored(db.session, sent, since, gateway.name, clock.now(), study=app.extensions["study"])

    found = commit(match)
    click.echo(
        f"{found.waiting} that waited here had left already and stay where they are; {found.under_way} under way had left; "
        f"{found.unknown_here} that nobody here knew are kept now."
    )
    click.echo("Once the worker has planned what was due since the backup, run it again. Then: flask outbox show; flask outbox release")


def _ask(phones: Sequence[Phone], gateway: Gateway) -> dict[Phone, Sequence[SentText]]:
    """With no transaction open: the provider takes its time."""
    try:
        return {phone: gateway.sent_to(phone.number) for phone in phones}
    except FollowupError as error:
        raise click.ClickException(f"{error.detail}: nothing was changed, try again") from error


@outbox_commands.command("discard")
@click.option("--purpose", required=True, type=click.Choice(sorted(purpose.value for purpose in UNASKED)))
def discard_command(purpose: str) -> None:
    """Keep the texts of a purpose that are due now as not sent, because a mistake made them."""
    count = commit(lambda: discard_waiting(db.session, Purpose(purpose), clock.now(), operator(), study=current_app.extensions["study"]))
    click.echo(f"{count} texts are kept as not sent (discarded).")


def _told(hold: SendingHold) -> str:
    return f"{hold.scope} since {hold.placed_at:%Y-%m-%d %H:%M} UTC, by {hold.placed_by}: {hold.reason}"


def _still_going(held: frozenset[Purpose]) -> str:
    going = [purpose.value for purpose in Purpose if purpose not in held]
    return f"Still going: {', '.join(going)}." if going else "Nothing goes out: no page reaches anybody."


def _waiting(now: datetime) -> Iterator[tuple[str, ...]]:
    created = OutboundMessage.state == OutboundState.CREATED
    columns = (
        _counts(created, OutboundMessage.due_at <= now),
        _counts(created, OutboundMessage.due_at > now),
        _counts(OutboundMessage.state == OutboundState.CLAIMED),
        _counts(OutboundMessage.state == OutboundState.UNKNOWN),
    )
    for purpose in sorted(Purpose, key=lambda one: HANDLING[one].priority):
        yield (purpose.value, *(str(counts.get(purpose, 0)) for counts in columns))


def _counts(*wanted: ColumnElement[bool]) -> dict[Purpose, int]:
    rows = select(OutboundMessage.purpose, func.count()).where(*wanted).group_by(OutboundMessage.purpose)
    return {purpose: count for purpose, count in db.session.execute(rows)}  # noqa: C416 - rows are no pairs to dict
