"""Plays a script: people text, staff act, the provider fails, and the clock jumps from one due instant to the next."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import Flask

from followup_service.clock import MovableClock
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.jobs.send_outbox import send_all_due
from followup_service.jobs.steps import run_steps
from followup_service.messaging.gateways.simulated_phone import text_from
from followup_service.rehearsal.collect_events import CollectEvents, Event
from followup_service.rehearsal.do_action import do_action
from followup_service.rehearsal.next_due_instant import next_due_instant
from followup_service.rehearsal.read_script import ScriptError
from followup_service.rehearsal.script import Changes, Enrols, Script, Step
from followup_service.rehearsal.set_the_stage import enrol, set_the_stage
from followup_service.rehearsal.usual_replies import Reply, UsualReplies

# What falls due by being done (a page that fails moves the chain at once) is done in the same instant, but not for ever.
MOST_ROUNDS_AN_INSTANT = 10
NUDGE = timedelta(seconds=1)


def play_script(app: Flask, clock: MovableClock, script: Script) -> Iterator[Event | Step]:
    """Play it on an empty service whose time is `clock`. Yields every step of the script, and after it the events, in time order.

    Raises ScriptError, with the line of the step, for what the service refuses.
    """
    collect, replies = CollectEvents(app), UsualReplies(script)
    enrolled_later = {step.action.participant for step in script.steps if isinstance(step.action, Enrols)}
    with app.app_context():
        set_the_stage(db.session, script, clock.now(), study=app.extensions["study"])
        for participant in script.participants:
            if participant.code not in enrolled_later:
                enrol(db.session, participant, clock.now(), study=app.extensions["study"])
        db.session.commit()
    yield from collect(clock.now())
    for step in script.steps:
        yield from _work_until(app, clock, step.at, collect, replies)
        yield step
        try:
            do_action(app, script, step.action, clock.now())
        except FollowupError as refused:
            raise ScriptError(f"line {step.line}: {refused.detail}") from refused
        if isinstance(step.action, Changes):
            replies.change(step.action)
        _work(app, clock.now())
        yield from collect(clock.now())


def _work_until(app: Flask, clock: MovableClock, until: datetime, collect: CollectEvents, replies: UsualReplies) -> Iterator[Event]:
    due, reply = _next_due(app), _next_reply(app, replies)
    while (reply is not None and reply.at <= until) or (due is not None and due <= until):
        if reply is not None and (due is None or reply.at < due):
            clock.move(to=max(reply.at, clock.now() + NUDGE))
            text_from(app, reply.phone, reply.body)
            replies.sent(reply)
            # An ordinary answer asks for the next question at most, which is in the outbox already.
            send_all_due(app)
            due = _next_due(app)
        else:
            assert due is not None  # noqa: S101 - one of the two is there
            clock.move(to=max(due, clock.now() + NUDGE))
            due = _work(app, clock.now())
        yield from collect(clock.now())
        reply = _next_reply(app, replies)
    clock.move(to=max(until, clock.now()))


def _next_reply(app: Flask, replies: UsualReplies) -> Reply | None:
    with app.app_context():
        db.session.connection(execution_options={"read_only": True})
        return replies.next(db.session)


def _work(app: Flask, now: datetime) -> datetime | None:
    """Do what the worker would do at this instant, and return when it has something to do next."""
    for _ in range(MOST_ROUNDS_AN_INSTANT):
        with app.app_context():
            run_steps()
        send_all_due(app)
        due = _next_due(app)
        if due is None or due > now:
            break
    return due


def _next_due(app: Flask) -> datetime | None:
    with app.app_context():
        db.session.connection(execution_options={"read_only": True})
        return next_due_instant(db.session)
