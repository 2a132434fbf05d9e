"""The outbox: texts to send are rows; a worker claims the due ones, commits an attempt for each, and only then calls the provider."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from followup_service.columns import new_id
from followup_service.encryption import keyring
from followup_service.errors import ConfigError
from followup_service.extensions import insert_at_commit, insert_unless_there
from followup_service.messaging.count_parts import measure
from followup_service.messaging.delivery import FIRST_LOOK
from followup_service.messaging.further_phones import copy_to_phones, further_phones, worded_for
from followup_service.messaging.outbound_message import OUTBOUND_TRANSITIONS, Attempt, AttemptState, OutboundMessage, OutboundState
from followup_service.messaging.purposes import HANDLING, Purpose
from followup_service.messaging.render_text import QUESTION, render_text
from followup_service.messaging.sender import UNPACED, Pace
from followup_service.messaging.sending_hold import held_purposes
from followup_service.messaging.texts import IN_A_LANGUAGE_OF_THEIR_OWN
from followup_service.messaging.when_to_send import UNASKED, departure, unasked_today, useful_for, why_not
from followup_service.participants.emergency_numbers import emergency_number_at
from followup_service.participants.participant import Participant
from followup_service.participants.participant_phone import ParticipantPhone
from followup_service.protocol.definitions import Study
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember
from followup_service.transitions import moved
from followup_service.visits.visit import Visit, VisitState

LEASE = timedelta(seconds=60)
ROWS_AT_ONCE = 1000
NOT_WORDED = "cannot_be_worded"
NO_WORDS = (ConfigError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class UnknownSender:
    """Somebody who wrote to us from a number that belongs to nobody we know."""

    phone: str
    language: str
    site_id: UUID


@dataclass(frozen=True, slots=True)
class Envelope:
    """One attempt, ready for the provider. Until `claimed_until` it is ours to send; after that it is not."""

    attempt_id: UUID
    participant_id: UUID | None
    purpose: Purpose
    to: str
    body: str
    claimed_until: datetime
    useful_for: timedelta


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim made ready to send, the texts that have no words (a person must hear of those), and how many it looked at."""

    envelopes: list[Envelope]
    not_worded: list[OutboundMessage]
    count: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """What was looked up for all texts of one claim."""

    people: dict[UUID, Participant | StaffMember]
    sites: dict[UUID, Site]
    visits: dict[UUID, Visit]
    phones: dict[UUID, ParticipantPhone]
    unasked_today: Counter[UUID]

    def recipient(self, row: OutboundMessage) -> Participant | StaffMember | None:
        return self.people.get(row.participant_id or row.staff_id) if row.participant_id or row.staff_id else None

    def phone(self, row: OutboundMessage) -> ParticipantPhone | None:
        return self.phones.get(row.phone_id) if row.phone_id else None

    def visit(self, row: OutboundMessage) -> Visit | None:
        return self.visits.get(row.visit_id) if row.visit_id else None


Recipient = Participant | StaffMember | UnknownSender


def queue_text(
    session: Session,
    to: Recipient,
    purpose: Purpose,
    message: str,
    now: datetime,
    *,
    study: Study,
    values: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    useful_until: datetime | None = None,
    priority: int | None = None,
    language: str | None = None,
    **links: Any,
) -> OutboundMessage:
    """Put a text in the outbox: the only way to send one. `links` name what it belongs to (escalation_id, checkin_id, in_reply_to_id …).

    How urgent it is and how long of use follows from its purpose, unless said.
    """
    row = OutboundMessage(
        **_new_text(purpose, message, now, study, values, due_at or now, useful_until, priority),
        language=language or to.language,
        **_addressed_to(to),
        **links,
    )
    if isinstance(to, Participant) and to.answer_to is not None and HANDLING[purpose].asked_for:
        row.phone_id = to.answer_to.id
    if isinstance(to, UnknownSender):
        row.to_phone, row.to_index = to.phone, keyring().index(to.phone)
    insert_at_commit(session, row)
    return row


def queue_many(session: Session, purpose: Purpose, texts: Sequence[dict[str, Any]], now: datetime, *, study: Study) -> None:
    """The same for many participants at once, in one insert. Each of `texts` has participant_id, site_id, language, message, values,
    due_at, useful_until and visit_id, and a dedupe_key: what was queued under it before is not queued again."""
    for start in range(0, len(texts), ROWS_AT_ONCE):
        rows = [
            _new_text(purpose, text["message"], now, study, text["values"], text["due_at"], text["useful_until"]) | text | {"id": new_id()}
            for text in texts[start : start + ROWS_AT_ONCE]
        ]
        insert_unless_there(session.connection(), OutboundMessage.__table__, rows, "dedupe_key")


def _new_text(
    purpose: Purpose,
    message: str,
    now: datetime,
    study: Study,
    values: dict[str, Any] | None,
    due_at: datetime,
    useful_until: datetime | None,
    priority: int | None = None,
) -> dict[str, Any]:
    handling = HANDLING[purpose]
    return {
        "purpose": purpose,
        "message": message,
        "values": values or {},
        "protocol_version": study.version,
        "state": OutboundState.CREATED,
        "priority": handling.priority if priority is None else priority,
        "due_at": due_at,
        "useful_until": useful_until or due_at + handling.useful_for,
        "lease": 0,
        "attempts": 0,
        "created_at": now,
        "changed_at": now,
    }


def due_now(now: datetime, held: Collection[Purpose]) -> ColumnElement[bool]:
    """Which texts may be claimed: what is due, and not on hold."""
    due = and_(OutboundMessage.state == OutboundState.CREATED, OutboundMessage.due_at <= now)
    return and_(due, OutboundMessage.purpose.not_in(held)) if held else due


def claim_due(session: Session, study: Study, gateway: str, now: datetime, limit: int, pace: Pace = UNPACED) -> Claimed:
    """Claim due texts, most important first; render each and write its attempt. The caller commits before anything is sent.

    What is on hold stays where it is, and no more is claimed than may leave at this pace. A text that may no longer go out is kept as
    `not_sent` with its reason.
    """
    limit = pace.texts_now(session, now, limit)
    if limit == 0:
        return Claimed([], [])
    due = (
        select(OutboundMessage.id)
        .where(due_now(now, held_purposes(session)))
        .order_by(OutboundMessage.priority, OutboundMessage.due_at, OutboundMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claim = (
        update(OutboundMessage)
        .where(OutboundMessage.id.in_(due.scalar_subquery()))
        .values(
            state=OutboundState.CLAIMED,
            claimed_until=now + LEASE,
            lease=OutboundMessage.lease + 1,
            attempts=OutboundMessage.attempts + 1,
            changed_at=now,
        )
        .returning(OutboundMessage)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    claimed = sorted(session.scalars(claim), key=lambda row: (row.priority, row.due_at, row.id))
    known = _look_up(session, claimed)
    known.unasked_today.update(unasked_today(session, claimed, known.people, now))
    envelopes = [_prepare(session, row, known, study, gateway, now) for row in claimed]
    pace.took(session, sum(row.parts or 0 for row, envelope in zip(claimed, envelopes, strict=True) if envelope), now)
    return Claimed(
        envelopes=[envelope for envelope in envelopes if envelope is not None],
        not_worded=[row for row in claimed if row.not_sent_reason == NOT_WORDED],
        count=len(claimed),
    )


def words_of(session: Session, rows: Sequence[OutboundMessage], study: Study) -> Iterator[tuple[OutboundMessage, str, str]]:
    """Each text with the number that it would go to now, and what it would say; what has no words is left out."""
    known = _look_up(session, rows)
    for row in rows:
        with suppress(*NO_WORDS):
            yield row, _number(row, known), _words(row, known, study)


def keep_words(row: OutboundMessage, words: str, study: Study) -> None:
    """What is said, and under which version of the protocol."""
    row.body, row.parts, row.protocol_version = words, measure(words).parts, study.version


def stop_texts(session: Session, participant: Participant, reason: str, now: datetime, *, also_answers: bool = False) -> None:
    """Keep the unasked texts that wait for this participant as not sent, with the reason; after a death the answers too."""
    purposes = [purpose for purpose, handling in HANDLING.items() if also_answers or not handling.asked_for]
    session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.participant_id == participant.id,
            OutboundMessage.state == OutboundState.CREATED,
            OutboundMessage.purpose.in_(purposes),
        )
        .values(state=OutboundState.NOT_SENT, not_sent_reason=reason, changed_at=now)
    )


def drop_questions(session: Session, participant: Participant, reason: str, now: datetime, checkin_id: UUID | None = None) -> None:
    """Keep questions that wait, of one check-in or of all, as not sent: another is asked in their place, or nobody needs the answer."""
    whose = OutboundMessage.checkin_id.is_not(None) if checkin_id is None else OutboundMessage.checkin_id == checkin_id
    session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.participant_id == participant.id, OutboundMessage.state == OutboundState.CREATED, whose)
        .where(OutboundMessage.message.startswith(QUESTION))
        .values(state=OutboundState.NOT_SENT, not_sent_reason=reason, changed_at=now)
    )


def stop_visit_texts(session: Session, visit_id: UUID, participant_id: UUID, reason: str, now: datetime) -> None:
    """Keep the texts that wait for one visit as not sent: what they say is no longer so."""
    session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.participant_id == participant_id, OutboundMessage.visit_id == visit_id)
        .where(OutboundMessage.state == OutboundState.CREATED)
        .values(state=OutboundState.NOT_SENT, not_sent_reason=reason, changed_at=now)
    )


def discard_texts(session: Session, purpose: Purpose, now: datetime) -> int:
    """Keep every text of this purpose that is due as not sent: a person decided so. Returns how many there were."""
    discarded = (
        update(OutboundMessage)
        .where(OutboundMessage.purpose == purpose, due_now(now, ()))
        .values(state=OutboundState.NOT_SENT, not_sent_reason="discarded", changed_at=now)
    )
    return session.execute(discarded.execution_options(synchronize_session=False)).rowcount


def give_up_leases(session: Session, now: datetime) -> list[UUID]:
    """Attempts whose worker died during the call: whether the text left is `unknown`, so it is not sent again blindly."""
    rows = session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.state == OutboundState.CLAIMED, OutboundMessage.claimed_until < now)
        .with_for_update(skip_locked=True)
    )
    lost = []
    for row in rows:
        attempt = session.scalar(select(Attempt).where(Attempt.outbound_id == row.id, Attempt.lease == row.lease))
        if attempt is not None and attempt.state is AttemptState.STARTED:
            attempt.state, attempt.finished_at, attempt.next_look_at = AttemptState.UNKNOWN, now, now + FIRST_LOOK
        row.state, row.changed_at = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.UNKNOWN), now
        lost.append(row.id)
    return lost


def _addressed_to(to: Recipient) -> dict[str, UUID]:
    """Whom a row is for, by id: number and language are looked up when it is sent, so that a change counts."""
    if isinstance(to, Participant):
        return {"participant_id": to.id, "site_id": to.site_id}
    if isinstance(to, StaffMember):
        return {"staff_id": to.id, "site_id": to.site_id}
    return {"site_id": to.site_id}


def _look_up(session: Session, rows: Sequence[OutboundMessage]) -> _Known:
    sites = {site.id: site for site in session.scalars(select(Site).where(Site.id.in_({row.site_id for row in rows})))}
    return _Known(_recipients(session, rows), sites, _visits_of(session, rows), further_phones(session, rows), Counter())


def _recipients(session: Session, rows: Sequence[OutboundMessage]) -> dict[UUID, Participant | StaffMember]:
    people: dict[UUID, Participant | StaffMember] = {}
    for kind, ids in ((Participant, {row.participant_id for row in rows}), (StaffMember, {row.staff_id for row in rows})):
        wanted = ids - {None}
        if wanted:
            # Read again what may have changed since: a death or a STOP between planning and sending must count.
            found = session.scalars(select(kind).where(kind.id.in_(wanted)).execution_options(populate_existing=True))
            people |= {person.id: person for person in found}
    return people


def _visits_of(session: Session, rows: Sequence[OutboundMessage]) -> dict[UUID, Visit]:
    wanted = {row.visit_id for row in rows} - {None}
    if not wanted:
        return {}
    found = session.scalars(select(Visit).where(Visit.id.in_(wanted)).execution_options(populate_existing=True))
    return {visit.id: visit for visit in found}


def _why_not_remind(row: OutboundMessage, visit: Visit | None) -> str | None:
    """A visit that took place, or will not, is not reminded: also not by a text that was on its way when staff recorded it."""
    if row.purpose is Purpose.REMINDER and visit is not None and visit.state in (VisitState.ATTENDED, VisitState.CANCELLED):
        return f"visit_{visit.state}"
    return None


def _known_now(site: Site, recipient: Participant | StaffMember | None, visit: Visit | None) -> dict[str, Any]:
    """What a text says as it is when it is sent, not when it was queued."""
    number = site.emergency_number
    if isinstance(recipient, Participant):
        number = emergency_number_at(recipient.timezone, site.country, number)
    values: dict[str, Any] = {"clinic_phone": site.clinic_phone, "emergency_number": number}
    if visit is not None:
        timezone = recipient.timezone if isinstance(recipient, Participant) else site.timezone
        values |= {"timezone": timezone, "place": site.visit_place, "preparation": visit.preparation}
    return values


def _prepare(session: Session, row: OutboundMessage, known: _Known, study: Study, gateway: str, now: datetime) -> Envelope | None:
    recipient, phone, visit = known.recipient(row), known.phone(row), known.visit(row)
    leaves = departure(row, recipient, study, now, known.unasked_today)
    reason = why_not(row, recipient, phone, leaves, now) or _why_not_remind(row, visit)
    if reason is not None:
        row.state, row.not_sent_reason = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.NOT_SENT), reason
        return None
    if leaves.at > now:
        row.state, row.due_at, row.claimed_until = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.CREATED), leaves.at, None
        return None
    number = _number(row, known)
    try:
        if not _may_have_left(session, row):
            keep_words(row, _words(row, known, study), study)
    except NO_WORDS:
        # One text that cannot be put into words must not hold up all the others, pages among them.
        row.state, row.not_sent_reason = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.NOT_SENT), NOT_WORDED
        return None
    row.to_index = keyring().index(number)
    attempt = Attempt(outbound_id=row.id, number=row.attempts, lease=row.lease, state=AttemptState.STARTED, gateway=gateway, started_at=now)
    attempt.to_phone = number
    session.add(attempt)
    if row.participant_id is not None:
        known.unasked_today[row.participant_id] += row.purpose in UNASKED and row.phone_id is None
        copy_to_phones(session, row, known.phones.values(), now)
    assert row.claimed_until is not None  # noqa: S101 - the claim above set it
    assert row.body is not None  # noqa: S101 - it was put into words, now or before
    use = useful_for(row, recipient, study, now)
    return Envelope(attempt.id, row.participant_id, row.purpose, number, row.body, row.claimed_until, use)


def _may_have_left(session: Session, row: OutboundMessage) -> bool:
    """Whether words of this text are perhaps on a phone already: then another attempt says the same, and the row keeps what was sent."""
    never_sent = (AttemptState.NEVER_LEFT, AttemptState.REFUSED)
    earlier = select(Attempt.id).where(Attempt.outbound_id == row.id, Attempt.state.not_in(never_sent)).limit(1)
    return row.attempts > 1 and row.body is not None and session.scalar(earlier) is not None


def _number(row: OutboundMessage, known: _Known) -> str:
    phone, recipient = known.phone(row), known.recipient(row)
    return str(phone.phone if phone is not None else recipient.phone if recipient is not None else row.to_phone)


def _words(row: OutboundMessage, known: _Known, study: Study) -> str:
    """The text in the language and the protocol version of this moment."""
    recipient, phone, visit = known.recipient(row), known.phone(row), known.visit(row)
    if recipient is not None and row.message not in IN_A_LANGUAGE_OF_THEIR_OWN:
        row.language = recipient.language
    text = render_text(row.message, _known_now(known.sites[row.site_id], recipient, visit) | row.values, row.language, study)
    return worded_for(text, row, recipient, phone)
