"""Adding a further phone of a participant, a second one or a caregiver's, and taking one off."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.encryption import keyring
from followup_service.errors import Conflict, NotFound
from followup_service.participants.check_phone import check_phone_is_free, numbers_of
from followup_service.participants.participant import Participant
from followup_service.participants.participant_phone import ParticipantPhone, PhoneKind, Told
from followup_service.participants.phone_numbers import read_phone
from followup_service.protocol.sentences import said

BY_STAFF = "by_staff"


def add_phone(
    session: Session,
    participant: Participant,
    written: str,
    kind: PhoneKind,
    told: Sequence[Told],
    now: datetime,
    actor: str,
    *,
    country: str,
) -> ParticipantPhone:
    """The caller has locked the participant. `told` is what the participant agreed that this phone is told beside answers."""
    number = read_phone(written, country)
    if number in numbers_of(session, participant):
        problem = said("%(participant)s has this phone already: give another number", participant=participant.code)
        raise Conflict(problem, {"phone": [said("in use")]})
    check_phone_is_free(session, participant.study_id, number, participant.tag, participant.id)
    phone = ParticipantPhone(
        participant_id=participant.id,
        kind=kind,
        phone=number,
        phone_index=keyring().index(number),
        told=[one.value for one in Told if one in told],
        added_at=now,
        added_by=actor,
    )
    session.add(phone)
    record_event(participant, "phone_added", now, actor, phone=phone.id.hex, kind=kind.value, told=phone.told)
    participant.version += 1
    session.flush()
    return phone


def remove_phone(session: Session, participant: Participant, phone: ParticipantPhone, because: str, now: datetime, actor: str) -> None:
    """Texts to it that wait are kept as not sent. The row stays: it says who could report until when."""
    phone.removed_at, phone.removed_because = now, because
    participant.version += 1
    record_event(participant, "phone_removed", now, actor, phone=phone.id.hex, because=because)
    session.flush()


_IN_USE = (
    select(ParticipantPhone)
    .where(ParticipantPhone.participant_id == bindparam("participant_id"), ParticipantPhone.removed_at.is_(None))
    .order_by(ParticipantPhone.added_at, ParticipantPhone.id)
)


def phones_of(session: Session, participant: Participant) -> list[ParticipantPhone]:
    """The further phones now in use, oldest first."""
    return list(session.scalars(_IN_USE, {"participant_id": participant.id}))


def phone_of(session: Session, participant: Participant, phone_id: UUID) -> ParticipantPhone:
    phone = next((phone for phone in phones_of(session, participant) if phone.id == phone_id), None)
    if phone is None:
        raise NotFound(f"{participant.code} has no such phone in use")
    return phone
