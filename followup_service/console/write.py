"""Writing to a participant: the last texts both ways, what may be sent, its size and hour, and some seconds to take it back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Connection, ScalarSelect, Select, String, bindparam, cast, func, select

from followup_service import clock
from followup_service.console.blueprint import page
from followup_service.console.live import asked_by_reader, is_live
from followup_service.console.page_language import gettext as _
from followup_service.console.scope import READER, escalation_of, in_readers_reach, locked_participant, participant_of
from followup_service.console.signed_in import access
from followup_service.console.words import TYPED_PROBLEMS, in_words
from followup_service.errors import NotFound
from followup_service.extensions import db
from followup_service.messaging.approvals import may_write_in
from followup_service.messaging.check_typed import MOST_PARTS, plainer, telling_word, tidied, what_is_wrong
from followup_service.messaging.count_parts import TextSize, beyond_gsm, measure
from followup_service.messaging.end_conversation import end_conversation
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import TYPED, OutboundMessage, OutboundState
from followup_service.messaging.preview_texts import preview_texts
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.take_back_text import take_back_text
from followup_service.messaging.when_to_send import in_conversation
from followup_service.messaging.write_text import APPROVED, write_text
from followup_service.participants.contact_hours import hours_of, in_contact_hours, next_contact
from followup_service.participants.participant import Participant, TextKind, why_no_text
from followup_service.records.participant_timeline import Entry, EntryKind, participant_timeline
from followup_service.staff.access import May
from followup_service.staff.person_writing import STILL_WRITING, note_writing, others_writing, stop_writing, writers_about

ADDRESS = "/participants/<code:code>/write"
TEXTS_SHOWN = 12
LONGEST_TYPED = 1000
PREVIEW, PLAINER, WAIT = "preview", "plainer", "morning"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is in the form, and what is to be said of it. `words` are those that would leave."""

    message: str = ""
    typed: str = ""
    words: str = ""
    size: TextSize | None = None
    problem: str = ""
    telling: str | None = None
    although_telling: bool = False

    @property
    def beyond(self) -> str:
        """The signs that made it a text of 70 letters, where plain ones would do instead."""
        signs = beyond_gsm(self.typed)
        return " ".join(signs) if signs and not beyond_gsm(plainer(self.typed)) else ""


@page(ADDRESS, May.WRITE_TEXTS, state=lambda connection, now, code: _state(connection, now, code))
def write(code: str) -> Any:
    row, now = participant_of(code, May.WRITE_TEXTS), clock.now()
    return render_template("write_thread.html", **_shown(row, now)) if is_live() else _page(row, now, Draft())


@page(ADDRESS, May.WRITE_TEXTS, methods=("POST",))
def send_text(code: str) -> Any:
    """Show how it would arrive, or send it. Own words are for who may write freely."""
    row, now = locked_participant(code, May.WRITE_TEXTS), clock.now()
    message, typed = request.form.get("message", ""), request.form.get("typed", "")
    if message == TYPED and not access().may(May.WRITE_FREELY, row.site_id):
        raise NotFound("no such text")
    step = request.form.get("step")
    only_shown, typed = step in (PREVIEW, PLAINER), plainer(typed) if step == PLAINER else typed
    draft = _draft(row, message, typed, sending=not only_shown)
    if draft.problem or only_shown:
        _note_typing(row, typed, now)
        db.session.commit()
        return _page(row, now, draft), 422 if draft.problem else 200
    _send(row, draft, now)
    stop_writing(db.session, access().account.id, row.id)
    db.session.commit()
    return _back(code)


@page(f"{ADDRESS}/size", May.WRITE_FREELY, methods=("POST",))
def size_of_text(code: str) -> Any:
    """What the words typed so far cost, for the line below them. Of the words nothing is kept, only that somebody is writing."""
    row = participant_of(code, May.WRITE_FREELY)
    _note_typing(row, request.form.get("typed", ""), clock.now())
    db.session.commit()
    return render_template("write_size.html", draft=_draft(row, TYPED, request.form.get("typed", "")), most_parts=MOST_PARTS)


@page(f"{ADDRESS}/<uuid:text_id>/take-back", May.WRITE_TEXTS, methods=("POST",))
def take_back(code: str, text_id: UUID) -> Any:
    row = locked_participant(code, May.WRITE_TEXTS)
    take_back_text(db.session, row, text_id, clock.now(), access().account.actor)
    db.session.commit()
    flash(_("Taken back: it was not sent."), "good")
    return _back(code)


@page(f"{ADDRESS}/resume", May.WRITE_TEXTS, methods=("POST",))
def resume_texts(code: str) -> Any:
    """The conversation is over: questions and reminders go out again."""
    row = locked_participant(code, May.WRITE_TEXTS)
    end_conversation(db.session, row, clock.now(), access().account.actor, study=access().study.protocol)
    db.session.commit()
    flash(_("Questions and reminders go out again."), "good")
    return _back(code)


def _note_typing(row: Participant, typed: str, now: datetime) -> None:
    """Others see that somebody is writing: with scripts from letter to letter, without from one preview to the next."""
    if typed.strip():
        note_writing(db.session, access().account.id, row.id, now)
    else:
        stop_writing(db.session, access().account.id, row.id)


def _send(row: Participant, draft: Draft, now: datetime) -> None:
    study = access().study.protocol
    opens_at = next_contact(now, ZoneInfo(row.timezone), hours_of(row, study))
    write_text(
        db.session,
        row,
        draft.message,
        draft.typed,
        now,
        access().account.actor,
        study=study,
        not_before=opens_at if request.form.get("when") == WAIT else None,
        although_telling=draft.although_telling,
        escalation_id=_episode_id(row),
    )


def _episode_id(row: Participant) -> UUID | None:
    """The episode from whose page they came, where it is this participant's."""
    number = request.args.get("no", type=int)
    episode = escalation_of(number) if number is not None else None
    return episode.id if episode is not None and episode.participant_id == row.id else None


def _draft(row: Participant, message: str, typed: str, *, sending: bool = False) -> Draft:
    """As it would arrive, and what is wrong with it."""
    study, typed = access().study.protocol, tidied(typed[: LONGEST_TYPED + 1])
    although, telling, problem = request.form.get("although_telling") == "yes", None, ""
    if message == TYPED:
        telling = telling_word(typed, row.language)
        wrong = what_is_wrong(typed, row, study)
        if wrong is None and telling is not None and not although and sending:
            wrong = "telling"
        problem = in_words(TYPED_PROBLEMS, wrong) if wrong is not None else ""
    elif message not in APPROVED:
        return Draft(message, typed, problem=_("Choose a text."))
    words = preview_texts(db.session, row, [(message, typed)], clock.now(), study=study).get(message, "")
    return Draft(message, typed, words, measure(words), problem, telling, although)


def _page(row: Participant, now: datetime, draft: Draft) -> str:
    study = access().study.protocol
    zone, hours = ZoneInfo(row.timezone), hours_of(row, study)
    approved = preview_texts(db.session, row, [(key, "") for key in APPROVED], now, study=study)
    return render_template(
        "write.html",
        **_shown(row, now),
        draft=draft,
        approved=list(approved.items()),
        why=why_no_text(row, TextKind.WRITTEN) or (None if may_write_in(row.language, study) else "not_approved"),
        may_type=access().may(May.WRITE_FREELY, row.site_id),
        is_night=not in_contact_hours(now, zone, hours),
        opens_at=next_contact(now, zone, hours),
        hours=hours,
        most_parts=MOST_PARTS,
        longest=LONGEST_TYPED,
    )


def _shown(row: Participant, now: datetime) -> dict[str, Any]:
    """What the part of the page that keeps itself fresh shows. Named before it is read: what comes in between is news to the next look."""
    state, thread = _state(db.session.connection(), now, row.code), _thread(row)
    own = [entry.row for entry in thread if not entry.is_received and entry.row.purpose is Purpose.WRITTEN]
    return {
        "row": row,
        "now": now,
        "thread": thread,
        "leaving": [text for text in own if text.state is OutboundState.CREATED and text.attempts == 0],
        "until": in_conversation(row, now),
        "writers": others_writing(db.session, access().account.id, row.id, now),
        "version": state,
        "number": request.args.get("no", type=int),
    }


def _thread(row: Participant) -> Sequence[Entry]:
    """The last texts, newest first."""
    return participant_timeline(db.session, row, None, TEXTS_SHOWN, [EntryKind.TEXTS], blinded=True).entries


def _watched() -> Select[Any]:
    """What changes the page: the texts that it shows, how far each is, who else writes, and until when a conversation lasts."""
    change = cast(InboundMessage.received_at, String) + "/" + cast(InboundMessage.version, String)
    came = select(change).where(InboundMessage.participant_id == Participant.id)
    came = came.order_by(InboundMessage.received_at.desc()).limit(TEXTS_SHOWN)
    went = select(cast(OutboundMessage.changed_at, String)).where(OutboundMessage.participant_id == Participant.id)
    went = went.order_by(OutboundMessage.created_at.desc()).limit(TEXTS_SHOWN)
    writers = writers_about(Participant.id, select(READER.c.id).scalar_subquery())
    watched = select(_in_a_word(came), _in_a_word(went), writers, Participant.in_conversation_until)
    return watched.where(Participant.code == bindparam("code"), *in_readers_reach(Participant, May.WRITE_TEXTS))


def _in_a_word(of_one: Select[Any]) -> ScalarSelect[str]:
    rows = of_one.correlate(Participant).subquery()
    return select(func.aggregate_strings(rows.c[0], " ")).scalar_subquery()


_WATCHED = _watched()


def _state(connection: Connection, now: datetime, code: str) -> str | None:
    """Changes with what is watched, and with the minute."""
    found = asked_by_reader(connection, _WATCHED, now, code=code, typed_since=now - STILL_WRITING)
    return None if found is None else hashlib.sha256(f"{tuple(found)} {now:%H:%M}".encode()).hexdigest()[:16]


def _back(code: str) -> Any:
    return redirect(url_for("console.write", code=code, no=request.args.get("no", type=int)), code=303)
