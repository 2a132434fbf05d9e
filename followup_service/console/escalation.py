"""An escalation on one page: why it is there, what was written, every step, and what can be done about it now."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Connection, Select, bindparam, exists, func, select
from werkzeug.wrappers import Response

from followup_service import clock
from followup_service.columns import UtcDateTime
from followup_service.console.acting import as_reader, just_done, own_name, own_names, own_staff, undo_ends
from followup_service.console.blueprint import page
from followup_service.console.check_access import safe_next
from followup_service.console.deadline import deadline_of
from followup_service.console.live import asked_by_reader, is_live
from followup_service.console.page_language import gettext as _
from followup_service.console.scope import READER, escalation_of, in_readers_reach, sees_contact
from followup_service.console.signed_in import access
from followup_service.console.words import OUTCOMES, SNOOZES
from followup_service.errors import Refused
from followup_service.escalations.escalation import Escalation, EscalationEvent, EventKind
from followup_service.escalations.escalation_read import NEWS, EscalationRead, note_read, note_unread, unread_among
from followup_service.escalations.hand_on_escalation import hand_on_escalation
from followup_service.escalations.outcomes import outcomes_of
from followup_service.escalations.settle_escalation import acknowledge_escalation, record_call, resolve_escalation, snooze_escalation
from followup_service.escalations.undo_escalation import undo_escalation
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.records.adverse_event import AdverseEvent
from followup_service.records.participant_timeline import Entry, EntryKind
from followup_service.staff.access import May
from followup_service.staff.person_writing import STILL_WRITING, note_writing, others_writing, stop_writing, writers_about

NUMBER = "<int(max=2147483647):number>"
LONGEST_NOTE = 2000


@page(f"/escalations/{NUMBER}", May.READ_PARTICIPANTS, state=lambda connection, now, number: _state(connection, now, number))
def escalation(number: int) -> Any:
    """The page, or for a live part what changes by itself."""
    now = clock.now()
    # Named before it is read: what comes in between is news to the next look.
    state = _state(db.session.connection(), now, number)
    episode = escalation_of(number)
    unread = episode.id in unread_among(db.session, access().account.id, [episode.id])
    writers, written = others_writing(db.session, access().account.id, _about(episode), now), _written(episode, now)
    done = [one for one in just_done(now) if one.number == number]
    row = db.session.get(Participant, episode.participant_id) if episode.participant_id is not None else None
    steps = _steps(episode)
    at_most = access().study.protocol.paging[episode.level].snooze_at_most_minutes
    return render_template(
        "escalation_now.html" if is_live() else "escalation.html",
        episode=episode,
        row=row,
        site=access().sites[episode.site_id],
        timezone=row.timezone if row is not None else access().sites[episode.site_id].timezone,
        story=_story(steps, written),
        writers=writers,
        texts={step.inbound_id: text for step, text in steps if text is not None},
        news_until=max((step.at for step, _text in steps), default=episode.opened_at),
        deadline=deadline_of(episode, now),
        unread=unread,
        done=done,
        undo_until=undo_ends(done),
        version=state,
        as_shown=request.args.get("as", episode.version, type=int),
        is_mine=episode.acknowledged_by in own_names(),
        may_triage=access().may(May.TRIAGE, episode.site_id),
        may_hand_on=own_staff() is not None,
        sees_contact=sees_contact(episode.site_id),
        outcomes=[(outcome.value, OUTCOMES[outcome.value]) for outcome in outcomes_of(episode.reasons)],
        events=list(db.session.scalars(select(AdverseEvent).where(AdverseEvent.escalation_id == episode.id).order_by(AdverseEvent.number))),
        may_draft=row is not None and access().may(May.RECORD, episode.site_id),
        snoozes=[(minutes, words) for minutes, words in SNOOZES.items() if minutes <= at_most],
    )


@page(f"/escalations/{NUMBER}/read", May.READ_PARTICIPANTS, methods=("POST",))
def mark_read(number: int) -> Any:
    """What the reader has seen, up to the last step on their page. Sent by the page itself when it is opened: then the button turns."""
    episode = escalation_of(number)
    note_read(db.session, access().account.id, episode.id, min(_instant("until"), clock.now()))
    db.session.commit()
    return render_template("escalation_read.html", episode=episode, unread=False) if "HX-Request" in request.headers else _back(number)


@page(f"/escalations/{NUMBER}/unread", May.READ_PARTICIPANTS, methods=("POST",))
def mark_unread(number: int) -> Response:
    note_unread(db.session, access().account.id, escalation_of(number).id)
    db.session.commit()
    return _to(url_for("console.worklist"))


@page(f"/escalations/{NUMBER}/writing", May.TRIAGE, methods=("POST",))
def note_of_a_note(number: int) -> Response:
    """Somebody types a note: sent by the page while they do, so that others see it. The words are not kept."""
    about = _about(escalation_of(number, May.TRIAGE))
    if request.form.get("note", "").strip():
        note_writing(db.session, access().account.id, about, clock.now())
    else:
        stop_writing(db.session, access().account.id, about)
    db.session.commit()
    return Response(status=204)


@page(f"/escalations/{NUMBER}/acknowledge", May.TRIAGE, methods=("POST",))
def acknowledge(number: int) -> Response:
    episode = escalation_of(number, May.TRIAGE)
    acknowledge_escalation(db.session, episode.id, own_name(), clock.now(), **as_reader())
    db.session.commit()
    return _back(number)


@page(f"/escalations/{NUMBER}/call", May.TRIAGE, methods=("POST",))
def call(number: int) -> Response:
    episode, reached = escalation_of(number, May.TRIAGE), request.form.get("reached")
    if reached not in ("yes", "no"):
        raise Refused(_("Say whether the participant answered."))
    how = {"reached": reached == "yes", "note": _note() or None, **as_reader()}
    record_call(db.session, episode.id, own_name(), clock.now(), **how)
    stop_writing(db.session, access().account.id, _about(episode))
    db.session.commit()
    return _back(number)


@page(f"/escalations/{NUMBER}/snooze", May.TRIAGE, methods=("POST",))
def snooze(number: int) -> Response:
    """Put off for some of the minutes on offer. It returns by itself."""
    episode, minutes = escalation_of(number, May.TRIAGE), request.form.get("minutes", 0, type=int)
    if minutes not in SNOOZES:
        raise Refused(_("Choose a time of the list."))
    now = clock.now()
    snooze_escalation(db.session, episode.id, own_name(), now + timedelta(minutes=minutes), now, **as_reader())
    db.session.commit()
    return _back(number)


@page(f"/escalations/{NUMBER}/hand-over", May.TRIAGE, methods=("POST",))
def hand_over(number: int) -> Response:
    """The next one on call is paged at once, and reads the note."""
    episode, staff, note = escalation_of(number, May.TRIAGE), own_staff(), _note()
    if staff is None:
        raise Refused(_("Your account belongs to nobody who is paged: ask for that under Accounts, or put it off."))
    if not note:
        raise Refused(_("Write what whoever takes it next should know."))
    how = as_reader()
    del how["staff_id"]
    hand_on_escalation(db.session, episode.id, staff, clock.now(), note=note, **how)
    db.session.commit()
    flash(_("Handed over: the next one is being paged."), "good")
    return _back(number)


@page(f"/escalations/{NUMBER}/resolve", May.TRIAGE, methods=("POST",))
def resolve(number: int) -> Response:
    episode, note = escalation_of(number, May.TRIAGE), _note()
    outcome = next((one for one in outcomes_of(episode.reasons) if one == request.form.get("outcome")), None)
    if outcome is None:
        raise Refused(_("Choose an outcome of the list."))
    if not note:
        raise Refused(_("Say in a note what was done."))
    resolve_escalation(db.session, episode.id, own_name(), outcome, note, clock.now(), **as_reader())
    stop_writing(db.session, access().account.id, _about(episode))
    db.session.commit()
    return _back(number)


@page(f"/escalations/{NUMBER}/undo", May.TRIAGE, methods=("POST",))
def undo(number: int) -> Response:
    """Take back the reader's last step, within seconds of it."""
    episode = escalation_of(number, May.TRIAGE)
    undo_escalation(db.session, episode.id, own_name(), clock.now(), **as_reader())
    db.session.commit()
    flash(_("Taken back."), "good")
    return _back(number)


def _steps(episode: Escalation) -> list[tuple[EscalationEvent, InboundMessage | None]]:
    """Newest first; of one instant (opened, paged) in the order in which they follow each other."""
    steps = select(EscalationEvent, InboundMessage).outerjoin(InboundMessage, InboundMessage.id == EscalationEvent.inbound_id)
    rows = [(step, text) for step, text in db.session.execute(steps.where(EscalationEvent.escalation_id == episode.id))]
    return sorted(rows, key=lambda row: (row[0].at, list(EventKind).index(row[0].kind)), reverse=True)


def _about(episode: Escalation) -> UUID:
    return episode.participant_id or episode.id


# Every poll of the page asks it: put together once.
_WRITTEN = (
    select(OutboundMessage)
    .where(OutboundMessage.participant_id == bindparam("participant_id"), OutboundMessage.purpose == Purpose.WRITTEN)
    .where(OutboundMessage.created_at >= bindparam("since"), OutboundMessage.created_at <= bindparam("until"))
)


def _watched() -> Select[Any]:
    """What changes the page: the version of the episode, whether it has news, who else writes, and the last change of a text by people."""
    reader = select(READER.c.id).scalar_subquery()
    read = exists().where(EscalationRead.escalation_id == EscalationEvent.escalation_id, EscalationRead.account_id == reader)
    read = read.where(EscalationRead.read_until >= EscalationEvent.at)
    news = exists().where(EscalationEvent.escalation_id == Escalation.id, EscalationEvent.kind.in_(NEWS), ~read)
    writers = writers_about(func.coalesce(Escalation.participant_id, Escalation.id), reader)
    changed = select(func.max(OutboundMessage.changed_at)).where(OutboundMessage.participant_id == Escalation.participant_id)
    changed = changed.where(OutboundMessage.purpose == Purpose.WRITTEN, OutboundMessage.created_at >= Escalation.opened_at)
    changed = changed.where(OutboundMessage.created_at <= func.coalesce(Escalation.resolved_at, bindparam("until", type_=UtcDateTime)))
    watched = select(Escalation.version, news, writers, changed.scalar_subquery())
    return watched.where(Escalation.number == bindparam("number"), *in_readers_reach(Escalation))


_WATCHED = _watched()


def _state(connection: Connection, now: datetime, number: int) -> str | None:
    """Changes with what is watched, and with the minute."""
    found = asked_by_reader(connection, _WATCHED, now, number=number, typed_since=now - STILL_WRITING, until=now)
    return None if found is None else hashlib.sha256(f"{tuple(found)} {now:%H:%M}".encode()).hexdigest()[:16]


def _written(episode: Escalation, now: datetime) -> list[OutboundMessage]:
    """What people wrote to the participant while the episode was open."""
    if episode.participant_id is None:
        return []
    asked = {"participant_id": episode.participant_id, "since": episode.opened_at, "until": episode.resolved_at or now}
    return list(db.session.scalars(_WRITTEN, asked))


def _story(steps: list[tuple[EscalationEvent, InboundMessage | None]], written: list[OutboundMessage]) -> list[tuple[Any, Any, Any]]:
    """Steps with the text that came, and texts of people, as one list: newest first."""
    told = [(step, text, None) for step, text in steps]
    texts = [(None, None, Entry(text.created_at, EntryKind.TEXTS, text)) for text in written]
    return sorted([*told, *texts], key=lambda line: (line[0] or line[2]).at, reverse=True)


def _note() -> str:
    note = request.form.get("note", "").strip()
    if len(note) > LONGEST_NOTE:
        raise Refused(_("The note is too long: %(most)s characters at most.", most=LONGEST_NOTE))
    return note


def _instant(name: str) -> datetime:
    try:
        at = datetime.fromisoformat(request.form.get(name, ""))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Refused(_("Load the page again, then repeat what is still needed."))
    return at.astimezone(UTC)


def _back(number: int) -> Response:
    return _to(safe_next(request.form["back"]) if request.form.get("back") else url_for("console.escalation", number=number))


def _to(address: str) -> Response:
    answer = redirect(address, code=303)
    assert isinstance(answer, Response)  # noqa: S101 - werkzeug names a wider type
    return answer
