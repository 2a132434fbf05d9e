"""Further phones of a participant: what goes there, and how a text says whom it is about."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.messaging.catalogues import catalogue
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.texts import FOR_WHOM_YOU_CARE
from followup_service.participants.participant import Participant
from followup_service.participants.participant_phone import ParticipantPhone, PhoneKind, Told
from followup_service.staff.staff_member import StaffMember

TOLD = {Purpose.REMINDER: Told.VISITS, Purpose.VISIT_CHANGE: Told.VISITS, Purpose.ALARM_ANSWER: Told.ALARMS}


def further_phones(session: Session, rows: Sequence[OutboundMessage]) -> dict[UUID, ParticipantPhone]:
    """The phones to which these texts go, or a copy of them."""
    whose = {row.participant_id for row in rows if row.phone_id is not None or row.purpose in TOLD} - {None}
    if not whose:
        return {}
    phones = select(ParticipantPhone).where(ParticipantPhone.participant_id.in_(whose), ParticipantPhone.removed_at.is_(None))
    return {phone.id: phone for phone in session.scalars(phones.execution_options(populate_existing=True))}


def copy_to_phones(session: Session, row: OutboundMessage, phones: Iterable[ParticipantPhone], now: datetime) -> None:
    """Queue a copy for each phone that the participant agreed is told of this; a text that is tried again is not copied again."""
    told = TOLD.get(row.purpose)
    if row.phone_id is not None or told is None:
        return
    for phone in phones:
        key = f"copy:{row.id.hex}:{phone.id.hex}"
        if phone.participant_id != row.participant_id or told not in phone.told or _is_queued(session, key):
            continue
        session.add(
            OutboundMessage(
                site_id=row.site_id,
                participant_id=row.participant_id,
                phone_id=phone.id,
                visit_id=row.visit_id,
                purpose=row.purpose,
                message=row.message,
                values=row.values,
                language=row.language,
                protocol_version=row.protocol_version,
                state=OutboundState.CREATED,
                priority=row.priority,
                due_at=now,
                useful_until=row.useful_until,
                lease=0,
                attempts=0,
                dedupe_key=key,
                created_at=now,
                changed_at=now,
            )
        )


def worded_for(text: str, row: OutboundMessage, recipient: Participant | StaffMember | None, phone: ParticipantPhone | None) -> str:
    """The text with what tells a caregiver, or those who share a phone, whom it is about. No name, only what was agreed."""
    if not isinstance(recipient, Participant):
        return text
    cares = phone is not None and phone.kind is PhoneKind.CAREGIVER and row.in_reply_to_id is None
    return about_whom(text, row.language, recipient.tag, cares=cares)


def about_whom(text: str, language: str, tag: str | None, *, cares: bool) -> str:
    """`tag` tells apart those who share a phone; `cares` says that the phone is a caregiver's."""
    if tag is not None:
        return f"{tag}: {text}"
    return catalogue(language).gettext(FOR_WHOM_YOU_CARE) % {"text": text} if cares else text


def _is_queued(session: Session, key: str) -> bool:
    return session.scalar(select(OutboundMessage.id).where(OutboundMessage.dedupe_key == key)) is not None
