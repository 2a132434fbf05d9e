"""The outbox: texts to send are rows; a worker claims the due ones, commits an attempt for each, and only then calls the provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from followup_service.columns import new_id
from followup_service.encryption import keyring
from followup_service.extensions import insert_at_commit
from followup_service.messaging.count_parts import measure
from followup_service.messaging.outbound_message import OUTBOUND_TRANSITIONS, Attempt, AttemptState, OutboundMessage, OutboundState
from followup_service.messaging.purposes import HANDLING, Purpose
from followup_service.messaging.render_text import QUESTION, render_text
from followup_service.participants.participant import Participant, ParticipantState, why_no_text
from followup_service.participants.plan_ahead import next_contact
from followup_service.protocol.definitions import Study
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember
from followup_service.transitions import moved

LEASE = timedelta(seconds=60)
ROWS_AT_ONCE = 1000
NOT_WORDED = "cannot_be_worded"


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
    to: str
    body: str
    claimed_until: datetime
    useful_for: timedelta


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim made ready to send, and the texts that have no words: a person must hear of those."""

    envelopes: list[Envelope]
    not_worded: list[OutboundMessage]


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
    **links: Any,
) -> OutboundMessage:
    """Put a text in the outbox: the only way to send one. `links` name what it belongs to (escalation_id, checkin_id, in_reply_to_id …).

    How urgent it is and how long of use follows from its purpose, unless said.
    """
    row = OutboundMessage(
        **_new_text(purpose, message, now, study, values, due_at or now, useful_until, priority),
        language=to.language,
        **_addressed_to(to),
        **links,
    )
    if isinstance(to, UnknownSender):
        row.to_phone, row.to_index = to.phone, keyring().index(to.phone)
    insert_at_commit(session, row)
    return row


def queue_many(session: Session, purpose: Purpose, texts: Sequence[dict[str, Any]], now: datetime, *, study: Study) -> None:
    """The same for many participants at once, in one insert. Each of `texts` has participant_id, site_id, language, message, values,
    due_at, useful_until and visit_id, and a dedupe_key: what was queued under it before is not queued again."""
    for start in range(0, len(texts), ROWS_AT_ONCE):
        rows = [
            _new_text(purpose, text["message"], now, study, text["values"], text["due_at"], text["useful_until"])
            | text
            | {"id": new_id()}
            for text in texts[start : start + ROWS_AT_ONCE]
        ]
        keys = [row["dedupe_key"] for row in rows]
        queued = set(session.scalars(select(OutboundMessage.dedupe_key).where(OutboundMessage.dedupe_key.in_(keys))))
        session.execute(insert(OutboundMessage.__table__), [row for row in rows if row["dedupe_key"] not in queued])


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


def claim_due(session: Session, study: Study, gateway: str, now: datetime, limit: int) -> Claimed:
    """Claim due texts, most important first; render each and write its attempt. The caller commits before anything is sent.

    A text that may no longer go out is kept as `not_sent` with its reason.
    """
    due = (
        select(OutboundMessage.id)
        .where(OutboundMessage.state == OutboundState.CREATED, OutboundMessage.due_at <= now)
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
    people = _recipients(session, claimed)
    sites = {site.id: site for site in session.scalars(select(Site).where(Site.id.in_({row.site_id for row in claimed})))}
    envelopes = [_prepare(session, row, people, sites, study, gateway, now) for row in claimed]
    return Claimed(
        envelopes=[envelope for envelope in envelopes if envelope is not None],
        not_worded=[row for row in claimed if row.not_sent_reason == NOT_WORDED],
    )


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
            attempt.state, attempt.finished_at = AttemptState.UNKNOWN, now
        row.state, row.changed_at = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.UNKNOWN), now
        lost.append(row.id)
    return lost


def why_not(row: OutboundMessage, recipient: Participant | StaffMember | None, now: datetime) -> str | None:
    """Why a claimed text must not go out now; None where it may."""
    if now > row.useful_until:
        return "too_late"
    if isinstance(recipient, StaffMember):
        return None if recipient.active else "staff_inactive"
    if not isinstance(recipient, Participant):
        return None
    if recipient.state is ParticipantState.DECEASED or recipient.phone_encrypted is None:
        return why_no_text(recipient)
    if row.purpose is Purpose.CLOSING and recipient.opted_out_at is None:
        return None
    if row.purpose in _SAID_ALSO_AFTER_STOP:
        return None
    if HANDLING[row.purpose].asked_for:
        return "opted_out" if recipient.opted_out_at is not None else None
    return why_no_text(recipient)


# Whoever writes of an alarm is told what to do, once, in direct answer, also after STOP; so is STOP itself confirmed once.
_SAID_ALSO_AFTER_STOP = frozenset({Purpose.ALARM_ANSWER, Purpose.OPT_OUT_CONFIRMATION})


def _goes_at(row: OutboundMessage, recipient: Participant | StaffMember | None, study: Study, now: datetime) -> datetime:
    """When a claimed text may go out: now, but what nobody asked for not at night, even if it was held up until then."""
    if HANDLING[row.purpose].asked_for or not isinstance(recipient, Participant):
        return now
    return next_contact(now, ZoneInfo(recipient.timezone), study.contact_hours)


def _addressed_to(to: Recipient) -> dict[str, UUID]:
    """Whom a row is for, by id: number and language are looked up when it is sent, so that a change counts."""
    if isinstance(to, Participant):
        return {"participant_id": to.id, "site_id": to.site_id}
    if isinstance(to, StaffMember):
        return {"staff_id": to.id, "site_id": to.site_id}
    return {"site_id": to.site_id}


def _recipients(session: Session, rows: Sequence[OutboundMessage]) -> dict[UUID, Participant | StaffMember]:
    people: dict[UUID, Participant | StaffMember] = {}
    for kind, ids in ((Participant, {row.participant_id for row in rows}), (StaffMember, {row.staff_id for row in rows})):
        wanted = ids - {None}
        if wanted:
            # Read again what may have changed since: a death or a STOP between planning and sending must count.
            found = session.scalars(select(kind).where(kind.id.in_(wanted)).execution_options(populate_existing=True))
            people |= {person.id: person for person in found}
    return people


def _prepare(
    session: Session,
    row: OutboundMessage,
    people: dict[UUID, Participant | StaffMember],
    sites: dict[UUID, Site],
    study: Study,
    gateway: str,
    now: datetime,
) -> Envelope | None:
    recipient = people.get(row.participant_id or row.staff_id) if row.participant_id or row.staff_id else None
    goes_at = _goes_at(row, recipient, study, now)
    reason = why_not(row, recipient, goes_at)
    if reason is not None:
        row.state, row.not_sent_reason = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.NOT_SENT), reason
        return None
    if goes_at > now:
        row.state, row.due_at, row.claimed_until = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.CREATED), goes_at, None
        return None
    phone = recipient.phone if recipient is not None else row.to_phone
    row.language = recipient.language if recipient is not None else row.language
    site = sites[row.site_id]
    numbers = {"clinic_phone": site.clinic_phone, "emergency_number": site.emergency_number}
    try:
        row.body = render_text(row.message, numbers | row.values, row.language, study)
    except (KeyError, TypeError, ValueError):
        # One text that cannot be put into words must not hold up all the others, pages among them.
        row.state, row.not_sent_reason = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.NOT_SENT), NOT_WORDED
        return None
    row.parts = measure(row.body).parts
    row.protocol_version, row.to_index = study.version, keyring().index(phone)
    attempt = Attempt(outbound_id=row.id, number=row.attempts, lease=row.lease, state=AttemptState.STARTED, gateway=gateway, started_at=now)
    session.add(attempt)
    assert row.claimed_until is not None  # noqa: S101 - the claim above set it
    return Envelope(attempt.id, row.participant_id, phone, row.body, row.claimed_until, row.useful_until - now)
