"""The worklist: what needs me now, by level and then by deadline. It keeps itself fresh, and every line of it can be acted on at once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from followup_service import clock
from followup_service.console.acting import Done, as_reader, just_done, own_name, own_names
from followup_service.console.blueprint import page
from followup_service.console.deadline import Deadline, by_level_then_deadline, deadline_of
from followup_service.console.scope import escalation_of, seen
from followup_service.console.signed_in import access
from followup_service.console.words import OUTCOMES, TABS
from followup_service.errors import Conflict, Refused
from followup_service.escalations.escalation import Escalation, EscalationEvent, EscalationState, Outcome
from followup_service.escalations.escalation_read import EscalationRead, unread_among
from followup_service.escalations.outcomes import check_outcome, outcomes_of
from followup_service.escalations.settle_escalation import acknowledge_escalation, resolve_escalation
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.participants.participant import Participant
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.access import May

PAGE = 100
AT_TOP = "X-At-Top"
TAKE, END = "acknowledge", "resolve"
LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """An episode in the list; `text` is the last one that led to a step of it."""

    episode: Escalation
    code: str | None
    site: str
    timezone: str
    language: str | None
    text: InboundMessage | None
    deadline: Deadline | None
    is_unread: bool
    may_triage: bool
    is_mine: bool

    @property
    def is_open(self) -> bool:
        return self.episode.state is EscalationState.OPEN

    @property
    def may_be_chosen(self) -> bool:
        return self.may_triage and self.is_open and self.episode.level is Level.REVIEW


@page("/worklist", May.READ_PARTICIPANTS)
def worklist() -> Any:
    """The page, or for a live part the list alone; 204 where nothing changed since the reader saw it."""
    now, tab = clock.now(), request.args.get("tab", "")
    tab = tab if tab in TABS else next(iter(TABS))
    first = max(request.args.get("first", 0, type=int), 0)
    done = just_done(now)
    newest, tag = _state(now, done)
    is_live = request.headers.get("X-Live") is not None
    if is_live and request.args.get("seen") == tag:
        return "", 204
    known = request.args.get("known", type=int)
    # Under the reader's pointer nothing moves: what is new waits behind one line, until they are at the top or ask for it.
    known = newest if known is None or not is_live or AT_TOP in request.headers else min(known, newest)
    lines = _lines(tab, first, now)
    waiting = [line for line in lines if line.episode.number > known]
    shown = {
        "tab": tab,
        "tabs": TABS,
        "counts": _counts(),
        "lines": [line for line in lines if line.episode.number <= known][:PAGE],
        "waiting": waiting,
        "worst": Level.worst(*(line.episode.level for line in waiting)),
        "first": first,
        "next_first": first + PAGE if len(lines) > PAGE else None,
        "done": done,
        "version": tag,
        "known": known,
        "several_sites": len(access().sites_where(May.READ_PARTICIPANTS)) > 1,
        "outcomes": _outcomes_together(lines),
    }
    answer = make_response(render_template("worklist_rows.html" if is_live else "worklist.html", **shown))
    answer.headers["Vary"] = "X-Live"
    return answer


@page("/worklist/bulk", May.TRIAGE, methods=("POST",))
def bulk() -> Any:
    """Take or end several at once: for review only. Each is a change of its own, and one that somebody else took stops no other."""
    numbers = sorted({int(written[:9]) for written in request.form.getlist("number") if written.isdecimal()})
    what, note = request.form.get("what", ""), request.form.get("note", "").strip()[:LONGEST_NOTE]
    if not numbers:
        raise Refused(_("Choose at least one line."))
    if what not in (TAKE, END):
        raise Refused(_("Choose what to do."))
    outcome = _chosen_outcome() if what == END else None
    if outcome is not None and not note:
        raise Refused(_("Say in a note what was done."))
    episodes = [escalation_of(number, May.TRIAGE) for number in numbers]
    if any(episode.level is not Level.REVIEW for episode in episodes):
        raise Refused(_("Only reviews are dealt with together: an alarm is somebody's own."))
    if outcome is not None:
        for episode in episodes:
            check_outcome(episode, outcome)
    # Read before the loop: every commit ends a transaction.
    how, by, changed = as_reader(), own_name(), 0
    for episode in episodes:
        try:
            if outcome is None:
                acknowledge_escalation(db.session, episode.id, by, clock.now(), **how)
            else:
                resolve_escalation(db.session, episode.id, by, outcome, note, clock.now(), **how)
            _refuse_what_became_an_alarm(episode)
            db.session.commit()
            changed += 1
        except Conflict as problem:
            db.session.rollback()
            flash(problem.detail, "warning")
    flash(_("Done: %(count)s", count=changed), "good")
    return redirect(url_for("console.worklist"), code=303)


def _refuse_what_became_an_alarm(episode: Escalation) -> None:
    """It may have worsened between the list and the lock."""
    if episode.level is not Level.REVIEW:
        raise Conflict(f"No. {episode.number} got worse meanwhile: look at it by itself")


def _outcomes_together(lines: list[Line]) -> list[tuple[str, LazyString]]:
    """What fits all lines that can be chosen."""
    of_lines = [outcomes_of(line.episode.reasons) for line in lines if line.may_be_chosen]
    return [(outcome.value, OUTCOMES[outcome.value]) for outcome in Outcome if all(outcome in allowed for allowed in of_lines)]


def _chosen_outcome() -> Outcome:
    try:
        return Outcome(request.form.get("outcome", ""))
    except ValueError:
        raise Refused(_("Choose an outcome of the list."), {"outcome": ["choose one of the list"]}) from None


def _of_tab(tab: str) -> ColumnElement[bool]:
    mine = and_(Escalation.state == EscalationState.ACKNOWLEDGED, Escalation.acknowledged_by.in_(own_names()))
    return {
        "now": or_(Escalation.state == EscalationState.OPEN, and_(mine, Escalation.snoozed_at.is_(None))),
        "mine": mine,
        "open": Escalation.state == EscalationState.OPEN,
        "all": Escalation.state != EscalationState.RESOLVED,
        "snoozed": and_(Escalation.state == EscalationState.ACKNOWLEDGED, Escalation.snoozed_at.is_not(None)),
        "closed": Escalation.state == EscalationState.RESOLVED,
    }[tab]


def _counts() -> dict[str, int]:
    """How many there are in every tab but the closed: nobody works through those."""
    tabs = [tab for tab in TABS if tab != "closed"]
    counted = [func.count(case((_of_tab(tab), 1))) for tab in tabs]
    query = seen(select(*counted).select_from(Escalation), Escalation).where(Escalation.state != EscalationState.RESOLVED)
    return dict(zip(tabs, db.session.execute(query).one(), strict=True))


def _state(now: datetime, done: list[Done]) -> tuple[int, str]:
    """The highest number, and a short name of all that the list shows: what is said of minutes changes with them."""
    counted = select(func.count(), func.coalesce(func.sum(Escalation.version), 0)).select_from(Escalation)
    unresolved = db.session.execute(seen(counted, Escalation).where(Escalation.state != EscalationState.RESOLVED)).one()
    newest = db.session.scalar(seen(select(func.max(Escalation.number)), Escalation)) or 0
    reads = select(func.count(), func.max(EscalationRead.read_until)).where(EscalationRead.account_id == access().account.id)
    parts = (*unresolved, newest, *db.session.execute(reads).one(), [one.number for one in done], now.replace(second=0, microsecond=0))
    return newest, hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _lines(tab: str, first: int, now: datetime) -> list[Line]:
    """One more than a page where there are more."""
    query = select(Escalation, Participant).outerjoin(Participant, Participant.id == Escalation.participant_id)
    order = (Escalation.resolved_at.desc(), Escalation.number.desc()) if tab == "closed" else by_level_then_deadline()
    rows = db.session.execute(seen(query, Escalation).where(_of_tab(tab)).order_by(*order).offset(first).limit(PAGE + 1)).all()
    ids = [episode.id for episode, _participant in rows]
    texts, unread, names = _last_texts(ids), unread_among(db.session, access().account.id, ids), own_names()
    sites = access().sites
    return [
        Line(
            episode,
            participant.code if participant is not None else None,
            sites[episode.site_id].code,
            participant.timezone if participant is not None else sites[episode.site_id].timezone,
            participant.language if participant is not None else None,
            texts.get(episode.id),
            deadline_of(episode, now),
            episode.id in unread,
            access().may(May.TRIAGE, episode.site_id),
            episode.acknowledged_by in names,
        )
        for episode, participant in rows
    ]


def _last_texts(ids: list[UUID]) -> dict[UUID, InboundMessage]:
    steps = select(EscalationEvent.escalation_id, InboundMessage).join(InboundMessage, InboundMessage.id == EscalationEvent.inbound_id)
    ordered = steps.where(EscalationEvent.escalation_id.in_(ids)).order_by(EscalationEvent.at, EscalationEvent.id)
    return {row[0]: row[1] for row in db.session.execute(ordered)}
