"""Who wrote: a member of staff, a participant, one of several who share a phone, or a number that nobody knows."""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, or_, select, union_all
from sqlalchemy.orm import Session

from followup_service.errors import ConfigError
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbox import UnknownSender
from followup_service.participants.participant import IN_TOUCH, Participant
from followup_service.participants.participant_phone import ParticipantPhone
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember
from followup_service.staff.verify_phone import is_phone_code

_HAN = re.compile(r"[\u3400-\u9fff]")

# Built once: these run for every text. Of a number that is somebody else's by now nobody is found.
_FIRST = select(Participant.id).where(Participant.phone_index == bindparam("phone_index"), Participant.phone_wrong_since.is_(None))
_FURTHER = select(ParticipantPhone.participant_id).where(
    ParticipantPhone.phone_index == bindparam("phone_index"), ParticipantPhone.removed_at.is_(None)
)
# Locked in one order: two texts from two phones of the same people must not wait for each other.
_PARTICIPANTS = (
    select(Participant)
    .where(Participant.id.in_(union_all(_FIRST, _FURTHER)), or_(Participant.study_id == bindparam("study_id"), Participant.is_synthetic))
    .order_by(Participant.id)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_PHONE = select(ParticipantPhone).where(
    ParticipantPhone.phone_index == bindparam("phone_index"),
    ParticipantPhone.participant_id == bindparam("participant_id"),
    ParticipantPhone.removed_at.is_(None),
)
_STAFF = (
    select(StaffMember)
    .where(StaffMember.phone_index == bindparam("phone_index"), StaffMember.active)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True)
class WhoWrote:
    """One of the four is set; `sharing` are those who share the phone, where it must be found out who of them it is."""

    participant: Participant | None = None
    sharing: tuple[Participant, ...] = ()
    staff: StaffMember | None = None
    unknown: UnknownSender | None = None


def identify_sender(session: Session, inbound: InboundMessage, study_id: UUID) -> WhoWrote:
    """Find and lock whoever has this number. Of several participants nobody is guessed, but who is no longer in touch has passed it on.

    A staff phone that is not verified may be anybody's: all but its code is a stranger's text, and a person looks at it.
    """
    number = {"phone_index": inbound.from_index, "study_id": study_id}
    participants = session.scalars(_PARTICIPANTS, number).all()
    for one in participants:
        one.answer_to = _further_phone(session, one, inbound)
    in_touch = tuple(one for one in participants if one.state in IN_TOUCH)
    if len(in_touch) > 1:
        return WhoWrote(sharing=in_touch)
    if participants:
        return WhoWrote(participant=max(participants, key=lambda one: (one.state in IN_TOUCH, one.created_at)))
    staff = session.scalar(_STAFF, number)
    if staff is not None and (staff.counts or is_phone_code(inbound.body)):
        return WhoWrote(staff=staff)
    return WhoWrote(unknown=UnknownSender(inbound.from_phone, _likely_language(inbound.body), _site_for_unknown(session, study_id).id))


def _further_phone(session: Session, participant: Participant, inbound: InboundMessage) -> ParticipantPhone | None:
    """The phone to answer to, where it is not the participant's first."""
    if participant.phone_index == inbound.from_index:
        return None
    return session.scalar(_PHONE, {"phone_index": inbound.from_index, "participant_id": participant.id})


def _site_for_unknown(session: Session, study_id: UUID) -> Site:
    site = session.scalar(
        select(Site).where(Site.study_id == study_id).order_by(Site.takes_unknown_senders.desc(), Site.created_at).limit(1)
    )
    if site is None:
        raise ConfigError(["the study has no site yet: add one with: flask sites add"])
    return site


def _likely_language(body: str) -> str:
    return "zh_Hans" if _HAN.search(body) else "en"
