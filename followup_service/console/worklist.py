"""The worklist: what needs me now, by level and then by deadline. It keeps itself fresh, and every line of it can be acted on at once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import LazyString
from sqlalchemy import ColumnElement, Connection, Select, String, and_, bindparam, case, cast, exists, func, or_, select
from sqlalchemy.orm import defer, load_only

from followup_service import clock
from followup_service.console.acting import as_reader, just_done, own_name, own_names, undo_ends
from followup_service.console.blueprint import addresses_of, page
from followup_service.console.deadline import Deadline, by_level_then_deadline, deadline_of
from followup_service.console.live import LIVE, asked_by_reader, is_live
from followup_service.console.page_language import gettext as _
from followup_service.console.say import say
from followup_service.console.scope import READER, escalation_of, in_reach, in_readers_reach, reach
from followup_service.console.signed_in import access
from followup_service.console.words import OUTCOMES, TABS
from followup_service.errors import Conflict, Refused
from followup_service.escalations.escalation import Escalation, EscalationEvent, EscalationState, Outcome
from followup_service.escalations.escalation_read import NEWS, EscalationRead, unread_among
from followup_service.escalations.outcomes import check_outcome, outcomes_of
from followup_service.escalations.settle_escalation import acknowledge_escalation, resolve_escalation
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.participants.participant import Participant
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.access import May

PAGE = 40
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


@page("/worklist", May.READ_PARTICIPANTS, state=lambda connection, now: _state(connection, now))
def worklist() -> Any:
    """The page, or for a live part the list alone."""
    now = clock.now()
    # Named before the list is read: what comes in between is news to the next look.
    state = _state(db.session.connection(), now)
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else next(iter(TABS))
    first = max(request.args.get("first", 0, type=int), 0)
    newest = db.session.scalar(_NEWEST, {"study_id": access().study.id}) or 0
    known = request.args.get("known", type=int)
    # Under the reader's pointer nothing moves: what is new waits behind one line, until they are at the top or ask for it.
    known = newest if known is None or not is_live() or AT_TOP in request.headers else min(known, newest)
    lines, done = _lines(tab, first, known, now), just_done(now)
    waiting = _waiting(tab, known) if known < newest else {}
    shown = {
        "tab": tab,
        "tabs": TABS,
        "counts": _counts(),
        "lines": lines[:PAGE],
        "waiting": sum(waiting.values()),
        "worst": Level.worst(*waiting),
        "address_of": addresses_of("console.escalation"),
        "address_to_take": addresses_of("console.acknowledge"),
        "first": first,
        "next_first": first + PAGE if len(lines) > PAGE else None,
        "done": done,
        "undo_until": undo_ends(done),
        "version": state,
        "known": known,
        "several_sites": len(access().sites_where(May.READ_PARTICIPANTS)) > 1,
        "outcomes": _outcomes_together(lines),
    }
    answer = make_response(render_template("worklist_rows.html" if is_live() else "worklist.html", **shown))
    answer.headers["Vary"] = LIVE
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
            flash(say(problem.detail), "warning")
    flash(_("Done: %(count)s", count=changed), "good")
    return redirect(url_for("console.worklist"), code=303)


def _refuse_what_became_an_alarm(episode: Escalation) -> None:
    """It may have worsened between the list and the lock."""
    if episode.level is not Level.REVIEW:
        raise Conflict(_("No. %(number)s got worse meanwhile: look at it by itself.", number=episode.number))


def _outcomes_together(lines: list[Line]) -> list[tuple[str, LazyString]]:
    """What fits all lines that can be chosen."""
    of_lines = [outcomes_of(line.episode.reasons) for line in lines if line.may_be_chosen]
    return [(outcome.value, OUTCOMES[outcome.value]) for outcome in Outcome if all(outcome in allowed for allowed in of_lines)]


def _chosen_outcome() -> Outcome:
    try:
        return Outcome(request.form.get("outcome", ""))
    except ValueError:
        raise Refused(_("Choose an outcome of the list.")) from None


# What every look at the list asks is put together once, for everybody: the time goes into that, not into the answers.
_OF_READER = and_(Escalation.state == EscalationState.ACKNOWLEDGED, Escalation.acknowledged_by.in_(bindparam("names", expanding=True)))
# Put off, until its time or until the participant says something: then it waits in the list again, and is still put off.
_HEARD_SINCE = exists().where(
    EscalationEvent.escalation_id == Escalation.id, EscalationEvent.kind.in_(NEWS), EscalationEvent.at > Escalation.snoozed_at
)
_IS_OPEN, _IS_CLOSED = Escalation.state == EscalationState.OPEN, Escalation.state == EscalationState.RESOLVED
# Which episodes each tab shows.
_OF_TAB: Mapping[str, ColumnElement[bool]] = MappingProxyType(
    {
        "now": or_(_IS_OPEN, and_(_OF_READER, or_(Escalation.snoozed_at.is_(None), _HEARD_SINCE))),
        "mine": _OF_READER,
        "open": _IS_OPEN,
        "all": ~_IS_CLOSED,
        "snoozed": and_(Escalation.state == EscalationState.ACKNOWLEDGED, Escalation.snoozed_at.is_not(None)),
        "closed": _IS_CLOSED,
    }
)
# Nobody works through those that are closed.
_COUNTED = tuple(tab for tab in TABS if tab != "closed")
_NEWEST = select(func.max(Escalation.number)).where(Escalation.study_id == bindparam("study_id"))


def _unresolved() -> Select[tuple[UUID, str]]:
    """Each in a word: its number, its version, and until when the reader read it."""
    of_reader = and_(EscalationRead.escalation_id == Escalation.id, EscalationRead.account_id == READER.c.id)
    number, version, read_until = (cast(column, String) for column in (Escalation.number, Escalation.version, EscalationRead.read_until))
    words = func.aggregate_strings(number + "/" + version + "/" + func.coalesce(read_until, ""), " ")
    each = select(words).outerjoin(EscalationRead, of_reader).where(~_IS_CLOSED, *in_readers_reach(Escalation))
    return select(READER.c.id, each.scalar_subquery())


def _page_of(tab: str) -> Select[Any]:
    """One more than a page, so that it is known whether there are more. What a page leaves out is not looked up with it: that may be
    thousands of lines before its own."""
    order = (Escalation.resolved_at.desc(), Escalation.number.desc()) if tab == "closed" else by_level_then_deadline()
    ids = select(Escalation.id).where(*in_reach(Escalation), _OF_TAB[tab], Escalation.number <= bindparam("known"))
    ids = ids.order_by(*order).offset(bindparam("first")).limit(PAGE + 1)
    about = (Participant.code, Participant.timezone, Participant.language)
    query = select(Escalation, *about).outerjoin(Participant, Participant.id == Escalation.participant_id)
    return query.where(Escalation.id.in_(ids.correlate(None))).order_by(*order).options(*_SHOWN)


def _new_of(tab: str) -> Select[Any]:
    query = select(Escalation.level, func.count()).where(*in_reach(Escalation), _OF_TAB[tab], Escalation.number > bindparam("known"))
    return query.group_by(Escalation.level)


def _number_in_each() -> Select[Any]:
    counted = [func.count(case((_OF_TAB[tab], 1))) for tab in _COUNTED]
    return select(*counted).select_from(Escalation).where(*in_reach(Escalation), ~_IS_CLOSED)


def _last_text_of_each() -> Select[Any]:
    latest_first = (EscalationEvent.at.desc(), EscalationEvent.id.desc())
    back = func.row_number().over(partition_by=EscalationEvent.escalation_id, order_by=latest_first).label("back")
    steps = select(EscalationEvent.escalation_id, EscalationEvent.inbound_id, back)
    steps = steps.where(EscalationEvent.escalation_id.in_(bindparam("ids", expanding=True)), EscalationEvent.inbound_id.is_not(None))
    of_step = steps.subquery()
    query = select(of_step.c.escalation_id, InboundMessage).join(InboundMessage, InboundMessage.id == of_step.c.inbound_id)
    return query.where(of_step.c.back == 1).options(load_only(InboundMessage.body_encrypted, InboundMessage.received_at))


# A line shows neither the note nor the steps of the chain.
_SHOWN = tuple(
    defer(column)
    for column in (
        Escalation.sender_index,
        Escalation.note_encrypted,
        Escalation.handed_on,
        Escalation.chain_began_at,
        Escalation.chain_step,
    )
)
_UNRESOLVED = _unresolved()
_PAGES, _NEW = {tab: _page_of(tab) for tab in TABS}, {tab: _new_of(tab) for tab in TABS}
_NUMBER_IN_EACH, _LAST_TEXT_OF_EACH = _number_in_each(), _last_text_of_each()


def _state(connection: Connection, now: datetime) -> str | None:
    """A short name of all that the list shows: which episodes nobody has resolved, how far each is, and until when the reader read it.

    Every change of an episode counts its version up; what is said of minutes changes with them.
    """
    found = asked_by_reader(connection, _UNRESOLVED, now)
    return None if found is None else hashlib.sha256(f"{found[1]} {now:%H:%M}".encode()).hexdigest()[:16]


def _counts() -> dict[str, int]:
    return dict(zip(_COUNTED, db.session.execute(_NUMBER_IN_EACH, {"names": own_names()} | reach()).one(), strict=True))


def _waiting(tab: str, known: int) -> dict[Level, int]:
    """How many of each level there are that the reader has not been shown, on whatever page of the list."""
    return {row[0]: row[1] for row in db.session.execute(_NEW[tab], {"names": own_names(), "known": known} | reach())}


def _lines(tab: str, first: int, known: int, now: datetime) -> list[Line]:
    """One more than a page where there are more."""
    names = own_names()
    rows = db.session.execute(_PAGES[tab], {"names": names, "first": first, "known": known} | reach()).all()
    ids = [episode.id for episode, *_rest in rows]
    texts = {row[0]: row[1] for row in db.session.execute(_LAST_TEXT_OF_EACH, {"ids": ids})}
    unread, sites, triaged = unread_among(db.session, access().account.id, ids), access().sites, access().sites_where(May.TRIAGE)
    return [
        Line(
            episode,
            code,
            sites[episode.site_id].code,
            timezone or sites[episode.site_id].timezone,
            language,
            texts.get(episode.id),
            deadline_of(episode, now),
            episode.id in unread,
            episode.site_id in triaged,
            episode.acknowledged_by in names,
        )
        for episode, code, timezone, language in rows
    ]
