"""After a restore: what left since the backup, as the provider's list has it, is found again, so that nothing of it goes out twice."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.encryption import keyring
from followup_service.escalations.tell_of_delivery import tell_of_delivery
from followup_service.messaging.delivery import record_result
from followup_service.messaging.gateways.gateway import SendResult, SentText
from followup_service.messaging.outbound_message import OUTBOUND_TRANSITIONS, Attempt, AttemptState, OutboundMessage, OutboundState
from followup_service.messaging.purposes import HANDLING, Purpose
from followup_service.messaging.put_into_words import keep_words, words_of
from followup_service.participants.participant import Participant
from followup_service.participants.participant_phone import ParticipantPhone
from followup_service.protocol.definitions import Study
from followup_service.staff.staff_member import StaffMember
from followup_service.transitions import moved

# A text that was under way while the backup was made: the provider may have written it down a little earlier.
A_LITTLE_EARLIER = timedelta(minutes=2)
FOUND = "found_at_provider"
LEFT_ALREADY = "left_before_restore"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that texts may have gone to, and whose it is."""

    number: str
    site_id: UUID
    language: str
    participant_id: UUID | None = None
    staff_id: UUID | None = None


@dataclass(slots=True)
class Reconciled:
    """How many texts at the provider were waiting here to be sent, were under way here, or are unknown here and are kept now."""

    waiting: int = 0
    under_way: int = 0
    unknown_here: int = 0


def phones_to_ask_for(session: Session) -> list[Phone]:
    """Every number that we write to, each once; of one that several share nobody is guessed to be the reader."""
    people = {one.id: one for one in session.scalars(select(Participant).where(~Participant.is_synthetic))}
    phones = [Phone(one.phone, one.site_id, one.language, participant_id=one.id) for one in people.values() if one.phone_encrypted]
    for further in session.scalars(select(ParticipantPhone).where(ParticipantPhone.participant_id.in_(people))):
        whose = people[further.participant_id]
        phones.append(Phone(further.phone, whose.site_id, whose.language, participant_id=whose.id))
    phones += [Phone(one.phone, one.site_id, one.language, staff_id=one.id) for one in session.scalars(select(StaffMember))]
    strangers = select(OutboundMessage).where(
        OutboundMessage.to_phone_encrypted.is_not(None), OutboundMessage.state == OutboundState.CREATED
    )
    phones += [Phone(row.to_phone, row.site_id, row.language) for row in session.scalars(strangers)]
    by_number: dict[str, Phone] = {}
    for phone in phones:
        first = by_number.setdefault(phone.number, phone)
        if (first.participant_id, first.staff_id) != (phone.participant_id, phone.staff_id):
            by_number[phone.number] = replace(first, participant_id=None, staff_id=None)
    return list(by_number.values())


def reconcile_restored(
    session: Session, sent: Mapping[Phone, Sequence[SentText]], since: datetime, gateway: str, now: datetime, *, study: Study
) -> Reconciled:
    """Match what the provider took since the backup with what is here, by number and exact words, the oldest first.

    A text that waits here is kept as sent. One that nobody here knows any more is kept too; where it turns up later, planned anew, that
    one is not sent. May be run again and again.
    """
    result = Reconciled()
    here = _Here(session, study)
    for phone, texts in sent.items():
        new = [text for text in texts if text.created_at >= since - A_LITTLE_EARLIER and text.sid not in here.known]
        for text in sorted(new, key=lambda one: one.created_at):
            if (attempt := here.under_way(phone, text)) is not None:
                result.under_way += 1
            elif (row := here.waiting(phone, text)) is not None:
                attempt = _claimed(session, row, phone, text, gateway, study)
                result.waiting += 1
            else:
                attempt = _claimed(session, _found(session, phone, text, now, study), phone, text, gateway, study)
                result.unknown_here += 1
            _keep(session, attempt, text, now, study)
        result.waiting += _drop_planned_anew(here, phone, now)
    return result


class _Here:
    """What this database knows: the provider's ids, what is under way, what waits, and what was found before."""

    def __init__(self, session: Session, study: Study) -> None:
        self.known = set(session.scalars(select(Attempt.provider_sid).where(Attempt.provider_sid.is_not(None))))
        self._under_way: dict[tuple[bytes, str], list[UUID]] = defaultdict(list)
        open_ = select(Attempt.id, OutboundMessage).join(OutboundMessage, OutboundMessage.id == Attempt.outbound_id)
        states = (AttemptState.STARTED, AttemptState.UNKNOWN)
        for attempt_id, row in session.execute(open_.where(Attempt.state.in_(states)).order_by(Attempt.started_at)):
            self._under_way[row.to_index, row.body].append(attempt_id)
        self._waiting: dict[tuple[str, str], list[OutboundMessage]] = defaultdict(list)
        created = select(OutboundMessage).where(OutboundMessage.state == OutboundState.CREATED)
        rows = session.scalars(created.order_by(OutboundMessage.due_at, OutboundMessage.id)).all()
        for row, number, words in words_of(session, rows, study):
            self._waiting[number, words].append(row)
        self._found: dict[tuple[bytes, str], list[OutboundMessage]] = defaultdict(list)
        for row in session.scalars(select(OutboundMessage).where(OutboundMessage.message == FOUND).order_by(OutboundMessage.created_at)):
            if not row.values:
                self._found[row.to_index, row.body].append(row)

    def under_way(self, phone: Phone, text: SentText) -> UUID | None:
        return _first(self._under_way[keyring().index(phone.number), text.body])

    def waiting(self, phone: Phone, text: SentText) -> OutboundMessage | None:
        return _first(self._waiting[phone.number, text.body])

    def found_and_waiting(self, phone: Phone) -> Iterator[tuple[OutboundMessage, OutboundMessage]]:
        """Texts found by an earlier run, each with one that waits to say the same."""
        index = keyring().index(phone.number)
        for (to_index, words), found in self._found.items():
            while to_index == index and found and self._waiting[phone.number, words]:
                yield found.pop(0), self._waiting[phone.number, words].pop(0)


def _first(rows: list[Any]) -> Any:
    return rows.pop(0) if rows else None


def _found(session: Session, phone: Phone, text: SentText, now: datetime, study: Study) -> OutboundMessage:
    """A text of which only the provider knows: kept with its words, and for what it was nobody can say any more."""
    purpose = Purpose.STAFF_ANSWER if phone.staff_id else Purpose.ANSWER
    row = OutboundMessage(
        site_id=phone.site_id,
        participant_id=phone.participant_id,
        staff_id=phone.staff_id,
        purpose=purpose,
        message=FOUND,
        values={},
        language=phone.language,
        protocol_version=study.version,
        state=OutboundState.CREATED,
        priority=HANDLING[purpose].priority,
        due_at=text.created_at,
        useful_until=text.created_at + HANDLING[purpose].useful_for,
        lease=0,
        attempts=0,
        created_at=now,
        changed_at=now,
    )
    if phone.participant_id is None and phone.staff_id is None:
        row.to_phone = phone.number
    session.add(row)
    return row


def _claimed(session: Session, row: OutboundMessage, phone: Phone, text: SentText, gateway: str, study: Study) -> UUID:
    """The attempt that this database has lost, as it was then."""
    keep_words(row, text.body, study)
    row.to_index = keyring().index(phone.number)
    row.state, row.changed_at = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.CLAIMED), text.created_at
    row.lease, row.attempts = row.lease + 1, row.attempts + 1
    attempt = Attempt(
        outbound_id=row.id, number=row.attempts, lease=row.lease, state=AttemptState.STARTED, gateway=gateway, started_at=text.created_at
    )
    attempt.to_phone = phone.number
    session.add(attempt)
    session.flush()
    return attempt.id


def _keep(session: Session, attempt_id: UUID, text: SentText, now: datetime, study: Study) -> None:
    """What the provider says of it, as if it said so in answer to our call."""
    undelivered = record_result(session, attempt_id, SendResult(AttemptState.ACCEPTED, text.sid, text.status, text.error_code), now)
    if undelivered is not None:
        tell_of_delivery(session, undelivered, now, study=study)


def _drop_planned_anew(here: _Here, phone: Phone, now: datetime) -> int:
    count = 0
    for count, (found, row) in enumerate(here.found_and_waiting(phone), start=1):  # noqa: B007 - the last one is the count
        row.state, row.changed_at = moved(OUTBOUND_TRANSITIONS, row.state, OutboundState.NOT_SENT), now
        row.not_sent_reason = LEFT_ALREADY
        found.values = {"stands_for": row.id.hex}
    return count
